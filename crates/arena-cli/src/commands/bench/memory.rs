//! What arenas weigh in memory while they are used, and after nobody asks for them any more.

use std::{path::Path, time::Duration};

use arena_runtime::Principal;
use serde::Serialize;

use super::{Pace, clock::Stopwatch, failed, filling::make, store::Store};
use crate::failure::Failure;

/// Steps of each arena.
const STEPS: usize = 10;
/// After how long without use an arena leaves memory here.
const IDLE_AFTER: Duration = Duration::from_secs(1);
/// How often is looked whether they have left.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long they may take to leave.
const LEAVE_WITHIN: Duration = Duration::from_secs(30);

/// How often arenas are added: the first times fill the caches of the database, which stay.
const FILLS: usize = 6;

/// The process's resident memory, in bytes, while ever more arenas are stored.
#[derive(Debug, Serialize)]
pub(crate) struct Memory {
    /// Before any arena was made.
    pub(crate) empty: u64,
    /// After each time that arenas were added.
    pub(crate) fills: Vec<Fill>,
    /// What an arena weighs while it is used: the growth of the last time, an arena.
    pub(crate) hot_bytes: u64,
    /// What an arena weighs that nobody uses: the growth from the last time but one to the last, an arena.
    pub(crate) idle_bytes: u64,
}

/// One time that arenas of ten steps were added.
#[derive(Debug, Serialize)]
pub(crate) struct Fill {
    /// Arenas in the store.
    pub(crate) stored: usize,
    /// With the new ones in memory.
    pub(crate) hot: u64,
    /// After all have left.
    pub(crate) idle: u64,
    /// How many were still in memory then.
    pub(crate) still_hot: usize,
}

/// Adds arenas, uses them, and lets them become idle; again and again.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Memory, Failure> {
    let arenas = pace.idle_arenas;
    let mut store = Store::open(root, "memory", |options| {
        options.idle_after = IDLE_AFTER;
        options.hot_arenas = 4 * arenas;
    })?;
    let empty = resident()?;
    let mut fills: Vec<Fill> = Vec::new();
    for fill in 1..=FILLS {
        pace.say(&format!("memory: making {arenas} arenas, {fill} of {FILLS} times"));
        store.arenas = make(&store.manager, arenas, STEPS, pace, Stopwatch::start()).await?;
        let hot = store.read_all().await?;
        let idle = store.rest(pace).await?;
        let still_hot = store.manager.health().hot_arenas;
        let stored = store.arenas.len() + fills.last().map_or(0, |fill| fill.stored);
        fills.push(Fill { stored, hot, idle, still_hot });
    }
    store.manager.shutdown().await;
    let (hot_bytes, idle_bytes) = match fills.as_slice() {
        [.., before, last] => {
            let added = u64::try_from(last.stored - before.stored).unwrap_or(u64::MAX).max(1);
            (last.hot.saturating_sub(before.idle) / added, last.idle.saturating_sub(before.idle) / added)
        }
        [] | [_] => (0, 0),
    };
    Ok(Memory { empty, fills, hot_bytes, idle_bytes })
}

impl Store {
    /// Reads every arena, and tells what the process holds then.
    async fn read_all(&self) -> Result<u64, Failure> {
        for arena_id in &self.arenas {
            self.manager.arena(&Principal::Operator, *arena_id).await.map_err(failed)?;
        }
        resident()
    }

    /// Waits until no arena is in memory, and tells what the process holds then.
    async fn rest(&self, pace: &Pace) -> Result<u64, Failure> {
        let mut looks = LEAVE_WITHIN.as_millis() / LOOK_EVERY.as_millis();
        while self.manager.health().hot_arenas > 0 && looks > 0 {
            pace.say(&format!("memory: {} arenas still in memory", self.manager.health().hot_arenas));
            tokio::time::sleep(LOOK_EVERY).await;
            looks -= 1;
        }
        resident()
    }
}

/// The resident set of this process, as Linux tells it.
fn resident() -> Result<u64, Failure> {
    let path = Path::new("/proc/self/status");
    let status = std::fs::read_to_string(path).map_err(|error| Failure::file("read", path, &error))?;
    kibibytes(&status).map(|kib| kib * 1_024).ok_or_else(|| failed("/proc/self/status does not say VmRSS"))
}

fn kibibytes(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_resident_set_is_read_from_its_line() {
        assert_eq!(kibibytes("Name:\tarena\nVmRSS:\t  12345 kB\nThreads:\t3\n"), Some(12_345));
        assert_eq!(kibibytes("Name:\tarena\n"), None);
    }
}
