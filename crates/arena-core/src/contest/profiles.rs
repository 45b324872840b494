//! What a rule may know of a profile, and whose counters an event moves.

use alloc::{vec, vec::Vec};

use super::{
    aggregate::Contest,
    counters::{CounterChange, Counters},
    entries::Entry,
    events::ContestEvent,
    payee::Payee,
    types::PayoutKind,
};
use crate::{ids::AgentId, time::Timestamp};

/// What a rule may know of the agent that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Since when it is registered.
    pub registered_at: Timestamp,
    /// What it has reached so far.
    pub counters: Counters,
}

/// Whose counters an event moves; `after` is the contest with the event folded in.
#[must_use]
pub fn counted(after: &Contest, event: &ContestEvent) -> Vec<(AgentId, CounterChange)> {
    match event {
        ContestEvent::AgentEntered { agent_id, .. } => vec![(agent_id.clone(), CounterChange::Entered)],
        ContestEvent::EntryWithdrawn { agent_id, .. } => vec![(agent_id.clone(), CounterChange::Left)],
        ContestEvent::ContestFinalized { .. } => after.entries().filter_map(completed).collect(),
        ContestEvent::ObligationPaid {
            kind: PayoutKind::Prize,
            payee: Payee::Agent(agent_id),
            amount,
            ..
        } => {
            vec![(agent_id.clone(), CounterChange::Earned { amount: *amount })]
        }
        ContestEvent::ObligationPaid { .. }
        | ContestEvent::ContestCreated { .. }
        | ContestEvent::ContestStarted { .. }
        | ContestEvent::RoundPageSubmitted { .. }
        | ContestEvent::RoundCompleted { .. }
        | ContestEvent::RoundActionsStored { .. }
        | ContestEvent::ContestCancelled { .. }
        | ContestEvent::ContestAbandoned { .. } => Vec::new(),
    }
}

fn completed(entry: &Entry) -> Option<(AgentId, CounterChange)> {
    let standing = entry.result?.standing;
    let eliminated = entry.eliminated_round.is_some();
    Some((entry.agent_id.clone(), CounterChange::Completed { standing, eliminated }))
}
