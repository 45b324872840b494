//! Why a verb did not do what it was asked: one sentence for people, the problem for programs, and an exit code.

use std::{io, path::Path};

use arena_api::client;
use serde::Serialize;

use crate::{exit::Exit, output::Output, paint};

/// A verb's failure.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    problem: Problem,
    hints: Vec<String>,
}

/// What is printed with `--json`: the server's problem as it came, or one of the same shape.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Problem {
    Own { code: &'static str, detail: String },
    Server(serde_json::Value),
}

impl Failure {
    /// A failure with a stable code and a sentence that says what to do next.
    pub(crate) fn new(exit: Exit, code: &'static str, detail: impl Into<String>) -> Self {
        Self { exit, problem: Problem::Own { code, detail: detail.into() }, hints: Vec::new() }
    }

    /// A problem that the server answered with `status`.
    pub(crate) fn answered(status: u16, problem: serde_json::Value) -> Self {
        Self { exit: Exit::of_status(status), problem: Problem::Server(problem), hints: Vec::new() }
    }

    /// A file that cannot be worked with.
    pub(crate) fn file(verb: &str, path: &Path, error: &io::Error) -> Self {
        let exit = if error.kind() == io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Refused };
        Self::new(exit, "file", format!("cannot {verb} {}: {error}", path.display()))
    }

    /// Adds what would help, on a line of its own.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what was being done; `doing` completes "cannot ...".
    pub(crate) fn while_doing(self, doing: &str) -> Self {
        let hint = format!("this happened while trying to {doing}");
        self.with_hint(hint)
    }

    /// Prints it to standard error and says how to exit.
    pub(crate) fn print(&self, output: &Output) -> Exit {
        if output.is_json() {
            output.complain(&serde_json::to_string(&self.problem).unwrap_or_default());
            return self.exit;
        }
        let (code, detail) = match &self.problem {
            Problem::Own { code, detail } => (*code, detail.as_str()),
            Problem::Server(problem) => {
                let text = |field| problem.get(field).and_then(serde_json::Value::as_str).unwrap_or_default();
                (text("code"), text("detail"))
            }
        };
        let head = paint::paint(paint::WRONG, format_args!("error[{code}]"));
        output.complain(&format!("{head}: {}", paint::plain(detail)));
        for hint in &self.hints {
            output.complain(&format!("{}: {hint}", paint::paint(paint::OPEN, "hint")));
        }
        self.exit
    }
}

impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        match &error {
            client::Error::Problem(problem) => {
                Self::answered(problem.status, serde_json::to_value(problem).unwrap_or_default())
            }
            client::Error::Connection { .. } => {
                Self::new(Exit::Unavailable, "unreachable", error.to_string())
            }
            client::Error::Url(_) => Self::new(Exit::Usage, "usage", error.to_string()),
            client::Error::Answer { .. } | client::Error::Request(_) => {
                Self::new(Exit::Refused, "malformed", error.to_string())
            }
        }
    }
}
