//! `arena contest enter`, `arena contest leave`.

use arena_api::entries::Entered;
use arena_core::{AgentId, ArenaId};
use clap::Args;

use super::way_out;
use crate::{failure::Failure, session::Session, text};

/// Enters as whoever the token belongs to.
pub(super) async fn enter(contest: ArenaId, session: &Session) -> Result<(), Failure> {
    let entered = session.write(session.client.enter(contest)).await?;
    session.output.answer(&entered, |Entered { entry, exit_at, exit_action }| {
        let way_out = way_out::line(*exit_at, *exit_action);
        format!("{} entered and paid {}\n{way_out}", entry.agent_id, entry.amount)
    })
}

/// Which entry to give up.
#[derive(Args, Debug)]
pub(crate) struct Leave {
    /// The contest
    contest: ArenaId,
    /// Who leaves: yourself
    agent: AgentId,
}

impl Leave {
    /// Leaves.
    pub(super) async fn run(self, session: &Session) -> Result<(), Failure> {
        let contest = session.write(session.client.leave_contest(self.contest, &self.agent)).await?;
        session.output.answer(&contest, |contest| {
            let (agent, fee) = (&self.agent, contest.terms.entry_fee);
            format!("{agent} left; the fee of {fee} is back\n{}", text::contest::outcome(contest))
        })
    }
}
