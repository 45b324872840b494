//! Published states: what readers see and the committer decides on. A cold arena has no entry.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use arena_core::{
    ArenaId, Sequence, SharedArena,
    collaboration::Head,
    contest::{Contest, Obligation, Standing},
};
use parking_lot::RwLock;

use crate::clock::steady_now;

/// One shared arena as of one durable moment.
#[derive(Clone, Debug)]
pub struct ArenaState {
    /// The state.
    pub shared: Arc<SharedArena>,
    /// The event it stands after.
    pub head: Head,
    /// From where the next snapshot is counted: the last one, or the last attempt at one.
    pub(crate) snapshot_at: Sequence,
}

/// One contest as of one durable moment.
#[derive(Clone, Debug)]
pub struct ContestState {
    /// The state.
    pub contest: Arc<Contest>,
    /// The event it stands after.
    pub head: Head,
    /// From where the next snapshot is counted: the last one, or the last attempt at one.
    pub(crate) snapshot_at: Sequence,
    standings: OnceLock<Vec<Standing>>,
    obligations: OnceLock<Vec<Obligation>>,
}

impl ContestState {
    pub(crate) const fn new(contest: Arc<Contest>, head: Head, snapshot_at: Sequence) -> Self {
        Self { contest, head, snapshot_at, standings: OnceLock::new(), obligations: OnceLock::new() }
    }

    /// Where each entry stands by the rounds recorded so far, the best first: sorted once, for all who read this state.
    pub fn standings(&self) -> &[Standing] {
        self.standings.get_or_init(|| self.contest.standings())
    }

    /// All that is or was owed: put together once, as the standings.
    pub fn obligations(&self) -> &[Obligation] {
        self.obligations.get_or_init(|| self.contest.obligations())
    }
}

/// An arena in memory, of either kind.
#[derive(Clone, Debug)]
pub(crate) enum Hot {
    Shared(Arc<ArenaState>),
    Contest(Arc<ContestState>),
}

impl Hot {
    fn sequence(&self) -> Sequence {
        match self {
            Self::Shared(state) => state.head.sequence,
            Self::Contest(state) => state.head.sequence,
        }
    }

    /// The shared arena, when it is one.
    pub(crate) fn shared(self) -> Option<Arc<ArenaState>> {
        match self {
            Self::Shared(state) => Some(state),
            Self::Contest(_) => None,
        }
    }

    /// The contest, when it is one.
    pub(crate) fn contest(self) -> Option<Arc<ContestState>> {
        match self {
            Self::Contest(state) => Some(state),
            Self::Shared(_) => None,
        }
    }
}

const SHARDS: usize = 64;

/// The states in memory, by arena; at most a fixed number, the longest unused leave first.
#[derive(Debug)]
pub(crate) struct Cache {
    shards: Vec<RwLock<HashMap<ArenaId, Slot>>>,
    shard_capacity: usize,
    opened: Instant,
    tickets: AtomicU64,
}

#[derive(Debug)]
enum Slot {
    /// A reader loads it; what it loaded is current only if its ticket is still here when it is done.
    Loading(Ticket),
    Ready {
        state: Hot,
        touched_ms: AtomicU64,
    },
}

/// The right to put a loaded state in, which any publication in between takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

