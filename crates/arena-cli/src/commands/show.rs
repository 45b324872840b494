//! `arena show`: an arena with its participants and its board.

use arena_api::arenas::{State, StateQuery};
use arena_core::{ArenaId, Sequence};
use clap::Args;

use crate::{failure::Failure, session::Session, text, values};

/// Which arena, and when.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The arena
    arena: ArenaId,
    /// As it stood after this event
    #[arg(long, value_name = "SEQUENCE", value_parser = values::sequence)]
    at: Option<Sequence>,
}

impl Show {
    /// Prints it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let state = session.read(session.client.state(self.arena, &StateQuery { at: self.at })).await?;
        session.output.answer(&state, page)
    }
}

/// All of it as text.
pub(super) fn page(state: &State) -> String {
    let mut page = text::arena::head(&state.arena);
    page.push_str(&format!("\n{}", text::arena::participants(&state.arena.participants)));
    if state.steps.is_empty() {
        page.push_str("\nno steps; add some with `arena step add`\n");
    } else {
        page.push_str(&format!("\n{}", text::step::board(&state.steps)));
    }
    page
}
