//! The rules decide again: each event follows from a command that its actor could give at its time.

use arena_api::receipt::{Receipt, ReceiptEvent};
use arena_core::{
    AgentId, Hash, Timestamp,
    contest::{Command, Contest, ContestEvent, Context, Counters, Profile, RoundPage},
};

use super::{Divergence, chain::place};

/// The contest as the rules leave it, each command decided anew.
pub(super) fn replayed(receipt: &Receipt, events: &[ContestEvent]) -> Result<Contest, Divergence> {
    let mut stored = receipt.events.iter().zip(events);
    let Some((first, created)) = stored.next() else {
        return Err(Divergence::at("events", "there are none"));
    };
    let mut contest = begun(receipt, first, created)?;
    let mut due: std::vec::IntoIter<ContestEvent> = Vec::new().into_iter();
    for (at, event) in stored {
        let wrong = |reason: String| Divergence::at(place(at.sequence), reason);
        let expected = match due.next() {
            Some(expected) => expected,
            None => {
                due = decided(&contest, at, event, receipt).map_err(wrong)?.into_iter();
                due.next().ok_or_else(|| wrong("by the rules nothing happens here".into()))?
            }
        };
        if expected != *event {
            return Err(wrong("by the rules something else happens here".into()));
        }
        contest.evolve(event);
    }
    match due.next() {
        None => Ok(contest),
        Some(_) => Err(Divergence::at("head", "by the rules more events follow the last one")),
    }
}

/// The contest as it was made.
fn begun(receipt: &Receipt, at: &ReceiptEvent, created: &ContestEvent) -> Result<Contest, Divergence> {
    let wrong = |reason: &str| Divergence::at(place(at.sequence), reason);
    let ContestEvent::ContestCreated { agent_id, title, terms, .. } = created else {
        return Err(wrong("the first event does not make the contest"));
    };
    let now = Timestamp::from_millis(at.recorded_at_ms);
    let decision =
        Contest::create(title, terms, agent_id, now).map_err(|rejection| wrong(&rejection.to_string()))?;
    if decision.events.as_slice() != std::slice::from_ref(created) || agent_id.as_str() != at.actor {
        return Err(wrong("by the rules the contest is made otherwise"));
    }
    Contest::begin(receipt.arena_id, created).ok_or_else(|| wrong("it does not make a contest"))
}

/// What the rules make of the command that an event stands for.
fn decided(
    contest: &Contest,
    at: &ReceiptEvent,
    event: &ContestEvent,
    receipt: &Receipt,
) -> Result<Vec<ContestEvent>, String> {
    let caller: AgentId = at.actor.parse().map_err(|_| "its actor is no agent".to_owned())?;
    // Gates are about other contests, which a receipt cannot show: whoever entered is taken to have met them.
    let counters = Counters {
        entered: u32::MAX,
        completed: u32::MAX,
        wins: u32::MAX,
        top_three: u32::MAX,
        eliminations: u32::MAX,
        earnings: u64::MAX,
    };
    let context = Context {
        now: Timestamp::from_millis(at.recorded_at_ms),
        caller: &caller,
        if_match: None,
        profile: Profile { registered_at: Timestamp::from_millis(0), counters },
    };
    let command = command(event, receipt).ok_or("no command begins with it")?;
    let decision = contest.decide(&command, &context).map_err(|rejection| rejection.to_string())?;
    Ok(decision.events)
}

/// The command whose first event this is.
fn command(event: &ContestEvent, receipt: &Receipt) -> Option<Command> {
    Some(match event {
        ContestEvent::AgentEntered { .. } => Command::Enter,
        ContestEvent::EntryWithdrawn { agent_id, .. } => Command::Leave { agent_id: agent_id.clone() },
        ContestEvent::ContestStarted { .. } => Command::Start,
        ContestEvent::RoundPageSubmitted { round, page, eliminated, scores, actions_root, last, .. } => {
            Command::SubmitPage(RoundPage {
                round: *round,
                page: Some(*page),
                eliminated: eliminated.clone(),
                scores: scores.clone(),
                actions_root: *actions_root,
                last: *last,
            })
        }
        ContestEvent::RoundActionsStored { round, sha256, size, .. } => Command::StoreActions {
            round: *round,
            root: recorded_root(receipt, *round)?,
            sha256: *sha256,
            size: *size,
        },
        ContestEvent::ContestFinalized { seed, .. } => Command::Finalize { seed: seed.clone() },
        ContestEvent::ContestCancelled { reason, .. } => match reason {
            arena_core::contest::CancelReason::Creator => Command::Cancel,
            arena_core::contest::CancelReason::RegistrationExpired => payout_after(event, receipt)?,
        },
        ContestEvent::ContestAbandoned { .. } => Command::Abandon,
        ContestEvent::ObligationPaid { kind, payee, .. } => {
            Command::Payout { kind: *kind, payee: Some(payee.clone()) }
        }
        ContestEvent::ContestCreated { .. } | ContestEvent::RoundCompleted { .. } => return None,
    })
}

/// The root of a round's actions, as the receipt has it: whether it is that of the lines is checked with the rounds.
fn recorded_root(receipt: &Receipt, round: u32) -> Option<Hash> {
    receipt.rounds.iter().find(|other| other.round == round)?.actions_root
}

/// The payout by which an expired contest became cancelled: the payment that follows.
fn payout_after(cancelled: &ContestEvent, receipt: &Receipt) -> Option<Command> {
    let kind = |event: &ReceiptEvent| event.kind == "obligation_paid";
    let ContestEvent::ContestCancelled { .. } = cancelled else { return None };
    let payment = receipt.events.iter().find(|event| kind(event))?;
    let event = serde_json::from_str(&format!("{{\"obligation_paid\":{}}}", payment.payload)).ok()?;
    let ContestEvent::ObligationPaid { kind, payee, .. } = event else { return None };
    Some(Command::Payout { kind, payee: Some(payee) })
}
