//! What can go wrong between a caller and the server.

use crate::problem::{Code, Problem};

/// Why a call did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The server refuses, and says why.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// The server cannot be reached, or the connection broke.
    #[error("the server cannot be reached: {reason}; is `arena serve` running?")]
    Connection {
        /// What the connection said.
        reason: String,
        /// Whether nothing can have been sent yet.
        before_sending: bool,
    },
    /// The answer is not one of Arena's.
    #[error("status {status}, and the answer cannot be read: {reason}")]
    Answer {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
    /// The request cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// The server's address is not one.
    #[error("not the address of a server: {0}")]
    Url(String),
}

impl Error {
    pub(super) fn connection(error: &reqwest::Error) -> Self {
        let mut reason = error.to_string();
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            reason = cause.to_string();
            source = cause.source();
        }
        Self::Connection { reason, before_sending: error.is_connect() }
    }

    /// The server's problem, if it answered with one.
    #[must_use]
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Problem(problem) => Some(problem),
            Self::Connection { .. } | Self::Answer { .. } | Self::Request(_) | Self::Url(_) => None,
        }
    }

    /// The code of the server's problem, if it answered with one.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.problem().map(|problem| problem.code)
    }
}
