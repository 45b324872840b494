//! `arena goal`: replaces what an arena is for.

use arena_api::arenas::UpdateGoal;
use arena_core::ArenaId;
use clap::Args;

use crate::{failure::Failure, paint::plain, session::Session};

/// A new goal.
#[derive(Args, Debug)]
pub(crate) struct Goal {
    /// The arena
    arena: ArenaId,
    /// The new goal
    goal: String,
}

impl Goal {
    /// Replaces it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = UpdateGoal { goal: self.goal.into() };
        let arena = session.write(session.client.update_goal(self.arena, &asked)).await?;
        session.output.answer(&arena, |arena| format!("the goal is now: {}\n", plain(&arena.goal)))
    }
}
