//! The sealed report of an archived arena.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaId, Fence, Hash, Sequence, StepNumber, Timestamp,
    collaboration::{ArtifactKind, ArtifactName, Budget, FactKey, Role, StepStatus, Strategy},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{arenas::Spent, schema};

/// What came out of an arena: the same for ever. `report_hash` is the SHA-256 of the canonical JSON
/// (RFC 8785) of all the other fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Report {
    /// The arena.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// What it was for.
    #[schema(value_type = String)]
    pub goal: Arc<str>,
    /// Who could claim steps.
    #[schema(value_type = schema::Strategy)]
    pub strategy: Strategy,
    /// Who made it.
    #[schema(value_type = schema::AgentId)]
    pub created_by: AgentId,
    /// When.
    #[schema(value_type = schema::Timestamp)]
    pub created_at: Timestamp,
    /// When work began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub activated_at: Option<Timestamp>,
    /// Who took part at the end, by agent id.
    pub participants: Vec<ReportParticipant>,
    /// The steps, by number.
    pub steps: Vec<ReportStep>,
    /// The artifacts, by name.
    pub artifacts: Vec<ReportArtifact>,
    /// The facts, by key.
    pub facts: Vec<ReportFact>,
    /// Late results, by fence.
    pub orphans: Vec<ReportOrphan>,
    /// How many of each.
    pub counts: ReportCounts,
    /// What it might have spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Budget>)]
    pub budget: Option<Budget>,
    /// What it spent.
    pub spent: Spent,
    /// The last event before the seal.
    pub head: ReportHead,
    /// The hash of all the above.
    #[schema(value_type = schema::Hash)]
    pub report_hash: Hash,
}

/// A participant in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportParticipant {
    /// Who.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// As what.
    #[schema(value_type = schema::Role)]
    pub role: Role,
    /// How many steps it completed.
    pub completed_steps: u32,
}

/// A step in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportStep {
    /// Its number.
    #[schema(value_type = schema::StepNumber)]
    pub step: StepNumber,
    /// Its title.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// How it ended.
    #[schema(value_type = schema::StepStatus)]
    pub status: StepStatus,
    /// Whose work completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub holder: Option<AgentId>,
    /// How often it was tried.
    pub attempts: u32,
    /// What it cost, as reported.
    #[schema(value_type = schema::Count)]
    pub cost: u64,
    /// The claim that completed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Fence>)]
    pub fence: Option<Fence>,
    /// The event that holds its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Sequence>)]
    pub result_sequence: Option<Sequence>,
    /// Why the last attempt that was given up was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<String>,
}

/// An artifact in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportArtifact {
    /// Its name.
    #[schema(value_type = schema::ArtifactName)]
    pub name: ArtifactName,
    /// Its last version.
    #[schema(value_type = schema::Count)]
    pub version: u64,
    /// The hash of its bytes.
    #[schema(value_type = schema::Hash)]
    pub sha256: Hash,
    /// How many bytes.
    #[schema(value_type = schema::Count)]
    pub size: u64,
    /// What it is.
    #[schema(value_type = schema::ArtifactKind)]
    pub kind: ArtifactKind,
    /// Its media type.
    #[schema(value_type = String)]
    pub media_type: Arc<str>,
    /// Whose slot it is in.
    #[schema(value_type = schema::AgentId)]
    pub slot: AgentId,
}

/// A fact in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportFact {
    /// Its key.
    #[schema(value_type = schema::FactKey)]
    pub key: FactKey,
    /// Its last version.
    #[schema(value_type = schema::Count)]
    pub version: u64,
    /// The hash of its content.
    #[schema(value_type = schema::Hash)]
    pub sha256: Hash,
    /// Who put it.
    #[schema(value_type = schema::AgentId)]
    pub author: AgentId,
}

/// A late result in the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportOrphan {
    /// The step.
    #[schema(value_type = schema::StepNumber)]
    pub step: StepNumber,
    /// Whose it was.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// The late claim's number.
    #[schema(value_type = schema::Fence)]
    pub fence: Fence,
    /// The event that holds it.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Whether it became the step's own.
    pub adopted: bool,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportCounts {
    /// Who took part at the end.
    #[schema(value_type = schema::Count)]
    pub participants: u64,
    /// Steps that are not cancelled.
    #[schema(value_type = schema::Count)]
    pub total_steps: u64,
    /// Steps that are done.
    #[schema(value_type = schema::Count)]
    pub completed_steps: u64,
    /// Steps that are out of attempts.
    #[schema(value_type = schema::Count)]
    pub failed_steps: u64,
    /// Steps that were taken out of the plan.
    #[schema(value_type = schema::Count)]
    pub cancelled_steps: u64,
    /// Artifacts, by name.
    #[schema(value_type = schema::Count)]
    pub artifacts: u64,
    /// Facts, by key.
    #[schema(value_type = schema::Count)]
    pub facts: u64,
    /// Late results.
    #[schema(value_type = schema::Count)]
    pub orphans: u64,
}

/// Where the journal stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportHead {
    /// The event's number.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// The event's hash.
    #[schema(value_type = schema::Hash)]
    pub hash: Hash,
}
