//! Events a second folded into a state, from memory and from the disk.

use std::{path::Path, time::Duration};

use arena_core::{ArenaEvent, ArenaId, Sequence, SharedArena, collaboration::Command};
use arena_runtime::{ArenaManager, EventQuery, Principal, RuntimeError};
use serde::Serialize;
use tokio::task::JoinSet;

use super::{
    Pace,
    clock::Stopwatch,
    failed,
    spread::median,
    store::{Store, claim_of, plan, submit},
};
use crate::failure::Failure;

/// Steps of the arena that is replayed.
const STEPS: usize = 10_000;
/// Steps that are added at once.
const AT_ONCE: usize = 1_000;
/// Who works on them.
const WORKERS: usize = 128;

/// What was replayed, and how fast.
#[derive(Debug, Serialize)]
pub(crate) struct Replay {
    /// Events of the arena.
    pub(crate) events: usize,
    /// Folded from decoded events in memory.
    pub(crate) memory_per_s: f64,
    /// Read from the database, checked against their hashes, decoded and folded.
    pub(crate) disk_per_s: f64,
}

/// Works through a plan of 10,000 steps, then replays what happened.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Replay, Failure> {
    pace.say(&format!("replay: working through {STEPS} steps"));
    let mut store = Store::open(root, "replay", |_| ())?;
    store.add_arenas(1, 0).await?;
    let arena_id = *store.arenas.first().ok_or_else(|| failed("the arena was not made"))?;
    for _ in 0..STEPS / AT_ONCE {
        store.submit(arena_id, Command::AddSteps { steps: plan(AT_ONCE) }).await?;
    }
    work_through(&store.manager, arena_id).await.map_err(failed)?;
    let events = decoded(&store.manager, arena_id).await?;
    let head = Sequence::new(u64::try_from(events.len()).unwrap_or(u64::MAX));
    let (mut memory, mut disk) = (Vec::new(), Vec::new());
    for round in 1..=pace.rounds {
        pace.say(&format!("replay: round {round} of {}, {} events", pace.rounds, events.len()));
        memory.push(per_second(events.len(), pace.length, || fold(arena_id, &events))?);
        let one = Stopwatch::start();
        store.manager.state_at(&Principal::Operator, arena_id, head).await.map_err(failed)?;
        disk.push(events.len() as f64 / one.elapsed().as_secs_f64());
    }
    store.manager.shutdown().await;
    Ok(Replay { events: events.len(), memory_per_s: median(&memory), disk_per_s: median(&disk) })
}

/// Claims whatever is ready, says something, and completes, until nothing is left.
async fn work_through(manager: &ArenaManager, arena_id: ArenaId) -> Result<(), RuntimeError> {
    let mut tasks = JoinSet::new();
    for _ in 0..WORKERS {
        let manager = manager.clone();
        tasks.spawn(async move {
            loop {
                let reply =
                    submit(&manager, arena_id, Command::ClaimStep { step: None, lease: None }).await?;
                let Some((step, fence)) = claim_of(&reply) else { return Ok::<_, RuntimeError>(()) };
                let said = Command::SendMessage { to: Vec::new(), body: "half way through".into() };
                submit(&manager, arena_id, said).await?;
                let result = Some("it is done, and the artifact says how".into());
                submit(&manager, arena_id, Command::CompleteStep { step, fence, result, cost: Some(7) })
                    .await?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.map_err(|_| RuntimeError::Internal("a worker stopped"))??;
    }
    Ok(())
}

async fn decoded(manager: &ArenaManager, arena_id: ArenaId) -> Result<Vec<ArenaEvent>, Failure> {
    let mut events = Vec::new();
    loop {
        let after = Sequence::new(u64::try_from(events.len()).unwrap_or(u64::MAX));
        let query = EventQuery { after, limit: AT_ONCE, ..EventQuery::default() };
        let page = manager.events(&Principal::Operator, arena_id, query).await.map_err(failed)?;
        if page.items.is_empty() {
            return Ok(events);
        }
        for stored in &page.items {
            events.push(stored.decode().map_err(failed)?);
        }
    }
}

fn fold(arena_id: ArenaId, events: &[ArenaEvent]) -> Option<SharedArena> {
    let (first, rest) = events.split_first()?;
    let mut state = SharedArena::begin(arena_id, first)?;
    for event in rest {
        state.evolve(event);
    }
    Some(state)
}

/// How many events a second, folding all of them again and again for `length`.
fn per_second(
    events: usize,
    length: Duration,
    fold: impl Fn() -> Option<SharedArena>,
) -> Result<f64, Failure> {
    let whole = Stopwatch::start();
    let mut folds = 0_u32;
    while whole.elapsed() < length {
        std::hint::black_box(fold()).ok_or_else(|| failed("the events are not those of an arena"))?;
        folds += 1;
    }
    Ok(f64::from(folds) * events as f64 / whole.elapsed().as_secs_f64())
}
