//! Readers of live streams over real sockets: what reaches them, how late, and what they cost the writer.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use arena_core::{ArenaId, collaboration::Command};
use arena_server::{Config, serve};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;
use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};

use super::{
    Pace,
    clock::Stopwatch,
    engine::call,
    failed,
    readers::{Crowd, Expected},
    spread::{Spread, median},
    store::{Store, submit},
};
use crate::failure::Failure;

/// How many follow at once.
const READERS: usize = 2_000;
/// How many events a second happen in the arena that is followed.
const RATES: [u32; 2] = [20, 100];
/// How many callers work meanwhile, as fast as they can, in other arenas.
const CALLERS: usize = 64;
/// In how many.
const ARENAS: usize = 16;
/// Descriptors that other things need.
const OTHER_FILES: u64 = 256;

/// What so many readers got, and what they cost.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// How many followed one arena.
    pub(crate) readers: usize,
    /// Events a second in it.
    pub(crate) events_per_s: u32,
    /// Events that were to reach readers, and did: each once and in order, or the run fails.
    pub(crate) received: u64,
    /// How often a reader broke off and resumed.
    pub(crate) resumed: u64,
    /// From being asked for to being read, in microseconds: half of all events, and 99 % of them.
    pub(crate) p50_us: u32,
    /// The same for 99 % of them.
    pub(crate) p99_us: u32,
    /// Commands a second of the callers while all those read: the median round.
    pub(crate) commands_per_s: f64,
    /// The same while nobody reads.
    pub(crate) alone_per_s: f64,
    /// The one divided by the other: the median of the rounds' ratios.
    pub(crate) ratio: f64,
}

/// Starts a server in this process, and runs all rounds, with readers and without in turns.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Vec<Row>, Failure> {
    let readers = readers_that_fit()?;
    let mut store = Store::open(root, "live", |_| ())?;
    store.add_arenas(1, 0).await?;
    store.add_arenas(ARENAS, CALLERS / ARENAS).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, store.manager.clone(), Config::default(), async {
        // A sender that is gone stops it as well.
        let _ = stopped.await;
    }));
    let mut rows = Vec::new();
    for rate in RATES {
        rows.push(row(&store, address, readers, rate, pace).await?);
    }
    drop(stop);
    server.await.map_err(failed)?.map_err(failed)?;
    store.manager.shutdown().await;
    Ok(rows)
}

/// As many as were wanted, or as many as this process may have sockets for: two each.
fn readers_that_fit() -> Result<usize, Failure> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = 2 * u64::try_from(READERS).unwrap_or(u64::MAX) + OTHER_FILES;
    let allowed = maximum.map_or(wanted, |maximum| maximum.min(wanted)).max(current.unwrap_or(wanted));
    setrlimit(Resource::Nofile, Rlimit { current: Some(allowed), maximum }).map_err(failed)?;
    Ok(READERS.min(usize::try_from(allowed.saturating_sub(OTHER_FILES) / 2).unwrap_or(READERS)))
}

async fn row(
    store: &Store,
    address: SocketAddr,
    readers: usize,
    rate: u32,
    pace: &Pace,
) -> Result<Row, Failure> {
    let (followed, others) = store.arenas.split_first().ok_or_else(|| failed("there is no arena"))?;
    let clock = Stopwatch::start();
    let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut latency, mut received, mut resumed) = (Spread::default(), 0, 0);
    for round in 1..=pace.rounds {
        pace.say(&format!("live: round {round} of {}, {rate} events/s for {readers} readers", pace.rounds));
        let alone = load(store, *followed, others, rate, clock, pace.length).await?;
        let after = sequence(store, *followed).await?;
        let (head, upto) = watch::channel(Expected { after, last: None });
        let token: Arc<str> = store.manager.operator_token().into();
        let crowd = Crowd::open(address, *followed, token, readers, upto, clock).await?;
        let loaded = load(store, *followed, others, rate, clock, pace.length).await?;
        head.send_replace(Expected { after, last: Some(sequence(store, *followed).await?) });
        let seen = crowd.finish().await?;
        latency.merge(seen.latency);
        received += seen.received;
        resumed += seen.resumed;
        ratios.push(loaded / alone);
        with.push(loaded);
        without.push(alone);
    }
    Ok(Row {
        readers,
        events_per_s: rate,
        received,
        resumed,
        p50_us: latency.quantile(500),
        p99_us: latency.quantile(990),
        commands_per_s: median(&with),
        alone_per_s: median(&without),
        ratio: median(&ratios),
    })
}

async fn sequence(store: &Store, arena_id: ArenaId) -> Result<u64, Failure> {
    let state = store.manager.arena(&arena_runtime::Principal::Operator, arena_id).await.map_err(failed)?;
    Ok(state.head.sequence.get())
}

/// Works in the other arenas as fast as it goes, and in the one that is followed at its rate; answers the commands a second in
/// the others.
async fn load(
    store: &Store,
    followed: ArenaId,
    others: &[ArenaId],
    rate: u32,
    clock: Stopwatch,
    length: Duration,
) -> Result<f64, Failure> {
    let manager = store.manager.clone();
    let speaking = tokio::spawn(async move {
        let whole = Stopwatch::start();
        let mut beat = tokio::time::interval(Duration::from_secs(1) / rate.max(1));
        while whole.elapsed() < length {
            beat.tick().await;
            let body = clock.elapsed().as_micros().to_string();
            submit(&manager, followed, Command::SendMessage { to: Vec::new(), body: body.into() }).await?;
        }
        Ok::<(), arena_runtime::RuntimeError>(())
    });
    let whole = Stopwatch::start();
    let latency = call(&store.manager, others, CALLERS, length).await.map_err(failed)?;
    let per_s = latency.count() as f64 / whole.elapsed().as_secs_f64();
    speaking.await.map_err(failed)?.map_err(failed)?;
    Ok(per_s)
}
