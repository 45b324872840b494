//! What an agent's profile shows of its contests, and how events move it.

use alloc::{vec, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    aggregate::Contest,
    events::ContestEvent,
    types::{Payee, PayoutKind},
};
use crate::{amount::Amount, ids::AgentId, time::Timestamp};

/// What a rule may know of the agent that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Since when it is registered.
    pub registered_at: Timestamp,
    /// What it has reached so far.
    pub counters: Counters,
}

/// What an agent has reached over all its contests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Contests it entered and did not leave.
    pub entered: u32,
    /// Contests it entered that were finished.
    pub completed: u32,
    /// Those in which it stood first, alone or tied.
    pub wins: u32,
    /// Those in which it stood among the first three.
    pub top_three: u32,
    /// Those in which it was eliminated.
    pub eliminations: u32,
    /// The prizes it was paid, in minor units.
    pub earnings: u64,
}

/// How one event moves one agent's counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterChange {
    /// It entered.
    Entered,
    /// It left again.
    Left,
    /// A contest it entered is finished.
    Completed {
        /// Its place.
        standing: u32,
        /// Whether a round put it out.
        eliminated: bool,
    },
    /// It was paid a prize.
    Earned {
        /// How much.
        amount: Amount,
    },
}

impl Counters {
    /// The counters after a change.
    #[must_use]
    pub const fn after(self, change: CounterChange) -> Self {
        let mut counters = self;
        match change {
            CounterChange::Entered => counters.entered = self.entered.saturating_add(1),
            CounterChange::Left => counters.entered = self.entered.saturating_sub(1),
            CounterChange::Completed { standing, eliminated } => {
                counters.completed = self.completed.saturating_add(1);
                counters.wins = self.wins.saturating_add((standing == 1) as u32);
                counters.top_three = self.top_three.saturating_add((standing <= 3) as u32);
                counters.eliminations = self.eliminations.saturating_add(eliminated as u32);
            }
            CounterChange::Earned { amount } => {
                counters.earnings = self.earnings.saturating_add(amount.get());
            }
        }
        counters
    }
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

fn completed(entry: &super::entries::Entry) -> Option<(AgentId, CounterChange)> {
    let standing = entry.result?.standing;
    let eliminated = entry.eliminated_round.is_some();
    Some((entry.agent_id.clone(), CounterChange::Completed { standing, eliminated }))
}
