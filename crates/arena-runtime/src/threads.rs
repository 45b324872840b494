//! Which threads come first: those that store, before those that tell.

use crate::manager::ArenaManager;

impl ArenaManager {
    /// Whether so many commands come at once that whatever can wait should give way to them.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.shared().counters.is_busy()
    }
}

/// How far back a thread stands that gives way, as `nice` counts: where all cores are busy it gets about a tenth of what one
/// of the others gets, and where one is idle it gets that.
#[cfg(target_os = "linux")]
const GIVES_WAY: i32 = 10;
/// As far back as a thread can stand.
#[cfg(target_os = "linux")]
const LAST: i32 = 19;

/// Lets the threads that store go before the calling one, where the system can do that for a thread alone.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpid, getpriority_process, setpriority_process};

        // The process's number is that of its first thread; a thread that gave way hands its place on to those it starts.
        let lowered = getpriority_process(Some(getpid())).map(|priority| (priority + GIVES_WAY).min(LAST));
        if let Err(error) = lowered.and_then(|priority| setpriority_process(None, priority)) {
            tracing::debug!(%error, "a thread keeps its priority");
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::getpriority_process;

    use super::*;

    #[test]
    fn a_thread_gives_way_alone() {
        let before = getpriority_process(None).unwrap();
        let given_way = || {
            give_way();
            getpriority_process(None).unwrap()
        };
        let other = std::thread::spawn(move || [given_way(), std::thread::spawn(given_way).join().unwrap()]);
        let back = (before + GIVES_WAY).min(LAST);
        assert_eq!((other.join().unwrap(), getpriority_process(None).unwrap()), ([back, back], before));
    }
}
