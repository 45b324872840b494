//! The signals by which a run is told to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when this process is interrupted (Ctrl-C), terminated, or loses its terminal.
pub async fn stop_signal() {
    tokio::select! {
        () = one(SignalKind::interrupt()) => {}
        () = one(SignalKind::terminate()) => {}
        () = one(SignalKind::hangup()) => {}
    }
}

async fn one(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        // A signal that cannot be listened for ends the process as it always would.
        Err(_) => std::future::pending().await,
    }
}
