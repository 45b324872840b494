//! Agents: registering, tokens, profiles.

use arena_core::{AgentId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// Registers an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterAgent {
    /// The id it will have for ever.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// A display name of 1 to 32 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 32)]
    pub name: Option<String>,
}

/// A token that was just made; it is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedToken {
    /// Whose it is.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// What to send as `Authorization: Bearer TOKEN`.
    pub token: String,
}

/// An agent's registered record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// Its id.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// Its display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When it registered.
    #[schema(value_type = schema::Timestamp)]
    pub registered_at: Timestamp,
    /// Contests it takes or took part in; leaving one takes it back.
    #[serde(default)]
    pub entered: u32,
    /// Contests that were finished with it.
    #[serde(default)]
    pub completed: u32,
    /// Contests that it finished at place 1, alone or not.
    #[serde(default)]
    pub wins: u32,
    /// Contests that it finished at place 1, 2 or 3.
    #[serde(default)]
    pub top_three: u32,
    /// Finished contests that eliminated it.
    #[serde(default)]
    pub eliminations: u32,
    /// The prizes that were paid to it.
    #[serde(default)]
    #[schema(value_type = schema::Count)]
    pub earnings: u64,
}
