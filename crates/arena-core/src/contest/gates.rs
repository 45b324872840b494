//! Who may enter, and when enough have: what a profile must show, and how many places there are, which the chain asks too.

use super::{counters::Counters, types::Gates};

/// A gate that is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Its name in the terms.
    pub gate: &'static str,
    /// What the terms ask for.
    pub required: u64,
    /// What the profile shows.
    pub current: u64,
}

/// Whether an agent may enter at all: who runs the contest only if the terms say so.
#[must_use]
pub const fn may_enter(runs_it: bool, creator_may_enter: bool) -> bool {
    !runs_it || creator_may_enter
}

/// Whether there is a place left for another entrant.
#[must_use]
pub const fn has_place(entrants: u32, max_agents: u32) -> bool {
    entrants < max_agents
}

/// Whether so many entrants are enough to start.
#[must_use]
pub const fn are_enough(entrants: u32, min_agents: u32) -> bool {
    entrants >= min_agents
}

/// How old a profile is, in whole seconds.
#[must_use]
pub const fn age_s(registered_ms: u64, now_ms: u64) -> u64 {
    now_ms.saturating_sub(registered_ms) / 1_000
}

/// The first gate that a profile of so many seconds does not meet.
#[must_use]
pub const fn first_unmet(gates: &Gates, counters: &Counters, age_s: u64) -> Option<Unmet> {
    if counters.completed < gates.min_completed {
        return Some(unmet("min_completed", gates.min_completed as u64, counters.completed as u64));
    }
    if counters.wins < gates.min_wins {
        return Some(unmet("min_wins", gates.min_wins as u64, counters.wins as u64));
    }
    if age_s < gates.min_age_s {
        return Some(unmet("min_age_s", gates.min_age_s, age_s));
    }
    None
}

const fn unmet(gate: &'static str, required: u64, current: u64) -> Unmet {
    Unmet { gate, required, current }
}
