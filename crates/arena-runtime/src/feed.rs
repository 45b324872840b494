//! Wakes readers that wait for an arena's next event; costs the writer one look-up for each arena that grew.

use std::{collections::HashMap, sync::Arc};

use arena_core::ArenaId;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Who waits for which arena.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    waiting: Mutex<HashMap<ArenaId, Arc<Notify>>>,
}

impl Feed {
    /// A bell that rings when `arena_id` grows. Arm it with `notified()` before looking, then wait.
    pub(crate) fn bell(&self, arena_id: ArenaId) -> Arc<Notify> {
        self.waiting.lock().entry(arena_id).or_default().clone()
    }

    /// Rings for those who wait, and forgets bells that nobody holds.
    pub(crate) fn ring(&self, grown: impl Iterator<Item = ArenaId>) {
        let mut waiting = self.waiting.lock();
        if waiting.is_empty() {
            return;
        }
        for arena_id in grown {
            if let Some(bell) = waiting.get(&arena_id) {
                bell.notify_waiters();
                if Arc::strong_count(bell) == 1 {
                    waiting.remove(&arena_id);
                }
            }
        }
    }

    /// Takes back a bell after the wait, so that arenas nobody waits for cost no memory.
    pub(crate) fn leave(&self, arena_id: ArenaId, bell: Arc<Notify>) {
        let mut waiting = self.waiting.lock();
        drop(bell);
        if waiting.get(&arena_id).is_some_and(|kept| Arc::strong_count(kept) == 1) {
            waiting.remove(&arena_id);
        }
    }
}
