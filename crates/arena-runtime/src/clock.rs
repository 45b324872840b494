//! The only place that reads a clock: rule time, which a test may stop, and machine time for waits.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use arena_core::Timestamp;

/// Rule time: the machine's, or one that stands still until it is told to move. Never before what is recorded.
#[derive(Debug)]
pub(crate) struct Clock {
    is_stopped: bool,
    /// What it showed last, in milliseconds since the epoch; at first when the last event was recorded.
    floor: AtomicU64,
}

impl Clock {
    /// The machine's clock, in a journal whose last event was recorded at `floor`.
    pub(crate) fn system(floor: Timestamp) -> Self {
        Self { is_stopped: false, floor: AtomicU64::new(floor.as_millis()) }
    }

    /// A stopped clock that shows `at`.
    pub(crate) fn stopped_at(at: Timestamp) -> Self {
        Self { is_stopped: true, floor: AtomicU64::new(at.as_millis()) }
    }

    /// Whether it moves only when it is told to.
    pub(crate) const fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// What it shows: `max(clock, last recorded_at)`; never less than it showed before.
    pub(crate) fn now(&self) -> Timestamp {
        let shown = if self.is_stopped {
            self.floor.load(Ordering::SeqCst)
        } else {
            let machine = system_now().as_millis();
            self.floor.fetch_max(machine, Ordering::SeqCst).max(machine)
        };
        Timestamp::from_millis(shown)
    }

    /// Never shows less than `to` again: an event was recorded then, or the stopped clock was moved.
    pub(crate) fn raise(&self, to: Timestamp) {
        self.floor.fetch_max(to.as_millis(), Ordering::SeqCst);
    }
}

/// The machine's time of day, for what asks no server; rules go by the manager's.
#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
#[must_use]
pub fn system_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}

/// The machine's steady time, for measuring and for waits.
#[expect(clippy::disallowed_methods, reason = "this file is where the clock is read")]
#[must_use]
pub fn steady_now() -> Instant {
    Instant::now()
}
