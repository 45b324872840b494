//! Events of an arena's journal, in pages.

use arena_core::{ArenaId, CommandId, Hash, Position, Sequence, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use crate::{bounded, schema};

/// A recorded fact.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// The arena.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// Its number in the arena.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Its number in the journal.
    #[schema(value_type = schema::Position)]
    pub position: Position,
    /// What happened, for instance `step_claimed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who caused it: an agent, or `system`.
    pub actor: String,
    /// When it was decided.
    #[schema(value_type = schema::Timestamp)]
    pub recorded_at: Timestamp,
    /// Its fields, exactly as they are stored and hashed.
    #[schema(value_type = schema::Object)]
    pub data: Box<RawValue>,
    /// The caller's idempotency key, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::CommandId>)]
    pub command_id: Option<CommandId>,
    /// The hash of the event before it in the arena; zeros at first.
    #[schema(value_type = schema::Hash)]
    pub previous_hash: Hash,
    /// Its own hash.
    #[schema(value_type = schema::Hash)]
    pub hash: Hash,
}

impl Event {
    /// Reads its fields as `T`.
    ///
    /// # Errors
    /// When they are not those of a `T`.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data.get())
    }
}

/// A page of events.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EventPage {
    /// The events, by sequence.
    pub items: Vec<Event>,
    /// The arena's last sequence; when it is that of the last item, the page is the last.
    #[schema(value_type = schema::Sequence)]
    pub head: Sequence,
}

/// Which events are wanted, and how long to wait for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventQuery {
    /// Only those after this sequence; from the first unless said.
    #[serde(default, deserialize_with = "bounded::sequence", skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Sequence>)]
    pub after: Option<Sequence>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// How long to wait for an event when there is none: 0 to 60000, 0 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 60000)]
    pub wait_ms: Option<u32>,
    /// Only events of these types, separated by commas.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what this agent (or `system`) caused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::AgentId>)]
    pub actor: Option<String>,
    /// For a live stream: 1 to begin it with the state as it stands, and go on from there; 0 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 1)]
    pub snapshot: Option<u8>,
}

/// A page of everything in the store.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct JournalPage {
    /// The events, by position.
    pub items: Vec<Event>,
    /// The journal's last position; when it is that of the last item, the page is the last.
    #[schema(value_type = schema::Position)]
    pub head: Position,
}

/// Which events of the whole store are wanted, and how long to wait for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JournalQuery {
    /// Only those after this position; from the first unless said.
    #[serde(default, deserialize_with = "bounded::position", skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Position>)]
    pub after: Option<Position>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// How long to wait for an event when there is none: 0 to 60000, 0 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 0, maximum = 60000)]
    pub wait_ms: Option<u32>,
    /// Only events of these types, separated by commas.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only what this agent (or `system`) caused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::AgentId>)]
    pub actor: Option<String>,
}

/// What a live stream says to who resumes behind its end: the store is not the one that was followed, or an older copy of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CursorAhead {
    /// The number to resume after.
    pub after: u64,
    /// The number of the stream's last event, from which it goes on.
    pub head: u64,
}
