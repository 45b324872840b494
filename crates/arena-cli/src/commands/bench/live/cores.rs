//! How many cores a process keeps busy, and which part of it: read where the system tells, zero elsewhere.

use std::{path::Path, time::Duration};

use serde::Serialize;

use super::super::spread::median;

/// The threads that give events to readers.
const STREAMS: [&str; 2] = ["arena-live", "arena-streams"];

/// Cores that were busy, as parts of one.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Cores {
    /// With storing, and with those who give the commands.
    pub(crate) writing: f64,
    /// With giving events to readers.
    pub(crate) streams: f64,
    /// With reading them.
    pub(crate) readers: f64,
    /// With nothing: what is missing to all there are, something else used.
    pub(crate) idle: f64,
}

/// Seconds of work so far.
#[derive(Clone, Copy, Debug)]
pub(super) struct Used(Cores);

/// What this process and that of the readers have used.
pub(super) fn used(readers: Option<u32>) -> Used {
    let own = threads(Path::new("/proc/self/task"));
    let is_stream = |name: &str| STREAMS.contains(&name);
    let sum = |wanted: bool| own.iter().filter(|(name, _)| is_stream(name) == wanted).map(|(_, s)| s).sum();
    let readers = readers.map(|process| threads(Path::new(&format!("/proc/{process}/task"))));
    let readers = readers.unwrap_or_default().iter().map(|(_, seconds)| seconds).sum();
    Used(Cores { writing: sum(false), streams: sum(true), readers, idle: idle() })
}

/// The seconds that cores did nothing or waited for a disk, which the system counts in hundredths.
fn idle() -> f64 {
    let all = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let counts = all.lines().next().unwrap_or_default().split_whitespace();
    counts.skip(4).take(2).filter_map(|count| count.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The threads of a process by name, and the seconds that each has run.
fn threads(folder: &Path) -> Vec<(String, f64)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let thread = |entry: std::fs::DirEntry| {
        let name = std::fs::read_to_string(entry.path().join("comm")).ok()?;
        let times = std::fs::read_to_string(entry.path().join("schedstat")).ok()?;
        let nanos: f64 = times.split_whitespace().next()?.parse().ok()?;
        Some((name.trim().to_owned(), nanos / 1e9))
    };
    entries.filter_map(thread).collect()
}

impl Used {
    /// What was used between then and now.
    pub(super) fn since(&self, before: &Self, took: Duration) -> Cores {
        let cores = |now: f64, then: f64| (now - then).max(0.0) / took.as_secs_f64();
        let (now, then) = (&self.0, &before.0);
        Cores {
            writing: cores(now.writing, then.writing),
            streams: cores(now.streams, then.streams),
            readers: cores(now.readers, then.readers),
            idle: cores(now.idle, then.idle),
        }
    }
}

impl Cores {
    /// The middle of each.
    pub(super) fn median(rounds: &[Self]) -> Self {
        let middle = |of: fn(&Self) -> f64| median(&rounds.iter().map(of).collect::<Vec<_>>());
        Self {
            writing: middle(|cores| cores.writing),
            streams: middle(|cores| cores.streams),
            readers: middle(|cores| cores.readers),
            idle: middle(|cores| cores.idle),
        }
    }
}
