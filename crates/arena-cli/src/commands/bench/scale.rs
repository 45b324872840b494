//! What a command and a read cost beside ten arenas, and beside very many.

use std::{path::Path, time::Duration};

use arena_core::{ArenaId, Sequence};
use arena_runtime::{EventQuery, Principal};
use serde::Serialize;

use super::{
    Pace,
    clock::Stopwatch,
    engine::call,
    failed,
    filling::make,
    spread::{Spread, median},
    store::Store,
};
use crate::failure::Failure;

/// The arenas that are worked in, in each of the stores.
const WORKED_IN: usize = 10;
/// How many work in them.
const CALLERS: usize = 64;
/// How often a read is repeated in a round.
const READS: usize = 500;

/// A store of one size.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// Arenas in the store.
    pub(crate) arenas: usize,
    /// Whether filling it was stopped by the time it may take.
    pub(crate) cut_short: bool,
    /// Microseconds of the committer a command, 64 callers in ten of the arenas.
    pub(crate) command_us: f64,
    /// Compared with the smallest store.
    pub(crate) command_ratio: f64,
    /// Microseconds to read a page of 100 events of one of the ten arenas.
    pub(crate) read_us: f64,
    /// Compared with the smallest store.
    pub(crate) read_ratio: f64,
    /// Microseconds to read an arena that was not in memory; absent when all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cold_us: Option<u32>,
}

/// A store, and what its rounds gave.
struct Sized {
    store: Store,
    others: Vec<ArenaId>,
    cut_short: bool,
    command_us: Vec<f64>,
    read_us: Vec<f64>,
}

/// Fills a store for each size, then measures them in turns.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Vec<Row>, Failure> {
    let mut stores = Vec::new();
    for size in &pace.sizes {
        stores.push(fill(root, *size, pace).await?);
    }
    for round in 1..=pace.rounds {
        pace.say(&format!("arenas: round {round} of {}", pace.rounds));
        for sized in &mut stores {
            sized.measure(pace.length).await?;
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    for sized in stores {
        let row = sized.row(rows.first()).await?;
        rows.push(row);
    }
    Ok(rows)
}

async fn fill(root: &Path, size: usize, pace: &Pace) -> Result<Sized, Failure> {
    let mut store = Store::open(root, &format!("arenas-{size}"), |_| ())?;
    let others = size.saturating_sub(WORKED_IN);
    let before = others / 2;
    let whole = Stopwatch::start();
    let mut made = make(&store.manager, before, 1, pace, whole).await?;
    store.add_arenas(WORKED_IN.min(size), CALLERS.div_ceil(WORKED_IN)).await?;
    made.extend(make(&store.manager, others - before, 1, pace, whole).await?);
    let cut_short = made.len() < others;
    Ok(Sized { store, others: made, cut_short, command_us: Vec::new(), read_us: Vec::new() })
}

impl Sized {
    async fn measure(&mut self, length: Duration) -> Result<(), Failure> {
        let whole = Stopwatch::start();
        let latency = call(&self.store.manager, &self.store.arenas, CALLERS, length).await.map_err(failed)?;
        self.command_us.push(whole.elapsed().as_secs_f64() * 1e6 / latency.count().max(1) as f64);
        let whole = Stopwatch::start();
        for arena_id in self.store.arenas.iter().cycle().take(READS) {
            let query = EventQuery { after: Sequence::ZERO, limit: 100, ..EventQuery::default() };
            self.store.manager.events(&Principal::Operator, *arena_id, query).await.map_err(failed)?;
        }
        self.read_us.push(whole.elapsed().as_secs_f64() * 1e6 / READS as f64);
        Ok(())
    }

    async fn row(self, smallest: Option<&Row>) -> Result<Row, Failure> {
        let cold_us = self.cold_reads().await?;
        let (command_us, read_us) = (median(&self.command_us), median(&self.read_us));
        self.store.manager.shutdown().await;
        Ok(Row {
            arenas: self.others.len() + self.store.arenas.len(),
            cut_short: self.cut_short,
            command_us,
            command_ratio: smallest.map_or(1.0, |row| command_us / row.command_us),
            read_us,
            read_ratio: smallest.map_or(1.0, |row| read_us / row.read_us),
            cold_us,
        })
    }

    /// Reads arenas from all over the store, of which few can be in memory.
    async fn cold_reads(&self) -> Result<Option<u32>, Failure> {
        let manager = &self.store.manager;
        let hot = manager.health().hot_arenas;
        if self.others.len() < 4 * READS || hot >= self.others.len() {
            return Ok(None);
        }
        let mut latency = Spread::default();
        for arena_id in self.others.iter().step_by(self.others.len() / READS) {
            let one = Stopwatch::start();
            manager.arena(&Principal::Operator, *arena_id).await.map_err(failed)?;
            latency.add(one.elapsed());
        }
        Ok(Some(latency.quantile(500)))
    }
}
