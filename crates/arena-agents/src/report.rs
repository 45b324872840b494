//! What came out of a run, as text and as JSON.

use std::fmt;

use arena_core::{
    AgentId, ArenaId, Hash, StepNumber,
    collaboration::{ArtifactName, Status, StepStatus},
};
use serde::Serialize;

use crate::spell;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Every step is completed or was cancelled.
    Completed,
    /// Steps failed for good, or cannot be reached because of such.
    Failed,
    /// The arena's budget was spent before every step was completed.
    BudgetSpent,
    /// It was told to stop; it can be resumed.
    Interrupted,
}

impl Outcome {
    /// The word that stands for it in JSON, with spaces.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::BudgetSpent => "budget spent",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What came out of a run; serialises to JSON, displays as text.
#[derive(Clone, Debug, Serialize)]
pub struct RunReport {
    /// The arena.
    pub arena_id: ArenaId,
    /// What it was for.
    pub goal: String,
    /// How the run ended.
    pub outcome: Outcome,
    /// How the arena stands.
    pub status: Status,
    /// Steps that are completed.
    pub completed_steps: u32,
    /// Steps that are not cancelled.
    pub total_steps: u32,
    /// What the steps cost, as their processes said.
    pub cost: u64,
    /// The steps, by number.
    pub steps: Vec<ReportedStep>,
    /// The artifacts, by name.
    pub artifacts: Vec<ReportedArtifact>,
    /// The output of the step that the plan names as its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<RunResult>,
    /// The hash of the arena's sealed report, once it is archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_hash: Option<Hash>,
}

/// A step in the report of a run.
#[derive(Clone, Debug, Serialize)]
pub struct ReportedStep {
    /// Its number.
    pub step: StepNumber,
    /// Its name in the plan.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How it stands.
    pub status: StepStatus,
    /// Who completed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it is not completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An artifact in the report of a run.
#[derive(Clone, Debug, Serialize)]
pub struct ReportedArtifact {
    /// Its name.
    pub name: ArtifactName,
    /// Its last version.
    pub version: u64,
    /// Its bytes.
    pub size: u64,
    /// Their hash.
    pub sha256: Hash,
}

/// What a run was for.
#[derive(Clone, Debug, Serialize)]
pub struct RunResult {
    /// The artifact that holds it.
    pub artifact: ArtifactName,
    /// Its content; what is not UTF-8 in it is replaced.
    pub text: String,
}

impl fmt::Display for RunReport {
    /// Without the result, which is a text of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { arena_id, goal, outcome, completed_steps, total_steps, .. } = self;
        writeln!(f, "arena {arena_id}: {}, {completed_steps} of {total_steps} steps", outcome.as_str())?;
        writeln!(f, "goal: {goal}")?;
        writeln!(f)?;
        let width = |text: fn(&ReportedStep) -> usize| self.steps.iter().map(text).max().unwrap_or(0);
        let (titles, names) =
            (width(|step| step.title.chars().count()), width(|step| step.name.chars().count()));
        for ReportedStep { step, name, title, status, agent_id, attempts, .. } in &self.steps {
            let agent = agent_id.as_ref().map_or("-", AgentId::as_str);
            let tries = if *attempts == 1 { "attempt" } else { "attempts" };
            writeln!(
                f,
                "{step:>4}  {name:names$}  {title:titles$}  {:9}  {agent}, {attempts} {tries}",
                status.as_str()
            )?;
        }
        for ReportedStep { step, name, status, reason, .. } in &self.steps {
            if let Some(reason) = reason {
                let how = match status {
                    StepStatus::Waiting => "",
                    StepStatus::Failed => "failed: ",
                    StepStatus::Ready
                    | StepStatus::Claimed
                    | StepStatus::Completed
                    | StepStatus::Cancelled => "is not done: ",
                };
                write!(f, "\nstep {step} ({name}) {how}{}", reason.replace('\n', "\n    "))?;
            }
        }
        if self.steps.iter().any(|step| step.reason.is_some()) {
            writeln!(f)?;
        }
        if !self.artifacts.is_empty() {
            writeln!(f, "\nartifacts:")?;
        }
        let names =
            self.artifacts.iter().map(|artifact| artifact.name.as_str().chars().count()).max().unwrap_or(0);
        for ReportedArtifact { name, version, size, sha256 } in &self.artifacts {
            let hash: String = sha256.to_string().chars().take(12).collect();
            writeln!(
                f,
                "  {:names$}  version {version}, {}, sha256 {hash}",
                name.as_str(),
                spell::bytes(*size)
            )?;
        }
        if self.cost > 0 {
            writeln!(f, "\ncost: {}", self.cost)?;
        }
        if let Some(hash) = self.report_hash {
            writeln!(f, "\nreport sealed: {hash}")?;
        }
        Ok(())
    }
}
