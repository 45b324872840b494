//! Participants of an arena and their roles.

use arena_core::{AgentId, Timestamp, collaboration::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// Joins an arena (naming oneself) or invites an agent; also how an arena's first participants are named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddParticipant {
    /// Who.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// As what.
    #[schema(value_type = schema::Role)]
    pub role: Role,
}

/// Gives a participant another role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeRole {
    /// The new role.
    #[schema(value_type = schema::Role)]
    pub role: Role,
}

/// An agent inside an arena.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Participant {
    /// Who.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// As what.
    #[schema(value_type = schema::Role)]
    pub role: Role,
    /// Since when.
    #[schema(value_type = schema::Timestamp)]
    pub joined_at: Timestamp,
    /// How many steps it has completed here.
    pub completed_steps: u32,
}
