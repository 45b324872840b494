//! The end of an attempt: what the process left is stored, and the step is completed, failed or given back.

use std::{fs, os::unix::process::ExitStatusExt, process::ExitStatus, sync::Arc, time::Duration};

use arena_api::{
    Code,
    client::Error,
    steps::{AdoptResult, Claim, CompleteStep, FailStep, ReleaseStep, Step},
};
use arena_core::collaboration::StepStatus;
use tokio::sync::watch;

use super::{
    attempt::{AttemptEnd, Signal},
    bearer::Bearer,
    error::RunError,
    lease::{self, Lease},
    outputs::{OutputError, Outputs},
    site::Site,
    work::Folders,
};
use crate::{
    process::{Ended, Ending as ProcessEnding},
    progress::Happening,
    spell,
};

/// The longest output that is also the step's result; of a longer one the result says where it is.
const RESULT_BYTES: usize = 4 << 10;
/// How much of the standard error goes into the reason of a failure.
const REASON_BYTES: usize = 2 << 10;

/// What is needed to end an attempt.
pub(super) struct Ending<'a> {
    pub(super) site: &'a Site,
    pub(super) step: &'a Step,
    pub(super) bearer: &'a Bearer<'a>,
    pub(super) claim: &'a Claim,
    pub(super) attempt: u32,
    pub(super) signal: watch::Receiver<Signal>,
}

impl Ending<'_> {
    /// Ends it after its process has ended by itself or at its time limit.
    pub(super) async fn of(
        &self,
        ended: &Ended,
        time_limit: Duration,
        folders: &Folders,
    ) -> Result<AttemptEnd, RunError> {
        let cost = self.cost(folders);
        let outputs = Outputs::new(self.site, self.bearer, self.claim, self.step).await?;
        let failure = match ended.ending {
            ProcessEnding::Exited(status) if status.success() => None,
            ProcessEnding::Exited(status) => Some(with_last_words(&say(status), &ended.stderr.text())),
            ProcessEnding::TimedOut | ProcessEnding::Stopped => Some(format!(
                "took longer than its time limit of {} and was stopped",
                spell::duration(time_limit)
            )),
        };
        let stored = match outputs.streams(ended).await {
            Ok(()) if failure.is_none() => outputs.files(&folders.outputs).await,
            other => other,
        };
        match (failure, stored) {
            (_, Err(OutputError::Run(error))) => Err(error),
            (Some(reason), _) | (None, Err(OutputError::Step(reason))) => self.fail(&reason, cost).await,
            (None, Ok(())) => self.complete(ended, cost).await,
        }
    }

    /// What the process says it cost.
    fn cost(&self, folders: &Folders) -> Option<u64> {
        let said = fs::read_to_string(&folders.cost).ok()?;
        let cost = said.trim().parse().ok();
        if cost.is_none() {
            let step = self.claim.step;
            self.site
                .progress
                .note(&format!("step {step}: its cost is not a whole number: {:?}", said.trim()));
        }
        cost
    }

    async fn complete(&self, ended: &Ended, cost: Option<u64>) -> Result<AttemptEnd, RunError> {
        let (site, claim) = (self.site, self.claim);
        let mut approvals = site.approvals.subscribe();
        let mut signal = self.signal.clone();
        let asked = CompleteStep { fence: claim.fence, result: self.result(ended), cost };
        let (mut said, mut replaced) = (false, false);
        loop {
            approvals.mark_unchanged();
            let key = format!("complete-{}", claim.fence);
            let error = match self.bearer.client().complete(site.arena_id, claim.step, &asked).key(key).await
            {
                Ok(_) => return Ok(self.completed(ended.elapsed)),
                Err(error) => error,
            };
            match error.code() {
                Some(Code::EvidenceMissing) => {
                    let missing = missing(&error);
                    if missing.iter().any(|name| name != "approval") {
                        let names = missing.join(", ");
                        let reason = format!(
                            "it ended well without leaving what it must: {names} (see $ARENA_OUTPUTS)"
                        );
                        return self.fail(&reason, cost).await;
                    }
                    if !said {
                        let (arena, step) = (site.arena_id, claim.step);
                        site.progress.note(&format!(
                            "step {step} is done and waits for approval: arena step approve {arena} {step}"
                        ));
                        said = true;
                    }
                    replaced = false;
                    tokio::select! {
                        _ = approvals.changed() => {}
                        () = told(&mut signal) => return self.stopped().await,
                    }
                }
                Some(Code::StaleFence | Code::WrongState) => return self.late(ended.elapsed, &error).await,
                Some(Code::Unauthenticated) if !replaced => {
                    self.bearer.replace().await?;
                    replaced = true;
                }
                Some(_) | None => {
                    return Err(RunError::Server {
                        doing: format!("complete step {}", claim.step),
                        source: error,
                    });
                }
            }
        }
    }

    /// The lease had ended: the result is adopted, unless the step is somebody else's by now.
    async fn late(&self, elapsed: Duration, error: &Error) -> Result<AttemptEnd, RunError> {
        let (site, claim) = (self.site, self.claim);
        let is_kept = error.problem().is_some_and(|problem| problem.orphan == Some(true));
        if is_kept && lease::standing(site, claim).await == Lease::Late {
            let adopt = AdoptResult { fence: claim.fence };
            if site.client.adopt(site.arena_id, claim.step, &adopt).await.is_ok() {
                site.progress.note(&format!("step {} was late, and its result was adopted", claim.step));
                return Ok(self.completed(elapsed));
            }
        }
        match site.client.step(site.arena_id, claim.step).await {
            // The process completed its step itself.
            Ok(step)
                if step.status == StepStatus::Completed
                    && step.completed_by.as_ref() == Some(self.bearer.agent_id()) =>
            {
                Ok(self.completed(elapsed))
            }
            Ok(_) | Err(_) => {
                site.progress
                    .note(&format!("step {}: the claim was lost, and its work with it: {error}", claim.step));
                site.progress.show(&Happening::StepLeft { step: claim.step });
                Ok(AttemptEnd::Elsewhere)
            }
        }
    }

    fn completed(&self, elapsed: Duration) -> AttemptEnd {
        let (step, title) = (self.claim.step, &*self.claim.title);
        self.site.progress.show(&Happening::StepCompleted { step, title, elapsed });
        AttemptEnd::Completed
    }

    /// Records that the attempt has failed.
    pub(super) async fn fail(&self, reason: &str, cost: Option<u64>) -> Result<AttemptEnd, RunError> {
        let (site, claim) = (self.site, self.claim);
        let asked = FailStep { fence: claim.fence, reason: Some(reason.into()), cost };
        let key = format!("fail-{}", claim.fence);
        let again = match self.bearer.client().fail(site.arena_id, claim.step, &asked).key(key).await {
            Ok(step) => step.status != StepStatus::Failed,
            // The attempt is over already, by its lease or by the process itself.
            Err(error) if matches!(error.code(), Some(Code::StaleFence | Code::WrongState)) => true,
            Err(source) => {
                return Err(RunError::Server {
                    doing: format!("record that step {} failed", claim.step),
                    source,
                });
            }
        };
        let (step, title, attempt) = (claim.step, &*claim.title, self.attempt);
        let of = self.step.max_attempts;
        site.progress.show(&Happening::StepFailed { step, title, reason, attempt, of, again });
        Ok(AttemptEnd::Failed)
    }

    /// Gives the claim back because the run ends, unless it was taken away.
    pub(super) async fn stopped(&self) -> Result<AttemptEnd, RunError> {
        let (site, claim) = (self.site, self.claim);
        site.progress.show(&Happening::StepLeft { step: claim.step });
        if *self.signal.borrow() != Signal::Stop {
            site.progress.note(&format!("step {} was taken away; its process was stopped", claim.step));
            return Ok(AttemptEnd::Elsewhere);
        }
        let asked = ReleaseStep { fence: claim.fence, reason: Some("the run was interrupted".into()) };
        match self.bearer.client().release(site.arena_id, claim.step, &asked).await {
            Ok(_) => Ok(AttemptEnd::Released),
            Err(error) if matches!(error.code(), Some(Code::StaleFence | Code::WrongState)) => {
                Ok(AttemptEnd::Elsewhere)
            }
            Err(source) => Err(RunError::Server { doing: format!("give back step {}", claim.step), source }),
        }
    }

    /// The output when it is short; otherwise where it is.
    fn result(&self, ended: &Ended) -> Option<Arc<str>> {
        let text = std::str::from_utf8(&ended.stdout.bytes).ok().map(str::trim);
        match text {
            Some("") => None,
            Some(text) if ended.stdout.bytes.len() <= RESULT_BYTES => Some(text.into()),
            Some(_) | None => {
                let name = self.site.stdout_name(self.claim.step)?;
                Some(format!("see the artifact {name} ({} bytes)", ended.stdout.total).into())
            }
        }
    }
}

