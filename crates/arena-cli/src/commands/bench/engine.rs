//! Commands a second through the committer, beside a bare insert of the same rows: the limit.

use std::{path::Path, time::Duration};

use arena_core::{ArenaId, StepNumber, collaboration::Command};
use arena_runtime::{ArenaManager, RuntimeError};
use serde::Serialize;
use tokio::task::JoinSet;

use super::{
    Pace,
    bare::Bare,
    clock::Stopwatch,
    failed,
    spread::{Spread, median},
    store::{Store, claim_of, submit},
};
use crate::failure::Failure;

/// How many call at once.
const CALLERS: [usize; 4] = [1, 16, 64, 256];
/// The arenas they share; each caller has a step of its own.
const ARENAS: usize = 16;

/// What so many callers got done.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// How many called at once.
    pub(crate) callers: usize,
    /// Commands a second through the engine: the median round.
    pub(crate) engine_per_s: f64,
    /// Rows a second inserted bare, as many a transaction.
    pub(crate) bare_per_s: f64,
    /// The one divided by the other: the median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// Whether the bare insert was the faster one. When it was not, it was no limit, and the ratio says nothing.
    pub(crate) is_limit: bool,
    /// Commands a transaction.
    pub(crate) batch: f64,
    /// How long half of the commands took at most, in microseconds.
    pub(crate) engine_p50_us: u32,
    /// How long 99 % of the commands took at most.
    pub(crate) engine_p99_us: u32,
    /// How long half of the bare transactions took at most.
    pub(crate) bare_p50_us: u32,
}

/// The rounds of one number of callers.
#[derive(Default)]
struct Rounds {
    engine: Vec<f64>,
    bare: Vec<f64>,
    ratios: Vec<f64>,
    batches: Vec<f64>,
    engine_latency: Spread,
    bare_latency: Spread,
}

/// Runs all rounds, interleaved, so that both stores grow alike.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Vec<Row>, Failure> {
    let mut store = Store::open(root, "engine", |_| ())?;
    store.add_arenas(ARENAS, CALLERS.iter().max().copied().unwrap_or(1).div_ceil(ARENAS)).await?;
    let mut bare = Bare::open(root, &store).await?;
    let mut rounds: Vec<Rounds> = CALLERS.iter().map(|_| Rounds::default()).collect();
    for round in 1..=pace.rounds {
        for (callers, rounds) in CALLERS.into_iter().zip(&mut rounds) {
            pace.say(&format!("engine: round {round} of {}, {callers} callers", pace.rounds));
            one_round(&store, &mut bare, callers, pace.length, rounds).await?;
        }
    }
    store.manager.shutdown().await;
    Ok(CALLERS.into_iter().zip(rounds).map(|(callers, rounds)| rounds.row(callers)).collect())
}

async fn one_round(
    store: &Store,
    bare: &mut Bare,
    callers: usize,
    length: Duration,
    rounds: &mut Rounds,
) -> Result<(), Failure> {
    let before = store.manager.health();
    let whole = Stopwatch::start();
    let latency = call(&store.manager, &store.arenas, callers, length).await.map_err(failed)?;
    let seconds = whole.elapsed().as_secs_f64();
    let after = store.manager.health();
    let batches = (after.batches - before.batches).max(1);
    let engine = latency.count() as f64 / seconds;
    let batch = latency.count().div_ceil(batches);
    let (bare_rate, bare_latency) = bare.insert(after.events - before.events, batch).await?;
    rounds.engine.push(engine);
    rounds.bare.push(bare_rate);
    rounds.ratios.push(engine / bare_rate);
    rounds.batches.push(latency.count() as f64 / batches as f64);
    rounds.engine_latency.merge(latency);
    rounds.bare_latency.merge(bare_latency);
    Ok(())
}

/// Lets `callers` claim and release, each its own step and at least once, for `length`.
pub(crate) async fn call(
    manager: &ArenaManager,
    arenas: &[ArenaId],
    callers: usize,
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut tasks = JoinSet::new();
    for (caller, arena_id) in arenas.iter().cycle().take(callers).enumerate() {
        let step = u32::try_from(caller / arenas.len() + 1).ok().and_then(StepNumber::new);
        tasks.spawn(claim_and_release(manager.clone(), *arena_id, step, length));
    }
    let mut latency = Spread::default();
    while let Some(done) = tasks.join_next().await {
        latency.merge(done.map_err(|_| RuntimeError::Internal("a caller stopped"))??);
    }
    Ok(latency)
}

async fn claim_and_release(
    manager: ArenaManager,
    arena_id: ArenaId,
    step: Option<StepNumber>,
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut latency = Spread::default();
    let whole = Stopwatch::start();
    loop {
        let one = Stopwatch::start();
        let reply = submit(&manager, arena_id, Command::ClaimStep { step, lease: None }).await?;
        latency.add(one.elapsed());
        let (step, fence) =
            claim_of(&reply).ok_or(RuntimeError::Internal("a claim was not answered with its fence"))?;
        let one = Stopwatch::start();
        submit(&manager, arena_id, Command::ReleaseStep { step, fence, reason: None }).await?;
        latency.add(one.elapsed());
        if whole.elapsed() >= length {
            return Ok(latency);
        }
    }
}

/// Whether a ratio to a limit can be one: nothing is faster than its limit, but for a little noise.
pub(super) fn is_limit(ratio: f64) -> bool {
    ratio <= 1.05
}

impl Rounds {
    fn row(mut self, callers: usize) -> Row {
        let ratio = median(&self.ratios);
        Row {
            callers,
            engine_per_s: median(&self.engine),
            bare_per_s: median(&self.bare),
            ratio,
            is_limit: is_limit(ratio),
            batch: median(&self.batches),
            engine_p50_us: self.engine_latency.quantile(500),
            engine_p99_us: self.engine_latency.quantile(990),
            bare_p50_us: self.bare_latency.quantile(500),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_faster_than_its_limit_had_none() {
        assert!(is_limit(0.6) && is_limit(1.0));
        assert!(!is_limit(1.3));
    }
}
