//! Durable transfers a second, over many contests and in one hot contest, beside a bare insert of the same rows: the limit.

mod bare;

use std::{path::Path, time::Duration};

use arena_core::{AgentId, ArenaId, contest::Command};
use arena_runtime::{ArenaManager, Principal, RuntimeError};
use serde::Serialize;
use tokio::task::JoinSet;

use self::bare::BareLedger;
use super::{
    Pace,
    clock::Stopwatch,
    cup,
    engine::is_limit,
    failed,
    spread::{Spread, median},
    store::Store,
};
use crate::failure::Failure;

/// How many agents call at once.
const CALLERS: usize = 256;
/// The contests they are spread over.
const CONTESTS: usize = 64;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Ledger {
    pub(crate) callers: usize,
    /// Over many contests, then in one.
    pub(crate) rows: Vec<Row>,
    /// Transfers a second over many contests, divided by those in one: the median of the rounds' ratios.
    pub(crate) spread_over_hot: f64,
}

/// What the callers got done in so many contests: each transfer is an agent that enters, or one that leaves.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) contests: usize,
    /// Transfers a second: the median round.
    pub(crate) transfers_per_s: f64,
    /// The same events, transfers and balances a second inserted bare, as many a transaction.
    pub(crate) bare_per_s: f64,
    /// The one divided by the other: the median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// Whether the bare insert was the faster one; when it was not, the ratio says nothing.
    pub(crate) is_limit: bool,
    /// Transfers a transaction.
    pub(crate) batch: f64,
    pub(crate) p50_us: u32,
    pub(crate) p99_us: u32,
}

/// The rounds over some contests.
struct Rounds {
    contests: Vec<ArenaId>,
    bare: BareLedger,
    rates: Vec<f64>,
    bare_rates: Vec<f64>,
    ratios: Vec<f64>,
    batches: Vec<f64>,
    latency: Spread,
}

/// Runs all rounds, interleaved.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Ledger, Failure> {
    let store = Store::open(root, "ledger", |_| ())?;
    let agents = cup::agents(&store.manager, CALLERS, 1_000_000).await?;
    let mut spread = Rounds::begin(root, &store, &agents, CONTESTS).await?;
    let mut hot = Rounds::begin(root, &store, &agents, 1).await?;
    for round in 1..=pace.rounds {
        pace.say(&format!("ledger: round {round} of {}, {CALLERS} callers", pace.rounds));
        spread.one(&store, &agents, pace.length).await?;
        hot.one(&store, &agents, pace.length).await?;
    }
    store.manager.shutdown().await;
    let of_rounds: Vec<f64> = spread.rates.iter().zip(&hot.rates).map(|(spread, hot)| spread / hot).collect();
    let rows = vec![spread.row(), hot.row()];
    Ok(Ledger { callers: CALLERS, rows, spread_over_hot: median(&of_rounds) })
}

impl Rounds {
    async fn begin(root: &Path, store: &Store, agents: &[AgentId], contests: usize) -> Result<Self, Failure> {
        let mut made = Vec::new();
        for _ in 0..contests {
            made.push(cup::contest(&store.manager, agents.len().max(2)).await?);
        }
        let contests = made;
        // Everyone enters and leaves once, so that there is a sample of each row.
        call(&store.manager, agents, &contests, Duration::ZERO).await.map_err(failed)?;
        let bare = BareLedger::open(root, store, agents, &contests).await?;
        let (rates, bare_rates, ratios, batches) = Default::default();
        Ok(Self { contests, bare, rates, bare_rates, ratios, batches, latency: Spread::default() })
    }

    async fn one(&mut self, store: &Store, agents: &[AgentId], length: Duration) -> Result<(), Failure> {
        let before = store.manager.health();
        let whole = Stopwatch::start();
        let latency = call(&store.manager, agents, &self.contests, length).await.map_err(failed)?;
        let seconds = whole.elapsed().as_secs_f64();
        let batches = (store.manager.health().batches - before.batches).max(1);
        let rate = latency.count() as f64 / seconds;
        let bare = self.bare.insert(latency.count(), latency.count().div_ceil(batches)).await?;
        self.rates.push(rate);
        self.bare_rates.push(bare);
        self.ratios.push(rate / bare);
        self.batches.push(latency.count() as f64 / batches as f64);
        self.latency.merge(latency);
        Ok(())
    }

    fn row(mut self) -> Row {
        let ratio = median(&self.ratios);
        Row {
            contests: self.contests.len(),
            transfers_per_s: median(&self.rates),
            bare_per_s: median(&self.bare_rates),
            ratio,
            is_limit: is_limit(ratio),
            batch: median(&self.batches),
            p50_us: self.latency.quantile(500),
            p99_us: self.latency.quantile(990),
        }
    }
}

/// Lets every agent enter and leave its contest, at least once, for `length`.
async fn call(
    manager: &ArenaManager,
    agents: &[AgentId],
    contests: &[ArenaId],
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut tasks = JoinSet::new();
    for (agent_id, contest) in agents.iter().zip(contests.iter().cycle()) {
        tasks.spawn(enter_and_leave(manager.clone(), agent_id.clone(), *contest, length));
    }
    let mut latency = Spread::default();
    while let Some(done) = tasks.join_next().await {
        latency.merge(done.map_err(|_| RuntimeError::Internal("a caller stopped"))??);
    }
    Ok(latency)
}

async fn enter_and_leave(
    manager: ArenaManager,
    agent_id: AgentId,
    contest: ArenaId,
    length: Duration,
) -> Result<Spread, RuntimeError> {
    let mut latency = Spread::default();
    let whole = Stopwatch::start();
    loop {
        for command in [Command::Enter, Command::Leave { agent_id: agent_id.clone() }] {
            let one = Stopwatch::start();
            cup::submit(&manager, contest, Principal::Agent(agent_id.clone()), command).await?;
            latency.add(one.elapsed());
        }
        if whole.elapsed() >= length {
            return Ok(latency);
        }
    }
}
