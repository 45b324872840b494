//! Live events: the committer hands over what it stored, once; a thread of its own gives it to all who follow.
//!
//! The committer does nothing while nobody follows, and else puts the batch's events into an inbox that only the relay
//! empties. Followers never touch what the committer touches. Why: `docs/decisions/0016-live-streams.md`.

mod follower;
mod journal;
mod part;
#[cfg(test)]
mod rights;
mod ring;

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering, fence},
    },
    time::Duration,
};

use arena_core::ArenaId;
use parking_lot::{Condvar, Mutex, RwLock};
use tokio::sync::{Notify, Semaphore};

use self::ring::{After, Ring};
pub use self::{
    follower::{Follower, LiveFilter, Source},
    journal::{JournalPage, JournalQuery},
    part::{LiveEvent, Part},
};
use crate::{clock::steady_now, record::StoredEvent, shared::Counters, threads::give_way};

/// How many events wait for the relay at most; beyond them followers read the journal.
const LARGEST_INBOX: usize = 16_384;
/// How long the relay pauses for each follower that it woke, so that following a busy arena costs a share of the machine
/// and not all of it: what was stored meanwhile goes out together.
const PAUSE_A_FOLLOWER: Duration = Duration::from_micros(25);
/// The longest pause, unless the runtime is busy: how late an event may be because of it.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How many times as long it pauses while the runtime is busy.
const BUSY_PAUSES: u32 = 4;
/// How many followers read the journal at once; other reads find places beside them.
const CATCHING_UP: usize = 2;
/// The registry's events that may end a token.
const REVOKING: [&str; 3] = ["agent_token_replaced", "agent_removed", "handle_revoked"];

/// Who follows what, and what is on its way to them.
#[derive(Debug)]
pub(crate) struct Live {
    followers: AtomicUsize,
    inbox: Mutex<Inbox>,
    arrived: Condvar,
    /// Ends the relay's pause.
    pressing: Condvar,
    /// By arena; the whole journal under the id of none.
    topics: Mutex<HashMap<ArenaId, Arc<Topic>>>,
    catching_up: Semaphore,
}

/// What the committer stored and the relay has not yet given out.
#[derive(Debug, Default)]
struct Inbox {
    events: Vec<Arc<StoredEvent>>,
    /// Something is missing among them: what followers know must be looked up again.
    has_gap: bool,
    /// The relay sleeps until it is woken.
    is_awaited: bool,
    stopping: bool,
}

impl Inbox {
    /// Whether the relay is not to pause: then what comes meanwhile would not find room.
    const fn is_pressing(&self) -> bool {
        self.stopping || self.events.len() >= LARGEST_INBOX / 2
    }
}

/// A stream that somebody follows.
#[derive(Debug, Default)]
struct Topic {
    ring: RwLock<Ring>,
    grown: Notify,
    followers: AtomicUsize,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            followers: AtomicUsize::new(0),
            inbox: Mutex::default(),
            arrived: Condvar::new(),
            pressing: Condvar::new(),
            topics: Mutex::default(),
            catching_up: Semaphore::new(CATCHING_UP),
        }
    }
}

impl Live {
    /// How many follow.
    pub(crate) fn followers(&self) -> usize {
        self.followers.load(Ordering::Relaxed)
    }

    /// Takes what was stored and is published: `events`, or `None` when nobody followed as they were numbered.
    pub(crate) fn publish(&self, events: Option<Vec<Arc<StoredEvent>>>) {
        // Pairs with the one in `subscribe`: either a follower is seen here, or it sees what was published before.
        fence(Ordering::SeqCst);
        if self.followers() == 0 {
            return;
        }
        let mut inbox = self.inbox.lock();
        match events {
            Some(events) if inbox.events.len() + events.len() <= LARGEST_INBOX => inbox.events.extend(events),
            Some(_) | None => {
                inbox.events.clear();
                inbox.has_gap = true;
            }
        }
        if std::mem::take(&mut inbox.is_awaited) {
            self.arrived.notify_one();
        }
        if inbox.is_pressing() {
            self.pressing.notify_one();
        }
    }

