//! What becomes of a batch that is decided: it is stored, and then published or forgotten.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use arena_core::{
    AgentId, ArenaId, Millis, Position,
    registry::{Registry, RegistryEvent},
};

use crate::{
    batch::Batch,
    cache::{ArenaState, ContestState, Hot},
    clock::steady_now,
    error::StorageError,
    feed::Topic,
    numbering::{Committed, Landed},
    shared::Shared,
    stream::{RegistryState, State, load_registry},
};

/// The committer waits for the last batch's callers only where storing it took at least this long: where a flush is quick,
/// who comes while it works is served as the next batch, and waiting would only leave the machine idle (measured over HTTP).
const SLOW_COMMIT: Duration = Duration::from_millis(1);
/// And several times as long as inserting its rows takes: a large batch is not slow.
const ROW: Duration = Duration::from_micros(20);

/// After how long the timer looks at the arenas of a batch that failed.
const LOOK_AGAIN: Millis = Millis::from_secs(1);

/// What belongs to the thread that stores.
#[derive(Debug)]
pub(crate) struct Storing {
    /// How the batch stored last ended: what was decided on it meanwhile falls with it.
    pub(crate) landed: Result<Vec<Landed>, StorageError>,
    pub(crate) last_batch: usize,
    pub(crate) last_commit: Duration,
    pub(crate) dirty: bool,
}

impl Default for Storing {
    fn default() -> Self {
        Self { landed: Ok(Vec::new()), last_batch: 0, last_commit: Duration::ZERO, dirty: false }
    }
}

impl Storing {
    /// Whether the last batch spent its time on the flush, not on its rows.
    pub(crate) fn is_slow(&self) -> bool {
        let rows = u32::try_from(self.last_batch).unwrap_or(u32::MAX);
        self.last_commit >= SLOW_COMMIT && self.last_commit >= ROW * rows
    }

    /// Stores a batch; answers what is to be published.
    pub(crate) fn store(
        &mut self,
        shared: &Shared,
        batch: &mut Batch<'_>,
    ) -> Result<Committed, StorageError> {
        self.landed = Ok(Vec::new());
        if batch.is_idle() {
            // Numbering makes the answers; there is nothing to number.
            batch.number(Position::ZERO);
            return Ok(Committed::default());
        }
        let counters = &shared.counters;
        let started = steady_now();
        let mut committed = None;
        let stored = shared.storage.write(&mut |last| {
            let (writes, made) = batch.number(last);
            committed = Some((made, last));
            writes
        });
        match (stored, committed) {
            (Ok(()), Some((committed, last))) => {
                let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(0);
                counters.commit_micros.fetch_add(micros, Ordering::Relaxed);
                counters.batches.fetch_add(1, Ordering::Relaxed);
                let events = u64::try_from(committed.events).unwrap_or(0);
                counters.events.fetch_add(events, Ordering::Relaxed);
                counters.position.store(last.get() + events, Ordering::Relaxed);
                let transfers = u64::try_from(committed.transfers).unwrap_or(0);
                counters.transfers.fetch_add(transfers, Ordering::Relaxed);
                counters.last_failed.store(false, Ordering::Relaxed);
                self.dirty = true;
                self.last_commit = started.elapsed();
                // Before the next batch is numbered: what it writes depends on what is remembered.
                shared.deadlines.remember(&committed.deadlines);
                self.landed = Ok(committed.states.iter().map(|(_, landed)| *landed).collect());
                if let Some(settlement) = &committed.settlement {
                    shared.ledger.settle(shared.storage.as_ref(), settlement, committed.contests());
                }
                Ok(committed)
            }
            (Err(error), _) => {
                tracing::error!(%error, "a batch could not be stored; its callers were told");
                counters.failed_batches.fetch_add(1, Ordering::Relaxed);
                counters.last_failed.store(true, Ordering::Relaxed);
                self.landed = Err(error.clone());
                Err(error)
            }
            (Ok(()), None) => unreachable!("a store numbers what it stores"),
        }
    }
}

/// What is in memory is loaded again: it may be of before.
pub(crate) fn abandoned(shared: &Shared) {
    tracing::error!("a batch was abandoned: this is a defect of Arena, please report it");
    shared.cache.clear();
    shared.ledger.forget();
    reload_registry(shared);
    match shared.storage.opening() {
        Ok(stored) => {
            // The next batch may be stored by now, so nothing is taken back.
            stored
                .deadlines
                .into_iter()
                .for_each(|(arena_id, due)| shared.deadlines.look_again(arena_id, due));
            shared.counters.position.fetch_max(stored.position.get(), Ordering::Relaxed);
        }
        Err(error) => tracing::error!(%error, "the deadlines could not be read again"),
    }
    shared.live.publish(None);
}

/// Loads again at the next need what a failed commit touched, and looks again where time decides something: an error does
/// not say that nothing was stored.
pub(crate) fn forget(shared: &Shared, touched: impl Iterator<Item = (ArenaId, bool)>) {
    shared.ledger.forget();
    let soon = shared.clock.now().plus(LOOK_AGAIN);
    for (arena_id, has_deadlines) in touched {
        shared.cache.forget(arena_id);
        if has_deadlines {
            shared.deadlines.look_again(arena_id, soon);
        }
        if arena_id == ArenaId::SYSTEM {
            reload_registry(shared);
        }
    }
    // Who follows looks as well.
    shared.live.publish(None);
}

fn reload_registry(shared: &Shared) {
    match load_registry(shared.storage.as_ref()) {
        Ok(registry) => {
            *shared.registry.write() = Arc::new(registry);
            shared.feed.ring_tokens();
        }
        Err(error) => tracing::error!(%error, "the registry could not be read again"),
    }
}

/// Makes what is durable visible, and wakes who waits for it.
pub(crate) fn publish(shared: &Shared, committed: Committed) {
    let mut grown = Vec::with_capacity(committed.states.len());
    for (state, landed) in committed.states {
        let Landed { arena_id, head, snapshot_at, .. } = landed;
        match state {
            State::Registry(registry) => {
                let now = Arc::new(RegistryState { registry, head, snapshot_at });
                let before = std::mem::replace(&mut *shared.registry.write(), now);
                let ended = committed.ended.iter().filter_map(|event| loser(event, &before.registry));
                grown.extend(ended.map(Topic::Tokens));
                continue;
            }
            State::Shared(Some(state)) => {
                let state = Arc::new(ArenaState { shared: state, head, snapshot_at });
                shared.cache.publish(arena_id, Hot::Shared(state));
            }
            State::Contest(Some(contest)) => {
                let state = Arc::new(ContestState::new(contest, head, snapshot_at));
                shared.cache.publish(arena_id, Hot::Contest(state));
            }
            State::Shared(None) | State::Contest(None) => {}
        }
        grown.push(Topic::Arena(arena_id));
    }
    if committed.events > 0 {
        shared.live.publish(committed.fed);
    }
    shared.feed.ring(grown.into_iter());
}

/// Whose token an event of the registry ended; `before` knows every handle that anybody can have been given.
fn loser(event: &RegistryEvent, before: &Registry) -> Option<AgentId> {
    match event {
        RegistryEvent::AgentTokenReplaced { agent_id, .. } | RegistryEvent::AgentRemoved { agent_id, .. } => {
            Some(agent_id.clone())
        }
        RegistryEvent::HandleRevoked { handle, .. } => Some(before.handle(handle)?.agent_id.clone()),
        RegistryEvent::AgentRegistered { .. }
        | RegistryEvent::HandleIssued { .. }
        | RegistryEvent::Deposited { .. }
        | RegistryEvent::Withdrawn { .. } => None,
    }
}
