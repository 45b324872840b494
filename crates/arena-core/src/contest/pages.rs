//! The hash by which a page that is submitted again is told from another one.

use alloc::{collections::BTreeMap, vec::Vec};

use super::{terms::length, types::Score};
use crate::{hash::Hash, ids::AgentId};

/// What the binary form of a page begins with.
const DOMAIN: &[u8] = b"arena.contest.page.1";

/// What a page says, whichever page it is; `eliminated` is sorted.
pub(super) struct Content<'a> {
    pub(super) eliminated: &'a [AgentId],
    pub(super) scores: &'a BTreeMap<AgentId, Score>,
    pub(super) actions_root: Option<Hash>,
    pub(super) last: bool,
}

impl Content<'_> {
    pub(super) fn hash(&self) -> Hash {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend(length(self.eliminated.len()));
        self.eliminated.iter().for_each(|agent_id| name(&mut bytes, agent_id));
        bytes.extend(length(self.scores.len()));
        for (agent_id, score) in self.scores {
            name(&mut bytes, agent_id);
            bytes.extend(score.get().to_be_bytes());
        }
        bytes.push(u8::from(self.actions_root.is_some()));
        bytes.extend(self.actions_root.iter().flat_map(|root| *root.as_bytes()));
        bytes.push(u8::from(self.last));
        Hash::of(&bytes)
    }
}

fn name(bytes: &mut Vec<u8>, agent_id: &AgentId) {
    bytes.extend(length(agent_id.as_str().len()));
    bytes.extend(agent_id.as_str().as_bytes());
}
