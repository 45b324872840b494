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
        let count = u64::try_from(commands.len()).unwrap_or(0);
        self.shared.counters.commands.fetch_add(count, Ordering::Relaxed);
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
    }

    /// Closes the store: the last batch is in it.
    fn finish(&self, deciding: &Deciding<'a>) {
        self.shared.storage.rest(true);
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
    use std::sync::mpsc::{SyncSender, sync_channel};

    use arena_core::{
        ArenaConfig, Timestamp,
        collaboration::{Command, NewStep},
        registry::RegistryCommand,
    };
    use tokio::sync::oneshot;

    use super::*;
    use crate::{
        Ask, Options, Principal,
        batch::{Done, Job},
        manager::ArenaManager,
    };

    type Answer = oneshot::Receiver<Result<Done, RuntimeError>>;

    /// Gives the command to register an agent.
    fn register(shared: &Shared, queue: &SyncSender<Message>, name: &str) -> Answer {
        let (reply, answer) = oneshot::channel();
        let agent_id = name.parse().unwrap();
        let job = Job::Registry(RegistryCommand::RegisterAgent { agent_id, name: None, token_hash: None });
        shared.counters.enter();
        queue.send(Message::Command(Submission { ask: Ask::by(Principal::Operator), job, reply })).unwrap();
        answer
    }

    fn is_registered(shared: &Shared, name: &str) -> bool {
        shared.registry.read().registry.is_registered(&name.parse().unwrap())
    }

    /// A committer that nobody works but the test, on a manager's store, which has another that is idle.
    fn on<T>(manager: &ArenaManager, test: impl FnOnce(&Committer<'_>, &SyncSender<Message>) -> T) -> T {
        let (sender, queue) = sync_channel(8);
        test(&Committer::new(manager.shared(), queue, Duration::from_secs(60)), &sender)
    }

    #[test]
    fn what_is_decided_ahead_of_a_batch_that_fails_is_refused_and_what_comes_after_is_not() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let shared = manager.shared();
        on(&manager, |committer, queue| {
            let mut storing = Storing::default();
            committer.deciding.lock().is_storing = true;
            let answer = register(shared, queue, "alice");
            assert!(committer.decide_ahead());
            assert_eq!(committer.deciding.lock().open.as_ref().map(|open| open.commands), Some(1));
            storing.landed = Err(StorageError::Unavailable("full".to_owned()));
            let after = register(shared, queue, "bob");
            assert!(committer.turn(&mut storing));
            assert!(matches!(answer.blocking_recv().unwrap(), Err(RuntimeError::Storage(_))));
            assert_eq!(manager.health().position, 2);
            assert!(!is_registered(shared, "bob"), "stored and not yet published");
            committer.answering.publish(shared);
            assert!(after.blocking_recv().unwrap().is_ok());
            assert!(is_registered(shared, "bob") && !is_registered(shared, "alice"));
        });
    }

    #[test]
    fn nothing_is_begun_ahead_while_a_batch_between_is_not_published() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let shared = manager.shared();
        on(&manager, |committer, queue| {
            let mut storing = Storing::default();
            let first = register(shared, queue, "alice");
            assert!(committer.turn(&mut storing));
            // The next batch is being stored, while this one still waits to be published.
            committer.deciding.lock().is_storing = true;
            let second = register(shared, queue, "alice");
            assert!(committer.decide_ahead());
            assert!(committer.deciding.lock().open.is_none());
            committer.answering.publish(shared);
            assert!(first.blocking_recv().unwrap().is_ok());
            assert!(committer.decide_ahead());
            assert!(committer.turn(&mut storing));
            committer.answering.publish(shared);
            assert!(second.blocking_recv().unwrap().is_err(), "the name is taken");
        });
    }

    #[test]
    fn the_next_batch_is_numbered_on_the_deadlines_of_the_one_before_though_that_is_not_published() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let shared = manager.shared();
        let config = ArenaConfig { steps: vec![NewStep::titled("build")], ..ArenaConfig::new("ship") };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let arena_id = runtime.block_on(manager.create(config)).unwrap();
        on(&manager, |committer, queue| {
            for command in [Command::Activate, Command::ClaimStep { step: None, lease: None }] {
                let (reply, _answer) = oneshot::channel();
                let job = Job::Shared { arena_id, command, bytes: None, render: |_| Vec::new() };
                shared.counters.enter();
                let submission = Submission { ask: Ask::by(Principal::Operator), job, reply };
                queue.send(Message::Command(submission)).unwrap();
                assert!(committer.turn(&mut Storing::default()));
            }
            assert!(!committer.answering.is_empty(), "the claim is stored and not published");
            let later = Some(Timestamp::from_millis(u64::MAX / 2));
            assert_eq!(shared.deadlines.change(arena_id, later, false), None, "an earlier one is remembered");
        });
    }

    #[test]
    fn what_was_decided_when_deciding_broke_off_is_dropped_and_what_comes_after_is_not() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let shared = manager.shared();
        on(&manager, |committer, queue| {
            committer.deciding.lock().is_storing = true;
            let dropped = register(shared, queue, "alice");
            assert!(committer.decide_ahead());
            committer.deciding.lock().broke = true;
            let after = register(shared, queue, "bob");
            assert!(committer.turn(&mut Storing::default()));
            assert!(dropped.blocking_recv().is_err(), "its caller sees it dropped");
            committer.answering.publish(shared);
            assert!(after.blocking_recv().unwrap().is_ok());
            assert!(is_registered(shared, "bob") && !is_registered(shared, "alice"));
        });
    }

    #[test]
    fn nothing_is_decided_ahead_while_nothing_is_stored_and_who_stores_is_not_held_up() {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        on(&manager, |committer, queue| {
            let _answer = register(manager.shared(), queue, "alice");
            assert!(!committer.decide_ahead());
            committer.deciding.lock().is_storing = true;
            committer.wanted.store(true, Ordering::Release);
            assert!(committer.decide_ahead());
            assert!(committer.deciding.lock().open.is_none());
            committer.wanted.store(false, Ordering::Release);
            assert!(committer.decide_ahead());
            assert_eq!(committer.deciding.lock().open.as_ref().map(|open| open.commands), Some(1));
        });
    }
}
