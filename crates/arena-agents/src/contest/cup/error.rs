//! What is wrong with a cup file: the line, the field and what to do.

use std::{io, path::PathBuf};

use crate::plan::Problem;

/// A cup that cannot be hosted.
#[derive(Debug, thiserror::Error)]
pub enum CupError {
    /// The file could not be read.
    #[error("cannot read the cup {}: {source}; name a cup file, such as examples/cup.toml", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file was read and has a mistake.
    #[error("{file}:{} {}{}", .problem.line.map_or(String::new(), |line| format!("{line}:")), named(.problem), .problem.message)]
    Mistake {
        /// The file, as it was named.
        file: String,
        /// What is wrong.
        problem: Problem,
    },
}

fn named(problem: &Problem) -> String {
    if problem.field.is_empty() { String::new() } else { format!("{}: ", problem.field) }
}
