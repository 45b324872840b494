//! The state of the registry, and how events change it.

use alloc::{string::String, vec::Vec};
use core::ops::Bound;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};
use serde::{Deserialize, Serialize};

use super::events::RegistryEvent;
use crate::{
    collaboration::HandlePermissions,
    hash::Hash,
    ids::{AgentId, ArenaId, HandleId, StepNumber},
    time::Timestamp,
};

/// Which agents there are, and which handles are live; a clone shares its collections with the original.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registry {
    agents: RedBlackTreeMapSync<AgentId, RegisteredAgent>,
    tokens: RedBlackTreeMapSync<Hash, AgentId>,
    handles: RedBlackTreeMapSync<HandleId, IssuedHandle>,
    expiries: RedBlackTreeSetSync<(Timestamp, HandleId)>,
    /// The handles of each agent in each arena, in the order in which they end.
    held: RedBlackTreeSetSync<(ArenaId, AgentId, Timestamp, HandleId)>,
    /// How often a token was ended before its time.
    revocations: u64,
}

/// An agent's record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredAgent {
    /// Its display name.
    pub name: Option<String>,
    /// The hash of its token.
    pub token_hash: Option<Hash>,
    /// Since when.
    pub registered_at: Timestamp,
    /// When it was removed; its id stays taken.
    pub removed_at: Option<Timestamp>,
}

/// A handle that was given out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedHandle {
    /// The arena it is good for.
    pub arena_id: ArenaId,
    /// The agent it acts as.
    pub agent_id: AgentId,
    /// What it allows at most.
    pub permissions: HandlePermissions,
    /// The only step it is good for.
    pub step: Option<StepNumber>,
    /// When it ends by itself: it is over when `now` reaches this.
    pub expires_at: Timestamp,
}

impl Registry {
    /// An agent's record, also of one that was removed.
    #[must_use]
    pub fn agent(&self, agent_id: &AgentId) -> Option<&RegisteredAgent> {
        self.agents.get(agent_id)
    }

    /// Whether the agent is registered and was not removed.
    #[must_use]
    pub fn is_registered(&self, agent_id: &AgentId) -> bool {
        self.agents.get(agent_id).is_some_and(|agent| agent.removed_at.is_none())
    }

    /// The registered agents after one id, sorted; removed ones are left out.
    pub fn agents_after(
        &self,
        after: Option<&AgentId>,
    ) -> impl Iterator<Item = (&AgentId, &RegisteredAgent)> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(after.clone()));
        self.agents.range((from, Bound::Unbounded)).filter(|(_, agent)| agent.removed_at.is_none())
    }

    /// Whose token has this hash.
    #[must_use]
    pub fn agent_of_token(&self, token_hash: &Hash) -> Option<&AgentId> {
        self.tokens.get(token_hash)
    }

    /// A handle that was neither revoked nor outlived by a later event, and whose agent is registered.
    #[must_use]
    pub fn handle(&self, handle: &HandleId) -> Option<&IssuedHandle> {
        self.handles.get(handle).filter(|issued| self.is_registered(&issued.agent_id))
    }

    /// The handles of one agent in one arena that are not over by `now`, whether or not they were pruned.
    pub(super) fn live_handles<'a>(
        &'a self,
        arena_id: ArenaId,
        agent_id: &'a AgentId,
        now: Timestamp,
    ) -> impl Iterator<Item = HandleId> + 'a {
        let over = (arena_id, agent_id.clone(), now, HandleId::from_bytes([u8::MAX; 16]));
        self.held
            .range((Bound::Excluded(over), Bound::Unbounded))
            .take_while(move |(arena, agent, ..)| *arena == arena_id && agent == agent_id)
            .map(|(.., handle)| *handle)
    }

    /// How often a token was ended before its time: replaced or revoked, or its agent removed.
    #[must_use]
    pub const fn revocations(&self) -> u64 {
        self.revocations
    }

    /// How many entries the state holds.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.agents.size() + self.handles.size()
    }

    /// Folds one event in; one that names what is not there changes nothing.
    pub fn evolve(&mut self, event: &RegistryEvent) {
        match event {
            RegistryEvent::AgentRegistered { agent_id, name, token_hash, timestamp } => {
                self.prune(*timestamp);
                let agent = RegisteredAgent {
                    name: name.clone(),
                    token_hash: *token_hash,
                    registered_at: *timestamp,
                    removed_at: None,
                };
                self.agents.insert_mut(agent_id.clone(), agent);
                if let Some(token_hash) = token_hash {
                    self.tokens.insert_mut(*token_hash, agent_id.clone());
                }
            }
            RegistryEvent::AgentTokenReplaced { agent_id, token_hash } => {
                self.set_token(agent_id, Some(*token_hash));
                self.revocations += 1;
            }
            RegistryEvent::AgentRemoved { agent_id, timestamp } => {
                self.prune(*timestamp);
                self.set_token(agent_id, None);
                self.revocations += 1;
                if let Some(agent) = self.agents.get_mut(agent_id) {
                    agent.removed_at = Some(*timestamp);
                }
            }
            RegistryEvent::HandleIssued {
                handle,
                arena_id,
                agent_id,
                permissions,
                step,
                expires_at,
                timestamp,
            } => {
                self.prune(*timestamp);
                let issued = IssuedHandle {
                    arena_id: *arena_id,
                    agent_id: agent_id.clone(),
                    permissions: *permissions,
                    step: *step,
                    expires_at: *expires_at,
                };
                self.handles.insert_mut(*handle, issued);
                self.expiries.insert_mut((*expires_at, *handle));
                self.held.insert_mut((*arena_id, agent_id.clone(), *expires_at, *handle));
            }
            RegistryEvent::HandleRevoked { handle, timestamp } => {
                self.prune(*timestamp);
                self.forget(*handle);
                self.revocations += 1;
            }
            // Balances are the ledger's.
            RegistryEvent::Deposited { .. } | RegistryEvent::Withdrawn { .. } => {}
        }
    }

    fn set_token(&mut self, agent_id: &AgentId, token_hash: Option<Hash>) {
        let Some(agent) = self.agents.get_mut(agent_id) else { return };
        if let Some(old) = core::mem::replace(&mut agent.token_hash, token_hash) {
            self.tokens.remove_mut(&old);
        }
        if let Some(new) = token_hash {
            self.tokens.insert_mut(new, agent_id.clone());
        }
    }

    /// Forgets the handles that ended by themselves.
    fn prune(&mut self, now: Timestamp) {
        let over: Vec<_> =
            self.expiries.iter().take_while(|(expires_at, _)| *expires_at <= now).copied().collect();
        for (_, handle) in over {
            self.forget(handle);
        }
    }

    fn forget(&mut self, handle: HandleId) {
        let Some(IssuedHandle { arena_id, agent_id, expires_at, .. }) = self.handles.get(&handle).cloned()
        else {
            return;
        };
        self.handles.remove_mut(&handle);
        self.expiries.remove_mut(&(expires_at, handle));
        self.held.remove_mut(&(arena_id, agent_id, expires_at, handle));
    }
}
