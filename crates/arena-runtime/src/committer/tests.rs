//! The committer, worked by hand.

use std::sync::mpsc::{SyncSender, sync_channel};

use arena_core::{
    ArenaConfig, ArenaId, Millis, Timestamp,
    collaboration::{Command, NewStep},
    registry::RegistryCommand,
};
use tokio::sync::oneshot::{self, error::TryRecvError};

use super::*;
use crate::{
    Ask, Options, Principal,
    batch::{Done, Job},
    cache::Hot,
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
        let mut answer = register(shared, queue, "alice");
        assert!(committer.decide_ahead());
        assert_eq!(committer.deciding.lock().open.as_ref().map(|open| open.commands), Some(1));
        storing.landed = Err(StorageError::Unavailable("full".to_owned()));
        let mut after = register(shared, queue, "bob");
        assert!(committer.turn(&mut storing));
        assert!(matches!(answer.try_recv().unwrap(), Err(RuntimeError::Storage(_))));
        assert_eq!(manager.health().position, 2);
        assert!(!is_registered(shared, "bob"), "stored and not yet published");
        committer.answering.publish(shared);
        assert!(after.try_recv().unwrap().is_ok());
        assert!(is_registered(shared, "bob") && !is_registered(shared, "alice"));
    });
}

#[test]
fn nothing_is_begun_ahead_while_a_batch_between_is_not_published() {
    let manager = ArenaManager::open(Options::in_memory()).unwrap();
    let shared = manager.shared();
    on(&manager, |committer, queue| {
        let mut storing = Storing::default();
        let mut first = register(shared, queue, "alice");
        assert!(committer.turn(&mut storing));
        // The next batch is being stored, while this one still waits to be published.
        committer.deciding.lock().is_storing = true;
        let mut second = register(shared, queue, "alice");
        assert!(committer.decide_ahead());
        assert!(committer.deciding.lock().open.is_none());
        committer.answering.publish(shared);
        assert!(first.try_recv().unwrap().is_ok());
        assert!(committer.decide_ahead());
        assert!(committer.turn(&mut storing));
        committer.answering.publish(shared);
        assert!(second.try_recv().unwrap().is_err(), "the name is taken");
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

/// A claim whose lease the timer has lost sight of.
async fn forgotten_claim(manager: &ArenaManager) -> ArenaId {
    let config = ArenaConfig { steps: vec![NewStep::titled("build")], ..ArenaConfig::new("ship") };
    let arena_id = manager.create(config).await.unwrap();
    for command in [Command::Activate, Command::ClaimStep { step: None, lease: None }] {
        manager.submit(Ask::by(Principal::Operator), arena_id, command, |_| Vec::new()).await.unwrap();
    }
    manager.shared().deadlines.remember(&[(arena_id, None)]);
    arena_id
}

#[tokio::test]
async fn after_a_failed_or_abandoned_commit_the_timer_finds_the_deadlines_that_the_store_holds() {
    let manager = ArenaManager::open(Options { test_clock: true, ..Options::in_memory() }).unwrap();
    let shared = manager.shared();
    let [failed, broke_off] = [forgotten_claim(&manager).await, forgotten_claim(&manager).await];
    let day = Millis::from_secs(86_400);
    let position = manager.health().position;
    manager.advance_clock(&Principal::Operator, day).await.unwrap();
    assert_eq!(manager.health().position, position, "nobody looks");
    forget(shared, [(failed, true)].into_iter());
    manager.advance_clock(&Principal::Operator, day).await.unwrap();
    assert_eq!(manager.health().position, position + 1, "the lease of the one has ended");
    shared.counters.position.store(0, Ordering::Relaxed);
    abandoned(shared);
    // The timer is told of the other lease at once, and may have ended it by now.
    assert!(manager.health().position > position, "it is read again");
    manager.advance_clock(&Principal::Operator, day).await.unwrap();
    assert_eq!(manager.health().position, position + 2, "that of the other, too");
    let states =
        [failed, broke_off].map(|arena_id| shared.cache.get(arena_id).and_then(Hot::shared).unwrap());
    assert!(states.iter().all(|state| state.shared.next_deadline().is_none()));
}

#[tokio::test]
async fn a_deadline_that_comes_after_a_failed_commit_is_stored_at_once() {
    let manager = ArenaManager::open(Options::in_memory()).unwrap();
    let shared = manager.shared();
    let config = ArenaConfig { steps: vec![NewStep::titled("build")], ..ArenaConfig::new("ship") };
    let arena_id = manager.create(config).await.unwrap();
    forget(shared, [(arena_id, true)].into_iter());
    for command in [Command::Activate, Command::ClaimStep { step: None, lease: None }] {
        manager.submit(Ask::by(Principal::Operator), arena_id, command, |_| Vec::new()).await.unwrap();
    }
    let stored = shared.storage.opening().unwrap().deadlines;
    assert_eq!(stored.iter().map(|(arena_id, _)| *arena_id).collect::<Vec<_>>(), [arena_id]);
}

#[test]
fn what_was_decided_when_deciding_broke_off_is_dropped_and_what_comes_after_is_not() {
    let manager = ArenaManager::open(Options::in_memory()).unwrap();
    let shared = manager.shared();
    on(&manager, |committer, queue| {
        committer.deciding.lock().is_storing = true;
        let mut dropped = register(shared, queue, "alice");
        assert!(committer.decide_ahead());
        committer.deciding.lock().broke = true;
        let mut after = register(shared, queue, "bob");
        assert!(committer.turn(&mut Storing::default()));
        assert!(matches!(dropped.try_recv(), Err(TryRecvError::Closed)), "its caller sees it dropped");
        committer.answering.publish(shared);
        assert!(after.try_recv().unwrap().is_ok());
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

#[tokio::test]
async fn batches_that_many_share_are_a_reason_to_give_way_until_nothing_is_asked() {
    let manager = ArenaManager::open(Options::in_memory()).unwrap();
    // Its own committer is gone, and touches nothing that the one here does.
    manager.shutdown().await;
    on(&manager, |committer, queue| {
        let mut storing = Storing::default();
        let mut is_busy_after = |commands: u8| {
            let names = ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().take(commands.into());
            let _answers: Vec<_> = names.map(|name| register(manager.shared(), queue, name)).collect();
            committer.turn(&mut storing) && manager.is_busy()
        };
        assert!(!is_busy_after(8));
        assert!((0..100).any(|_| is_busy_after(8)));
        committer.rest(&mut Storing::default());
        assert!(!manager.is_busy());
    });
}
