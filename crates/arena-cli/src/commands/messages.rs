//! `arena messages`: what was said.

use arena_api::messages::MessageQuery;
use arena_core::{ArenaId, Sequence};
use clap::Args;

use crate::{failure::Failure, paging::Limit, session::Session, text, values};

/// Which messages.
#[derive(Args, Debug)]
pub(crate) struct Messages {
    /// The arena
    arena: ArenaId,
    /// Only those said after this sequence
    #[arg(long, value_name = "SEQUENCE", value_parser = values::sequence)]
    after: Option<Sequence>,
    #[command(flatten)]
    limit: Limit,
}

impl Messages {
    /// Prints a page.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let query = MessageQuery { after: self.after, limit: self.limit.number() };
        let page = session.read(session.client.messages(self.arena, &query)).await?;
        session.output.answer(&page, |page| page.items.iter().map(text::event::message).collect())?;
        session.more(page.next_cursor.as_deref(), "--after");
        Ok(())
    }
}
