//! The one writer of a store: takes every command that waits, decides them, and stores them in one transaction.
//!
//! Two threads work it. One gathers, decides and stores; the other publishes and answers what is stored, and decides ahead
//! while the next batch is being stored (`docs/decisions/0013-decide-ahead.md`).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use parking_lot::{Mutex, MutexGuard};

use crate::{
    answering::Answering,
    batch::{Ahead, Batch, Submission},
    clock::steady_now,
    error::{RuntimeError, StorageError},
    shared::Shared,
    storing::{Storing, abandoned, forget},
};

/// How many commands a batch holds at most.
const LARGEST_BATCH: usize = 1_024;
/// How long a batch waits for the callers of the last one to come back: draining only what is queued locks them into
/// two half batches.
const LINGER: Duration = Duration::from_micros(100);
/// While a batch is being stored, how often what came meanwhile is decided. Woken for each command, the thread would take the
/// processors from those who send them (measured over HTTP).
const PAUSE: Duration = Duration::from_micros(100);
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

/// Works until it is told to stop or nobody can send any more, and everything that waited is done.
pub(crate) fn run(shared: &Arc<Shared>, queue: Receiver<Message>, idle_after: Duration) {
    let committer = Committer::new(shared, queue, idle_after);
    std::thread::scope(|threads| {
        let named = std::thread::Builder::new().name("arena-answer".to_owned());
        if let Err(error) = named.spawn_scoped(threads, || committer.help()) {
            tracing::warn!(%error, "no thread for answering could be started; the one that stores does it all");
        }
        let _closing = Closing(&committer.answering);
        let mut storing = Storing::default();
        while committer.turn(&mut storing) {}
    });
}

/// Lets who answers end, however who stores does.
struct Closing<'c, 'a>(&'c Answering<'a>);

impl Drop for Closing<'_, '_> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The one writer of a store.
struct Committer<'a> {
    shared: &'a Shared,
    idle_after: Duration,
    deciding: Mutex<Deciding<'a>>,
    /// The thread that stores wants to go on: who decides ahead leaves off.
    wanted: AtomicBool,
    answering: Answering<'a>,
}

/// What belongs to who decides.
struct Deciding<'a> {
    queue: Receiver<Message>,
    /// Commands that had to wait for another batch.
    deferred: Vec<Submission>,
    /// The batch that is being decided.
    open: Option<Open<'a>>,
    /// What the batch that is being stored leads to.
    ahead: Ahead,
    /// A batch is being stored, and another may be decided on it.
    is_storing: bool,
    /// Deciding ahead came to a sudden end.
    broke: bool,
    swept: Instant,
    stopping: bool,
}

/// A batch that is being decided.
struct Open<'a> {
    batch: Batch<'a>,
    commands: usize,
}

impl<'a> Committer<'a> {
    fn new(shared: &'a Shared, queue: Receiver<Message>, idle_after: Duration) -> Self {
        let deciding = Deciding {
            queue,
            deferred: Vec::new(),
            open: None,
            ahead: Ahead::default(),
            is_storing: false,
            broke: false,
            swept: steady_now(),
            stopping: false,
        };
        Self {
            shared,
            idle_after,
            deciding: Mutex::new(deciding),
            wanted: AtomicBool::new(false),
            answering: Answering::default(),
        }
    }

    /// One batch: decided as far as it is not yet, and stored. False when all is done.
    fn turn(&self, storing: &mut Storing) -> bool {
        let mut deciding = self.regain();
        if std::mem::take(&mut deciding.broke) {
            self.abandon(&mut deciding);
        }
        if let Err(error) = &storing.landed
            && let Some(open) = deciding.open.take()
        {
            // What was decided on a batch that failed falls with it.
            open.batch.refuse(error);
        }
        let Some(first) = self.first(&mut deciding, storing) else { return false };
        if catch_unwind(AssertUnwindSafe(|| self.gather(&mut deciding, storing, first))).is_err() {
            self.abandon(&mut deciding);
        }
        let Some(Open { mut batch, commands }) = deciding.open.take() else { return true };
        if let Ok(before) = &storing.landed {
            batch.follow(before);
        }
        deciding.ahead = batch.close();
        deciding.is_storing = true;
        drop(deciding);
        if commands > 1 {
            self.answering.call();
        }
        storing.last_batch = commands;
        self.shared.counters.batch(commands);
        self.store(storing, batch);
        true
    }

    /// Stores a batch, and leaves it to be published and answered.
    fn store(&self, storing: &mut Storing, mut batch: Batch<'a>) {
        match catch_unwind(AssertUnwindSafe(|| storing.store(self.shared, &mut batch))) {
            Ok(Ok(committed)) => self.answering.push(batch, committed),
            Ok(Err(error)) => {
                self.answering.publish(self.shared);
                forget(self.shared, batch.touched());
                batch.refuse(&error);
            }
            Err(_) => {
                self.answering.publish(self.shared);
                abandoned(self.shared);
                storing.landed = Err(StorageError::Unavailable("the batch before was abandoned".to_owned()));
            }
        }
    }

    /// Drops the batch that deciding broke off in; its callers see their commands dropped.
    fn abandon(&self, deciding: &mut Deciding<'a>) {
        deciding.open = None;
        self.answering.publish(self.shared);
        abandoned(self.shared);
    }

    /// Takes back the right to decide, once a batch is stored.
    fn regain(&self) -> MutexGuard<'_, Deciding<'a>> {
        self.wanted.store(true, Ordering::Release);
        let mut deciding = self.deciding.lock();
        self.wanted.store(false, Ordering::Release);
        deciding.is_storing = false;
        deciding
    }

