//! Messages between participants.

use std::sync::Arc;

use arena_core::{AgentId, Sequence, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{bounded, schema};

/// Says something to everyone, or addresses some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendMessage {
    /// Whom it addresses; it hides from nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<schema::AgentId>)]
    pub to: Vec<AgentId>,
    /// The text; at most 64 KiB.
    #[schema(value_type = schema::Text)]
    pub body: Arc<str>,
}

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// The number of its event.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Who said it.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// Whom it addresses.
    #[serde(default)]
    #[schema(value_type = Vec<schema::AgentId>)]
    pub to: Vec<AgentId>,
    /// The text.
    #[schema(value_type = String)]
    pub body: Arc<str>,
    /// When it was said.
    #[schema(value_type = schema::Timestamp)]
    pub sent_at: Timestamp,
}

/// Which messages are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MessageQuery {
    /// Only those said after this sequence; also where `next_cursor` goes, for which the name `cursor` is taken as well.
    #[serde(
        default,
        alias = "cursor",
        deserialize_with = "bounded::sequence",
        skip_serializing_if = "Option::is_none"
    )]
    #[param(value_type = Option<schema::Sequence>)]
    pub after: Option<Sequence>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}
