//! `arena report`: what came out of an archived arena.

use arena_core::ArenaId;
use clap::Args;

use crate::{failure::Failure, session::Session, text};

/// Whose report.
#[derive(Args, Debug)]
pub(crate) struct Report {
    /// The arena
    arena: ArenaId,
}

impl Report {
    /// Prints it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let report = session.read(session.client.report(self.arena)).await?;
        session.output.answer(&report, text::report::report)
    }
}
