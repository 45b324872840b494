//! Whether the server lives, and whether it takes work.

use arena_core::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// The process answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Alive {
    /// Always `ok`.
    pub status: String,
    /// The server's version.
    pub version: String,
}

/// Whether the server takes commands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// Whether it does.
    pub ready: bool,
    /// Commands that wait for the writer.
    pub queue_depth: u64,
    /// Whether it refuses new money because the ledger did not add up; what takes money out goes on.
    #[serde(default)]
    pub safe_mode: bool,
    /// What time it is: what leases, deadlines and tokens end by. Servers of before did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Timestamp, required = true)]
    pub now: Option<Timestamp>,
    /// Whether that time moves only when the operator moves it.
    #[serde(default)]
    pub test_clock: bool,
}
