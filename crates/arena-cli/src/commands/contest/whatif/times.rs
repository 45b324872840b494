//! How long money can be held, whatever creator and oracle do or leave undone.

use arena_core::contest::{Terms, timing};
use serde::Serialize;

/// Lengths of time, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Times {
    /// From the creation on: then nobody enters, it cannot start, and refunds can be had.
    pub(super) registration_ms: u64,
    /// From the start or the last completed round on, when the oracle sends nothing more: then anyone may abandon it.
    pub(super) silent_oracle_ms: u64,
    /// From the start on, whatever the oracle sends: then anyone may abandon it.
    pub(super) hard_stop_ms: u64,
    /// From entering on, at the longest, until an entrant's money can be moved, whatever the others do.
    pub(super) longest_ms: u64,
}

impl Times {
    /// Of these terms.
    pub(super) fn of(terms: &Terms) -> Self {
        let (duration, interval) = (terms.duration_s, terms.elimination_interval_s);
        let registration_ms = timing::registration_ends_ms(0);
        // Entered at once, started in the last millisecond in which that can be.
        let started_ms = registration_ms.saturating_sub(1);
        Self {
            registration_ms,
            silent_oracle_ms: timing::silent_ms(0, interval),
            hard_stop_ms: timing::hard_stop_ms(0, duration, interval),
            longest_ms: timing::hard_stop_ms(started_ms, duration, interval),
        }
    }
}
