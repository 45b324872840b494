//! Accepts connections, and drains them when the server is told to stop.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use arena_runtime::ArenaManager;
use hyper::{
    Request,
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
};

use crate::{
    app::draining_router,
    config::Config,
    guard::{Peer, Places},
    lane::{self, Answering, Lane},
    turned_away::TurnedAway,
};

/// Less room a connection cannot have.
const LEAST_HEAD_BYTES: usize = 8 << 10;

/// Why the server cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It would be reachable from other machines, and nobody said it may.
    #[error("{0} can be reached from other machines; put TLS in front and allow it with an explicit flag")]
    PublicAddress(SocketAddr),
    /// The listener is not one.
    #[error("cannot listen: {0}")]
    Listener(#[from] io::Error),
    /// There are no threads for live streams.
    #[error("cannot start threads: {0}")]
    Threads(io::Error),
}

/// Serves `manager` on `listener` until `shutdown` is done, then lets requests finish. The manager stays open.
///
/// # Errors
/// [`ServeError`]; nothing was accepted then.
pub async fn serve(
    listener: TcpListener,
    manager: ArenaManager,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && !config.allow_public {
        return Err(ServeError::PublicAddress(address));
    }
    let (drain, head_timeout) = (config.drain, config.head_timeout);
    let max_head_bytes = config.max_head_bytes.max(LEAST_HEAD_BYTES);
    let places = Arc::new(Semaphore::new(config.max_connections));
    let most_of_one = config.max_connections_per_address.unwrap_or(usize::MAX);
    let asked = manager.clone();
    let (stop, draining) = watch::channel(false);
    let (routes, app) = draining_router(manager, config, draining);
    let (of_address, turned_away) = (Places::new(most_of_one), TurnedAway::new(app, most_of_one));
    let service = TowerToHyperService::new(routes);
    let mut server = http1::Builder::new();
    // No `pipeline_flush`: with it the answer to what is not HTTP would never leave.
    server.timer(TokioTimer::new()).header_read_timeout(head_timeout).max_buf_size(max_head_bytes);
    let connections = GracefulShutdown::new();
    let lane = Lane::open(move || asked.is_busy()).map_err(ServeError::Threads)?;
    tokio::pin!(shutdown);
    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, peer, place) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            (accepted, place) = accepted => match accepted {
                Ok((stream, peer)) => (stream, Peer(peer), place),
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
        };
        prepare(&stream);
        let Some(share) = of_address.take(peer.caller()) else {
            turned_away.tell(stream, &connections);
            continue;
        };
        let service = service.clone();
        let answering = Answering::default();
        let answered = answering.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            let (response, answered) = (service.call(request), answered.clone());
            async move { response.await.inspect(|response| answered.with(response)) }
        });
        let connection = connections.watch(server.serve_connection(TokioIo::new(stream), service));
        let connection = async move {
            // A connection that breaks is its peer's affair.
            let _ = connection.await;
            drop((place, share));
        };
        lane::serve(connection, answering, &lane);
    }
    drop(listener);
    stop.send_replace(true);
    if tokio::time::timeout(drain, connections.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
    Ok(())
}

/// Answers are small and wanted at once.
fn prepare(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
}

/// Waits a little when the machine is out of something, so as not to spin.
async fn pause_after(error: &io::Error) {
    let is_peers = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !is_peers {
        tracing::error!(%error, "a connection cannot be accepted");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
