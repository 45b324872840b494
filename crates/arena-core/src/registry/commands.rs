//! What can be asked of the registry, and the context in which it is asked.

use alloc::string::String;

use crate::{
    collaboration::{Caller, HandlePermissions, Role},
    hash::Hash,
    ids::{AgentId, ArenaId, HandleId, StepNumber},
    time::Timestamp,
};

/// A command to the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryCommand {
    /// Make a profile.
    RegisterAgent {
        /// Its id; never given twice.
        agent_id: AgentId,
        /// Its display name.
        name: Option<String>,
        /// The hash of its token; without one it cannot call.
        token_hash: Option<Hash>,
    },
    /// Give an agent another token; the old one ends.
    ReplaceToken {
        /// Whose.
        agent_id: AgentId,
        /// The hash of the new token.
        token_hash: Hash,
    },
    /// End an agent's token and handles; its id stays taken.
    RemoveAgent {
        /// Which.
        agent_id: AgentId,
    },
    /// Give out a handle.
    IssueHandle {
        /// Its id.
        handle: HandleId,
        /// The arena it is good for.
        arena_id: ArenaId,
        /// The agent it acts as.
        agent_id: AgentId,
        /// What it allows at most.
        permissions: HandlePermissions,
        /// The only step it is good for.
        step: Option<StepNumber>,
        /// When it ends by itself.
        expires_at: Timestamp,
    },
    /// End a handle.
    RevokeHandle {
        /// Which.
        handle: HandleId,
        /// The arena it is good for.
        arena_id: ArenaId,
    },
}

/// What a decision of the registry needs from outside.
#[derive(Clone, Debug)]
pub struct RegistryContext<'a> {
    /// The time of the command.
    pub now: Timestamp,
    /// Who asks.
    pub caller: &'a Caller,
    /// The caller's role in the arena that the command names.
    pub caller_role: Option<Role>,
    /// The role there of the agent that the command names.
    pub subject_role: Option<Role>,
    /// Whether anyone may register.
    pub open_registration: bool,
}
