//! Steps as they stand: list, show.

use arena_api::steps::StepQuery;
use arena_core::{ArenaId, collaboration::StepStatus};
use clap::Args;

use super::plan::Target;
use crate::{failure::Failure, paging::Paging, session::Session, text, values};

/// Which steps.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// The arena
    arena: ArenaId,
    /// Only those that are waiting, ready, claimed, completed, failed or cancelled
    #[arg(long, value_parser = values::step_status)]
    status: Option<StepStatus>,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints a page.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Paging { limit, cursor } = self.paging;
        let query = StepQuery { status: self.status, limit: limit.number(), cursor };
        let page = session.read(session.client.steps(self.arena, &query)).await?;
        session.output.answer(&page, |page| text::step::board(&page.items))?;
        session.more(page.next_cursor.as_deref(), "--cursor");
        Ok(())
    }
}

/// Prints one step, its result included.
pub(crate) async fn show(target: Target, session: &Session) -> Result<(), Failure> {
    let step = session.read(session.client.step(target.arena, target.step)).await?;
    session.output.answer(&step, text::step::full)
}
