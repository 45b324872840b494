//! The facts of a shared arena's journal. A shape that was ever stored is never changed: variants and optional fields are added.

use alloc::{string::String, sync::Arc, vec::Vec};

use serde::{Deserialize, Serialize};

use super::types::{ArtifactKind, ArtifactName, Budget, FactKey, NewStep, Role, StepEdit, Strategy};
use crate::{
    hash::Hash,
    ids::{AgentId, Fence, StepNumber},
    time::{Millis, Timestamp},
};

/// A fact in a shared arena's journal; serialised as `{"snake_case_of_the_variant": {fields}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the words of the glossary; each variant says what happened")]
pub enum ArenaEvent {
    /// The arena was made by `agent_id`.
    ArenaCreated {
        agent_id: AgentId,
        goal: Arc<str>,
        strategy: Strategy,
        open: bool,
        settle_grace_ms: Millis,
        #[serde(default, skip_serializing_if = "is_unbounded")]
        budget: Budget,
        timestamp: Timestamp,
    },
    /// Work began.
    ArenaActivated { timestamp: Timestamp },
    /// An agent takes part.
    AgentJoined { agent_id: AgentId, role: Role, timestamp: Timestamp },
    /// An agent no longer takes part; its claims were released before.
    AgentLeft { agent_id: AgentId, timestamp: Timestamp },
    /// A participant has another role.
    RoleChanged { agent_id: AgentId, role: Role },
    /// The goal was replaced.
    GoalUpdated { new_goal: Arc<str> },
    /// Steps were added, numbered on from `first`.
    StepsAdded { first: StepNumber, steps: Vec<NewStep> },
    /// A step was edited.
    StepChanged {
        step: StepNumber,
        #[serde(flatten)]
        edit: StepEdit,
    },
    /// A step was taken out of the plan.
    StepCancelled { step: StepNumber },
    /// A step is held by `agent_id` until `expires_at`.
    StepClaimed { step: StepNumber, agent_id: AgentId, fence: Fence, expires_at: Timestamp, lease_ms: Millis },
    /// A lease was extended.
    LeaseRenewed {
        step: StepNumber,
        agent_id: AgentId,
        fence: Fence,
        expires_at: Timestamp,
        lease_ms: Millis,
    },
    /// A claim was given back, and its attempt with it.
    StepReleased {
        step: StepNumber,
        agent_id: AgentId,
        fence: Fence,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Arc<str>>,
    },
    /// A lease ran out.
    LeaseExpired { step: StepNumber, agent_id: AgentId, fence: Fence },
    /// A lease was ended from outside: its step was cancelled or adopted, or the arena archived.
    LeaseRevoked { step: StepNumber, agent_id: AgentId, fence: Fence },
    /// A coordinator approved a step.
    StepApproved { step: StepNumber, agent_id: AgentId },
    /// A step is done; the work was `agent_id`'s.
    StepCompleted {
        step: StepNumber,
        agent_id: AgentId,
        fence: Fence,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Arc<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<u64>,
        timestamp: Timestamp,
    },
    /// A completion came after its lease had ended; its result is kept for adoption.
    ResultOrphaned {
        step: StepNumber,
        agent_id: AgentId,
        fence: Fence,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<Arc<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<u64>,
    },
    /// A late result became the step's own.
    ResultAdopted { step: StepNumber, agent_id: AgentId, fence: Fence },
    /// An attempt was given up.
    StepFailed {
        step: StepNumber,
        agent_id: AgentId,
        fence: Fence,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Arc<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost: Option<u64>,
    },
    /// A failed or completed step is open again, with all its attempts and no approval.
    StepReopened { step: StepNumber },
    /// A version of an artifact was put by `agent_id`.
    ArtifactPut {
        name: ArtifactName,
        version: u64,
        sha256: Hash,
        size: u64,
        kind: ArtifactKind,
        media_type: Arc<str>,
        agent_id: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepNumber>,
        timestamp: Timestamp,
    },
    /// A version of a fact was put by `agent_id`.
    FactPut {
        key: FactKey,
        version: u64,
        content: Arc<str>,
        sha256: Hash,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        confidence: Option<u16>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
        agent_id: AgentId,
    },
    /// Something was said.
    MessageSent {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        to: Vec<AgentId>,
        body: Arc<str>,
    },
    /// No new claims; every lease ends by `deadline`.
    SettlingStarted { deadline: Timestamp },
    /// Sealed: nothing follows.
    ArenaArchived { report_hash: Hash },
}

fn is_unbounded(budget: &Budget) -> bool {
    *budget == Budget::default()
}
