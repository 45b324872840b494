//! The one writer of a store: takes every command that waits, decides them, and stores them in one transaction.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use arena_core::{ArenaId, Position};

use crate::{
    batch::{Batch, Submission},
    cache::ArenaState,
    clock::steady_now,
    error::RuntimeError,
    numbering::Committed,
    shared::Shared,
    stream::{RegistryState, State, load_registry},
};

/// How many commands a batch holds at most.
const LARGEST_BATCH: usize = 1_024;
/// How long a batch waits for the callers of the last one to come back: draining only what is queued locks them into
/// two half batches.
const LINGER: Duration = Duration::from_micros(100);
/// It waits only where the last batch took at least this long to store: where a flush is quick, callers who come while the
/// committer works are served as the next batch, and waiting would only leave the machine idle (measured over HTTP).
const SLOW_COMMIT: Duration = Duration::from_millis(1);
/// After how long without commands the log is put in order and idle arenas leave memory.
const REST_AFTER: Duration = Duration::from_millis(500);
/// How often idle arenas leave memory while commands keep coming.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// What arrives at the committer.
#[expect(clippy::large_enum_variant, reason = "all but one message are commands")]
pub(crate) enum Message {
    Command(Submission),
    /// Finish what waits, then stop.
    Stop,
}

/// The committer's own state.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    queue: Receiver<Message>,
    idle_after: Duration,
    /// Commands that had to wait for another batch.
    deferred: Vec<Submission>,
    last_batch: usize,
    last_commit: Duration,
    swept: Instant,
    dirty: bool,
    stopping: bool,
}

impl Committer {
    pub(crate) fn new(shared: Arc<Shared>, queue: Receiver<Message>, idle_after: Duration) -> Self {
        Self {
            shared,
            queue,
            idle_after,
            deferred: Vec::new(),
            last_batch: 0,
            last_commit: Duration::ZERO,
            swept: steady_now(),
            dirty: false,
            stopping: false,
        }
    }

    /// Works until it is told to stop or nobody can send any more, and everything that waited is done.
    pub(crate) fn run(mut self) {
        loop {
            let commands = self.gather();
            if commands.is_empty() {
                if self.stopping {
                    break;
                }
                continue;
            }
            self.last_batch = commands.len();
            let done = catch_unwind(AssertUnwindSafe(|| self.commit(commands)));
            if done.is_err() {
                // The callers see their commands dropped. What is in memory is loaded again: it may be of before.
                tracing::error!("a batch was abandoned: this is a defect of Arena, please report it");
                self.shared.cache.clear();
                reload_registry(&self.shared);
            }
            self.sweep_when_due();
        }
        self.shared.storage.rest(true);
        while let Ok(Message::Command(late)) = self.queue.try_recv() {
            // Who asked may have gone.
            let _ = late.reply.send(Err(RuntimeError::Closed));
        }
    }

    /// Every command that waits; those of the last batch's callers too, when they are quick.
    fn gather(&mut self) -> Vec<Submission> {
        let mut commands = std::mem::take(&mut self.deferred);
        if commands.is_empty() && !self.stopping {
            match self.queue.recv_timeout(REST_AFTER) {
                Ok(message) => self.take(message, &mut commands),
                Err(RecvTimeoutError::Timeout) => self.rest(),
                Err(RecvTimeoutError::Disconnected) => self.stopping = true,
            }
        }
        self.drain(&mut commands);
        if self.last_batch > 1 && self.last_commit >= SLOW_COMMIT && !commands.is_empty() && !self.stopping {
            self.linger(&mut commands);
        }
        commands
    }

    fn drain(&mut self, commands: &mut Vec<Submission>) {
        while commands.len() < LARGEST_BATCH {
            match self.queue.try_recv() {
                Ok(message) => self.take(message, commands),
                Err(_) => break,
            }
        }
    }

    fn linger(&mut self, commands: &mut Vec<Submission>) {
        let until = steady_now() + LINGER;
        while commands.len() < self.last_batch.min(LARGEST_BATCH) {
            let left = until.saturating_duration_since(steady_now());
            match self.queue.recv_timeout(left) {
                Ok(message) => self.take(message, commands),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        self.drain(commands);
    }

    fn take(&mut self, message: Message, commands: &mut Vec<Submission>) {
        match message {
            Message::Command(submission) => {
                self.shared.counters.leave();
                commands.push(submission);
            }
            Message::Stop => self.stopping = true,
        }
    }

    fn commit(&mut self, commands: Vec<Submission>) {
        let counters = &self.shared.counters;
        counters.commands.fetch_add(u64::try_from(commands.len()).unwrap_or(0), Ordering::Relaxed);
        let mut batch = Batch::new(&self.shared);
        for submission in commands {
            self.deferred.extend(batch.decide(submission));
        }
        if batch.is_idle() {
            // Numbering makes the answers; there is nothing to number.
            batch.number(Position::ZERO);
            return batch.answer();
        }
        let started = steady_now();
        let mut committed = None;
        let stored = self.shared.storage.write(&mut |last| {
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
                counters.last_failed.store(false, Ordering::Relaxed);
                self.dirty = true;
                self.last_commit = started.elapsed();
                publish(&self.shared, committed);
                batch.answer();
            }
            (Err(error), _) => {
                tracing::error!(%error, "a batch could not be stored; its callers were told");
                counters.failed_batches.fetch_add(1, Ordering::Relaxed);
                counters.last_failed.store(true, Ordering::Relaxed);
                forget(&self.shared, batch.touched());
                batch.refuse(&error);
            }
            (Ok(()), None) => unreachable!("a store numbers what it stores"),
        }
    }

    fn rest(&mut self) {
        if std::mem::take(&mut self.dirty) {
            self.shared.storage.rest(false);
        }
        let last_failed = &self.shared.counters.last_failed;
        if last_failed.load(Ordering::Relaxed) && self.shared.storage.probe().is_ok() {
            last_failed.store(false, Ordering::Relaxed);
        }
        self.last_batch = 0;
        self.sweep_when_due();
    }

    fn sweep_when_due(&mut self) {
        if self.swept.elapsed() >= SWEEP_EVERY.min(self.idle_after) {
            self.shared.cache.sweep(self.idle_after);
            self.swept = steady_now();
        }
    }
}

/// Loads again at the next need what a failed commit touched: an error does not say that nothing was stored.
fn forget(shared: &Shared, touched: impl Iterator<Item = ArenaId>) {
    for arena_id in touched {
        shared.cache.forget(arena_id);
        if arena_id == ArenaId::SYSTEM {
            reload_registry(shared);
        }
    }
}

fn reload_registry(shared: &Shared) {
    match load_registry(shared.storage.as_ref()) {
        Ok(registry) => *shared.registry.write() = Arc::new(registry),
        Err(error) => tracing::error!(%error, "the registry could not be read again"),
    }
}

/// Makes what is durable visible, and wakes who waits for it.
fn publish(shared: &Shared, committed: Committed) {
    let mut grown = Vec::with_capacity(committed.states.len());
    for (arena_id, state, head, snapshot_at) in committed.states {
        grown.push(arena_id);
        match state {
            State::Registry(registry) => {
                *shared.registry.write() = Arc::new(RegistryState { registry, head, snapshot_at });
            }
            State::Shared(Some(state)) => {
                shared.cache.publish(arena_id, Arc::new(ArenaState { shared: state, head, snapshot_at }));
            }
            State::Shared(None) => {}
        }
    }
    shared.deadlines.remember(&committed.deadlines);
    shared.feed.ring(grown.into_iter());
}
