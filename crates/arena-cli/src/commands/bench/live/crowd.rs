//! The process of the readers, as the one that measures sees it.

use std::{net::SocketAddr, process::Stdio};

use arena_core::ArenaId;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::super::{failed, spread::Spread};
use crate::failure::Failure;

/// What readers are told before they begin: a line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) server: SocketAddr,
    pub(super) arena_id: ArenaId,
    pub(super) token: String,
    pub(super) readers: u32,
    /// How many events a second are to come.
    pub(super) events_per_s: u32,
    /// After which event they begin.
    pub(super) after: u64,
}

/// What they are told when no more events come: a line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Told {
    /// When each event was stored, in microseconds of the machine's clock.
    pub(super) at: Vec<u64>,
}

/// What they saw: their last line.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Seen {
    pub(super) received: u64,
    pub(super) resumed: u64,
    /// From being stored to being read.
    pub(super) latency: Spread,
}

/// Readers that are reading.
pub(super) struct Crowd {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Crowd {
    /// Opens so many streams, and answers when all stand.
    pub(super) async fn open(asked: &Asked) -> Result<Self, Failure> {
        let program = std::env::current_exe().map_err(failed)?;
        let mut child = Command::new(program)
            .args(["bench", "--as-readers"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("the readers cannot be spoken to"));
        };
        let mut crowd = Self { child, input, lines: BufReader::new(output).lines() };
        crowd.tell(asked).await?;
        crowd.line().await?;
        Ok(crowd)
    }

    /// Their process.
    pub(super) fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Tells when the events were stored that each was to see, and waits until each has.
    pub(super) async fn finish(mut self, told: &[u64]) -> Result<Seen, Failure> {
        self.tell(&Told { at: told.to_vec() }).await?;
        serde_json::from_str(&self.line().await?).map_err(failed)
    }

    async fn tell(&mut self, what: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(what).map_err(failed)? + "\n";
        self.input.write_all(line.as_bytes()).await.map_err(failed)
    }

    async fn line(&mut self) -> Result<String, Failure> {
        let line = self.lines.next_line().await.map_err(failed)?;
        line.ok_or_else(|| failed("the readers gave up: what they missed stands above"))
    }
}
