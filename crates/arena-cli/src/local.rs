//! A server in this process, on a loopback port, for the verbs that need one when none runs.

use std::{net::Ipv4Addr, path::Path, time::Duration};

use arena_runtime::{ArenaManager, Options, RuntimeError};
use arena_server::Config;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{exit::Exit, failure::Failure, server_file::ServerFile};

/// How often a store that another process holds is asked for again.
const AGAIN: Duration = Duration::from_millis(50);
/// How often at most: another verb holds the store for a moment, a server that is about to start or stop a little longer.
const ATTEMPTS: u32 = 200;

/// A server for a data folder.
pub(crate) enum Found {
    /// One in this process.
    Started(LocalServer),
    /// One in another process, at this URL.
    Running(String),
}

/// A server in this process.
pub(crate) struct LocalServer {
    url: String,
    manager: ArenaManager,
    announced: Option<ServerFile>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), arena_server::ServeError>>,
}

impl LocalServer {
    /// Starts a server on the store in `dir`, or finds the one that another process runs on it.
    pub(crate) async fn start_or_find(dir: &Path) -> Result<Found, Failure> {
        let mut attempts = ATTEMPTS;
        loop {
            let error = match open(dir) {
                Ok(manager) => return Self::start(manager).await.map(Found::Started),
                Err(error) => error,
            };
            if !is_held(dir) {
                return Err(error.into());
            }
            if let Some(url) = ServerFile::answering(dir).await {
                return Ok(Found::Running(url));
            }
            if attempts == 0 {
                return Err(in_use(&error));
            }
            attempts -= 1;
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn start(manager: ArenaManager) -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(|error| {
            Failure::new(Exit::Unavailable, "unreachable", format!("no loopback port can be had: {error}"))
        })?;
        let url = url_of(&listener)?;
        let (stop, stopped) = oneshot::channel();
        let serving =
            tokio::spawn(arena_server::serve(listener, manager.clone(), Config::default(), async {
                // A dropped sender stops it as well.
                let _ = stopped.await;
            }));
        Ok(Self { url, manager, announced: None, stop, serving })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Lets other processes find it.
    pub(crate) fn announce(&mut self, dir: &Path) -> Result<(), Failure> {
        let announced = ServerFile::announce(dir, &self.url);
        self.announced =
            Some(announced.map_err(|error| Failure::file("announce the server in", dir, &error))?);
        Ok(())
    }

    /// Lets it finish what it does, and closes the store.
    pub(crate) async fn stop(self) {
        drop(self.announced);
        // It may have stopped by itself: then there is nothing to tell, and its error was answered to the caller.
        let _ = self.stop.send(());
        let _ = self.serving.await;
        self.manager.shutdown().await;
    }
}

/// Opens a store with the kind of clock that it was used with.
fn open(dir: &Path) -> Result<ArenaManager, RuntimeError> {
    let with_clock = |test_clock| ArenaManager::open(Options { test_clock, ..Options::in_dir(dir) });
    with_clock(false).or_else(|error| with_clock(true).map_err(|_| error))
}

/// Whether another process has the store open.
pub(crate) fn is_held(dir: &Path) -> bool {
    arena_runtime::storage::is_locked(dir).unwrap_or_default()
}

/// Another process holds the store and answers nobody.
pub(crate) fn in_use(error: &RuntimeError) -> Failure {
    Failure::new(Exit::Unavailable, "in_use", error.to_string())
}

/// `http://127.0.0.1:4700`.
pub(crate) fn url_of(listener: &TcpListener) -> Result<String, Failure> {
    let address = listener.local_addr();
    let address =
        address.map_err(|error| Failure::new(Exit::Unavailable, "unreachable", error.to_string()))?;
    Ok(format!("http://{address}"))
}
