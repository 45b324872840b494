//! The values of a shared arena: statuses, roles, names, evidence, budget, limits.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

use super::limits::Limits;
use crate::{
    ids::{text_id, AgentId, InvalidId, StepNumber},
    time::Millis,
    words::display_word,
};

/// Where an arena stands in its lifecycle: `Created -> Active -> Settling -> Archived`, no other edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being set up: participants and steps may be changed, nothing can be claimed.
    Created,
    /// At work.
    Active,
    /// Draining: claims may end, none may begin.
    Settling,
    /// Sealed for ever.
    Archived,
}

/// What an agent is inside one arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything a participant can.
    Coordinator,
    /// Claims steps, shares facts and messages.
    Worker,
    /// Reads.
    Observer,
}

/// Who may claim a ready step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Any worker.
    #[default]
    Peer,
    /// The step's assignee, which every step must have.
    Pipeline,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// A step it depends on is neither completed nor cancelled.
    Waiting,
    /// May be claimed.
    Ready,
    /// Held under a lease.
    Claimed,
    /// Done.
    Completed,
    /// Out of attempts.
    Failed,
    /// Taken out of the plan.
    Cancelled,
}

display_word!(Status { Created => "created", Active => "active", Settling => "settling", Archived => "archived" });
display_word!(Role { Coordinator => "coordinator", Worker => "worker", Observer => "observer" });
display_word!(Strategy { Peer => "peer", Pipeline => "pipeline" });
display_word!(StepStatus {
    Waiting => "waiting",
    Ready => "ready",
    Claimed => "claimed",
    Completed => "completed",
    Failed => "failed",
    Cancelled => "cancelled",
});

/// Who a step is for: `"alice"`, `"role:worker"` or `"role:coordinator"` in JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assignee {
    /// One agent.
    Agent(AgentId),
    /// Any worker.
    Workers,
    /// Any coordinator.
    Coordinators,
}

impl FromStr for Assignee {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let expected = "an assignee is an agent id, role:worker or role:coordinator";
        match text {
            "role:worker" => Ok(Self::Workers),
            "role:coordinator" => Ok(Self::Coordinators),
            agent => agent.parse().map(Self::Agent).map_err(|_| InvalidId { expected }),
        }
    }
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(agent) => f.write_str(agent.as_str()),
            Self::Workers => f.write_str("role:worker"),
            Self::Coordinators => f.write_str("role:coordinator"),
        }
    }
}

impl Serialize for Assignee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Assignee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

text_id!(
    /// A path-like name of an artifact: 1 to 256 bytes, no empty, `.` or `..` part, no control character.
    ArtifactName,
    is_artifact_name,
    "an artifact name is a relative path of 1 to 256 bytes without empty, . or .. parts"
);

fn is_artifact_name(text: &str) -> bool {
    (1..=256).contains(&text.len())
        && !text.chars().any(|c| c.is_control() || c == '\\')
        && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

text_id!(
    /// A key of a fact: 1 to 256 bytes without control characters.
    FactKey,
    is_fact_key,
    "a fact key is 1 to 256 bytes without control characters"
);

fn is_fact_key(text: &str) -> bool {
    (1..=256).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// What an artifact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    /// Prose.
    Text,
    /// Source code.
    Code,
    /// Any file.
    #[default]
    File,
    /// Structured data.
    Data,
}
display_word!(ArtifactKind { Text => "text", Code => "code", File => "file", Data => "data" });

/// What must be there before a step can be completed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Artifacts that must exist, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<ArtifactName>,
    /// Whether a coordinator must have approved the step.
    #[serde(default)]
    pub approval: bool,
}

impl Evidence {
    /// Whether nothing is required.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.artifacts.is_empty() && !self.approval
    }
}

/// What an arena may spend; what is absent has no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Claims that were not given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u64>,
    /// Milliseconds since the arena was activated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<Millis>,
    /// Units of the user's choice (tokens, cents), as reported by complete and fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
}

/// A step as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewStep {
    /// What is to be done, in a line.
    pub title: Arc<str>,
    /// The whole task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// Steps that must be completed or cancelled first; those of the same request included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<StepNumber>,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    /// The lease a claim gets when it does not ask for another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_ms: Option<Millis>,
    /// How often it may be tried; 3 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// What completion needs.
    #[serde(default, skip_serializing_if = "Evidence::is_empty")]
    pub evidence: Evidence,
}

impl NewStep {
    /// A step with a title and nothing else.
    #[must_use]
    pub fn titled(title: &str) -> Self {
        Self {
            title: title.into(),
            description: None,
            depends_on: Vec::new(),
            assignee: None,
            lease_ms: None,
            max_attempts: None,
            evidence: Evidence::default(),
        }
    }
}

/// What an edit of a step sets; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepEdit {
    /// A new title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Arc<str>>,
    /// A new description; an empty one takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Arc<str>>,
    /// New dependencies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Vec<StepNumber>>,
    /// A new assignee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    /// A new default lease.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_ms: Option<Millis>,
    /// A new number of attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
    /// New evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
}

/// The configuration a shared arena is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArenaConfig {
    /// What the arena is for.
    pub goal: Arc<str>,
    /// Who may claim.
    pub strategy: Strategy,
    /// Whether any registered agent may read it and join as worker or observer.
    pub open: bool,
    /// Who takes part from the start, besides the creator (a coordinator).
    pub participants: Vec<(AgentId, Role)>,
    /// The first steps.
    pub steps: Vec<NewStep>,
    /// How long settling waits for open leases.
    pub settle_grace: Millis,
    /// What it may spend.
    pub budget: Budget,
}

impl ArenaConfig {
    /// A closed peer arena with a goal, a grace of 60 s and nothing else.
    #[must_use]
    pub fn new(goal: &str) -> Self {
        Self {
            goal: goal.into(),
            strategy: Strategy::Peer,
            open: false,
            participants: Vec::new(),
            steps: Vec::new(),
            settle_grace: Limits::DEFAULT_SETTLE_GRACE,
            budget: Budget::default(),
        }
    }
}
