//! Why something on the chain was not done: each with a code of Arena's, and a sentence that says what to do next.

use std::{io, path::PathBuf};

use arena_api::{Code, Problem};
use solana_address::Address;
use solana_signature::Signature;

use crate::refusal::Refusal;

/// Why something on the chain was not done.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The program refuses; nothing moved.
    #[error("{0}")]
    Refused(Refusal),
    /// The chain, or another program that takes part, refuses the transaction.
    #[error("the chain does not take the transaction: {reason}")]
    Transaction {
        /// The code that stands for it.
        code: Code,
        /// Why, and what to do next.
        reason: String,
    },
    /// The node cannot be reached.
    #[error(
        "the node at {node} cannot be reached: {reason}; check the address given with --rpc, or try again later"
    )]
    Unreachable {
        /// Its address, without what may be a key to it.
        node: String,
        /// What the connection said.
        reason: String,
    },
    /// The connection was lost after the transaction was sent.
    #[error(
        "it is not known whether transaction {signature} was carried out: {source}; ask again when the node is back: nothing is done twice"
    )]
    Unknown {
        /// The transaction.
        signature: Signature,
        /// What went wrong meanwhile.
        source: Box<ChainError>,
    },
    /// The node has forgotten what it was asked about.
    #[error(
        "the node remembers nothing before slot {from}, and the transaction is older; name a node with a longer history with --rpc"
    )]
    Forgotten {
        /// From which slot on it remembers.
        from: u64,
    },
    /// The chain makes no blocks.
    #[error("the chain makes no blocks; try again later")]
    Stands,
    /// The node answers with an error of its own.
    #[error("the node refuses {method}: {message} (code {code}); try again, or use another node with --rpc")]
    Node {
        /// What it was asked.
        method: &'static str,
        /// The number it gave.
        code: i32,
        /// What it said.
        message: String,
    },
    /// The answer is none of a Solana node.
    #[error(
        "the answer to {method} cannot be read: {reason}; is this the address of a Solana node's JSON-RPC?"
    )]
    Answer {
        /// What was asked.
        method: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no such account, or one that is not what it should be.
    #[error("there is no {what} at {address}; check the address and the node")]
    NotFound {
        /// What was looked for.
        what: &'static str,
        /// Where.
        address: Address,
    },
    /// A value cannot be put into an instruction.
    #[error("{field}: {reason}")]
    Invalid {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The note of another action stands under the same name.
    #[error("{} is the note of another action; give this one a key of its own", path.display())]
    OtherAction {
        /// The note.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file is no key pair.
    #[error("{} is no key pair: {reason}; a key file is a JSON list of 64 numbers", path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl ChainError {
    /// The code that stands for it.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) => refusal.code,
            Self::Transaction { code, .. } => *code,
            Self::Unreachable { .. } | Self::Node { .. } | Self::Forgotten { .. } | Self::Stands => {
                Code::Overloaded
            }
            Self::Unknown { .. } => Code::Timeout,
            Self::Answer { .. } => Code::Malformed,
            Self::NotFound { .. } => Code::NotFound,
            Self::Invalid { .. } | Self::Key { .. } => Code::Invalid,
            Self::OtherAction { .. } => Code::IdempotencyMismatch,
            Self::File { .. } => Code::StorageUnavailable,
        }
    }

    /// Whether a token account takes or gives nothing for now, and only its owner, or who froze it, can change that.
    #[must_use]
    pub const fn is_of_token_account(&self) -> bool {
        matches!(self, Self::Transaction { code: Code::WrongState, .. })
    }

    /// The same as a problem, with the facts that a refusal has.
    #[must_use]
    pub fn problem(&self) -> Problem {
        Problem::new(self.code(), self.to_string())
    }

    /// The refusal, if it is one by the program.
    #[must_use]
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Transaction { .. }
            | Self::Unreachable { .. }
            | Self::Unknown { .. }
            | Self::Forgotten { .. }
            | Self::Stands
            | Self::Node { .. }
            | Self::Answer { .. }
            | Self::NotFound { .. }
            | Self::Invalid { .. }
            | Self::OtherAction { .. }
            | Self::File { .. }
            | Self::Key { .. } => None,
        }
    }
}
