//! A plan: what a run is to do, read from TOML, checked whole before anything is started.

mod check;
mod error;
mod file;
mod length;
mod order;
mod source;
mod variables;
mod words;

use std::{path::PathBuf, time::Duration};

use arena_core::{
    Millis,
    collaboration::{Assignee, Budget, Evidence, Role, Strategy},
};

pub(crate) use error::line_of;
pub use error::{PlanError, Problem};
pub(crate) use length::Length;
pub use source::PlanSource;
pub(crate) use words::Words;

/// A checked plan: every name in it resolves, every step has an agent that can run it, and no steps wait in a ring.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the run is for.
    pub goal: String,
    /// Who may claim.
    pub strategy: Strategy,
    /// How many processes may run at once; 4 unless the plan says otherwise.
    pub parallel: usize,
    /// How long settling waits for leases of others; the arena's default when absent.
    pub settle_grace: Option<Millis>,
    /// What the arena may spend.
    pub budget: Budget,
    /// Where processes start, absolute.
    pub directory: PathBuf,
    /// The step whose output is the run's result, as an index into `steps`.
    pub result: Option<usize>,
    /// Who runs steps.
    pub agents: Vec<PlanAgent>,
    /// What is to be done; step `n` of the arena is `steps[n - 1]`.
    pub steps: Vec<PlanStep>,
    /// What the plan was read from, enough to read it again.
    pub source: PlanSource,
}

/// An agent: a command that is started once per step.
#[derive(Clone, Debug)]
pub struct PlanAgent {
    /// Its agent id.
    pub name: arena_core::AgentId,
    /// Its role in the arena; worker unless said otherwise.
    pub role: Role,
    /// The program and its arguments; `None` when only steps with a command of their own go to it.
    pub command: Option<Vec<String>>,
    /// What is added to the environment.
    pub environment: Vec<(String, String)>,
    /// Where its processes start, absolute, if not where the plan says.
    pub directory: Option<PathBuf>,
    /// How long one process may take; an hour unless said otherwise.
    pub time_limit: Duration,
    /// How many of its processes may run at once; as many as the plan allows when absent.
    pub at_once: Option<usize>,
}

/// A step of the plan.
#[derive(Clone, Debug)]
pub struct PlanStep {
    /// Its name, by which other steps depend on it.
    pub name: String,
    /// What is to be done, in a line.
    pub title: String,
    /// What the process is told, if not just the title.
    pub prompt: Option<String>,
    /// The program and its arguments, if not the agent's.
    pub command: Option<Vec<String>>,
    /// The steps it waits for, as indexes into the plan's steps.
    pub depends_on: Vec<usize>,
    /// Who it is for.
    pub assignee: Option<Assignee>,
    /// What completion needs.
    pub evidence: Evidence,
    /// How often it may be tried; the arena's default when absent.
    pub attempts: Option<u32>,
    /// How long its lease is; the arena's default when absent.
    pub lease: Option<Millis>,
    /// How long its process may take, if not as long as the agent's.
    pub time_limit: Option<Duration>,
    /// The artifact its standard output becomes, if not `steps/<number>-<name>/stdout`.
    pub output: Option<arena_core::collaboration::ArtifactName>,
}

impl Plan {
    /// How long a process may take when nobody says otherwise.
    pub const DEFAULT_TIME_LIMIT: Duration = Duration::from_secs(60 * 60);
    /// How many processes may run at once when the plan says nothing.
    pub const DEFAULT_PARALLEL: usize = 4;

    /// The agent of this name.
    #[must_use]
    pub fn agent(&self, name: &arena_core::AgentId) -> Option<&PlanAgent> {
        self.agents.iter().find(|agent| agent.name == *name)
    }
}

impl PlanAgent {
    /// Whether a step for `assignee` may go to this agent.
    #[must_use]
    pub fn may_take(&self, assignee: Option<&Assignee>) -> bool {
        match assignee {
            Some(Assignee::Agent(name)) => self.name == *name && self.role != Role::Observer,
            Some(Assignee::Workers) => self.role == Role::Worker,
            Some(Assignee::Coordinators) => self.role == Role::Coordinator,
            None => self.role != Role::Observer,
        }
    }
}

#[cfg(test)]
mod tests;
