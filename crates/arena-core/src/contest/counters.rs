//! What an agent's profile counts of its contests, and how each change moves it.

#[cfg(feature = "aggregates")]
use serde::{Deserialize, Serialize};

use crate::amount::Amount;

/// What an agent has reached over all its contests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize))]
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
