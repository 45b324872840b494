//! Wakes readers that wait for an arena's next event, or for the end of a token; costs the writer one look-up for each
//! arena that grew.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use arena_core::ArenaId;
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use crate::manager::ArenaManager;

/// Who waits for which arena.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    waiting: Mutex<HashMap<ArenaId, Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    bells: usize,
    notify: Arc<Notify>,
}

impl Feed {
    /// A bell that rings when `arena_id` grows; that of no arena, [`ArenaId::SYSTEM`], when tokens are ended. Arm it with `rung()` before looking, then wait.
    pub(crate) fn bell(&self, arena_id: ArenaId) -> Bell<'_> {
        let mut waiting = self.waiting.lock();
        let entry = waiting.entry(arena_id).or_default();
        entry.bells += 1;
        Bell { feed: self, arena_id, notify: entry.notify.clone() }
    }

    /// Rings for those who wait.
    pub(crate) fn ring(&self, grown: impl Iterator<Item = ArenaId>) {
        let waiting = self.waiting.lock();
        if waiting.is_empty() {
            return;
        }
        for arena_id in grown {
            if let Some(entry) = waiting.get(&arena_id) {
                entry.notify.notify_waiters();
            }
        }
    }

    /// How many arenas somebody waits for.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.waiting.lock().len()
    }
}

impl ArenaManager {
    /// Waits until a token is good no more because it was replaced or revoked, or its agent removed. One that is over by its
    /// time wakes nobody.
    pub async fn revoked(&self, token: &str) {
        let bell = self.shared().feed.bell(ArenaId::SYSTEM);
        loop {
            let rung = bell.rung();
            tokio::pin!(rung);
            rung.as_mut().enable();
            if self.authenticate(token).is_err() {
                return;
            }
            rung.await;
        }
    }
}

/// The right to be woken; dropped, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct Bell<'a> {
    feed: &'a Feed,
    arena_id: ArenaId,
    notify: Arc<Notify>,
}

impl Bell<'_> {
    /// Resolves at the next ring after it was enabled.
    pub(crate) fn rung(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for Bell<'_> {
    fn drop(&mut self) {
        let mut waiting = self.feed.waiting.lock();
        if let Entry::Occupied(mut entry) = waiting.entry(self.arena_id) {
            entry.get_mut().bells -= 1;
            if entry.get().bells == 0 {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bells_that_were_dropped_cost_no_memory() {
        let feed = Feed::default();
        let arena_id = ArenaId::from_bytes([1; 16]);
        let (one, other) = (feed.bell(arena_id), feed.bell(arena_id));
        drop(one);
        assert_eq!(feed.len(), 1);
        drop(other);
        assert_eq!(feed.len(), 0);
    }
}
