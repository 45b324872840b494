//! Why a run cannot begin or go on; the arena stays resumable in every case.

use std::{io, path::PathBuf};

use arena_api::client;
use arena_core::ArenaId;

use crate::plan::PlanError;

/// Why a run cannot begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The plan is wrong.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Programs that the plan names are not on this machine.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Missing(Vec<Missing>),
    /// The server refuses or cannot be reached.
    #[error("cannot {doing}: {source}")]
    Server {
        /// What was being done.
        doing: String,
        /// What came back.
        source: client::Error,
    },
    /// The arena holds no plan.
    #[error(
        "arena {arena_id} holds no plan to resume: it was not made by `arena run`, or stopped before any step was started; run the plan anew"
    )]
    NoPlan {
        /// Which arena.
        arena_id: ArenaId,
    },
    /// The arena's stored plan cannot be read.
    #[error("the plan stored in arena {arena_id} cannot be read: {reason}; run the plan anew")]
    UnreadablePlan {
        /// Which arena.
        arena_id: ArenaId,
        /// Why not.
        reason: String,
    },
    /// A file of the run's own cannot be written or read.
    #[error("cannot use {}: {source}; make room, or set TMPDIR to another folder", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

/// A program or folder that a plan names and this machine does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A program.
    Program {
        /// Whose: `agent coder` or `step merge`.
        whose: String,
        /// Its first word.
        program: String,
    },
    /// A folder to start processes in.
    Folder {
        /// Which.
        path: PathBuf,
    },
}

impl std::fmt::Display for Missing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Program { whose, program } => {
                write!(
                    f,
                    "{whose}: there is no program {program} here; install it, or put another command in the plan"
                )
            }
            Self::Folder { path } => {
                write!(f, "there is no folder {}; make it, or change directory in the plan", path.display())
            }
        }
    }
}

impl RunError {
    /// What came back from the server, if it was the server.
    #[must_use]
    pub fn server(&self) -> Option<&client::Error> {
        match self {
            Self::Server { source, .. } => Some(source),
            Self::Plan(_)
            | Self::Missing(_)
            | Self::NoPlan { .. }
            | Self::UnreadablePlan { .. }
            | Self::File { .. } => None,
        }
    }
}

/// Says what was being done when the server refused.
pub(crate) trait Doing<T> {
    /// `doing` completes "cannot ...".
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T, RunError>;
}

impl<T> Doing<T> for Result<T, client::Error> {
    fn doing(self, doing: impl FnOnce() -> String) -> Result<T, RunError> {
        self.map_err(|source| RunError::Server { doing: doing(), source })
    }
}
