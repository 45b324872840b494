//! `arena serve`: a server on a data folder, until it is told to stop.

use std::{net::SocketAddr, num::NonZeroUsize, path::Path, time::Duration};

use arena_runtime::{ArenaManager, Options};
use arena_server::{Config, RateLimit, ServeError};
use clap::Args;
use serde::Serialize;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    args::Global,
    exit::Exit,
    failure::Failure,
    files,
    local::{in_use, is_held, url_of},
    output::Output,
    server_file::ServerFile,
    values,
};

/// How often a store is asked for again that a verb of a moment holds.
const AGAIN: Duration = Duration::from_millis(50);
/// How often at most.
const ATTEMPTS: u32 = 40;

/// How to serve.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4700")]
    listen: SocketAddr,
    /// Listen where other machines can reach it; put TLS in front
    #[arg(long)]
    allow_public: bool,
    /// A name that the server goes by, in `Host` and in the origins of pages, besides those of this machine
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_hosts: Vec<String>,
    /// How much each agent, and each address without a token, may ask: `50/s`, `600/m` or `off`; off on loopback, else 200/s
    #[arg(long, value_name = "RATE", value_parser = values::rate)]
    rate_limit: Option<values::Rate>,
    /// How many connections an address may have open; any number on loopback, else 1024
    #[arg(long, value_name = "COUNT")]
    connections_per_address: Option<NonZeroUsize>,
    /// How many live streams an agent, and each handle, may have open; any number on loopback, else 4096
    #[arg(long, value_name = "COUNT")]
    streams_per_agent: Option<NonZeroUsize>,
    /// Let anyone register as an agent
    #[arg(long)]
    open_registration: bool,
    /// Let rule time stand still until `POST /v1/clock` moves it; such a store opens only so
    #[arg(long)]
    test_clock: bool,
}

/// What is printed when the server is ready.
#[derive(Debug, Serialize)]
struct Ready<'a> {
    url: &'a str,
    data: &'a Path,
    process: u32,
}

impl Serve {
    /// Serves until SIGTERM or SIGINT, then drains.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let dir = &global.data;
        let told = told_to_stop()?;
        if !self.listen.ip().is_loopback() && !self.allow_public {
            let reach = format!("{} can be reached from other machines", self.listen);
            let detail = format!("{reach}; allow that with --allow-public, and put TLS in front");
            return Err(Failure::new(Exit::Refused, "cannot_listen", detail));
        }
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            Failure::new(
                Exit::Unavailable,
                "cannot_listen",
                format!("cannot listen on {}: {error}", self.listen),
            )
            .with_hint("name another address with --listen; port 0 takes any free one")
        })?;
        let manager = self.open(dir).await?;
        let url = url_of(&listener)?;
        let announced = ServerFile::announce(dir, &url)
            .map_err(|error| Failure::file("announce the server in", dir, &error))?;
        let ready = Ready { url: &url, data: dir, process: std::process::id() };
        output.answer(&ready, |ready| format!("serving {} at {}\n", ready.data.display(), ready.url))?;
        let is_public = !self.listen.ip().is_loopback();
        let rate_limit = match self.rate_limit {
            Some(asked) => asked.limit(),
            None => is_public.then_some(RateLimit::PUBLIC),
        };
        let most = |asked: Option<NonZeroUsize>, public| {
            asked.map(NonZeroUsize::get).or(is_public.then_some(public))
        };
        let config = Config {
            allow_public: self.allow_public,
            allow_hosts: self.allow_hosts,
            rate_limit,
            open_registration: self.open_registration,
            max_connections: Config::default().max_connections.min(files::raise_limit()),
            max_connections_per_address: most(
                self.connections_per_address,
                Config::PUBLIC_CONNECTIONS_PER_ADDRESS,
            ),
            max_streams_per_agent: most(self.streams_per_agent, Config::PUBLIC_STREAMS_PER_AGENT),
            ..Config::default()
        };
        let served = arena_server::serve(listener, manager.clone(), config, async move {
            told.await;
            // From here on, verbs wait for the store instead of asking a server that goes away.
            drop(announced);
        });
        let served = served.await;
        manager.shutdown().await;
        served.map_err(|error| refused(&error))
    }

    /// Opens the store; waits a moment for a verb that holds it.
    async fn open(&self, dir: &Path) -> Result<ArenaManager, Failure> {
        let options = Options {
            test_clock: self.test_clock,
            open_registration: self.open_registration,
            ..Options::in_dir(dir)
        };
        let mut attempts = ATTEMPTS;
        loop {
            let error = match ArenaManager::open(options.clone()) {
                Ok(manager) => return Ok(manager),
                Err(error) => error,
            };
            if !is_held(dir) {
                return Err(error.into());
            }
            if attempts == 0 {
                return Err(in_use(&error));
            }
            if let Some(url) = ServerFile::answering(dir).await {
                return Err(Failure::new(
                    Exit::Unavailable,
                    "in_use",
                    format!("{} is served at {url}", dir.display()),
                )
                .with_hint("stop that server first, or use it with --url"));
            }
            attempts -= 1;
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Done when the process is told to stop; a second time ends it at once.
fn told_to_stop() -> Result<impl Future<Output = ()>, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| {
            Failure::new(Exit::Refused, "internal", format!("no signals can be had: {error}"))
        })
    };
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(Exit::Refused as i32);
        });
    })
}

fn refused(error: &ServeError) -> Failure {
    Failure::new(Exit::Refused, "cannot_listen", error.to_string())
}