    /// Follows a stream: from now on all that is published arrives in its ring, or makes it forget.
    fn subscribe(self: &Arc<Self>, arena_id: ArenaId) -> Subscription {
        let mut topics = self.topics.lock();
        let topic = topics.entry(arena_id).or_default().clone();
        topic.followers.fetch_add(1, Ordering::Relaxed);
        drop(topics);
        self.followers.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        Subscription { live: self.clone(), arena_id, topic }
    }

    /// Gives out what arrives, until it is told to stop. The relay's thread.
    pub(crate) fn relay(&self, counters: &Counters) {
        give_way();
        while let Some((events, has_gap)) = self.take() {
            let woken = self.give_out(events, has_gap);
            let until = steady_now() + pause(woken, counters);
            let mut inbox = self.inbox.lock();
            while !inbox.is_pressing() && !self.pressing.wait_until(&mut inbox, until).timed_out() {}
        }
    }

    /// Ends the relay.
    pub(crate) fn stop(&self) {
        self.inbox.lock().stopping = true;
        self.arrived.notify_one();
        self.pressing.notify_one();
    }

    /// Waits for what arrives.
    fn take(&self) -> Option<(Vec<Arc<StoredEvent>>, bool)> {
        let mut inbox = self.inbox.lock();
        while inbox.events.is_empty() && !inbox.has_gap {
            if inbox.stopping {
                return None;
            }
            inbox.is_awaited = true;
            self.arrived.wait(&mut inbox);
        }
        if inbox.stopping {
            return None;
        }
        Some((std::mem::take(&mut inbox.events), std::mem::take(&mut inbox.has_gap)))
    }

    /// Puts events into the rings of those who follow them, and wakes those; answers how many.
    fn give_out(&self, events: Vec<Arc<StoredEvent>>, has_gap: bool) -> usize {
        let mut woken = 0;
        for (topic, events) in self.addressed(events, has_gap).into_values() {
            let mut ring = topic.ring.write();
            if has_gap {
                ring.clear();
            }
            events.into_iter().for_each(|event| ring.push(event));
            drop(ring);
            topic.grown.notify_waiters();
            woken += topic.followers.load(Ordering::Relaxed);
        }
        woken
    }

    /// Which topics are to be woken, and with what.
    fn addressed(
        &self,
        events: Vec<Arc<StoredEvent>>,
        has_gap: bool,
    ) -> HashMap<ArenaId, (Arc<Topic>, Vec<Arc<LiveEvent>>)> {
        let mut addressed = HashMap::new();
        let topics = self.topics.lock();
        // A token may have ended: its streams end now, not with the next event of theirs.
        if has_gap || events.iter().any(is_revoking) {
            addressed.extend(topics.iter().map(|(id, topic)| (*id, (topic.clone(), Vec::new()))));
        }
        for event in events {
            let of_journal = (ArenaId::SYSTEM, event.position.get());
            let of_arena = (event.arena_id, event.sequence.get());
            let is_registrys = event.arena_id == ArenaId::SYSTEM;
            for (id, number) in std::iter::once(of_journal).chain((!is_registrys).then_some(of_arena)) {
                if let Some(topic) = topics.get(&id) {
                    let (_, events) = addressed.entry(id).or_insert_with(|| (topic.clone(), Vec::new()));
                    events.push(Arc::new(LiveEvent::new(event.clone(), number)));
                }
            }
        }
        addressed
    }
}

/// How long the relay pauses when it has woken so many.
fn pause(woken: usize, counters: &Counters) -> Duration {
    let pause = PAUSE_A_FOLLOWER.saturating_mul(u32::try_from(woken).unwrap_or(u32::MAX)).min(LONGEST_PAUSE);
    if counters.is_busy() { pause * BUSY_PAUSES } else { pause }
}

fn is_revoking(event: &Arc<StoredEvent>) -> bool {
    event.arena_id == ArenaId::SYSTEM && REVOKING.contains(&event.kind.as_str())
}