    /// Waits for commands, unless a batch is open; does what is to be done now and then. Nothing when all is done.
    fn first(&self, deciding: &mut Deciding<'a>, storing: &mut Storing) -> Option<Vec<Submission>> {
        if deciding.swept.elapsed() >= SWEEP_EVERY.min(self.idle_after) {
            self.shared.cache.sweep(self.idle_after);
            deciding.swept = steady_now();
        }
        if deciding.open.is_some() {
            // What was stored meanwhile is published while this one goes on.
            self.answering.call();
            return Some(Vec::new());
        }
        // Nothing is under way: what is published is all there is, once it is.
        self.answering.publish(self.shared);
        deciding.ahead = Ahead::default();
        storing.landed = Ok(Vec::new());
        let mut first = std::mem::take(&mut deciding.deferred);
        while first.is_empty() {
            if deciding.stopping {
                self.finish(deciding);
                return None;
            }
            match deciding.queue.recv_timeout(REST_AFTER) {
                Ok(message) => self.take(deciding, message, &mut first),
                Err(RecvTimeoutError::Timeout) => self.rest(storing),
                Err(RecvTimeoutError::Disconnected) => deciding.stopping = true,
            }
        }
        Some(first)
    }

    /// Decides what waits, for the batch that is stored next.
    fn gather(&self, deciding: &mut Deciding<'a>, storing: &Storing, mut commands: Vec<Submission>) {
        self.receive(deciding, LARGEST_BATCH, &mut commands);
        self.linger(deciding, storing, &mut commands);
        self.decide(deciding, commands);
    }

    /// Decides commands in the batch that is open, or in a new one on what the batch before leads to.
    fn decide(&self, deciding: &mut Deciding<'a>, commands: Vec<Submission>) {
        let Deciding { open, ahead, deferred, .. } = deciding;
        let open = open.get_or_insert_with(|| Open {
            batch: Batch::new(self.shared, std::mem::take(ahead)),
            commands: 0,
        });
        open.commands += commands.len();
        for submission in commands {
            deferred.extend(open.batch.decide(submission));
        }
    }

    /// Publishes and answers what is stored, and decides ahead while a batch is being stored.
    fn help(&self) {
        while self.answering.wait() {
            loop {
                self.answering.publish(self.shared);
                if !self.decide_ahead() || !self.answering.pause(PAUSE) {
                    break;
                }
            }
        }
    }

    /// Decides what came while a batch is being stored. False when none is.
    fn decide_ahead(&self) -> bool {
        let Some(mut deciding) = self.deciding.try_lock() else { return false };
        if !deciding.is_storing || deciding.broke {
            return false;
        }
        if deciding.open.is_none() && !self.answering.is_empty() {
            // A batch is begun on what is published and what is being stored, and on nothing between.
            return true;
        }
        let mut commands = Vec::new();
        if deciding.open.is_none() {
            commands.append(&mut deciding.deferred);
        }
        let decided = catch_unwind(AssertUnwindSafe(|| {
            while !self.wanted.load(Ordering::Acquire) {
                self.receive(&mut deciding, 1, &mut commands);
                if commands.is_empty() {
                    break;
                }
                self.decide(&mut deciding, std::mem::take(&mut commands));
            }
        }));
        deciding.broke = decided.is_err();
        deciding.deferred.append(&mut commands);
        !deciding.broke
    }

    /// Receives without waiting, until `commands` holds `enough` or the open batch is full.
    fn receive(&self, deciding: &mut Deciding<'a>, enough: usize, commands: &mut Vec<Submission>) {
        let decided = deciding.open.as_ref().map_or(0, |open| open.commands);
        let room = enough.min(LARGEST_BATCH.saturating_sub(decided));
        while commands.len() < room {
            match deciding.queue.try_recv() {
                Ok(message) => self.take(deciding, message, commands),
                Err(_) => break,
            }
        }
    }

    /// Where storing is slow, waits for the last batch's callers.
    fn linger(&self, deciding: &mut Deciding<'a>, storing: &Storing, commands: &mut Vec<Submission>) {
        if storing.last_batch < 2 || !storing.is_slow() || deciding.stopping {
            return;
        }
        let decided = deciding.open.as_ref().map_or(0, |open| open.commands);
        let until = steady_now() + LINGER;
        while decided + commands.len() < storing.last_batch.min(LARGEST_BATCH) {
            let left = until.saturating_duration_since(steady_now());
            match deciding.queue.recv_timeout(left) {
                Ok(message) => self.take(deciding, message, commands),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        self.receive(deciding, LARGEST_BATCH, commands);
    }

    fn take(&self, deciding: &mut Deciding<'a>, message: Message, commands: &mut Vec<Submission>) {
        match message {
            Message::Command(submission) => {
                self.shared.counters.leave();
                self.shared.counters.commands.fetch_add(1, Ordering::Relaxed);
                commands.push(submission);
            }
            Message::Stop => deciding.stopping = true,
        }
    }

    fn rest(&self, storing: &mut Storing) {
        if std::mem::take(&mut storing.dirty) {
            self.shared.storage.rest(false);
        }
        let last_failed = &self.shared.counters.last_failed;
        if last_failed.load(Ordering::Relaxed) && self.shared.storage.probe().is_ok() {
            last_failed.store(false, Ordering::Relaxed);
        }
        storing.last_batch = 0;
        self.shared.counters.rest();
    }

    /// Closes the store: the last batch is in it.
    fn finish(&self, deciding: &Deciding<'a>) {
        self.shared.storage.rest(true);
        while let Ok(message) = deciding.queue.try_recv() {
            if let Message::Command(late) = message {
                self.shared.counters.leave();
                // Who asked may have gone.
                let _ = late.reply.send(Err(RuntimeError::Closed));
            }
        }
    }
}

#[cfg(test)]
mod tests;
