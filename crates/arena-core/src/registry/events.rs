//! The facts of the system stream. A shape that was ever stored is never changed: variants and optional fields are added.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::{
    amount::Amount,
    collaboration::HandlePermissions,
    hash::Hash,
    ids::{AgentId, ArenaId, HandleId, StepNumber},
    time::Timestamp,
};

/// A fact in the system stream; serialised as `{"snake_case_of_the_variant": {fields}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are those of the commands; each variant says what happened")]
pub enum RegistryEvent {
    /// A profile was made.
    AgentRegistered {
        agent_id: AgentId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        token_hash: Option<Hash>,
        timestamp: Timestamp,
    },
    /// An agent has another token.
    AgentTokenReplaced { agent_id: AgentId, token_hash: Hash },
    /// An agent's token and handles ended.
    AgentRemoved { agent_id: AgentId, timestamp: Timestamp },
    /// A handle was given out.
    HandleIssued {
        handle: HandleId,
        arena_id: ArenaId,
        agent_id: AgentId,
        permissions: HandlePermissions,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<StepNumber>,
        expires_at: Timestamp,
        timestamp: Timestamp,
    },
    /// A handle was ended.
    HandleRevoked { handle: HandleId, timestamp: Timestamp },
    /// Money came from outside into an agent's wallet.
    Deposited { agent_id: AgentId, amount: Amount, reference: String, timestamp: Timestamp },
    /// Money went out of an agent's wallet.
    Withdrawn { agent_id: AgentId, amount: Amount, reference: String, timestamp: Timestamp },
}