/// Resolves when the attempt is told to stop.
async fn told(signal: &mut watch::Receiver<Signal>) {
    // Nobody being left who could tell is as good as being told.
    drop(signal.wait_for(|signal| *signal != Signal::Go).await);
}

/// What completion lacks, as the server says.
fn missing(error: &Error) -> Vec<String> {
    let names = error.problem().and_then(|problem| problem.missing.as_ref()?.as_array());
    let text = |name: &serde_json::Value| name.as_str().map(str::to_owned);
    names.map_or_else(Vec::new, |names| names.iter().filter_map(text).collect())
}

/// How a process ended that did not end well.
fn say(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => "ended in an unknown way".into(),
    }
}

/// The reason and the end of what was said on the standard error, in whole lines where there are any.
fn with_last_words(reason: &str, stderr: &str) -> String {
    let said = stderr.trim();
    let mut start = said.len().saturating_sub(REASON_BYTES);
    while !said.is_char_boundary(start) {
        start += 1;
    }
    let end = said.get(start..).unwrap_or_default();
    let end = if start == 0 { end } else { end.split_once('\n').map_or(end, |(_, whole)| whole) };
    if end.is_empty() { reason.to_owned() } else { format!("{reason}: {end}") }
}

#[cfg(test)]
mod tests {
    use super::with_last_words;

    #[test]
    fn a_reason_ends_with_the_last_whole_lines() {
        assert_eq!(with_last_words("exit code 1", " \n"), "exit code 1");
        assert_eq!(with_last_words("exit code 1", "a\nb\n"), "exit code 1: a\nb");
        let long = format!("{}\n{}", "ä".repeat(3_000), "last");
        assert_eq!(with_last_words("exit code 1", &long), "exit code 1: last");
    }
}
