//! How long something took: the only clock of the measurements.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Runs from when it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "measuring is reading a clock; no rule sees this one")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Microseconds of the machine's clock, which two processes share.
#[expect(clippy::disallowed_methods, reason = "measuring is reading a clock; no rule sees this one")]
pub(crate) fn wall_micros() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
