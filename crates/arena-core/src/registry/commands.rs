//! What can be asked of the registry, and the context in which it is asked.

use alloc::string::String;

use crate::{
    amount::Amount,
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
    /// Bring money from outside into a wallet.
    Deposit {
        /// Whose.
        agent_id: AgentId,
        /// How much: at least 1.
        amount: Amount,
        /// What names it outside: never used for another movement.
        reference: String,
    },
    /// Take money out of a wallet; whether there is enough of it the ledger says.
    Withdraw {
        /// Whose, also one of an agent that was removed.
        agent_id: AgentId,
        /// How much: at least 1.
        amount: Amount,
        /// What names it outside: never used for another movement.
        reference: String,
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
    /// All that is inside the ledger, in minor units.
    pub inside: u64,
}
