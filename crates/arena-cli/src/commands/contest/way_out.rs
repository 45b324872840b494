//! What is asked about a contest, and beside it when the caller's money can next move.

use arena_api::contests::{Contest, ExitAction};
use arena_core::Timestamp;
use serde::Serialize;

use crate::text;

/// When the caller's money can next move, and by what.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct WayOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_action: Option<ExitAction>,
}

/// An answer, and the way out beside its own fields.
#[derive(Debug, Serialize)]
pub(super) struct Beside<'a, T> {
    #[serde(flatten)]
    pub(super) answer: &'a T,
    #[serde(flatten)]
    pub(super) way_out: WayOut,
}

impl WayOut {
    /// As the contest says.
    pub(super) const fn of(contest: &Contest) -> Self {
        Self { exit_at: contest.exit_at, exit_action: contest.exit_action }
    }

    /// As a line; empty when there is nothing to say.
    pub(super) fn line(self) -> String {
        match (self.exit_at, self.exit_action) {
            (Some(at), Some(action)) => text::contest::way_out(at, action),
            _ => String::new(),
        }
    }
}
