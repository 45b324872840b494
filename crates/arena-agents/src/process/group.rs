//! Process groups: what one step started, ended together.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// The processes that one step started and that did not leave its group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group(Option<Pid>);

impl Group {
    /// The group that `child` leads.
    pub(super) fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw))
    }

    /// Its number.
    pub(super) fn number(self) -> Option<i32> {
        self.0.map(Pid::as_raw_pid)
    }

    /// Asks every process of it to end.
    pub(super) fn ask_to_end(self) {
        self.signal(Signal::TERM);
    }

    /// Kills every process of it.
    pub(super) fn kill(self) {
        self.signal(Signal::KILL);
    }

    fn signal(self, signal: Signal) {
        if let Some(group) = self.0 {
            // The only failure is that nobody is left, which is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}
