//! What happens meanwhile: one arena is spoken in at a steady rate, and in others commands are given, as many as are asked for
//! or as many as go.

use std::{fmt, time::Duration};

use arena_core::{ArenaId, StepNumber, collaboration::Command};
use arena_runtime::{ArenaManager, RuntimeError};
use tokio::task::JoinSet;

use super::super::{
    clock::{Stopwatch, wall_micros},
    engine::call,
    failed,
    spread::Spread,
    store::{claim_of, submit},
};
use crate::failure::Failure;

/// How many give commands.
pub(super) const CALLERS: usize = 64;
/// The shortest round that says something about the slowest hundredth.
pub(super) const SHORTEST: Duration = Duration::from_secs(2);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load {
    pub(super) events_per_s: u32,
    pub(super) offered: Option<u32>,
}

/// What was done.
pub(super) struct Done {
    /// Commands a second in the other arenas.
    pub(super) per_s: f64,
    /// How long each took, from when it was due.
    pub(super) latency: Spread,
    /// When each event of the arena that is followed was known to be stored, in microseconds of the machine's clock.
    pub(super) told: Vec<u64>,
    pub(super) took: Duration,
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events/s beside ", self.events_per_s)?;
        match self.offered {
            Some(rate) => write!(f, "{rate} commands/s"),
            None => f.write_str("as many commands as go"),
        }
    }
}

impl Load {
    /// Works for `length`.
    pub(super) async fn run(
        self,
        manager: &ArenaManager,
        followed: ArenaId,
        others: &[ArenaId],
        length: Duration,
    ) -> Result<Done, Failure> {
        let speaking = tokio::spawn(speak(manager.clone(), followed, self.events_per_s, length));
        let whole = Stopwatch::start();
        let latency = match self.offered {
            None => call(manager, others, CALLERS, length).await.map_err(failed)?,
            Some(rate) => offer(manager, others, rate, length).await.map_err(failed)?,
        };
        let took = whole.elapsed();
        let per_s = latency.count() as f64 / took.as_secs_f64();
        let told = speaking.await.map_err(failed)?.map_err(failed)?;
        Ok(Done { per_s, latency, told, took })
    }
}

/// Says something so often, whether or not the last was stored.
async fn speak(
    manager: ArenaManager,
    arena_id: ArenaId,
    rate: u32,
    length: Duration,
) -> Result<Vec<u64>, RuntimeError> {
    let mut told = Vec::new();
    let mut beat = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
    let whole = Stopwatch::start();
    while whole.elapsed() < length {
        beat.tick().await;
        let body = format!("message {}: half a line, as agents send them to each other", told.len());
        submit(&manager, arena_id, Command::SendMessage { to: Vec::new(), body: body.into() }).await?;
        told.push(wall_micros());
    }
    Ok(told)
}

/// Claims and releases, so often a second in all; what is late is caught up with, and counts as late.
async fn offer(
    manager: &ArenaManager,
    arenas: &[ArenaId],
    rate: u32,
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut tasks = JoinSet::new();
    let callers = u32::try_from(CALLERS).unwrap_or(1);
    let every = Duration::from_secs(1) * callers / rate.max(1);
    for (caller, arena_id) in arenas.iter().cycle().take(CALLERS).enumerate() {
        let step = u32::try_from(caller / arenas.len() + 1).ok().and_then(StepNumber::new);
        let first = every.mul_f64(caller as f64 / CALLERS as f64);
        tasks.spawn(in_time(manager.clone(), *arena_id, step, (first, every), length));
    }
    let mut latency = Spread::default();
    while let Some(done) = tasks.join_next().await {
        latency.merge(done.map_err(|_| RuntimeError::Internal("a caller stopped"))??);
    }
    Ok(latency)
}

/// One caller: something at `first`, and then `every` so often.
async fn in_time(
    manager: ArenaManager,
    arena_id: ArenaId,
    step: Option<StepNumber>,
    (first, every): (Duration, Duration),
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut latency = Spread::default();
    let whole = Stopwatch::start();
    let (mut due, mut claim) = (first, None);
    while due < length {
        tokio::time::sleep(due.saturating_sub(whole.elapsed())).await;
        let command = match claim.take() {
            Some((step, fence)) => Command::ReleaseStep { step, fence, reason: None },
            None => Command::ClaimStep { step, lease: None },
        };
        claim = claim_of(&submit(&manager, arena_id, command).await?);
        latency.add(whole.elapsed().saturating_sub(due));
        due += every;
    }
    if let Some((step, fence)) = claim {
        submit(&manager, arena_id, Command::ReleaseStep { step, fence, reason: None }).await?;
    }
    Ok(latency)
}
