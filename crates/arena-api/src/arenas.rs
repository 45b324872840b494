//! Shared arenas: making one, reading one, its lifecycle.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaConfig, ArenaId, Hash, Millis, Sequence, Timestamp,
    collaboration::{self as core, Budget, Limits, Status, Strategy},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    bounded,
    participants::{AddParticipant, Participant},
    schema,
    steps::{NewStep, Step},
};

/// Makes a shared arena; the caller becomes its first coordinator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateArena {
    /// What the arena is for; at most 16 KiB.
    #[schema(value_type = schema::Text)]
    pub goal: Arc<str>,
    /// Who may claim steps; `peer` unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Strategy>)]
    pub strategy: Option<Strategy>,
    /// Whether any registered agent may read it and join it as worker or observer; not unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<bool>,
    /// Who takes part from the start, besides the creator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<AddParticipant>,
    /// The first steps, numbered from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<NewStep>,
    /// How long settling waits for open leases; 60 s unless said, at most 24 h.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 86_400_000)]
    pub settle_grace_ms: Option<Millis>,
    /// What it may spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Budget>)]
    pub budget: Option<Budget>,
}

impl CreateArena {
    /// A closed peer arena with a goal and nothing else.
    #[must_use]
    pub fn new(goal: &str) -> Self {
        Self {
            goal: goal.into(),
            strategy: None,
            open: None,
            participants: Vec::new(),
            steps: Vec::new(),
            settle_grace_ms: None,
            budget: None,
        }
    }
}

impl From<CreateArena> for ArenaConfig {
    fn from(asked: CreateArena) -> Self {
        Self {
            goal: asked.goal,
            strategy: asked.strategy.unwrap_or_default(),
            open: asked.open.unwrap_or_default(),
            participants: asked.participants.into_iter().map(|one| (one.agent_id, one.role)).collect(),
            steps: asked.steps.into_iter().map(core::NewStep::from).collect(),
            settle_grace: asked.settle_grace_ms.unwrap_or(Limits::DEFAULT_SETTLE_GRACE),
            budget: asked.budget.unwrap_or_default(),
        }
    }
}

/// Replaces the goal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateGoal {
    /// The new goal; at most 16 KiB.
    #[schema(value_type = schema::Text)]
    pub goal: Arc<str>,
}

/// Which of the two kinds of arena it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A shared arena.
    Shared,
    /// A contest.
    Contest,
}

/// What has been spent of a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Spent {
    /// Claims that were not given back.
    #[schema(value_type = schema::Count)]
    pub attempts: u64,
    /// Units of the user's choice, as reported.
    #[schema(value_type = schema::Count)]
    pub cost: u64,
}

/// A shared arena.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Arena {
    /// Its id.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// Its kind.
    pub kind: Kind,
    /// Where it stands.
    #[schema(value_type = schema::Status)]
    pub status: Status,
    /// What it is for.
    #[schema(value_type = String)]
    pub goal: Arc<str>,
    /// Who may claim steps.
    #[schema(value_type = schema::Strategy)]
    pub strategy: Strategy,
    /// Whether any registered agent may read and join it.
    pub open: bool,
    /// The number of its last event; also its ETag.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Steps that are done.
    pub completed_steps: u32,
    /// Steps that are not cancelled.
    pub total_steps: u32,
    /// Who takes part, by agent id.
    pub participants: Vec<Participant>,
    /// Who made it.
    #[schema(value_type = schema::AgentId)]
    pub created_by: AgentId,
    /// When it was made.
    #[schema(value_type = schema::Timestamp)]
    pub created_at: Timestamp,
    /// When work began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub activated_at: Option<Timestamp>,
    /// How long settling waits for open leases.
    #[schema(value_type = schema::Millis)]
    pub settle_grace_ms: Millis,
    /// When settling ends at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub settle_deadline: Option<Timestamp>,
    /// What it may spend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Budget>)]
    pub budget: Option<Budget>,
    /// What it has spent.
    pub spent: Spent,
    /// The hash of its sealed report, once archived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub report_hash: Option<Hash>,
}

/// Which arenas are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ArenaQuery {
    /// Only those that stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Status>)]
    pub status: Option<Status>,
    /// Only those in which this agent takes part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::AgentId>)]
    pub agent: Option<AgentId>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// Which past state is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StateQuery {
    /// The sequence up to which events count; the last unless said.
    #[serde(default, deserialize_with = "bounded::sequence", skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Sequence>)]
    pub at: Option<Sequence>,
}

/// An arena and its steps as they stood after an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct State {
    /// The arena.
    #[serde(flatten)]
    pub arena: Arena,
    /// Its steps, by number.
    pub steps: Vec<Step>,
}
