//! Refusals in the exact words of the rules: the program reports a number, and the accounts hold the facts that decided.

use arena_api::Code;
use arena_core::{
    Timestamp,
    contest::{PayoutKind, Rejection, Status, bounds, rounds, status, timing},
};
use solana_address::Address;

use crate::{accounts::HeldContest, chain::Chain, refusal::Refusal};

/// What was asked of a contest.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The contest.
    pub contest: Address,
    /// What the rules call it.
    pub action: status::Action,
    /// Whose entry or payout it is about.
    pub of: Option<Address>,
    /// The round and the page that were submitted.
    pub page: Option<(u32, u32)>,
}

impl Asked {
    /// Something asked of a contest.
    #[must_use]
    pub const fn new(contest: Address, action: status::Action) -> Self {
        Self { contest, action, of: None, page: None }
    }

    /// It is about this wallet.
    #[must_use]
    pub const fn of(self, wallet: Address) -> Self {
        Self { of: Some(wallet), ..self }
    }

    /// It is about this page of this round.
    #[must_use]
    pub const fn page(self, round: u32, page: u32) -> Self {
        Self { page: Some((round, page)), ..self }
    }
}

/// The refusal with the facts that decided, where they can be read; as it was otherwise.
pub(crate) async fn explained(chain: &Chain, refusal: Refusal, asked: &Asked) -> Refusal {
    let (Ok(contest), Ok(now_s)) = (chain.contest(&asked.contest).await, chain.rpc().now_s().await) else {
        return refusal;
    };
    let now = Timestamp::from_millis(now_s.saturating_mul(1_000));
    match sentence(refusal.code, &contest, asked, now) {
        Some(detail) => Refusal { detail, ..refusal },
        None => refusal,
    }
}

/// The sentence of the rules for this code; what names an agent there names its wallet here.
fn sentence(code: Code, contest: &HeldContest, asked: &Asked, now: Timestamp) -> Option<String> {
    let view = contest.view();
    let wallet = asked.of.map_or_else(|| "the wallet".to_owned(), |wallet| wallet.to_string());
    let rejection = match code {
        Code::WrongState => {
            let action = expiring(asked.action, contest, now);
            let allows = |status: &Status| status::after(*status, action).is_some();
            let expected: Vec<Status> = Status::ALL.into_iter().filter(allows).collect();
            let current = contest.status();
            if expected.contains(&current) {
                return None;
            }
            Rejection::WrongStatus { current, expected }
        }
        Code::RegistrationExpired => Rejection::RegistrationExpired {
            ended_at: Timestamp::from_millis(contest.registration_ends_ms()),
        },
        Code::ContestFull => Rejection::ContestFull { limit: view.max_agents() },
        Code::NotEnoughEntrants => {
            Rejection::NotEnoughEntrants { current: view.entrants(), required: view.min_agents() }
        }
        Code::OracleTimedOut => {
            Rejection::OracleTimedOut { timed_out_at: Timestamp::from_millis(contest.timeout_ms()) }
        }
        Code::NotTimedOut => {
            Rejection::NotTimedOut { times_out_at: Timestamp::from_millis(contest.timeout_ms()) }
        }
        Code::WrongRound => {
            Rejection::WrongRound { current: view.rounds(), expected: view.rounds().saturating_add(1) }
        }
        Code::WrongPage => match asked.page {
            Some((round, page)) if view.last_page_round() == round && view.last_page() == page => {
                Rejection::PageDiffers { round, page }
            }
            Some((round, _)) => {
                let current = view.open_pages();
                Rejection::WrongPage { round, current, expected: current.saturating_add(1) }
            }
            None => return None,
        },
        Code::LimitReached => {
            let (what, limit) = match asked.page {
                None => ("entries in all", u32::MAX),
                Some((round, _)) if rounds::has_room_for_round(round) => {
                    ("pages in a round", bounds::MAX_PAGES)
                }
                Some(_) => ("rounds", bounds::MAX_ROUNDS),
            };
            Rejection::LimitReached { what, limit }
        }
        Code::AlreadyEntered => return Some(format!("{wallet} has an entry already")),
        Code::AlreadyPaid => return Some(format!("the {} of {wallet} was paid before", paid(asked.action)?)),
        Code::NothingOwed => {
            let kind = paid(asked.action)?;
            return Some(format!("no {kind} is owed to {wallet}; look at the contest's obligations"));
        }
        Code::Forbidden => {
            let who = match asked.action {
                status::Action::Enter => "an agent that is neither creator nor oracle of this contest",
                status::Action::Leave => "the entrant",
                status::Action::Cancel => "the creator",
                status::Action::Start
                | status::Action::SubmitPage
                | status::Action::CompleteRound
                | status::Action::Finalize
                | status::Action::StoreActions => "the oracle",
                status::Action::Pay(_) | status::Action::Expire | status::Action::Abandon => return None,
            };
            Rejection::Forbidden { who }
        }
        _ => return None,
    };
    Some(rejection.to_string())
}

/// A refund in an expired registration ends the contest, and so does the bond's return where nobody has paid.
fn expiring(action: status::Action, contest: &HeldContest, now: Timestamp) -> status::Action {
    let ends = match action {
        status::Action::Pay(PayoutKind::Refund) => true,
        status::Action::Pay(PayoutKind::Bond) => contest.view().pot() == 0,
        _ => false,
    };
    let is_over = timing::is_over(now.as_millis(), contest.registration_ends_ms());
    if ends && contest.status() == Status::Registration && is_over { status::Action::Expire } else { action }
}

const fn paid(action: status::Action) -> Option<PayoutKind> {
    match action {
        status::Action::Pay(kind) => Some(kind),
        _ => None,
    }
}
