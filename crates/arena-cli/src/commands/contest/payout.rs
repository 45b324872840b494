//! `arena contest payout`: has what a contest owes paid to its owners.

use arena_api::{
    Code,
    client::all_pages,
    list::{List, PageQuery},
    payouts::{Obligation, Payout as Paid, RequestPayout},
};
use arena_core::{
    ArenaId,
    contest::{ObligationStatus, Payee, PayoutKind, Status},
};
use clap::Args;

use super::way_out::{self, Beside};
use crate::{exit::Exit, failure::Failure, session::Session, text, values};

/// What to have paid.
#[derive(Args, Debug)]
#[command(
    after_help = "Anyone may ask; the money goes to its owner and to nobody else, and once only.\nExample: arena contest payout CONTEST --all"
)]
pub(crate) struct Payout {
    /// The contest
    contest: ArenaId,
    /// prize, refund, bond, creator_fee or protocol_fee
    #[arg(value_parser = values::payout_kind, required_unless_present = "all", conflicts_with = "all")]
    kind: Option<PayoutKind>,
    /// To whom: an agent or `treasury`; yourself unless said, where there is more than one
    #[arg(conflicts_with = "all")]
    agent: Option<Payee>,
    /// Pay every open obligation; also the refunds of a contest whose registration expired
    #[arg(long)]
    all: bool,
}

impl Payout {
    /// Pays one obligation, or all.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let contest = self.contest;
        let Some(kind) = self.kind else { return all(contest, session).await };
        let paid =
            session.write(session.client.payout(contest, &RequestPayout { kind, agent: self.agent })).await?;
        session.output.answer(&paid, |paid| one_line(paid) + &way_out::line(paid.exit_at, paid.exit_action))
    }
}

fn one_line(paid: &Paid) -> String {
    let Paid { kind, payee, amount, transfer, .. } = paid;
    format!("paid {amount} to {payee}: {}, transfer {transfer}\n", text::contest::kind(*kind))
}

/// Pays everything, each once; one that cannot be paid holds up no other.
async fn all(contest: ArenaId, session: &Session) -> Result<(), Failure> {
    if session.key.is_some() || session.if_match.is_some() {
        let detail =
            "--all pays each obligation once without --key, and goes on past --if-match; leave them out";
        return Err(Failure::new(Exit::Usage, "usage", detail));
    }
    let mut items: Vec<Paid> = expire(contest, session).await?.into_iter().collect();
    let mut refused = None;
    for Obligation { kind, payee, .. } in open(contest, session).await? {
        let asked = RequestPayout { kind, agent: Some(payee) };
        match session.client.payout(contest, &asked).await {
            Ok(paid) => items.push(paid),
            // Somebody else was quicker.
            Err(error) if error.code() == Some(Code::AlreadyPaid) => {}
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    let way_out = session.way_out(contest).await;
    let answer = List { items, next_cursor: None };
    session.output.answer(&Beside { answer: &answer, way_out }, |_| {
        let lines: String = answer.items.iter().map(one_line).collect();
        let lines = if lines.is_empty() { "nothing is owed\n".to_owned() } else { lines };
        lines + &way_out.line()
    })?;
    refused.map_or(Ok(()), |error| Err(error.into()))
}

/// In registration nothing is owed until the first refund after its end cancels the contest, or, where nobody has paid
/// anything, the return of the bond: asks for that one.
async fn expire(contest: ArenaId, session: &Session) -> Result<Option<Paid>, Failure> {
    let found = session.read(session.client.contest(contest)).await?;
    if found.status != Status::Registration {
        return Ok(None);
    }
    let asked = if found.pot.is_zero() {
        RequestPayout { kind: PayoutKind::Bond, agent: None }
    } else {
        let page = PageQuery { limit: Some(1), cursor: None };
        let entries = session.read(session.client.entries(contest, &page)).await?;
        let Some(first) = entries.items.into_iter().next() else { return Ok(None) };
        RequestPayout { kind: PayoutKind::Refund, agent: Some(Payee::Agent(first.agent_id)) }
    };
    match session.client.payout(contest, &asked).await {
        Ok(paid) => Ok(Some(paid)),
        Err(error) => match error.code() {
            // Cancelled, started or left meanwhile: the obligations tell.
            Some(Code::AlreadyPaid | Code::NothingOwed) => Ok(None),
            Some(Code::WrongState) => Err(Failure::from(error).with_hint(format!(
                "refunds begin when registration is over, {} UTC; until then `arena contest leave {contest} AGENT`",
                text::moment(found.registration_ends_at)
            ))),
            _ => Err(error.into()),
        },
    }
}

/// All open obligations.
async fn open(contest: ArenaId, session: &Session) -> Result<Vec<Obligation>, Failure> {
    let all = all_pages(|page| session.client.obligations(contest, &page)).await?;
    Ok(all.into_iter().filter(|one| one.status == ObligationStatus::Open).collect())
}
