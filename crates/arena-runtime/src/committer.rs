//! The one writer of a store: takes every command that waits, decides them, and stores them in one transaction.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError, SyncSender},
    },
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use crate::{
    batch::{Ahead, Batch, Submission},
    clock::steady_now,
    error::{RuntimeError, StorageError},
    gate::Gate,
    shared::Shared,
    storing::{Storing, abandoned, forget, publish},
};

/// How many commands a batch holds at most.
const LARGEST_BATCH: usize = 1_024;
/// How long a batch waits for the callers of the last one to come back: draining only what is queued locks them into
/// two half batches.
const LINGER: Duration = Duration::from_micros(100);
/// After how long without commands the log is put in order and idle arenas leave memory.
const REST_AFTER: Duration = Duration::from_millis(500);
/// How often idle arenas leave memory while commands keep coming.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// What arrives at the committer.
#[expect(clippy::large_enum_variant, reason = "all but two messages are commands")]
pub(crate) enum Message {
    Command(Submission),
    /// A batch was stored that another waits behind.
    Stored,
    /// Finish what waits, then stop.
    Stop,
}

/// The one writer of a store, worked by two threads: while one stores a batch, the other decides the next.
pub(crate) struct Committer {
    shared: Arc<Shared>,
    idle_after: Duration,
    deciding: Mutex<Deciding>,
    /// Entered while `deciding` is held: batches are stored in the order in which they were decided.
    gate: Gate<Storing>,
    /// Held by who publishes, from before it leaves the gate: states are published in the order in which they were stored.
    publishing: Mutex<()>,
}

/// What belongs to the thread that decides.
struct Deciding {
    queue: Receiver<Message>,
    /// Commands that had to wait for another batch.
    deferred: Vec<Submission>,
    /// What the batch decided last leads to.
    ahead: Ahead,
    swept: Instant,
    stopping: bool,
}

impl Committer {
    pub(crate) fn new(
        shared: Arc<Shared>,
        sender: SyncSender<Message>,
        queue: Receiver<Message>,
        idle_after: Duration,
    ) -> Self {
        let deciding = Deciding {
            queue,
            deferred: Vec::new(),
            ahead: Ahead::default(),
            swept: steady_now(),
            stopping: false,
        };
        let (deciding, gate) = (Mutex::new(deciding), Gate::new(Storing::default(), sender));
        Self { shared, idle_after, deciding, gate, publishing: Mutex::new(()) }
    }

    /// Works until it is told to stop or nobody can send any more, and everything that waited is done.
    pub(crate) fn run(&self) {
        while self.turn() {}
    }

    /// One batch: decided, stored while the other thread decides the next, published and answered while that stores it.
    /// False when all is done.
    fn turn(&self) -> bool {
        let mut deciding = self.deciding.lock();
        let commands = self.first(&mut deciding);
        if commands.is_empty() {
            if deciding.stopping {
                self.close(&deciding);
            }
            return !deciding.stopping;
        }
        let mut taken = None;
        let decided = catch_unwind(AssertUnwindSafe(|| self.decide(&mut deciding, commands, &mut taken)));
        let mut storing = taken.unwrap_or_else(|| self.gate.enter());
        let Ok(mut batch) = decided else {
            abandoned(&self.shared);
            self.gate.leave(storing);
            return true;
        };
        match &storing.landed {
            Ok(before) => batch.follow(before),
            Err(error) => {
                batch.refuse(error);
                storing.landed = Ok(Vec::new());
                self.gate.leave(storing);
                return true;
            }
        }
        deciding.ahead = batch.close();
        drop(deciding);
        let stored = catch_unwind(AssertUnwindSafe(|| storing.store(&self.shared, &mut batch)));
        let publishing = self.publishing.lock();
        if stored.is_err() {
            abandoned(&self.shared);
            storing.landed = Err(StorageError::Unavailable("the batch before was abandoned".to_owned()));
        }
        if let Ok(Err(_)) = &stored {
            forget(&self.shared, batch.touched());
        }
        self.gate.leave(storing);
        match stored {
            Ok(Ok(committed)) => {
                publish(&self.shared, committed);
                drop(publishing);
                batch.answer();
            }
            Ok(Err(error)) => batch.refuse(&error),
            // The callers see their commands dropped.
            Err(_) => {}
        }
        true
    }

    /// Waits for commands; does what is to be done now and then.
    fn first(&self, deciding: &mut Deciding) -> Vec<Submission> {
        let mut commands = std::mem::take(&mut deciding.deferred);
        if commands.is_empty() && !deciding.stopping {
            match deciding.queue.recv_timeout(REST_AFTER) {
                Ok(message) => self.take(deciding, message, &mut commands),
                Err(RecvTimeoutError::Timeout) => self.rest(),
                Err(RecvTimeoutError::Disconnected) => deciding.stopping = true,
            }
        }
        if deciding.swept.elapsed() >= SWEEP_EVERY.min(self.idle_after) {
            self.shared.cache.sweep(self.idle_after);
            deciding.swept = steady_now();
        }
        commands
    }

