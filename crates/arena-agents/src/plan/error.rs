//! What is wrong with a plan: every problem at once, each with its line, its field and what to do.

use std::{fmt, io, path::PathBuf};

/// A plan that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file could not be read.
    #[error("cannot read the plan {}: {source}; name a plan file, such as examples/source-report.toml", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The folder the run is started in cannot be used.
    #[error("cannot tell the current folder: {source}; change into a folder that exists")]
    NoCurrentFolder {
        /// Why not.
        source: io::Error,
    },
    /// A path has to be stored with the arena, and is not valid UTF-8.
    #[error("the path {} is not valid UTF-8; start the run from another folder", path.display())]
    PathNotText {
        /// Which path.
        path: PathBuf,
    },
    /// The file was read and has mistakes.
    #[error("{}", Listed { file, problems })]
    Mistakes {
        /// The plan's file, as it was named.
        file: String,
        /// What is wrong, in the order of the file.
        problems: Vec<Problem>,
    },
}

/// One mistake in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; absent for what is wrong with no particular line.
    pub line: Option<usize>,
    /// The field, such as `steps[2].depends_on`; empty when the text is not TOML.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

struct Listed<'a> {
    file: &'a str,
    problems: &'a [Problem],
}

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { line, field, message }) in self.problems.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "\n" })?;
            f.write_str(self.file)?;
            if let Some(line) = line {
                write!(f, ":{line}")?;
            }
            f.write_str(": ")?;
            if !field.is_empty() {
                write!(f, "{field}: ")?;
            }
            f.write_str(message)?;
        }
        Ok(())
    }
}

/// The line of the byte `at` in `text`, from 1.
pub(crate) fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}
