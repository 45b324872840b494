//! The test clock.

use arena_core::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// Moves the test clock on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceClock {
    /// By how much.
    #[schema(value_type = schema::Millis)]
    pub advance_ms: Millis,
}

/// What the test clock shows, after every deadline that it passed was processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClockTime {
    /// The time.
    #[schema(value_type = schema::Timestamp)]
    pub now: Timestamp,
}