impl Cache {
    /// Room for about `capacity` arenas.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            shard_capacity: (capacity / SHARDS).max(1),
            opened: steady_now(),
            tickets: AtomicU64::new(0),
        }
    }

    fn shard(&self, arena_id: ArenaId) -> &RwLock<HashMap<ArenaId, Slot>> {
        let [.., last] = *arena_id.as_bytes();
        self.shards.get(usize::from(last) % SHARDS).expect("the remainder is below the number of shards")
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The state, if it is in memory.
    pub(crate) fn get(&self, arena_id: ArenaId) -> Option<Hot> {
        match self.shard(arena_id).read().get(&arena_id)? {
            Slot::Loading(_) => None,
            Slot::Ready { state, touched_ms } => {
                touched_ms.store(self.now_ms(), Ordering::Relaxed);
                Some(state.clone())
            }
        }
    }

    /// Says that a reader begins to load; the ticket goes to [`Cache::finish_load`].
    pub(crate) fn begin_load(&self, arena_id: ArenaId) -> Ticket {
        let ticket = Ticket(self.tickets.fetch_add(1, Ordering::Relaxed));
        self.shard(arena_id).write().entry(arena_id).or_insert(Slot::Loading(ticket));
        ticket
    }

    /// Puts a loaded state in, unless something was published since; without one, takes the ticket back.
    pub(crate) fn finish_load(&self, arena_id: ArenaId, ticket: Ticket, loaded: Option<Hot>) {
        let mut shard = self.shard(arena_id).write();
        if !matches!(shard.get(&arena_id), Some(Slot::Loading(current)) if *current == ticket) {
            return;
        }
        match loaded {
            Some(state) => self.insert(&mut shard, arena_id, state),
            None => {
                shard.remove(&arena_id);
            }
        }
    }

    /// Makes a durable state the one that is seen, unless a reader has loaded a later one. The committer's alone.
    pub(crate) fn publish(&self, arena_id: ArenaId, state: Hot) {
        let mut shard = self.shard(arena_id).write();
        if !matches!(shard.get(&arena_id), Some(Slot::Ready { state: seen, .. }) if seen.sequence() > state.sequence())
        {
            self.insert(&mut shard, arena_id, state);
        }
    }

    fn insert(&self, shard: &mut HashMap<ArenaId, Slot>, arena_id: ArenaId, state: Hot) {
        if shard.len() >= self.shard_capacity && !shard.contains_key(&arena_id) {
            evict_half(shard);
        }
        shard.insert(arena_id, Slot::Ready { state, touched_ms: AtomicU64::new(self.now_ms()) });
    }

    /// Takes one out of memory: what it holds may not be what is stored.
    pub(crate) fn forget(&self, arena_id: ArenaId) {
        self.shard(arena_id).write().remove(&arena_id);
    }

    /// Takes all out of memory.
    pub(crate) fn clear(&self) {
        self.shards.iter().for_each(|shard| shard.write().clear());
    }

    /// Evicts what was not used for `idle`, and gives its memory back.
    pub(crate) fn sweep(&self, idle: Duration) {
        let oldest = self.now_ms().saturating_sub(u64::try_from(idle.as_millis()).unwrap_or(u64::MAX));
        for shard in &self.shards {
            let mut shard = shard.write();
            shard.retain(|_, slot| touched(slot) >= oldest);
            if shard.capacity() > 4 * shard.len() {
                shard.shrink_to_fit();
            }
        }
    }

    /// How many arenas are in memory.
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.read().len()).sum()
    }
}

fn touched(slot: &Slot) -> u64 {
    match slot {
        Slot::Loading(_) => u64::MAX,
        Slot::Ready { touched_ms, .. } => touched_ms.load(Ordering::Relaxed),
    }
}

/// Half, so that a full shard pays for finding the longest unused once in many insertions.
fn evict_half(shard: &mut HashMap<ArenaId, Slot>) {
    let mut times: Vec<u64> = shard.values().map(touched).collect();
    let half = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(half);
    let (median, mut surplus) = (*median, half.max(1));
    shard.retain(|_, slot| {
        let evicted = surplus > 0 && touched(slot) <= median && touched(slot) != u64::MAX;
        surplus -= usize::from(evicted);
        !evicted
    });
}

#[cfg(test)]
mod tests {
    use arena_core::Hash;

    use super::*;
    use crate::{ArenaConfig, ArenaManager, Options};

    #[tokio::test]
    async fn what_is_seen_never_goes_back() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let arena_id = manager.create(ArenaConfig::new("ship")).await.unwrap();
        let state = manager.shared().cache.get(arena_id).and_then(Hot::shared).unwrap();
        let at = |sequence| {
            let head = Head { sequence: Sequence::new(sequence), hash: Hash::ZERO };
            Hot::Shared(Arc::new(ArenaState { head, ..ArenaState::clone(&state) }))
        };
        let cache = Cache::new(64);
        for (published, seen) in [(5, 5), (4, 5), (6, 6), (6, 6)] {
            cache.publish(arena_id, at(published));
            assert_eq!(cache.get(arena_id).unwrap().sequence(), Sequence::new(seen));
        }
        cache.forget(arena_id);
        cache.publish(arena_id, at(4));
        assert_eq!(cache.get(arena_id).unwrap().sequence(), Sequence::new(4));
    }
}
