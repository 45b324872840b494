//! How a runtime is opened.

use std::{path::PathBuf, time::Duration};

use arena_core::collaboration::Limits;

/// Where the journal is.
#[derive(Clone, Debug)]
pub enum Data {
    /// In a folder, in SQLite.
    Dir(PathBuf),
    /// In memory: gone with the process.
    Memory,
}

/// How a runtime is opened; the defaults serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the journal is.
    pub data: Data,
    /// Whether rule time stands still until it is told to move. A store used so opens only so.
    pub test_clock: bool,
    /// Whether anyone may register as an agent.
    pub open_registration: bool,
    /// The bounds of shared arenas.
    pub limits: Limits,
    /// How many commands may wait for the committer; more are refused as `overloaded`.
    pub queue: usize,
    /// How many arenas stay in memory at most.
    pub hot_arenas: usize,
    /// After how long an arena that nobody asks for leaves memory.
    pub idle_after: Duration,
    /// How many threads read the store at once.
    pub readers: usize,
}

impl Options {
    /// A durable store in a folder.
    #[must_use]
    pub fn in_dir(dir: impl Into<PathBuf>) -> Self {
        Self {
            data: Data::Dir(dir.into()),
            test_clock: false,
            open_registration: false,
            limits: Limits::default(),
            queue: 8_192,
            hot_arenas: 20_000,
            idle_after: Duration::from_secs(60),
            readers: 8,
        }
    }

    /// A store in memory.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { data: Data::Memory, ..Self::in_dir(PathBuf::new()) }
    }
}
