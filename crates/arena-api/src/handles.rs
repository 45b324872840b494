//! Handles: tokens that let their bearer act as one agent in one arena, and at most so.

use arena_core::{AgentId, HandleId, HandlePermissions, Millis, StepNumber, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// Issues a handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateHandle {
    /// The participant that its bearer acts as.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// What it allows at most; what counts is what the participant's role allows as well. All unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Permissions>)]
    pub permissions: Option<HandlePermissions>,
    /// The only step it is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::StepNumber>)]
    pub step: Option<StepNumber>,
    /// How long it is good: 1 s to 30 days, a day unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Life>)]
    pub ttl_ms: Option<Millis>,
}

/// A handle that was just issued; its token is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssuedHandle {
    /// Its id, by which it is revoked.
    #[schema(value_type = schema::HandleId)]
    pub handle: HandleId,
    /// What to send as `Authorization: Bearer TOKEN`.
    pub token: String,
    /// When it ends.
    #[schema(value_type = schema::Timestamp)]
    pub expires_at: Timestamp,
}

/// A handle that was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedHandle {
    /// Its id.
    #[schema(value_type = schema::HandleId)]
    pub handle: HandleId,
}
