//! Connections beyond what their address may have: each is told so, and closed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{rt::TokioIo, server::graceful::GracefulShutdown};
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};

use crate::{app::App, guard};

/// How many are told at once; of more, each is closed without a word.
const AT_ONCE: usize = 64;
/// How long one has to ask for something and to be told.
const LENGTH: Duration = Duration::from_secs(1);

/// Who is told that its address has no place for it.
pub(crate) struct TurnedAway {
    app: App,
    /// How many connections an address may have.
    most: usize,
    places: Arc<Semaphore>,
}

impl TurnedAway {
    pub(crate) fn new(app: App, most: usize) -> Self {
        Self { app, most, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Counts it, answers its first request, whatever that is, and closes it.
    pub(crate) fn tell(&self, stream: TcpStream, connections: &GracefulShutdown) {
        self.app.metrics.turned_away();
        let Ok(place) = self.places.clone().try_acquire_owned() else { return };
        let most = self.most;
        let told = service_fn(move |_: Request<Incoming>| async move {
            Ok::<_, Infallible>(guard::too_many_connections(most))
        });
        let mut server = http1::Builder::new();
        let connection = server.keep_alive(false).serve_connection(TokioIo::new(stream), told);
        let connection = timeout(LENGTH, connections.watch(connection));
        tokio::spawn(async move {
            // A connection that breaks, or asks for nothing, is its peer's affair.
            let _ = connection.await;
            drop(place);
        });
    }
}
