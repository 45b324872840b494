//! A bot's time: a bank that runs only while the bot thinks.

use std::time::Duration;

use tokio::time;

use crate::clock::Stopwatch;

/// How often the clock is looked at while a bot thinks.
const SLICE: Duration = Duration::from_millis(10);
/// How much later than asked for a machine in order wakes this process.
const TOLERANCE: Duration = Duration::from_millis(5);

/// How much time bots have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeControl {
    /// In the bank at first.
    pub bank: Duration,
    /// Added at each turn.
    pub increment: Duration,
    /// How long a bot may take to start and say that it is ready; not taken from the bank.
    pub start: Duration,
}

/// What one bot has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bank {
    left: Duration,
}

/// What waiting for a bot came to.
#[derive(Debug)]
pub(crate) struct Waited<T> {
    /// What came, unless the time was over first.
    pub(crate) came: Option<T>,
    /// The time that counts.
    pub(crate) charged: Duration,
    /// The time that does not: this process was kept from running.
    pub(crate) stalled: Duration,
}

impl Bank {
    /// With so much in it.
    pub(crate) const fn of(left: Duration) -> Self {
        Self { left }
    }

    /// What is left.
    pub(crate) const fn left(self) -> Duration {
        self.left
    }

    /// The same after a turn began.
    pub(crate) const fn with_increment(self, increment: Duration) -> Self {
        Self { left: self.left.saturating_add(increment) }
    }

    /// The same after thinking.
    pub(crate) const fn less(self, charged: Duration) -> Self {
        Self { left: self.left.saturating_sub(charged) }
    }
}

/// Waits for what a bot does until `allowance` is spent. Time is counted in slices, each for at most its own length: when this process
/// was stopped or starved meanwhile, the bot is not charged for that.
pub(crate) async fn wait<T>(allowance: Duration, mut what: impl AsyncFnMut() -> T) -> Waited<T> {
    let mut waited = Waited { came: None, charged: Duration::ZERO, stalled: Duration::ZERO };
    while waited.came.is_none() && waited.charged < allowance {
        let watch = Stopwatch::start();
        waited.came = time::timeout(SLICE.min(allowance.saturating_sub(waited.charged)), what()).await.ok();
        waited.count(watch.elapsed());
    }
    waited
}

impl<T> Waited<T> {
    fn count(&mut self, elapsed: Duration) {
        let counted = elapsed.min(SLICE.saturating_add(TOLERANCE));
        self.charged = self.charged.saturating_add(counted);
        self.stalled = self.stalled.saturating_add(elapsed.saturating_sub(counted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_in_which_this_process_stood_still_is_not_charged() {
        let mut waited = Waited::<()> { came: None, charged: Duration::ZERO, stalled: Duration::ZERO };
        waited.count(Duration::from_millis(11));
        waited.count(Duration::from_secs(60));
        assert_eq!(waited.charged, Duration::from_millis(26));
        assert_eq!(waited.stalled, Duration::from_millis(59_985));
    }

    #[test]
    fn a_bank_is_never_below_nothing() {
        let bank = Bank::of(Duration::from_secs(1)).with_increment(Duration::from_secs(2));
        assert_eq!(bank.less(Duration::from_secs(5)).left(), Duration::ZERO);
        assert_eq!(bank.less(Duration::from_secs(1)).left(), Duration::from_secs(2));
    }
}
