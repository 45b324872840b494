//! What a door hands in with a command, and what it gets back.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaEvent, CommandId, Hash, Sequence, SharedArena,
    collaboration::Head,
    contest::{Contest, ContestEvent},
};

use crate::{record::StoredEvent, tokens::Principal};

/// Who asks, and under which conditions.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who.
    pub principal: Principal,
    /// Only if the arena is at this sequence.
    pub if_match: Option<Sequence>,
    /// By which a repetition is recognised.
    pub key: Option<RequestKey>,
}

impl Ask {
    /// Asks without conditions.
    #[must_use]
    pub const fn by(principal: Principal) -> Self {
        Self { principal, if_match: None, key: None }
    }
}

/// What makes two requests the same: the principal's agent, what its handle allows if it is one, the operation and the
/// key; and what must then be equal. So a handle is never given the answer to what it could not have asked for itself.
#[derive(Clone, Debug)]
pub struct RequestKey {
    /// The caller's key.
    pub id: CommandId,
    /// What is asked for: method and path at HTTP.
    pub operation: String,
    /// The hash of the request.
    pub fingerprint: Hash,
}

impl RequestKey {
    /// Under which the answer is kept.
    pub(crate) fn request(&self, principal: &Principal) -> Hash {
        let agent = principal.agent_id();
        let bounds = principal.bounds();
        let mut named = Vec::new();
        for part in [agent.as_str(), &self.operation, self.id.as_str()].into_iter().chain(bounds.as_deref()) {
            named.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            named.extend_from_slice(part.as_bytes());
        }
        Hash::of(&named)
    }
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The arena after it.
    pub state: Arc<SharedArena>,
    /// The arena's head after it.
    pub head: Head,
    /// Its events, in order.
    pub changes: Vec<ArenaEvent>,
    /// The same as stored.
    pub events: Vec<Arc<StoredEvent>>,
}

/// Makes an answer's bytes. It runs inside the batch when the request has a key, so it must be quick and must not fail.
pub type Render = fn(&Applied) -> Vec<u8>;

/// What a command did to a contest.
#[derive(Clone, Debug)]
pub struct ContestApplied {
    /// The contest after it.
    pub state: Arc<Contest>,
    /// The contest's head after it.
    pub head: Head,
    /// Its events, in order.
    pub changes: Vec<ContestEvent>,
    /// The same as stored; the position of one that moved money is its transfer.
    pub events: Vec<Arc<StoredEvent>>,
}

/// Makes an answer's bytes for the agent that asked, as [`Render`] does.
pub type ContestRender = fn(&ContestApplied, &AgentId) -> Vec<u8>;

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The bytes that [`Render`] made, now or when the request first came.
    pub body: Vec<u8>,
    /// The arena's sequence; `None` when the answer is a kept one.
    pub sequence: Option<Sequence>,
    /// How many events the command recorded; 0: nothing happened.
    pub recorded: usize,
    /// Whether the answer is a kept one.
    pub replayed: bool,
}
