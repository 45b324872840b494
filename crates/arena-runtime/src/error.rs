//! What can go wrong: in the store, and between a door and the rules.

use arena_core::{
    AgentId, ArenaId, Position, Sequence, collaboration::Rejection, contest, registry::RegistryRejection,
};

/// Why a store did not do what it was asked.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// The disk, the database or its driver said no; trying again later may work.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// What is stored is not what was written.
    #[error("the store is damaged at arena {arena_id} sequence {sequence}: {reason}; run `arena verify`")]
    Damaged {
        /// The stream.
        arena_id: ArenaId,
        /// The event, or the head when it concerns the whole stream.
        sequence: Sequence,
        /// What does not fit.
        reason: String,
    },
    /// The store cannot be opened as asked.
    #[error("{0}")]
    Refused(String),
}

/// Why a request was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The rules of shared arenas refuse.
    #[error("{0}")]
    Rejected(Rejection),
    /// The rules of the registry refuse.
    #[error("{0}")]
    Registry(RegistryRejection),
    /// The rules of contests refuse.
    #[error("{0}")]
    Contest(contest::Rejection),
    /// A wallet would go below zero.
    #[error("wallet:{agent_id} holds {current} and {required} are needed; ask the operator for a deposit")]
    InsufficientFunds {
        /// Whose wallet.
        agent_id: AgentId,
        /// What it holds, in minor units.
        current: u64,
        /// What is to be taken from it.
        required: u64,
    },
    /// An invariant of the ledger does not hold: nothing new is taken in, and everything can be taken out.
    #[error(
        "the ledger does not fit since position {position}: {reason}; no new money is taken, exits are open: the operator runs `arena ledger audit`"
    )]
    SafeMode {
        /// The event after which it did not hold.
        position: Position,
        /// What does not hold.
        reason: String,
    },
    /// A wallet is its owner's and the operator's to read.
    #[error("a wallet is its owner's and the operator's to read; use that agent's token")]
    OthersWallet,
    /// The token is missing, unknown, expired or revoked.
    #[error("the token is missing, unknown, expired or revoked; send `Authorization: Bearer TOKEN`")]
    Unauthenticated,
    /// Only the operator may do this.
    #[error("only the operator may do this; use the token in operator.token of the data folder")]
    OperatorOnly,
    /// A handle is good for its own arena only.
    #[error("a handle is good for its own arena only; use the agent's token")]
    OutsideHandle,
    /// The key was used for another request.
    #[error("this idempotency key was used for another request; use a new key")]
    IdempotencyMismatch,
    /// Too much waits for the writer.
    #[error("too many commands are waiting; try again in a moment")]
    Overloaded,
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The runtime was shut down.
    #[error("the server is shutting down; try again when it is back")]
    Closed,
    /// The clock is the machine's, which nobody moves.
    #[error("the clock is the machine's; start with --test-clock to move it")]
    NotTestClock,
    /// The machine gives no randomness.
    #[error("the machine gives no randomness; nothing secret can be made")]
    NoRandomness,
    /// Something that cannot happen did.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl From<Rejection> for RuntimeError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<RegistryRejection> for RuntimeError {
    fn from(rejection: RegistryRejection) -> Self {
        Self::Registry(rejection)
    }
}

impl From<contest::Rejection> for RuntimeError {
    fn from(rejection: contest::Rejection) -> Self {
        Self::Contest(rejection)
    }
}

impl RuntimeError {
    /// The stable code of the problem that a door answers with.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected(rejection) => rejection.code(),
            Self::Registry(rejection) => rejection.code(),
            Self::Contest(rejection) => rejection.code(),
            Self::InsufficientFunds { .. } => "insufficient_funds",
            Self::SafeMode { .. } => "safe_mode",
            Self::Unauthenticated => "unauthenticated",
            Self::OperatorOnly | Self::OutsideHandle | Self::OthersWallet => "forbidden",
            Self::IdempotencyMismatch => "idempotency_mismatch",
            Self::Overloaded | Self::Closed => "overloaded",
            Self::Storage(_) => "storage_unavailable",
            Self::NotTestClock => "not_found",
            Self::NoRandomness | Self::Internal(_) => "internal",
        }
    }

    /// There is no such thing, or none that the caller may know of.
    pub(crate) const fn not_found(what: &'static str) -> Self {
        Self::Rejected(Rejection::NotFound { what })
    }
}
