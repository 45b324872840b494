//! Wakes readers that wait for an arena's next event, or for the end of a token; costs the writer one look-up for each
//! arena that grew and each agent whose token ended, and a wake for each who waits there.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use arena_core::{AgentId, ArenaId};
use parking_lot::Mutex;
use tokio::sync::{Notify, futures::Notified};

use crate::{manager::ArenaManager, tokens::Principal};

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// That an arena grows.
    Arena(ArenaId),
    /// That a token of an agent is ended: its own or a handle's.
    Tokens(AgentId),
}

/// Who waits for what.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    waiting: Mutex<HashMap<Topic, Waiting>>,
}

#[derive(Debug, Default)]
struct Waiting {
    bells: usize,
    notify: Arc<Notify>,
}

impl Feed {
    /// A bell that rings for one topic. Arm it with `rung()` before looking, then wait.
    pub(crate) fn bell(&self, topic: Topic) -> Bell<'_> {
        let mut waiting = self.waiting.lock();
        let entry = waiting.entry(topic.clone()).or_default();
        entry.bells += 1;
        Bell { feed: self, topic, notify: entry.notify.clone() }
    }

    /// Rings for those who wait.
    pub(crate) fn ring(&self, topics: impl Iterator<Item = Topic>) {
        let waiting = self.waiting.lock();
        if waiting.is_empty() {
            return;
        }
        for topic in topics {
            if let Some(entry) = waiting.get(&topic) {
                entry.notify.notify_waiters();
            }
        }
    }

    /// Rings for all who wait for the end of a token: nobody knows which ended.
    pub(crate) fn ring_tokens(&self) {
        let waiting = self.waiting.lock();
        let tokens = waiting.iter().filter(|(topic, _)| matches!(topic, Topic::Tokens(_)));
        tokens.for_each(|(_, entry)| entry.notify.notify_waiters());
    }

    /// How many topics somebody waits for.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.waiting.lock().len()
    }
}

impl ArenaManager {
    /// Waits until a token is good no more because it was replaced or revoked, or its agent removed. One that is over by its
    /// time wakes nobody.
    pub async fn revoked(&self, token: &str) {
        let Ok(principal) = self.authenticate(token) else { return };
        if principal == Principal::Operator {
            return std::future::pending().await;
        }
        let bell = self.shared().feed.bell(Topic::Tokens(principal.agent_id()));
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
    topic: Topic,
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
        if let Entry::Occupied(mut entry) = waiting.entry(self.topic.clone()) {
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
        let topic = Topic::Arena(ArenaId::from_bytes([1; 16]));
        let (one, other) = (feed.bell(topic.clone()), feed.bell(topic));
        drop(one);
        assert_eq!(feed.len(), 1);
        drop(other);
        assert_eq!(feed.len(), 0);
    }
}
