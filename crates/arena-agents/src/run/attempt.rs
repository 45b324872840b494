//! One attempt at a step: claim it, run its process, store what came out, complete or fail it.

use std::{convert::Infallible, future::pending, time::Duration};

use arena_api::{
    Code,
    client::Error,
    steps::{Claim, ClaimStep, Step},
};
use tokio::sync::watch;

use super::{
    bearer::Bearer,
    ending::Ending,
    error::RunError,
    inputs, lease,
    lease::Lease,
    site::Site,
    turn::Turn,
    work::{self, Folders},
};
use crate::{
    plan::PlanAgent,
    process::{self, Ending as ProcessEnding},
    progress::Happening,
};

/// What the run tells an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// Work on.
    Go,
    /// Stop and give the claim back: the run ends.
    Stop,
    /// Stop: the claim was taken away.
    Taken,
}

/// What became of an attempt.
#[derive(Debug)]
pub(super) enum AttemptEnd {
    /// The step is completed.
    Completed,
    /// The attempt failed and was recorded so.
    Failed,
    /// The claim was given back.
    Released,
    /// Somebody else has the step, or nobody may have it any more.
    Elsewhere,
    /// The agent may not have the step: why.
    Refused(String),
    /// The arena's budget is spent: which.
    BudgetSpent(String),
}

/// Makes one attempt at `step` with `agent`, claiming when its turn comes.
pub(super) async fn attempt(
    site: &Site,
    step: &Step,
    agent: &PlanAgent,
    mut turn: Turn,
    signal: watch::Receiver<Signal>,
) -> Result<AttemptEnd, RunError> {
    let time_limit = time_limit(site, step, agent);
    let bearer = match Bearer::issue(site, &agent.name, agent.role, step.step, time_limit).await {
        Ok(bearer) => bearer,
        Err(error) => return refused(error.server().cloned()).ok_or(error),
    };
    let asked = ClaimStep { step: Some(step.step), lease_ms: None };
    turn.comes().await;
    let claim = bearer.client().claim(site.arena_id, &asked).key(bearer.unique()).await;
    drop(turn);
    let end = match claim {
        Ok(None) => Ok(AttemptEnd::Elsewhere),
        Ok(Some(claim)) => claimed(site, step, agent, time_limit, &bearer, &claim, signal).await,
        Err(error) => match refused(Some(error.clone())) {
            Some(end) => Ok(end),
            None => Err(RunError::Server { doing: format!("claim step {}", step.step), source: error }),
        },
    };
    bearer.revoke().await;
    end
}

/// What a refusal to hand out the step means; `None` when the run cannot go on.
fn refused(error: Option<Error>) -> Option<AttemptEnd> {
    let error = error?;
    match error.code()? {
        Code::AlreadyClaimed | Code::StepNotReady | Code::WrongState => Some(AttemptEnd::Elsewhere),
        Code::BudgetSpent => Some(AttemptEnd::BudgetSpent(error.to_string())),
        Code::Forbidden | Code::NotFound | Code::Invalid => Some(AttemptEnd::Refused(error.to_string())),
        _ => None,
    }
}

fn time_limit(site: &Site, step: &Step, agent: &PlanAgent) -> Duration {
    site.plan_step(step.step).and_then(|step| step.time_limit).unwrap_or(agent.time_limit)
}

/// Works under the claim while its lease is renewed.
async fn claimed(
    site: &Site,
    step: &Step,
    agent: &PlanAgent,
    time_limit: Duration,
    bearer: &Bearer<'_>,
    claim: &Claim,
    signal: watch::Receiver<Signal>,
) -> Result<AttemptEnd, RunError> {
    let (lease_now, lease) = watch::channel(Lease::Held);
    let renewing = async {
        lease::keep(site, bearer, claim, &lease_now).await;
        pending::<Infallible>().await
    };
    let working = async {
        let folders = Folders::make(site.guard.folder())?;
        inputs::gather(site, step, &folders.inputs).await?;
        bearer.begin_process().await?;
        let number = step.attempts.saturating_add(1);
        site.progress.show(&Happening::StepStarted {
            step: claim.step,
            title: &claim.title,
            agent: &agent.name,
            attempt: number,
        });
        let ending = Ending { site, step, bearer, claim, attempt: number, signal: signal.clone() };
        let job = match work::job(site, agent, bearer, claim, number, time_limit, &folders) {
            Ok(job) => job,
            Err(reason) => return ending.fail(&reason, None).await,
        };
        let program = job.program.clone();
        match process::run(job, &site.guard, stopped(signal, lease)).await {
            Err(error) => ending.fail(&format!("cannot start {}: {error}", program.display()), None).await,
            Ok(ended) if ended.ending == ProcessEnding::Stopped => ending.stopped().await,
            Ok(ended) => ending.of(&ended, time_limit, &folders).await,
        }
    };
    tokio::select! {
        end = working => end,
        never = renewing => match never {},
    }
}

/// Resolves when the process has to stop.
async fn stopped(mut signal: watch::Receiver<Signal>, mut lease: watch::Receiver<Lease>) {
    let told = async {
        // Nobody is left who could tell: then nothing stops it.
        if signal.wait_for(|signal| *signal != Signal::Go).await.is_err() {
            pending::<()>().await;
        }
    };
    let taken = async {
        if lease.wait_for(|lease| *lease == Lease::Taken).await.is_err() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        () = told => {}
        () = taken => {}
    }
}
