//! The signals by which a run is told to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Resolves when this process is interrupted (Ctrl-C), terminated, or loses its terminal. A second signal ends the process at once, with
/// exit code 130: what a run was to give back then ends with its leases.
pub async fn stop_signal() {
    any().await;
    tokio::spawn(async {
        any().await;
        std::process::exit(130);
    });
}

async fn any() {
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
