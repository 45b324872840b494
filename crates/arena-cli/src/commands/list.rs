//! `arena list`: the arenas that the caller may read.

use arena_api::arenas::ArenaQuery;
use arena_core::{AgentId, collaboration::Status};
use clap::Args;

use crate::{failure::Failure, paging::Paging, session::Session, text, values};

/// Which arenas.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Only those that are created, active, settling or archived
    #[arg(long, value_parser = values::status)]
    status: Option<Status>,
    /// Only those in which this agent takes part
    #[arg(long)]
    agent: Option<AgentId>,
    #[command(flatten)]
    paging: Paging,
}

impl List {
    /// Prints a page.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Paging { limit, cursor } = self.paging;
        let query = ArenaQuery { status: self.status, agent: self.agent, limit: limit.number(), cursor };
        let page = session.read(session.client.arenas(&query)).await?;
        session.output.answer(&page, |page| text::arena::list(&page.items))?;
        session.more(page.next_cursor.as_deref(), "--cursor");
        Ok(())
    }
}
