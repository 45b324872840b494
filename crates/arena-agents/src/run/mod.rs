//! A run: one plan in one arena, from its making to its sealed report; cut off at any point, it goes on from the arena.

mod attempt;
mod bearer;
mod begin;
mod ending;
mod error;
mod feed;
mod inputs;
mod lease;
mod outputs;
mod owner;
mod schedule;
mod seal;
mod site;
mod summary;
mod turn;
mod work;

use std::{env, sync::Arc, time::Duration};

use arena_api::client::Client;
use arena_core::{ArenaId, Sequence, collaboration::Status};
use tokio::sync::watch;

pub use error::{Missing, RunError};

use self::{error::Doing, schedule::Halt, site::Site};
use crate::{
    plan::Plan,
    process::Guard,
    progress::{Happening, Progress},
    report::{Outcome, RunReport},
};

/// How long a server may be away before the run gives up and leaves a resumable arena.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a run differs from what its plan says.
#[derive(Clone, Debug, Default)]
pub struct RunOptions {
    /// How many processes may run at once, in place of what the plan says.
    pub parallel: Option<usize>,
    /// Whether an arena in which not every step was completed is left open, so that failed steps can be opened again and the
    /// run resumed; otherwise it is settled and archived in any case.
    pub keep_open: bool,
}

/// A run that has an arena and can be driven to its end.
#[derive(Debug)]
pub struct Run {
    site: Arc<Site>,
    options: RunOptions,
    status: Status,
    /// Events up to here need not be read.
    after: Sequence,
}

impl Run {
    /// Makes the arena of a plan, registering the agents that are not yet known.
    ///
    /// # Errors
    ///
    /// When a program or folder of the plan is not on this machine (then nothing was made), and when the server refuses.
    pub async fn start(
        client: &Client,
        plan: Plan,
        options: RunOptions,
        progress: Progress,
    ) -> Result<Self, RunError> {
        site::check_programs(&plan)?;
        let client = client.with_patience(PATIENCE);
        let arena_id = begin::make_arena(&client, &plan).await?;
        let run = Self::at(client, arena_id, plan, options, progress).await?;
        owner::record(&run.site).await?;
        Ok(run)
    }

    /// Takes up the run of an arena again: its plan, variables and folders are those it was started with.
    ///
    /// # Errors
    ///
    /// When the arena is none of a run, when a program or folder of the plan is gone, and when the server refuses.
    pub async fn resume(
        client: &Client,
        arena_id: ArenaId,
        options: RunOptions,
        progress: Progress,
    ) -> Result<Self, RunError> {
        let client = client.with_patience(PATIENCE);
        let plan = begin::stored_plan(&client, arena_id).await?;
        let run = Self::at(client, arena_id, plan, options, progress).await?;
        if run.status == Status::Active {
            site::check_programs(&run.site.plan)?;
            owner::release_claims_left(&run.site).await?;
            owner::record(&run.site).await?;
        }
        Ok(run)
    }

    async fn at(
        client: Client,
        arena_id: ArenaId,
        mut plan: Plan,
        options: RunOptions,
        progress: Progress,
    ) -> Result<Self, RunError> {
        let arena = client.arena(arena_id).await.doing(|| "read the arena".into())?;
        plan.parallel = options.parallel.unwrap_or(plan.parallel).max(1);
        let approvals = watch::Sender::new(());
        let guard = Guard::start().map_err(|source| RunError::File { path: env::temp_dir(), source })?;
        let site = Arc::new(Site { client, arena_id, plan, progress, guard, approvals });
        Ok(Self { site, options, status: arena.status, after: arena.sequence })
    }

    /// The arena of the run.
    #[must_use]
    pub fn arena_id(&self) -> ArenaId {
        self.site.arena_id
    }

    /// Runs every step that can be run, then settles and archives the arena. When `stop` resolves, processes are stopped and claims
    /// given back, and the arena is left as it is, to be resumed.
    ///
    /// # Errors
    ///
    /// When the server refuses or is away for long; the arena is then left to be resumed, too.
    pub async fn drive(self, stop: impl Future<Output = ()>) -> Result<RunReport, RunError> {
        let Self { site, options, status, after } = self;
        site.progress.show(&Happening::Begun { arena_id: site.arena_id, goal: &site.plan.goal });
        let driven = Self::drive_at(&site, &options, status, after, stop).await;
        site.progress.show(&Happening::Ended);
        site.guard.close().await;
        driven
    }

    async fn drive_at(
        site: &Arc<Site>,
        options: &RunOptions,
        status: Status,
        after: Sequence,
        stop: impl Future<Output = ()>,
    ) -> Result<RunReport, RunError> {
        let (halt, refused) = match status {
            Status::Created | Status::Active => schedule::run(site, after, stop).await?,
            Status::Settling | Status::Archived => (Halt::Done, Default::default()),
        };
        let outcome = summary::outcome(site, &halt).await?;
        match outcome {
            Outcome::Interrupted => {}
            Outcome::Failed | Outcome::BudgetSpent if options.keep_open => {}
            Outcome::Completed | Outcome::Failed | Outcome::BudgetSpent => seal::seal(site).await?,
        }
        summary::report(site, outcome, &refused).await
    }
}
