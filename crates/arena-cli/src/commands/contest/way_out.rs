//! When the caller's money can next move, said beside lists, whose pages do not say it.

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
        line(self.exit_at, self.exit_action)
    }
}

/// The way out as a line; empty when there is none to tell.
pub(super) fn line(exit_at: Option<Timestamp>, exit_action: Option<ExitAction>) -> String {
    match (exit_at, exit_action) {
        (Some(at), Some(action)) => text::contest::way_out(at, action),
        _ => String::new(),
    }
}