    /// Decides what comes until the batch before is stored; then this one is closed, and its storing is `taken`.
    fn decide(
        &self,
        deciding: &mut Deciding,
        mut commands: Vec<Submission>,
        taken: &mut Option<Storing>,
    ) -> Batch<'_> {
        *taken = self.gate.try_enter();
        if let Some(storing) = taken {
            // Nothing is under way: what is published is all there is, once it is.
            drop(self.publishing.lock());
            deciding.ahead = Ahead::default();
            storing.landed = Ok(Vec::new());
        }
        let mut batch = Batch::new(&self.shared, std::mem::take(&mut deciding.ahead));
        let mut decided = 0;
        loop {
            self.drain(deciding, LARGEST_BATCH - decided, &mut commands);
            if let Some(storing) = taken {
                self.linger(deciding, storing, decided, &mut commands);
                storing.last_batch = decided + commands.len();
            }
            decided += commands.len();
            for submission in commands.drain(..) {
                deciding.deferred.extend(batch.decide(submission));
            }
            if taken.is_some() {
                break;
            }
            *taken = self.gate.try_enter();
            if taken.is_none() && decided < LARGEST_BATCH {
                match deciding.queue.recv() {
                    Ok(message) => self.take(deciding, message, &mut commands),
                    Err(_) => *taken = Some(self.gate.enter()),
                }
            } else {
                taken.get_or_insert_with(|| self.gate.enter());
            }
        }
        let decided = u64::try_from(decided).unwrap_or(0);
        self.shared.counters.commands.fetch_add(decided, Ordering::Relaxed);
        batch
    }

    fn drain(&self, deciding: &mut Deciding, room: usize, commands: &mut Vec<Submission>) {
        while commands.len() < room {
            match deciding.queue.try_recv() {
                Ok(message) => self.take(deciding, message, commands),
                Err(_) => break,
            }
        }
    }

    /// Where storing is slow, waits for the last batch's callers.
    fn linger(
        &self,
        deciding: &mut Deciding,
        storing: &Storing,
        decided: usize,
        commands: &mut Vec<Submission>,
    ) {
        if storing.last_batch < 2 || !storing.is_slow() || deciding.stopping {
            return;
        }
        let until = steady_now() + LINGER;
        while decided + commands.len() < storing.last_batch.min(LARGEST_BATCH) {
            let left = until.saturating_duration_since(steady_now());
            match deciding.queue.recv_timeout(left) {
                Ok(message) => self.take(deciding, message, commands),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        self.drain(deciding, LARGEST_BATCH - decided, commands);
    }

    fn take(&self, deciding: &mut Deciding, message: Message, commands: &mut Vec<Submission>) {
        match message {
            Message::Command(submission) => {
                self.shared.counters.leave();
                commands.push(submission);
            }
            Message::Stored => {}
            Message::Stop => deciding.stopping = true,
        }
    }

    fn rest(&self) {
        let Some(mut storing) = self.gate.try_enter() else { return };
        if std::mem::take(&mut storing.dirty) {
            self.shared.storage.rest(false);
        }
        let last_failed = &self.shared.counters.last_failed;
        if last_failed.load(Ordering::Relaxed) && self.shared.storage.probe().is_ok() {
            last_failed.store(false, Ordering::Relaxed);
        }
        storing.last_batch = 0;
        self.gate.leave(storing);
    }

    /// Closes the store when the last batch is in it.
    fn close(&self, deciding: &Deciding) {
        let mut storing = self.gate.enter();
        if !std::mem::replace(&mut storing.closed, true) {
            self.shared.storage.rest(true);
        }
        self.gate.leave(storing);
        while let Ok(message) = deciding.queue.try_recv() {
            if let Message::Command(late) = message {
                // Who asked may have gone.
                let _ = late.reply.send(Err(RuntimeError::Closed));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use arena_core::registry::RegistryCommand;
    use tokio::sync::oneshot;

    use super::*;
    use crate::{Ask, Options, Principal, batch::Job, manager::ArenaManager};

    #[test]
    fn what_is_decided_behind_a_batch_that_fails_is_refused_and_what_comes_after_is_not() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let (sender, queue) = sync_channel(8);
        let rest = Duration::from_secs(60);
        let committer = Committer::new(manager.shared().clone(), sender.clone(), queue, rest);
        let register = || {
            let (reply, answer) = oneshot::channel();
            let agent_id = "alice".parse().unwrap();
            let job =
                Job::Registry(RegistryCommand::RegisterAgent { agent_id, name: None, token_hash: None });
            manager.shared().counters.enter();
            sender
                .send(Message::Command(Submission { ask: Ask::by(Principal::Operator), job, reply }))
                .unwrap();
            answer
        };

        let mut storing = committer.gate.enter();
        let answer = register();
        std::thread::scope(|threads| {
            let turn = threads.spawn(|| committer.turn());
            while !committer.gate.is_wanted() {
                std::thread::yield_now();
            }
            storing.landed = Err(StorageError::Unavailable("full".to_owned()));
            committer.gate.leave(storing);
            assert!(turn.join().unwrap());
        });
        assert!(matches!(answer.blocking_recv().unwrap(), Err(RuntimeError::Storage(_))));
        assert!(!manager.shared().registry.read().registry.is_registered(&"alice".parse().unwrap()));
        assert_eq!(manager.health().position, 1);

        let answer = register();
        while manager.health().waiting > 0 {
            assert!(committer.turn());
        }
        assert!(answer.blocking_recv().unwrap().is_ok());
        assert!(manager.shared().registry.read().registry.is_registered(&"alice".parse().unwrap()));
    }
}
