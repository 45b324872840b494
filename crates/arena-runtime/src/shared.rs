//! What the doors, the committer and the timer have in common.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use arena_core::{Position, collaboration::Limits};
use parking_lot::RwLock;

use crate::{
    cache::Cache, clock::Clock, deadlines::Deadlines, feed::Feed, ids::IdSource, ledger::Ledger, live::Live,
    storage::ArenaStorage, stream::RegistryState,
};

/// What the doors, the committer and the timer have in common.
pub(crate) struct Shared {
    pub(crate) storage: Box<dyn ArenaStorage>,
    pub(crate) cache: Cache,
    pub(crate) registry: RwLock<Arc<RegistryState>>,
    pub(crate) clock: Clock,
    pub(crate) ids: IdSource,
    pub(crate) deadlines: Deadlines,
    pub(crate) feed: Feed,
    pub(crate) live: Arc<Live>,
    pub(crate) ledger: Ledger,
    pub(crate) limits: Limits,
    pub(crate) open_registration: bool,
    pub(crate) counters: Counters,
    /// Set when no more commands are taken.
    pub(crate) closing: AtomicBool,
}

impl Shared {
    /// The counters at this moment.
    pub(crate) fn health(&self) -> Health {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        Health {
            ready: !counters.last_failed.load(Ordering::Relaxed),
            waiting: counters.waiting.load(Ordering::Relaxed),
            commands: count(&counters.commands),
            batches: count(&counters.batches),
            events: count(&counters.events),
            transfers: count(&counters.transfers),
            failed_batches: count(&counters.failed_batches),
            commit_micros: count(&counters.commit_micros),
            position: count(&counters.position),
            hot_arenas: self.cache.len(),
            followers: self.live.followers(),
            safe_mode: self.ledger.breach().map(|breach| breach.position),
        }
    }
}

/// How many batches the mean size is of, about: older ones count less.
const LAST_BATCHES: usize = 16;
/// A larger batch counts as one of so many.
const LARGE: usize = 32;
/// The mean size from which on the runtime is busy.
const BUSY: usize = 8;

/// What is counted for `/metrics` and `/readyz`.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) waiting: AtomicUsize,
    /// The mean size of the last batches, times [`LAST_BATCHES`].
    pub(crate) batch_sizes: AtomicUsize,
    pub(crate) commands: AtomicU64,
    pub(crate) batches: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) transfers: AtomicU64,
    pub(crate) failed_batches: AtomicU64,
    pub(crate) commit_micros: AtomicU64,
    pub(crate) position: AtomicU64,
    pub(crate) last_failed: AtomicBool,
}

impl Counters {
    /// Nothing counted yet, in a journal that ends at `position`.
    pub(crate) fn at(position: Position) -> Self {
        Self { position: AtomicU64::new(position.get()), ..Self::default() }
    }

    /// One more command waits.
    pub(crate) fn enter(&self) {
        self.waiting.fetch_add(1, Ordering::Relaxed);
    }

    /// One less command waits.
    pub(crate) fn leave(&self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }

    /// Takes note of a batch of so many commands.
    pub(crate) fn batch(&self, commands: usize) {
        let before = self.batch_sizes.load(Ordering::Relaxed);
        let after = before - before / LAST_BATCHES + commands.min(LARGE);
        self.batch_sizes.store(after, Ordering::Relaxed);
    }

    /// Whether so many give commands that they share batch after batch: then they queue before the committer, and mostly for
    /// cores. One large batch after a flush that took long is no sign of that.
    pub(crate) fn is_busy(&self) -> bool {
        self.batch_sizes.load(Ordering::Relaxed) >= BUSY * LAST_BATCHES
    }

    /// Takes note that nothing was asked for a while.
    pub(crate) fn rest(&self) {
        self.batch_sizes.store(0, Ordering::Relaxed);
    }
}

/// The runtime's counters at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Health {
    /// Whether the last batch could be stored.
    pub ready: bool,
    /// Commands that wait for the committer.
    pub waiting: usize,
    /// Commands carried out or refused since the start.
    pub commands: u64,
    /// Batches stored since the start.
    pub batches: u64,
    /// Events stored since the start.
    pub events: u64,
    /// Transfers of money stored since the start.
    pub transfers: u64,
    /// Batches that could not be stored since the start.
    pub failed_batches: u64,
    /// Microseconds spent storing batches since the start.
    pub commit_micros: u64,
    /// The journal's last position.
    pub position: u64,
    /// Arenas in memory.
    pub hot_arenas: usize,
    /// Streams of events that are followed, each counted as often as it is.
    pub followers: usize,
    /// Since which event an invariant of the ledger does not hold: then no new money is taken, and exits are open.
    pub safe_mode: Option<Position>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_batches_are_a_reason_to_give_way_when_they_come_again_and_again() {
        let counters = Counters::default();
        let is_busy_after = |batches: &[usize]| {
            batches.iter().for_each(|commands| counters.batch(*commands));
            counters.is_busy()
        };
        assert!(!is_busy_after(&[2; 100]));
        assert!(!is_busy_after(&[10_000]), "one that was held up");
        assert!(is_busy_after(&[40, 3, 25, 60, 30, 5, 64, 32]));
        assert!(is_busy_after(&[1]));
        assert!(!is_busy_after(&[1; 30]));
    }
}
