//! Durable commands a second over HTTP, beside what the same server answers to an empty JSON POST of the same size.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use arena_server::{Config, YARDSTICK, serve};
use serde::Serialize;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    Pace,
    clock::Stopwatch,
    failed,
    load::{self, post},
    spread::{Spread, median},
    store::Store,
};
use crate::failure::Failure;

/// How many connections are open at once.
const CONNECTIONS: [usize; 3] = [1, 64, 256];
/// The arenas they share.
const ARENAS: usize = 16;
/// What every request carries: one message.
const BODY: &str =
    r#"{"body":"half way through; the parser is done and its tests pass, the printer is next"}"#;

/// What so many connections got done.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// How many were open at once, each with one request at a time.
    pub(crate) connections: usize,
    /// Durable commands a second: the median round.
    pub(crate) commands_per_s: f64,
    /// Empty POSTs a second: the median round.
    pub(crate) empty_per_s: f64,
    /// The one divided by the other: the median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// How long half of the commands took at most, in microseconds.
    pub(crate) p50_us: u32,
    /// How long 99 % of them took at most.
    pub(crate) p99_us: u32,
}

#[derive(Default)]
struct Rounds {
    commands: Vec<f64>,
    empty: Vec<f64>,
    ratios: Vec<f64>,
    latency: Spread,
}

/// Starts a server in this process, and runs all rounds, interleaved.
pub(crate) async fn run(root: &Path, pace: &Pace) -> Result<Vec<Row>, Failure> {
    let mut store = Store::open(root, "http", |_| ())?;
    store.add_arenas(ARENAS, 0).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (stop, stopped) = oneshot::channel::<()>();
    let config = Config { yardstick: true, ..Config::default() };
    let server = tokio::spawn(serve(listener, store.manager.clone(), config, async {
        // A sender that is gone stops it as well.
        let _ = stopped.await;
    }));
    let rows = all_rounds(&store, address, pace).await;
    drop(stop);
    server.await.map_err(failed)?.map_err(failed)?;
    store.manager.shutdown().await;
    rows
}

async fn all_rounds(store: &Store, address: SocketAddr, pace: &Pace) -> Result<Vec<Row>, Failure> {
    let token = store.manager.operator_token();
    let message = |arena_id| post(&format!("/v1/arenas/{arena_id}/messages"), address, token, BODY);
    let commands: Vec<Arc<[u8]>> = store.arenas.iter().map(message).collect();
    let size = commands.first().map_or(0, |request| request.len());
    let empty = [padded(address, token, size)];
    let mut rounds: Vec<Rounds> = CONNECTIONS.iter().map(|_| Rounds::default()).collect();
    for round in 1..=pace.rounds {
        for (connections, rounds) in CONNECTIONS.into_iter().zip(&mut rounds) {
            pace.say(&format!("http: round {round} of {}, {connections} connections", pace.rounds));
            let (commands, latency) = rate(address, connections, pace.length, &commands).await?;
            let (empty, _) = rate(address, connections, pace.length, &empty).await?;
            rounds.commands.push(commands);
            rounds.empty.push(empty);
            rounds.ratios.push(commands / empty);
            rounds.latency.merge(latency);
        }
    }
    Ok(CONNECTIONS.into_iter().zip(rounds).map(|(connections, rounds)| rounds.row(connections)).collect())
}

/// The empty request, with a body that makes it as large as a command.
fn padded(address: SocketAddr, token: &str, size: usize) -> Arc<[u8]> {
    let bare = post(YARDSTICK, address, token, BODY);
    let body = format!("{BODY}{}", " ".repeat(size.saturating_sub(bare.len())));
    post(YARDSTICK, address, token, &body)
}

async fn rate(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    requests: &[Arc<[u8]>],
) -> Result<(f64, Spread), Failure> {
    let whole = Stopwatch::start();
    let load = load::run(address, connections, length, requests).await.map_err(failed)?;
    let seconds = whole.elapsed().as_secs_f64();
    match load.refused.first() {
        Some(status) => {
            Err(failed(format!("{} requests were refused, one with {status}", load.refused.len())))
        }
        None => Ok((load.latency.count() as f64 / seconds, load.latency)),
    }
}

impl Rounds {
    fn row(mut self, connections: usize) -> Row {
        Row {
            connections,
            commands_per_s: median(&self.commands),
            empty_per_s: median(&self.empty),
            ratio: median(&self.ratios),
            p50_us: self.latency.quantile(500),
            p99_us: self.latency.quantile(990),
        }
    }
}
