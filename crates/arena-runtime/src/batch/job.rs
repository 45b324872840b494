//! What is asked of the committer, and what became of it.

use arena_core::{
    ArenaConfig, ArenaId, collaboration,
    contest::{self, Terms},
    registry::RegistryCommand,
};
use bytes::Bytes;

use crate::{
    ask::{Applied, Ask, ContestApplied, ContestRender, Render},
    numbering::ReplyTo,
    storage::TransferRow,
};

/// A command on its way to the committer.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) ask: Ask,
    pub(crate) job: Job,
    pub(crate) reply: ReplyTo,
}

/// What is asked of the committer.
#[derive(Debug)]
pub(crate) enum Job {
    Create {
        config: Box<ArenaConfig>,
        render: Render,
    },
    Shared {
        arena_id: ArenaId,
        command: collaboration::Command,
        bytes: Option<Bytes>,
        render: Render,
    },
    CreateContest {
        title: String,
        terms: Box<Terms>,
        render: ContestRender,
    },
    Contest {
        arena_id: ArenaId,
        command: contest::Command,
        actions: Option<Actions>,
        render: ContestRender,
    },
    Registry(RegistryCommand),
    /// A deposit or a withdrawal.
    Transfer(RegistryCommand),
    /// The store's first command.
    RegisterOperator,
    /// The timer's.
    PassDeadlines {
        arena_id: ArenaId,
    },
}

impl Job {
    /// The stream whose events it makes, and in which its answer is kept.
    pub(super) const fn stream(&self) -> ArenaId {
        match self {
            Self::Create { .. }
            | Self::CreateContest { .. }
            | Self::Registry(_)
            | Self::Transfer(_)
            | Self::RegisterOperator => ArenaId::SYSTEM,
            Self::Shared { arena_id, .. }
            | Self::Contest { arena_id, .. }
            | Self::PassDeadlines { arena_id } => *arena_id,
        }
    }

    /// The reference that it bears, of which there is one transfer only.
    pub(super) fn reference(&self) -> Option<&str> {
        match self {
            Self::Transfer(
                RegistryCommand::Deposit { reference, .. } | RegistryCommand::Withdraw { reference, .. },
            ) => Some(reference),
            _ => None,
        }
    }
}

/// The actions of a round, looked through before the rules are asked.
#[derive(Debug)]
pub(crate) struct Actions {
    pub(crate) bytes: Bytes,
    /// Whether every line is what it must be.
    pub(crate) checked: Result<(), contest::Rejection>,
}

/// What became of a command, after the commit.
#[derive(Debug)]
pub(crate) enum Done {
    /// It was applied; the answer's bytes are there when they were stored with it.
    Applied { applied: Box<Applied>, body: Option<Vec<u8>> },
    /// It had been applied before.
    Replayed(Vec<u8>),
    /// The same of a contest.
    Contest { applied: Box<ContestApplied>, body: Option<Vec<u8>> },
    /// Money came in or went out, now or before.
    Transferred(Option<Box<TransferRow>>),
    /// The registry changed.
    Registered,
}
