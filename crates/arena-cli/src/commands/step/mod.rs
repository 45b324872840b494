//! `arena step`: plan, claim and finish steps.

mod claim;
mod plan;
mod read;

use arena_api::steps::Step as Shown;
use clap::Subcommand;

use self::plan::Target;
use crate::{failure::Failure, session::Session};

/// What can be done with steps.
#[derive(Debug, Subcommand)]
pub(crate) enum Step {
    /// Add steps to the plan
    Add(plan::Add),
    /// List steps
    List(read::List),
    /// Show one step, its result included
    Show(Target),
    /// Claim a step, or the next one that is ready for you
    Claim(claim::Claim),
    /// Extend the lease of a claim
    Renew(claim::Renew),
    /// Give a claim back; it does not count as an attempt
    Release(claim::Release),
    /// Complete a claimed step
    Complete(claim::Complete),
    /// Give up an attempt
    Fail(claim::Fail),
    /// Approve a step whose evidence asks for it
    Approve(Target),
    /// Open a failed or completed step again
    Reopen(Target),
    /// Take a step out of the plan
    Cancel(Target),
    /// Take a late result as the step's own
    Adopt(plan::Adopt),
    /// Change a step that nobody has claimed
    Edit(plan::Edit),
}

impl Step {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run(session).await,
            Self::List(list) => list.run(session).await,
            Self::Show(target) => read::show(target, session).await,
            Self::Claim(claim) => claim.run(session).await,
            Self::Renew(renew) => renew.run(session).await,
            Self::Release(release) => release.run(session).await,
            Self::Complete(complete) => complete.run(session).await,
            Self::Fail(fail) => fail.run(session).await,
            Self::Approve(Target { arena, step }) => {
                changed(&session.write(session.client.approve(arena, step)).await?, session)
            }
            Self::Reopen(Target { arena, step }) => {
                changed(&session.write(session.client.reopen(arena, step)).await?, session)
            }
            Self::Cancel(Target { arena, step }) => {
                changed(&session.write(session.client.cancel(arena, step)).await?, session)
            }
            Self::Adopt(adopt) => adopt.run(session).await,
            Self::Edit(edit) => edit.run(session).await,
        }
    }
}

/// Prints where a step stands after a change.
fn changed(step: &Shown, session: &Session) -> Result<(), Failure> {
    session.output.answer(step, |step| match &step.approved_by {
        Some(agent) => format!("step {} is {} and approved by {agent}\n", step.step, step.status),
        None => claim::outcome(step),
    })
}
