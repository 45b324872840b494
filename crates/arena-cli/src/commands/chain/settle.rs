//! `arena chain claim`, `refund` and `close`: what is owed goes to its owners, and the rent back to who paid it.

use arena_chain::{Action, Address, Asked, ChainError, HeldContest, HeldEntry, Keypair, Signer};
use arena_core::contest::{PayoutKind, Status, status, timing};
use clap::Args;
use serde::Serialize;

use super::{act::Of, reach::Session, text};
use crate::{exit::Exit, failure::Failure, values};

/// What to have paid.
#[derive(Args, Debug)]
#[command(
    after_help = "Anyone may ask and pays the fee of the transaction; the money goes to its owner and to nobody else, and once only."
)]
pub(super) struct Claim {
    /// The contest's address
    contest: Address,
    /// prize, refund, bond, creator_fee or protocol_fee
    #[arg(value_parser = values::payout_kind, default_value = "prize")]
    kind: PayoutKind,
    /// Whose prize or refund; your own unless said
    wallet: Option<Address>,
    /// Pay everything that is open; also the refunds of a contest whose registration expired
    #[arg(long, conflicts_with_all = ["kind", "wallet"])]
    all: bool,
}

/// Whose fee.
#[derive(Args, Debug)]
pub(super) struct Refund {
    /// The contest's address
    contest: Address,
    /// Whose; your own unless said
    wallet: Option<Address>,
}

/// A payment.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Paid {
    /// What was asked for.
    pub(super) action: &'static str,
    /// To whom: a wallet, or the treasury.
    pub(super) payee: String,
    /// The transaction that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<String>,
}

/// Payments, and why the first of those failed that did.
#[derive(Debug, Serialize)]
pub(super) struct AllPaid {
    /// What was done.
    pub(super) items: Vec<Paid>,
}

impl Claim {
    /// Pays one thing, or all.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let contest = session.contest(&self.contest).await?;
        if self.all {
            return all(&contest, session).await;
        }
        let wallet = match self.kind {
            PayoutKind::Prize | PayoutKind::Refund => Some(session.wallet_or_own(self.wallet)?),
            PayoutKind::Bond | PayoutKind::CreatorFee | PayoutKind::ProtocolFee => None,
        };
        single(&contest, self.kind, wallet, session).await
    }
}

impl Refund {
    /// Pays it back.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let contest = session.contest(&self.contest).await?;
        let wallet = session.wallet_or_own(self.wallet)?;
        single(&contest, PayoutKind::Refund, Some(wallet), session).await
    }
}

async fn single(
    contest: &HeldContest,
    kind: PayoutKind,
    wallet: Option<Address>,
    session: &Session,
) -> Result<(), Failure> {
    let payer = session.wallet()?;
    let (action, payee) = payout(contest, kind, wallet, &payer, session).await?;
    let asked = Asked::new(contest.address, status::Action::Pay(kind));
    let asked = wallet.map_or(asked, |wallet| asked.of(wallet));
    let sent = session.send(&action, &[&payer], Some(asked)).await?;
    let signature = sent.signature.map(|signature| signature.to_string());
    let paid = Paid { action: action.name, payee, signature };
    session.output.answer(&paid, text::paid)
}

/// The action of a payout and the payee's name; makes the payee's token account where there is none.
async fn payout(
    contest: &HeldContest,
    kind: PayoutKind,
    wallet: Option<Address>,
    payer: &Keypair,
    session: &Session,
) -> Result<(Action, String), Failure> {
    let at = session.chain.at();
    let payee = wallet.unwrap_or_else(|| contest.creator());
    let action = match kind {
        PayoutKind::Prize => at.claim_prize(contest, &payee),
        PayoutKind::Refund => at.refund(contest, &payee),
        PayoutKind::Bond => at.return_bond(contest),
        PayoutKind::CreatorFee => at.pay_creator_fee(contest),
        PayoutKind::ProtocolFee => return Ok((at.pay_protocol_fee(contest), "treasury".to_owned())),
    };
    let action = session.chain.with_tokens_of(action, &payer.pubkey(), &payee, contest).await?;
    Ok((action, payee.to_string()))
}

