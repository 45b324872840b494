//! What a shared arena holds besides its steps: participants, artifacts, facts, late results, and what was spent.

use alloc::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    step_set::StepSet,
    types::{ArtifactKind, Role},
};
use crate::{
    hash::Hash,
    ids::{AgentId, Fence, Sequence, StepNumber},
    time::Timestamp,
};

/// An agent inside an arena.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// What it is here.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// Steps that stand completed by it, also from before it left and came back.
    pub completed_steps: u32,
    /// The steps it holds.
    pub(super) holds: StepSet,
}

/// The current version of an artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Its number, from 1.
    pub version: u64,
    /// The hash of its bytes.
    pub sha256: Hash,
    /// How many bytes.
    pub size: u64,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its media type.
    pub media_type: Arc<str>,
    /// The participant whose slot the name belongs to: who wrote it first.
    pub slot: AgentId,
    /// Who put this version.
    pub author: AgentId,
    /// The step it was put under.
    pub step: Option<StepNumber>,
    /// When this version was put.
    pub updated_at: Timestamp,
}

/// The current version of a fact, without its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Its number, from 1.
    pub version: u64,
    /// The hash of the content.
    pub sha256: Hash,
    /// Who put this version.
    pub author: AgentId,
    /// How sure, in whole per mille.
    pub confidence: Option<u16>,
    /// The event that holds the content.
    pub sequence: Sequence,
}

/// A result that came after its lease had ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The step it is for.
    pub step: StepNumber,
    /// Who made it.
    pub agent_id: AgentId,
    /// The claim it was made under.
    pub fence: Fence,
    /// What it cost.
    pub cost: Option<u64>,
    /// The event that holds the result.
    pub sequence: Sequence,
    /// Whether there is a text.
    pub has_result: bool,
    /// Whether it was taken as the step's own.
    pub adopted: bool,
}

/// What an arena has spent so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Claims that were not given back.
    pub attempts: u64,
    /// What agents reported, late results included.
    pub cost: u64,
}
