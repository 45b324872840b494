//! Gathers what came out of a run into its report.

use std::collections::BTreeMap;

use arena_api::{Code, artifacts::GetArtifactQuery, events::EventQuery, steps::Step};
use arena_core::{Sequence, StepNumber, collaboration::StepStatus};
use serde::Deserialize;

use super::{
    error::{Doing, RunError},
    schedule::Halt,
    site::{PAGE, Site},
};
use crate::report::{Outcome, ReportedArtifact, ReportedStep, RunReport, RunResult};

/// How the run stands now that no more steps are started.
pub(super) async fn outcome(site: &Site, halt: &Halt) -> Result<Outcome, RunError> {
    let is_done = |step: &Step| matches!(step.status, StepStatus::Completed | StepStatus::Cancelled);
    let all_done = site.steps(None).await?.iter().all(is_done);
    Ok(match halt {
        _ if all_done => Outcome::Completed,
        Halt::Interrupted => Outcome::Interrupted,
        Halt::BudgetSpent(_) => Outcome::BudgetSpent,
        Halt::Done => Outcome::Failed,
    })
}

/// Reads everything that the report shows.
pub(super) async fn report(
    site: &Site,
    outcome: Outcome,
    refused: &BTreeMap<StepNumber, String>,
) -> Result<RunReport, RunError> {
    let arena = site.client.arena(site.arena_id).await.doing(|| "read the arena".into())?;
    let steps = site.steps(None).await?;
    let mut reasons = failures(site).await?;
    reasons.extend(refused.iter().map(|(step, reason)| (*step, reason.clone())));
    let standing: BTreeMap<StepNumber, StepStatus> =
        steps.iter().map(|step| (step.step, step.status)).collect();
    let artifacts = site.artifacts().await?;
    Ok(RunReport {
        arena_id: arena.arena_id,
        goal: arena.goal.to_string(),
        outcome,
        status: arena.status,
        completed_steps: arena.completed_steps,
        total_steps: arena.total_steps,
        cost: arena.spent.cost,
        steps: steps
            .iter()
            .map(|step| ReportedStep {
                step: step.step,
                name: site.step_name(step.step),
                title: step.title.to_string(),
                status: step.status,
                agent_id: step.completed_by.clone(),
                attempts: step.attempts,
                reason: match step.status {
                    StepStatus::Completed | StepStatus::Cancelled => None,
                    StepStatus::Waiting => Some(waits_for(step, &standing)),
                    StepStatus::Ready | StepStatus::Claimed | StepStatus::Failed => {
                        reasons.get(&step.step).cloned()
                    }
                },
            })
            .collect(),
        artifacts: artifacts
            .into_values()
            .map(|artifact| ReportedArtifact {
                name: artifact.name,
                version: artifact.version,
                size: artifact.size,
                sha256: artifact.sha256,
            })
            .collect(),
        result: result(site).await?,
        report_hash: arena.report_hash,
    })
}

/// Why the steps that failed did, the last time.
async fn failures(site: &Site) -> Result<BTreeMap<StepNumber, String>, RunError> {
    #[derive(Deserialize)]
    struct Failure {
        step: StepNumber,
        reason: Option<String>,
    }
    let mut reasons = BTreeMap::new();
    let mut after = Sequence::ZERO;
    loop {
        let kind = Some("step_failed,lease_expired".to_owned());
        let query = EventQuery { after: Some(after), limit: Some(PAGE), kind, ..EventQuery::default() };
        let page =
            site.client.events(site.arena_id, &query).await.doing(|| "read why steps failed".into())?;
        let Some(last) = page.items.last() else { return Ok(reasons) };
        after = last.sequence;
        for event in &page.items {
            if let Ok(Failure { step, reason }) = event.data() {
                reasons.insert(step, reason.unwrap_or_else(|| "its lease ran out".into()));
            }
        }
    }
}

/// Which steps a waiting one waits for, and how they stand.
fn waits_for(step: &Step, standing: &BTreeMap<StepNumber, StepStatus>) -> String {
    let open = step.depends_on.iter().filter_map(|needed| match standing.get(needed) {
        Some(StepStatus::Completed | StepStatus::Cancelled) | None => None,
        Some(status) => Some(format!("step {needed} ({status})")),
    });
    format!("waits for {}", open.collect::<Vec<_>>().join(", "))
}

/// What the step that the plan names as its result has put out.
async fn result(site: &Site) -> Result<Option<RunResult>, RunError> {
    let number = site.plan.result.and_then(|index| u32::try_from(index + 1).ok()).and_then(StepNumber::new);
    let Some(name) = number.and_then(|number| site.stdout_name(number)) else { return Ok(None) };
    match site.client.artifact(site.arena_id, &name, &GetArtifactQuery::default()).await {
        Ok(artifact) => {
            let text = String::from_utf8_lossy(&artifact.bytes).into_owned();
            Ok(Some(RunResult { artifact: name, text }))
        }
        Err(error) if error.code() == Some(Code::NotFound) => Ok(None),
        Err(error) => Err(error).doing(|| format!("read the result {name}")),
    }
}
