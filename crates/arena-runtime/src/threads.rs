//! Which threads come first: those that store, before those that tell.

/// How far back a thread stands that gives way, as `nice` counts: where all cores are busy it gets about a tenth of what one
/// of the others gets, and where one is idle it gets that.
#[cfg(target_os = "linux")]
const GIVES_WAY: i32 = 10;

/// Lets the threads that store go before the calling one, where the system can do that for a thread alone.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, GIVES_WAY) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}
