//! Readers of live streams over real sockets: what reaches them, how late, and what they cost the writer.
//!
//! The server and those who give commands are this process; the readers are another, which gives way to it. So what is
//! measured is what readers elsewhere cost, and what their own reading costs is said beside it.

mod cores;
mod crowd;
mod load;
mod readers;

use std::{net::SocketAddr, path::Path};

use arena_core::ArenaId;
use arena_server::{Config, serve};
use serde::Serialize;
use tokio::{net::TcpListener, sync::oneshot};

pub(super) use self::readers::run as read;
use self::{
    cores::Cores,
    crowd::{Asked, Crowd},
    load::Load,
};
use super::{Pace, failed, spread::Spread, spread::median, store::Store};
use crate::{failure::Failure, files};

/// How many follow at once unless said.
const READERS: u32 = 2_000;
/// Events a second in the arena that is followed, and commands a second that are asked for in others: as many as the
/// machine does where no number stands.
const LOADS: [(u32, Option<u32>); 4] = [(20, None), (100, None), (100, Some(1_000)), (100, Some(5_000))];
/// In how many arenas those who give commands work.
const ARENAS: usize = 16;

/// What so many readers got, and what they cost.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// How many followed one arena.
    pub(crate) readers: u32,
    /// Events a second in it.
    pub(crate) events_per_s: u32,
    /// Commands a second that were asked for in other arenas; as many as went when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offered_per_s: Option<u32>,
    /// Events that were to reach readers, and did: each once and in order, or the run fails.
    pub(crate) received: u64,
    /// How often a reader broke off and resumed.
    pub(crate) resumed: u64,
    /// From the answer to who wrote an event to its being read, in microseconds: half of all, at most.
    pub(crate) p50_us: u32,
    /// The same for 99 % of them.
    pub(crate) p99_us: u32,
    /// Commands a second while all those read: the median round.
    pub(crate) commands_per_s: f64,
    /// The same while nobody reads.
    pub(crate) alone_per_s: f64,
    /// The one divided by the other: the median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// How long 99 % of the commands took at most while all those read.
    pub(crate) command_p99_us: u32,
    /// The same while nobody reads.
    pub(crate) alone_p99_us: u32,
    /// Cores that were busy while all those read.
    pub(crate) cores: Cores,
    /// The same while nobody reads.
    pub(crate) alone_cores: Cores,
}

/// Starts a server in this process, and runs all rounds, with readers and without in turns.
pub(crate) async fn run(root: &Path, pace: &Pace, readers: &[u32]) -> Result<Vec<Row>, Failure> {
    files::raise_limit();
    let mut store = Store::open(root, "live", |_| ())?;
    store.add_arenas(1, 0).await?;
    store.add_arenas(ARENAS, load::CALLERS / ARENAS).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(serve(listener, store.manager.clone(), Config::default(), async {
        // A sender that is gone stops it as well.
        let _ = stopped.await;
    }));
    let mut rows = Vec::new();
    for readers in if readers.is_empty() { &[READERS] } else { readers } {
        for (events_per_s, offered) in LOADS {
            rows.push(row(&store, address, *readers, Load { events_per_s, offered }, pace).await?);
        }
    }
    drop(stop);
    server.await.map_err(failed)?.map_err(failed)?;
    store.manager.shutdown().await;
    Ok(rows)
}

async fn row(
    store: &Store,
    address: SocketAddr,
    readers: u32,
    load: Load,
    pace: &Pace,
) -> Result<Row, Failure> {
    let (followed, others) = store.arenas.split_first().ok_or_else(|| failed("there is no arena"))?;
    let length = pace.length.max(load::SHORTEST);
    let (mut with, mut without, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (mut commands, mut alone_commands) = (Spread::default(), Spread::default());
    let (mut latency, mut received, mut resumed, mut cores) = (Spread::default(), 0, 0, Vec::new());
    let mut alone_cores = Vec::new();
    for round in 1..=pace.rounds {
        pace.say(&format!("live: round {round} of {}, {load}, {readers} readers", pace.rounds));
        let before = cores::used(None);
        let alone = load.run(&store.manager, *followed, others, length).await?;
        alone_cores.push(cores::used(None).since(&before, alone.took));
        let after = sequence(store, *followed).await?;
        let crowd = Crowd::open(&Asked {
            server: address,
            arena_id: *followed,
            token: store.manager.operator_token().to_owned(),
            readers,
            events_per_s: load.events_per_s,
            after,
        })
        .await?;
        let before = cores::used(crowd.process());
        let loaded = load.run(&store.manager, *followed, others, length).await?;
        cores.push(cores::used(crowd.process()).since(&before, loaded.took));
        let seen = crowd.finish(&loaded.told).await?;
        latency.merge(seen.latency);
        received += seen.received;
        resumed += seen.resumed;
        ratios.push(loaded.per_s / alone.per_s);
        with.push(loaded.per_s);
        without.push(alone.per_s);
        commands.merge(loaded.latency);
        alone_commands.merge(alone.latency);
    }
    Ok(Row {
        readers,
        events_per_s: load.events_per_s,
        offered_per_s: load.offered,
        received,
        resumed,
        p50_us: latency.quantile(500),
        p99_us: latency.quantile(990),
        commands_per_s: median(&with),
        alone_per_s: median(&without),
        ratio: median(&ratios),
        command_p99_us: commands.quantile(990),
        alone_p99_us: alone_commands.quantile(990),
        cores: Cores::median(&cores),
        alone_cores: Cores::median(&alone_cores),
    })
}

async fn sequence(store: &Store, arena_id: ArenaId) -> Result<u64, Failure> {
    let state = store.manager.arena(&arena_runtime::Principal::Operator, arena_id).await.map_err(failed)?;
    Ok(state.head.sequence.get())
}
