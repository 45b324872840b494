//! Whether an arena's journal still proves itself.

use arena_core::{ArenaId, Sequence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// What a check of the journal found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// Whether everything fits.
    pub ok: bool,
    /// How many events were checked.
    #[schema(value_type = schema::Count)]
    pub checked: u64,
    /// The first thing that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_divergence: Option<Divergence>,
}

/// Where the journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Divergence {
    /// The arena.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// The event.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// What does not fit.
    pub reason: String,
}
