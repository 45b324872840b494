//! Artifacts: named, versioned outputs; their bytes travel as the body, all else as the query.

use std::sync::Arc;

use arena_core::{
    AgentId, Fence, Hash, StepNumber, Timestamp,
    collaboration::{ArtifactKind, ArtifactName},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::schema;

/// How the bytes of a request become a version of an artifact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutArtifactQuery {
    /// The step under whose claim it is put; goes with `fence`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::StepNumber>)]
    pub step: Option<StepNumber>,
    /// The claim's number; goes with `step`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Fence>)]
    pub fence: Option<Fence>,
    /// The version it must follow; 0: it must not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Count>)]
    pub expected_version: Option<u64>,
    /// What it is; `file` unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::ArtifactKind>)]
    pub kind: Option<ArtifactKind>,
}

/// Which version of an artifact is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct GetArtifactQuery {
    /// From 1; the last unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Count>)]
    pub version: Option<u64>,
}

/// A version of an artifact, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(from = "Told")]
pub struct Artifact {
    /// Its name.
    #[schema(value_type = schema::ArtifactName)]
    pub name: ArtifactName,
    /// From 1.
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
    /// Whose slot it is in: who wrote its name first.
    #[schema(value_type = schema::AgentId)]
    pub slot: AgentId,
    /// Who put this version.
    #[schema(value_type = schema::AgentId)]
    pub author: AgentId,
    /// The step under whose claim this version was put.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::StepNumber>)]
    pub step: Option<StepNumber>,
    /// When this version was put.
    #[schema(value_type = schema::Timestamp)]
    pub updated_at: Timestamp,
}

/// An [`Artifact`] as it is told; servers of before named no author, and answers of theirs are kept and given again.
#[derive(Deserialize)]
struct Told {
    name: ArtifactName,
    version: u64,
    sha256: Hash,
    size: u64,
    kind: ArtifactKind,
    media_type: Arc<str>,
    slot: AgentId,
    author: Option<AgentId>,
    step: Option<StepNumber>,
    updated_at: Timestamp,
}

impl From<Told> for Artifact {
    fn from(told: Told) -> Self {
        let Told { name, version, sha256, size, kind, media_type, slot, author, step, updated_at } = told;
        let author = author.unwrap_or_else(|| slot.clone());
        Self { name, version, sha256, size, kind, media_type, slot, author, step, updated_at }
    }
}
