//! Where a run works: the arena, the plan, and who is told what happens.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use arena_api::{
    artifacts::Artifact,
    client::{Client, all_pages},
    list::PageQuery,
    steps::{Step, StepQuery},
};
use arena_core::{
    ArenaId, StepNumber,
    collaboration::{ArtifactName, StepStatus},
};
use tokio::sync::watch;

use super::error::{Doing, Missing, RunError};
use crate::{
    plan::{Plan, PlanAgent, PlanStep},
    process::{self, Guard},
    progress::Progress,
};

/// The most that a page may hold.
pub(super) const PAGE: u32 = 1_000;
/// The folder of artifacts that the run itself keeps; no process may put any there.
pub(super) const OWN_FOLDER: &str = "run/";

/// What all parts of a run share.
#[derive(Debug)]
pub(super) struct Site {
    /// Speaks as a coordinator.
    pub(super) client: Client,
    pub(super) arena_id: ArenaId,
    pub(super) plan: Plan,
    pub(super) progress: Progress,
    pub(super) guard: Guard,
    /// Changes whenever a coordinator has approved something.
    pub(super) approvals: watch::Sender<()>,
}

impl Site {
    /// The plan's step of this number; `None` for steps that were added to the arena later.
    pub(super) fn plan_step(&self, number: StepNumber) -> Option<&PlanStep> {
        self.plan.steps.get(number.index())
    }

    /// The step's name, which is also the name of the folder its outputs are handed on in.
    pub(super) fn step_name(&self, number: StepNumber) -> String {
        self.plan_step(number).map_or_else(|| format!("step-{number}"), |step| step.name.clone())
    }

    /// The folder of the artifacts that the run puts for a step.
    pub(super) fn step_folder(&self, number: StepNumber) -> String {
        format!("steps/{number}-{}", self.step_name(number))
    }

    /// The artifact that the step's standard output becomes.
    pub(super) fn stdout_name(&self, number: StepNumber) -> Option<ArtifactName> {
        let own = self.plan_step(number).and_then(|step| step.output.clone());
        own.or_else(|| format!("{}/stdout", self.step_folder(number)).parse().ok())
    }

    /// The agent's or the step's own command.
    pub(super) fn command<'a>(&'a self, number: StepNumber, agent: &'a PlanAgent) -> Option<&'a [String]> {
        self.plan_step(number).and_then(|step| step.command.as_deref()).or(agent.command.as_deref())
    }

    /// All steps that stand at `status`, or all.
    pub(super) async fn steps(&self, status: Option<StepStatus>) -> Result<Vec<Step>, RunError> {
        let all = all_pages(|PageQuery { limit, cursor }| {
            self.client.steps(self.arena_id, &StepQuery { status, limit, cursor })
        });
        all.await.doing(|| "read the steps".into())
    }

    /// All artifacts by name.
    pub(super) async fn artifacts(&self) -> Result<BTreeMap<ArtifactName, Artifact>, RunError> {
        let all = all_pages(|page| self.client.artifacts(self.arena_id, &page));
        let all = all.await.doing(|| "list the artifacts".into())?;
        Ok(all.into_iter().map(|artifact| (artifact.name.clone(), artifact)).collect())
    }
}

/// Checks that everything the plan starts is on this machine.
pub(super) fn check_programs(plan: &Plan) -> Result<(), RunError> {
    let mut missing = Vec::new();
    let folders = plan.agents.iter().filter_map(|agent| agent.directory.as_ref()).chain([&plan.directory]);
    let lacking = |path: &&PathBuf| !path.is_dir();
    missing.extend(folders.filter(lacking).map(|path| Missing::Folder { path: path.clone() }));
    let mut look = |whose: String, command: Option<&Vec<String>>, directory: &Path| {
        if let Some(program) = command.and_then(|words| words.first())
            && process::find_program(program, directory).is_none()
        {
            missing.push(Missing::Program { whose, program: program.clone() });
        }
    };
    for agent in &plan.agents {
        let directory = agent.directory.as_ref().unwrap_or(&plan.directory);
        look(format!("agent {}", agent.name), agent.command.as_ref(), directory);
    }
    for step in &plan.steps {
        look(format!("step {}", step.name), step.command.as_ref(), &plan.directory);
    }
    if missing.is_empty() { Ok(()) } else { Err(RunError::Missing(missing)) }
}