/// Pays everything that is open, each once; one that cannot be paid holds up no other.
async fn all(contest: &HeldContest, session: &Session) -> Result<(), Failure> {
    let payer = session.wallet()?;
    let now_ms = session.chain.rpc().now_s().await?.saturating_mul(1_000);
    let entries = session.chain.entries(&contest.address).await?;
    let mut refused: Option<Failure> = None;
    let mut items = Vec::new();
    for (kind, wallet) in open(contest, &entries, now_ms) {
        let (action, payee) = payout(contest, kind, wallet, &payer, session).await?;
        match session.send_one_of(&action, &format!("{kind} {payee}"), &[&payer], None).await {
            Ok(None) => {}
            Ok(Some(sent)) => {
                let signature = sent.signature.map(|signature| signature.to_string());
                items.push(Paid { action: action.name, payee, signature });
            }
            Err(error @ (ChainError::Refused(_) | ChainError::Transaction { .. })) => {
                refused = refused.or(Some(error.into()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    session.output.answer(&AllPaid { items }, text::all_paid)?;
    refused.map_or(Ok(()), Err)
}

/// What a contest owes now; in an expired registration what its refunds, and then the bond, will be owed for.
fn open(contest: &HeldContest, entries: &[HeldEntry], now_ms: u64) -> Vec<(PayoutKind, Option<Address>)> {
    let view = contest.view();
    let expired =
        contest.status() == Status::Registration && timing::is_over(now_ms, contest.registration_ends_ms());
    let mut open = Vec::new();
    for entry in entries.iter().filter(|entry| !entry.is_paid()) {
        match contest.owed_to(entry) {
            Some((kind, _)) => open.push((kind, Some(entry.agent()))),
            None if expired && entry.view().amount() > 0 => {
                open.push((PayoutKind::Refund, Some(entry.agent())));
            }
            None => {}
        }
    }
    if contest.bond_is_owed() || expired && view.bond() > 0 {
        open.push((PayoutKind::Bond, None));
    }
    if contest.creator_fee_owed() > 0 {
        open.push((PayoutKind::CreatorFee, None));
    }
    if contest.protocol_fee_owed() > 0 {
        open.push((PayoutKind::ProtocolFee, None));
    }
    open
}

/// Closes what is settled: each entry, its result counted first where that is due, and then the contest.
pub(super) async fn close(of: Of, session: &Session) -> Result<(), Failure> {
    let payer = session.wallet()?;
    let contest = session.contest(&of.contest).await?;
    if !contest.status().is_terminal() {
        let detail = format!("the contest is {}; only one that is over can be closed", contest.status());
        return Err(Failure::new(Exit::Conflict, "wrong_state", detail));
    }
    let at = session.chain.at();
    let mut items = Vec::new();
    for entry in session.chain.entries(&of.contest).await? {
        let mut steps = Vec::new();
        if contest.status() == Status::Finished && !entry.is_recorded() {
            steps.push(at.record_result(&entry));
        }
        steps.push(at.close_entry(&entry));
        for action in steps {
            let name = format!("{} {}", action.name, entry.agent());
            items.extend(step(session, &action, &name, &payer, entry.agent().to_string()).await?);
        }
    }
    let action = at.close_contest(&contest);
    items.extend(step(session, &action, action.name, &payer, contest.creator().to_string()).await?);
    session.output.answer(&AllPaid { items }, text::all_closed)
}

async fn step(
    session: &Session,
    action: &Action,
    name: &str,
    payer: &Keypair,
    payee: String,
) -> Result<Option<Paid>, Failure> {
    let sent = session.send_one_of(action, name, &[payer], None).await?;
    Ok(sent.map(|sent| Paid {
        action: action.name,
        payee,
        signature: sent.signature.map(|signature| signature.to_string()),
    }))
}
