//! Steps as their holders work on them: claim, renew, release, complete, fail.

use arena_api::steps::{ClaimStep, CompleteStep, FailStep, ReleaseStep, RenewLease, Step};
use arena_core::{ArenaId, Fence, Millis, StepNumber};
use clap::Args;

use super::plan::Target;
use crate::{
    exit::Exit,
    failure::Failure,
    session::Session,
    text::{self, time_of_day},
    values::{self, Source},
};

/// A claim to be made.
#[derive(Args, Debug)]
pub(crate) struct Claim {
    /// The arena
    arena: ArenaId,
    /// Which step; the next one that is ready for you unless said
    #[arg(value_parser = values::step_number)]
    step: Option<StepNumber>,
    /// For how long; the step's own length unless said
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    lease: Option<Millis>,
}

/// A claim that is held.
#[derive(Args, Debug)]
pub(crate) struct Held {
    #[command(flatten)]
    target: Target,
    /// The claim's fence, as `claim` printed it
    #[arg(long, env = "ARENA_FENCE", value_parser = values::fence)]
    fence: Fence,
}

/// A lease to be extended.
#[derive(Args, Debug)]
pub(crate) struct Renew {
    #[command(flatten)]
    held: Held,
    /// For how long from now; the claim's own length unless said
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    lease: Option<Millis>,
}

/// A claim to be given back.
#[derive(Args, Debug)]
pub(crate) struct Release {
    #[command(flatten)]
    held: Held,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// A step that is done.
#[derive(Args, Debug)]
pub(crate) struct Complete {
    #[command(flatten)]
    held: Held,
    /// What came out
    #[arg(long, value_name = "TEXT", conflicts_with = "result_file")]
    result: Option<String>,
    /// The file that holds what came out (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    result_file: Option<Source>,
    /// What it cost, in units of your choice
    #[arg(long, value_name = "NUMBER")]
    cost: Option<u64>,
}

/// An attempt to be given up.
#[derive(Args, Debug)]
pub(crate) struct Fail {
    #[command(flatten)]
    held: Held,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What it cost, in units of your choice
    #[arg(long, value_name = "NUMBER")]
    cost: Option<u64>,
}

impl Claim {
    /// Claims; that nothing is ready exits as not found.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = ClaimStep { step: self.step, lease_ms: self.lease };
        match session.write(session.client.claim(self.arena, &asked)).await? {
            Some(claim) => session.output.answer(&claim, text::step::claim),
            None => Err(Failure::new(Exit::NotFound, "nothing_ready", "no step is ready for you")
                .with_hint(format!("`arena why {}` says what the steps wait for", self.arena))),
        }
    }
}

impl Renew {
    /// Extends the lease.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Held { target: Target { arena, step }, fence } = self.held;
        let asked = RenewLease { fence, lease_ms: self.lease };
        let step = session.write(session.client.renew(arena, step, &asked)).await?;
        session.output.answer(&step, |step| {
            let until = step.expires_at.map(time_of_day).unwrap_or_default();
            format!("step {} is held until {until}\n", step.step)
        })
    }
}

impl Release {
    /// Gives the claim back.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Held { target: Target { arena, step }, fence } = self.held;
        let asked = ReleaseStep { fence, reason: self.reason.map(Into::into) };
        let step = session.write(session.client.release(arena, step, &asked)).await?;
        session.output.answer(&step, outcome)
    }
}

impl Complete {
    /// Completes the step.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Held { target: Target { arena, step }, fence } = self.held;
        let result = match &self.result_file {
            Some(source) => Some(source.text()?),
            None => self.result,
        };
        let asked = CompleteStep { fence, result: result.map(Into::into), cost: self.cost };
        let step = session.write(session.client.complete(arena, step, &asked)).await?;
        session.output.answer(&step, outcome)
    }
}

impl Fail {
    /// Gives up the attempt.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Held { target: Target { arena, step }, fence } = self.held;
        let asked = FailStep { fence, reason: self.reason.map(Into::into), cost: self.cost };
        let step = session.write(session.client.fail(arena, step, &asked)).await?;
        session.output.answer(&step, outcome)
    }
}

/// `step 3 is completed`.
pub(crate) fn outcome(step: &Step) -> String {
    format!("step {} is {}\n", step.step, step.status)
}
