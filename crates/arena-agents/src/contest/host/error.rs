//! Why a host cannot begin or go on; the contest stays resumable unless it is over.

use std::{io, path::PathBuf};

use arena_api::client;
use arena_core::{AgentId, ArenaId};

use crate::contest::{CupError, games, receipt::Divergence};

/// Why a host cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The cup is wrong.
    #[error(transparent)]
    Cup(#[from] CupError),
    /// A program that the cup names is not on this machine.
    #[error("bot {bot}: there is no program {program} here; install it, or put another command in the cup")]
    NoProgram {
        /// Whose.
        bot: AgentId,
        /// Its first word.
        program: String,
    },
    /// The server refuses or cannot be reached.
    #[error("cannot {doing}: {source}")]
    Server {
        /// What was being done.
        doing: String,
        /// What came back.
        source: client::Error,
    },
    /// The chain or its node refuses, or cannot be reached.
    #[cfg(feature = "solana")]
    #[error("cannot {doing}: {source}")]
    Chain {
        /// What was being done.
        doing: String,
        /// What came back.
        source: arena_chain::ChainError,
    },
    /// A file of the host's own cannot be written or read.
    #[error("cannot use {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file of the host's own does not say what the host wrote.
    #[error("{} does not hold what it should: {reason}", path.display())]
    State {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Another host is at work on the same cup.
    #[error("another host is at work in {}; end it first", folder.display())]
    Busy {
        /// The folder of its state.
        folder: PathBuf,
    },
    /// The cup's file was changed while its contest is under way.
    #[error(
        "the cup was changed while {} is under way; put it back; or end that contest{}, and begin anew with --new",
        .arena_id.map_or("its contest".to_owned(), |arena_id| format!("contest {arena_id}")),
        .arena_id.map_or(String::new(), |arena_id| format!(
            " (while it is in registration: `arena contest cancel {arena_id}`, `arena contest payout {arena_id} --all`)"
        ))
    )]
    Changed {
        /// The contest; absent when the host was cut off while it asked for one, and when it is on a chain.
        arena_id: Option<ArenaId>,
    },
    /// The cup's contest is under way with its money elsewhere.
    #[error(
        "the cup's contest is under way with its money {there}, and not {here}; go on as it was begun, or begin anew with --new"
    )]
    SettledOtherwise {
        /// Where it is.
        there: String,
        /// Where this host would have it.
        here: String,
    },
    /// A bot of a cup on a chain stands for a wallet of this host's, and is nobody else's agent.
    #[cfg(feature = "solana")]
    #[error(
        "bot {bot} has a token_file, and on Solana each bot's agent is the host's alone; take another name without one"
    )]
    TokenFile {
        /// Which bot.
        bot: AgentId,
    },
    /// An agent is registered, and its token is not known here.
    #[error(
        "agent {agent_id} is registered and its token is not known here; give token_file in the cup, or take another name"
    )]
    NoToken {
        /// Whose.
        agent_id: AgentId,
    },
    /// Others enter the contest that mirrors the chain's, however often it is made anew.
    #[cfg(feature = "solana")]
    #[error(
        "others than the entrants of the chain enter the contest that mirrors it, each time it is made; use a server of your own"
    )]
    Intruded,
    /// A bot's process cannot be started, through no fault of the bot.
    #[error("cannot start bot {bot}: {source}; the round is asked for again when the host goes on")]
    Start {
        /// Which bot.
        bot: AgentId,
        /// Why not.
        source: io::Error,
    },
    /// What the server recorded is not what this host played.
    #[error("round {round} cannot be gone on from: {reason}")]
    Diverged {
        /// The round.
        round: u32,
        /// What does not fit.
        reason: String,
    },
    /// The receipt that the server gave does not check.
    #[error("the receipt does not check: {0}")]
    Receipt(#[from] Divergence),
    /// The game cannot be played by those who entered.
    #[error(transparent)]
    Rules(#[from] games::RulesError),
    /// There is no randomness for a seed.
    #[error(transparent)]
    NoRandomness(#[from] games::NoRandomness),
}

impl HostError {
    /// What came back from the server, if it was the server.
    #[must_use]
    pub fn server(&self) -> Option<&client::Error> {
        if let Self::Server { source, .. } = self { Some(source) } else { None }
    }
}

/// Says what was being done when the server refused.
pub(super) trait Doing<T> {
    /// `doing` completes "cannot ...".
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T, HostError>;
}

impl<T> Doing<T> for Result<T, client::Error> {
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T, HostError> {
        self.map_err(|source| HostError::Server { doing: doing(), source })
    }
}
