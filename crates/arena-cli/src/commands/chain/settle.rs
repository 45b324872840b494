//! `arena chain claim`, `refund` and `close`: what is owed goes to its owners, and the rent back to who paid it.

use arena_chain::{Action, Address, Asked, ChainError, Closing, HeldContest, Payout, Sent, Signer};
use arena_core::contest::{PayoutKind, status};
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

/// Payments, or what was closed.
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
    let payout = Payout::of(contest, kind, wallet.unwrap_or_else(|| contest.creator()));
    let action = payout.action_making_tokens(session.chain.at(), contest, &payer.pubkey());
    let asked = Asked::new(contest.address, status::Action::Pay(kind));
    let asked = wallet.map_or(asked, |wallet| asked.of(wallet));
    let sent = session.send(&action, &[&payer], Some(asked)).await?;
    session.answer(&Paid::of(&action, payee(&payout), sent), text::paid)
}

fn payee(payout: &Payout) -> String {
    payout.payee().map_or_else(|| "treasury".to_owned(), |wallet| wallet.to_string())
}

impl Paid {
    fn of(action: &Action, payee: String, sent: Sent) -> Self {
        let signature = sent.signature.map(|signature| signature.to_string());
        Self { action: action.name, payee, signature }
    }
}

/// Pays everything that is open, each once; one that cannot be paid holds up no other.
async fn all(contest: &HeldContest, session: &Session) -> Result<(), Failure> {
    let payer = session.wallet()?;
    let now_ms = session.chain.now_ms().await?;
    let entries = session.chain.entries(&contest.address).await?;
    let mut refused: Option<Failure> = None;
    let mut items = Vec::new();
    for payout in contest.owed_now(&entries, now_ms) {
        let action = payout.action_making_tokens(session.chain.at(), contest, &payer.pubkey());
        let payee = payee(&payout);
        match session.send_one_of(&action, &format!("{} {payee}", payout.kind), &[&payer], None).await {
            Ok(sent) => items.extend(sent.map(|sent| Paid::of(&action, payee, sent))),
            Err(error @ (ChainError::Refused(_) | ChainError::Transaction { .. })) => {
                refused = refused.or(Some(error.into()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    session.answer_unless(&AllPaid { items }, text::all_paid, refused)
}

/// Closes what is settled: each entry, its result counted first where that is due, and then the contest.
pub(super) async fn close(of: Of, session: &Session) -> Result<(), Failure> {
    let payer = session.wallet()?;
    let contest = session.contest(&of.contest).await?;
    if !contest.status().is_terminal() {
        let detail = format!("the contest is {}; only one that is over can be closed", contest.status());
        return Err(Failure::new(Exit::Conflict, "wrong_state", detail));
    }
    let entries = session.chain.entries(&of.contest).await?;
    let mut items = Vec::new();
    for Closing { wallet, action } in session.chain.at().closing(&contest, &entries) {
        let name = format!("{} {wallet}", action.name);
        let sent = session.send_one_of(&action, &name, &[&payer], None).await?;
        items.extend(sent.map(|sent| Paid::of(&action, wallet.to_string(), sent)));
    }
    session.answer(&AllPaid { items }, text::all_paid)
}
