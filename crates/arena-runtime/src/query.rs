//! What readers ask for and get: pages, and which items are on them.

use std::time::Duration;

use arena_core::{
    AgentId, ArenaId, Sequence, Timestamp,
    collaboration::{FactKey, Status},
    contest::Counters,
};

use crate::record::StoredEvent;

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether there are more after them.
    pub more: bool,
}

impl<T> Page<T> {
    /// Cuts a list that was asked for with one more than `limit`.
    pub(crate) fn cut(mut items: Vec<T>, limit: usize) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

/// Which arenas to list.
#[derive(Clone, Debug, Default)]
pub struct ArenaQuery {
    /// In this status.
    pub status: Option<Status>,
    /// In which this agent takes part.
    pub agent: Option<AgentId>,
    /// Those after this one.
    pub after: Option<ArenaId>,
    /// How many at most.
    pub limit: usize,
}

/// Which events to read.
#[derive(Clone, Debug, Default)]
pub struct EventQuery {
    /// Those after this one.
    pub after: Sequence,
    /// How many at most.
    pub limit: usize,
    /// How long to wait for one.
    pub wait: Option<Duration>,
    /// Of these types; of all when empty.
    pub kinds: Vec<String>,
    /// Caused by this actor.
    pub actor: Option<AgentId>,
}

/// A page of events.
#[derive(Clone, Debug)]
pub struct EventPage {
    /// The events.
    pub items: Vec<StoredEvent>,
    /// The arena's last sequence at that moment.
    pub head: Sequence,
}

/// Which facts to read.
#[derive(Clone, Debug, Default)]
pub struct FactQuery {
    /// Those that hold all these words.
    pub text: Option<String>,
    /// Those with this tag.
    pub tag: Option<String>,
    /// Those after this one.
    pub after: Option<FactKey>,
    /// How many at most.
    pub limit: usize,
}

/// An agent's registered record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The agent.
    pub agent_id: AgentId,
    /// Its display name.
    pub name: Option<String>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// What it has done in contests.
    pub counters: Counters,
}