/// The right to be woken and to look at what arrives; dropped, it leaves nothing behind.
#[derive(Debug)]
struct Subscription {
    live: Arc<Live>,
    arena_id: ArenaId,
    topic: Arc<Topic>,
}

impl Subscription {
    fn after(&self, number: u64) -> After {
        self.topic.ring.read().after(number)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut topics = self.live.topics.lock();
        if self.topic.followers.fetch_sub(1, Ordering::Relaxed) == 1 {
            topics.remove(&self.arena_id);
        }
        drop(topics);
        self.live.followers.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands in one batch and gives it out.
    fn relayed(live: &Live, events: Option<Vec<Arc<StoredEvent>>>) {
        live.publish(events);
        if let Some((events, has_gap)) = live.take() {
            live.give_out(events, has_gap);
        }
    }

    fn stored(number: u64) -> Arc<StoredEvent> {
        ring::tests::event(number, 1).stored.clone()
    }

    fn arena() -> ArenaId {
        stored(1).arena_id
    }

    #[test]
    fn nothing_is_kept_while_nobody_follows() {
        let live = Arc::new(Live::default());
        live.publish(Some(vec![stored(1)]));
        live.publish(None);
        assert!(live.inbox.lock().events.is_empty() && !live.inbox.lock().has_gap);
        drop((live.subscribe(arena()), live.subscribe(arena()), live.subscribe(ArenaId::SYSTEM)));
        assert!(live.followers() == 0 && live.topics.lock().is_empty());
    }

    #[test]
    fn an_arena_and_the_whole_journal_are_given_the_same_event() {
        let live = Arc::new(Live::default());
        let (one, all) = (live.subscribe(arena()), live.subscribe(ArenaId::SYSTEM));
        let other = live.subscribe(ArenaId::from_bytes([9; 16]));
        relayed(&live, Some(vec![stored(1), stored(2)]));
        for followed in [&one, &all] {
            assert!(matches!(followed.after(0), After::Some(part) if part.events().len() == 2));
        }
        assert!(matches!(other.after(0), After::Unknown));
    }

    #[test]
    fn the_relay_pauses_for_each_whom_it_woke_and_longer_while_commands_wait() {
        let (idle, busy) = (Counters::default(), Counters::default());
        (0..100).for_each(|_| busy.batch(64));
        assert_eq!([pause(0, &busy), pause(1, &idle)], [Duration::ZERO, PAUSE_A_FOLLOWER]);
        assert_eq!(pause(100, &busy), PAUSE_A_FOLLOWER * 400);
        assert_eq!(
            [&idle, &busy].map(|counters| pause(usize::MAX, counters)),
            [LONGEST_PAUSE, LONGEST_PAUSE * 4]
        );
    }

    #[test]
    fn the_relay_does_not_pause_while_its_inbox_is_half_full() {
        let live = Arc::new(Live::default());
        let _followed = live.subscribe(arena());
        live.publish(Some(vec![stored(1); LARGEST_INBOX / 2 - 1]));
        assert!(!live.inbox.lock().is_pressing());
        live.publish(Some(vec![stored(1)]));
        assert!(live.inbox.lock().is_pressing());
        live.take();
        assert!(!live.inbox.lock().is_pressing());
    }

    #[test]
    fn what_is_missing_makes_rings_forget() {
        let live = Arc::new(Live::default());
        let followed = live.subscribe(arena());
        relayed(&live, Some(vec![stored(1)]));
        assert!(matches!(followed.after(1), After::Nothing));
        relayed(&live, None);
        assert!(matches!(followed.after(1), After::Unknown));
    }

    #[test]
    fn an_inbox_that_is_full_is_emptied_and_followers_look_elsewhere() {
        let live = Arc::new(Live::default());
        let followed = live.subscribe(arena());
        relayed(&live, Some(vec![stored(1)]));
        let event = stored(2);
        live.publish(Some(vec![event.clone(); LARGEST_INBOX]));
        live.publish(Some(vec![event]));
        assert!(live.inbox.lock().events.is_empty());
        let (events, has_gap) = live.take().unwrap();
        live.give_out(events, has_gap);
        assert!(matches!(followed.after(1), After::Unknown));
    }
}
