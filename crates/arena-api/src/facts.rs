//! Facts: keyed, versioned pieces of shared knowledge.

use std::sync::Arc;

use arena_core::{AgentId, Timestamp, collaboration::FactKey};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::schema;

/// Puts a version of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutFact {
    /// What is so; at most 64 KiB.
    #[schema(value_type = String)]
    pub content: Arc<str>,
    /// How sure, in whole per mille: 0 to 1000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1000)]
    pub confidence: Option<u16>,
    /// At most 32 tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The version it must follow; 0: it must not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Count>)]
    pub expected_version: Option<u64>,
}

/// A fact as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Fact {
    /// Its key.
    #[schema(value_type = schema::FactKey)]
    pub key: FactKey,
    /// From 1.
    #[schema(value_type = schema::Count)]
    pub version: u64,
    /// What is so.
    #[schema(value_type = String)]
    pub content: Arc<str>,
    /// How sure, in whole per mille.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u16>,
    /// Its tags, sorted.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Who put this version.
    #[schema(value_type = schema::AgentId)]
    pub author: AgentId,
    /// When this version was put.
    #[schema(value_type = schema::Timestamp)]
    pub updated_at: Timestamp,
}

/// Which facts are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FactQuery {
    /// Words that the content or the key must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// A tag that it must bear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
