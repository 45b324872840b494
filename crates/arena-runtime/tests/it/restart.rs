//! What is read back is what was live: after random commands, over restarts, from snapshots, after eviction.

use std::{process::Command as Process, time::Duration};

use arena_runtime::{
    ArenaEvent, ArenaId, ArenaManager, Millis, Options, Principal, RuntimeError, StorageError,
    collaboration::Status,
    offline,
    storage::{ArenaStorage, DATABASE, SqliteStorage, is_locked},
};
use proptest::{
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};

use crate::{
    fixture::{active, advance, close, code, events, in_dir, in_memory, kinds, seed, state, view},
    walk::{Stride, Walk, stride},
};

/// Runs a property over random walks.
fn walks(cases: u32, arenas: usize, lengths: std::ops::Range<usize>, test: impl Fn(Vec<Stride>)) {
    let seed = seed();
    let config = Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    };
    let strides = prop::collection::vec(stride(arenas), lengths);
    let ran = TestRunner::new(config).run(&strides, |strides| {
        test(strides);
        Ok(())
    });
    if let Err(failure) = ran {
        panic!("ARENA_TEST_SEED={seed}: {failure}");
    }
}

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap().block_on(test)
}

/// Every arena's state, each compared with what its events alone give.
async fn states(manager: &ArenaManager, arenas: &[ArenaId]) -> Vec<String> {
    let mut all = Vec::new();
    for arena_id in arenas {
        let (live, head) = state(manager, *arena_id).await;
        let replayed = manager.state_at(&Principal::Operator, *arena_id, head).await.unwrap();
        assert_eq!(serde_json::to_string(&replayed.shared).unwrap(), live, "replay is not live");
        all.push(live);
    }
    all
}

#[test]
fn replay_and_a_reopened_store_give_the_live_state() {
    walks(40, 2, 1..90, |strides| {
        run(async {
            let dir = tempfile::tempdir().unwrap();
            let walk = Walk::begin(ArenaManager::open(in_dir(dir.path())).unwrap(), 2).await;
            for stride in &strides {
                walk.take(stride).await;
            }
            let Walk { manager, arenas, .. } = walk;
            let live = states(&manager, &arenas).await;
            close(manager).await;
            let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
            assert_eq!(states(&manager, &arenas).await, live, "the reopened store differs");
            close(manager).await;
            let verified = offline::verify(dir.path(), &[]).unwrap();
            assert!(verified.ok, "{:?}", verified.divergences);
        });
    });
}

#[test]
fn both_stores_and_a_runtime_that_forgets_answer_alike() {
    walks(20, 3, 1..120, |strides| {
        run(async {
            let (dir, forgetful) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let options =
                Options { idle_after: Duration::ZERO, hot_arenas: 1, readers: 1, ..in_dir(forgetful.path()) };
            let walks = [
                Walk::begin(in_memory(), 3).await,
                Walk::begin(ArenaManager::open(in_dir(dir.path())).unwrap(), 3).await,
                Walk::begin(ArenaManager::open(options).unwrap(), 3).await,
            ];
            for (index, stride) in strides.iter().enumerate() {
                let mut answers = Vec::new();
                for walk in &walks {
                    answers.push(walk.take(stride).await);
                }
                assert!(
                    answers.iter().all(|answer| *answer == answers[0]),
                    "stride {index} {stride:?}: {answers:?}"
                );
            }
            let mut journals = Vec::new();
            for walk in walks {
                let mut journal = Vec::new();
                for arena_id in &walk.arenas {
                    journal.push(kinds(&walk.manager, *arena_id).await);
                }
                states(&walk.manager, &walk.arenas).await;
                journals.push(journal);
                close(walk.manager).await;
            }
            assert!(journals.iter().all(|journal| *journal == journals[0]));
        });
    });
}

/// An arena with many events and a small state, in a closed store; and its state.
async fn long_lived(dir: &std::path::Path) -> (ArenaId, String) {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    let arena_id = active(&manager, &["alice"], 2).await;
    let alice = view(&manager, "alice", arena_id);
    for _ in 0..150 {
        let held = alice.claim(None, None).await.unwrap().unwrap();
        alice.release(held.step, held.fence).await.unwrap();
    }
    let (live, _) = state(&manager, arena_id).await;
    close(manager).await;
    (arena_id, live)
}

async fn reopened(dir: &std::path::Path, arena_id: ArenaId) -> String {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    let (found, _) = state(&manager, arena_id).await;
    close(manager).await;
    found
}

fn edit(dir: &std::path::Path, statement: &str, values: impl rusqlite::Params) -> usize {
    rusqlite::Connection::open(dir.join(DATABASE)).unwrap().execute(statement, values).unwrap()
}

#[tokio::test]
async fn a_snapshot_is_taken_and_stands_for_the_events_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let (arena_id, live) = long_lived(dir.path()).await;
    let stream = SqliteStorage::open(dir.path()).unwrap().stream(arena_id).unwrap().unwrap();
    let at = stream.snapshot.expect("a snapshot was taken").head.sequence;
    assert!(stream.tail.len() < 256, "{} events after the snapshot", stream.tail.len());
    // Without the events before its own, only the snapshot can tell.
    let gone = edit(
        dir.path(),
        "DELETE FROM events WHERE arena_id = ?1 AND sequence < ?2",
        (arena_id.to_string(), at.get()),
    );
    assert!(gone >= 255);
    assert_eq!(reopened(dir.path(), arena_id).await, live);
    assert!(!offline::verify(dir.path(), &[]).unwrap().ok);
}

#[tokio::test]
async fn a_snapshot_of_another_form_or_with_another_hash_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let (arena_id, live) = long_lived(dir.path()).await;
    let odd = b"{\"of an older form\":1}".to_vec();
    edit(
        dir.path(),
        "UPDATE snapshots SET state = ?1, state_hash = ?2 WHERE arena_id = ?3",
        (&odd, arena_runtime::Hash::of(&odd).as_bytes(), arena_id.to_string()),
    );
    assert_eq!(reopened(dir.path(), arena_id).await, live);
    let forged = live.replace("find out", "find in!").into_bytes();
    let only_the_state = "UPDATE snapshots SET state = ?1 WHERE arena_id = ?2";
    edit(dir.path(), only_the_state, (&forged, arena_id.to_string()));
    assert_eq!(reopened(dir.path(), arena_id).await, live);
}

#[tokio::test]
async fn an_idle_arena_leaves_memory_and_answers_as_before() {
    let manager =
        ArenaManager::open(Options { test_clock: true, idle_after: Duration::ZERO, ..Options::in_memory() })
            .unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    let (before, _) = state(&manager, arena_id).await;
    until_cold(&manager).await;
    assert_eq!(state(&manager, arena_id).await.0, before);
    assert!(view(&manager, "alice", arena_id).claim(None, None).await.unwrap().is_some());
    close(manager).await;
}

/// Asks for an arena and goes away before the answer comes.
async fn give_up(manager: &ArenaManager, arena_id: ArenaId) {
    tokio::select! {
        biased;
        _ = manager.arena(&Principal::Operator, arena_id) => {}
        () = std::future::ready(()) => {}
    }
}

#[tokio::test]
async fn a_read_that_is_given_up_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    close(manager).await;
    // With one reader, an answer says that those asked for before are dealt with.
    let options = Options { readers: 1, idle_after: Duration::ZERO, ..in_dir(dir.path()) };
    let manager = ArenaManager::open(options).unwrap();
    let absent = ArenaId::from_bytes([7; 16]);
    give_up(&manager, absent).await;
    assert_eq!(code(manager.arena(&Principal::Operator, absent).await.map(|_| ())), "not_found");
    assert_eq!(manager.health().hot_arenas, 0);
    give_up(&manager, arena_id).await;
    state(&manager, arena_id).await;
    assert!(manager.health().hot_arenas <= 1);
    until_cold(&manager).await;
    close(manager).await;
}

/// The committer forgets what is idle after a batch.
async fn until_cold(manager: &ArenaManager) {
    while manager.health().hot_arenas > 0 {
        crate::fixture::register(manager, &[&format!("agent-{}", manager.health().position)]).await;
    }
}

#[tokio::test]
async fn deadlines_outlive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let claimed = active(&manager, &["alice"], 1).await;
    let settling = active(&manager, &["alice"], 1).await;
    view(&manager, "alice", claimed).claim(None, None).await.unwrap().unwrap();
    manager.operator(settling).settle().await.unwrap();
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    advance(&manager, 10_000).await;
    let all = events(&manager, claimed).await;
    let last = all.last().unwrap();
    assert_eq!((last.kind.as_str(), last.actor.as_str()), ("lease_expired", "system"));
    assert_eq!(manager.operator(settling).state().await.unwrap().shared.status(), Status::Settling);
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    advance(&manager, 50_000).await;
    assert_eq!(kinds(&manager, settling).await.last().unwrap(), "arena_archived");
    close(manager).await;
}

#[tokio::test]
async fn a_deadline_that_passed_while_nobody_ran_is_carried_out_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    close(manager).await;
    let storage = SqliteStorage::open(dir.path()).unwrap();
    let later = storage.opening().unwrap().test_clock.unwrap().plus(Millis::from_secs(60));
    storage.set_test_clock(later).unwrap();
    drop(storage);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    // Answers when nothing is due any more.
    advance(&manager, 0).await;
    assert_eq!(kinds(&manager, arena_id).await.last().unwrap(), "lease_expired");
    close(manager).await;
}

#[tokio::test]
async fn a_sealed_arena_leaves_no_deadline_behind() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    let operator = manager.operator(arena_id);
    view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    operator.settle().await.unwrap();
    view(&manager, "alice", arena_id)
        .submit(arena_runtime::collaboration::Command::RemoveParticipant {
            agent_id: crate::fixture::id("alice"),
        })
        .await
        .unwrap();
    operator.archive().await.unwrap();
    advance(&manager, 120_000).await;
    drop(operator);
    close(manager).await;
    assert_eq!(SqliteStorage::open(dir.path()).unwrap().opening().unwrap().deadlines, []);
}

#[tokio::test]
async fn the_stopped_clock_is_stored_and_such_a_store_opens_only_so() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    advance(&manager, 86_400_000).await;
    let shown = manager.now();
    close(manager).await;
    let with_machine_clock = ArenaManager::open(Options::in_dir(dir.path()));
    assert!(matches!(with_machine_clock.map(|_| ()), Err(RuntimeError::Storage(StorageError::Refused(_)))));
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(manager.now(), shown);
    close(manager).await;

    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(Options::in_dir(dir.path())).unwrap();
    let moved = manager.advance_clock(&Principal::Operator, Millis::new(1)).await;
    assert_eq!(code(moved), "not_found");
    close(manager).await;
    let stopped = ArenaManager::open(in_dir(dir.path()));
    assert!(matches!(stopped.map(|_| ()), Err(RuntimeError::Storage(StorageError::Refused(_)))));
    let manager = ArenaManager::open(Options::in_dir(dir.path())).unwrap();
    close(manager).await;
}

#[tokio::test]
async fn a_runtime_that_was_shut_down_has_let_go_of_its_store_though_handles_live_on() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    let alice = view(&manager, "alice", arena_id);
    manager.shutdown().await;
    let again = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert!(view(&again, "alice", arena_id).claim(None, None).await.unwrap().is_some());
    assert_eq!(code(alice.claim(None, None).await), "overloaded", "the old one takes nothing any more");
    close(again).await;
}

const CHILD: &str = "ARENA_TEST_SECOND_PROCESS";

#[tokio::test]
async fn a_store_is_open_once_also_for_another_process() {
    if let Some(dir) = std::env::var_os(CHILD) {
        // The second process: says what it found by its exit code.
        let refused = matches!(
            ArenaManager::open(in_dir(dir.as_ref())).map(|_| ()),
            Err(RuntimeError::Storage(StorageError::Refused(_)))
        );
        std::process::exit(if refused { 42 } else { 43 });
    }
    let dir = tempfile::tempdir().unwrap();
    let second_process = || {
        let name = "restart::a_store_is_open_once_also_for_another_process";
        let mut process = Process::new(std::env::current_exe().unwrap());
        process.args(["--exact", name]).env(CHILD, dir.path());
        process.output().unwrap().status.code()
    };
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let again = ArenaManager::open(in_dir(dir.path()));
    assert!(matches!(again.map(|_| ()), Err(RuntimeError::Storage(StorageError::Refused(_)))));
    assert_eq!((second_process(), is_locked(dir.path()).unwrap()), (Some(42), true));
    let copy = tempfile::tempdir().unwrap();
    offline::backup(dir.path(), &copy.path().join("copy.db")).unwrap();
    close(manager).await;
    assert_eq!((second_process(), is_locked(dir.path()).unwrap()), (Some(43), false));
}

#[tokio::test]
async fn the_state_at_each_sequence_is_the_fold_of_the_events_up_to_it() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 2).await;
    let alice = view(&manager, "alice", arena_id);
    let held = alice.claim(None, None).await.unwrap().unwrap();
    alice.complete(held.step, held.fence, Some("done")).await.unwrap();
    let mut folded = None;
    for stored in events(&manager, arena_id).await {
        let event: ArenaEvent = stored.decode().unwrap();
        match &mut folded {
            None => folded = arena_runtime::SharedArena::begin(arena_id, &event),
            Some(shared) => shared.evolve(&event),
        }
        let at = manager.state_at(&Principal::Operator, arena_id, stored.sequence).await.unwrap();
        assert_eq!((Some(at.shared.as_ref().clone()), at.head), (folded.clone(), stored.head()));
    }
    let head = state(&manager, arena_id).await.1;
    for beyond in [arena_runtime::Sequence::ZERO, head.next()] {
        assert_eq!(
            code(manager.state_at(&Principal::Operator, arena_id, beyond).await.map(|_| ())),
            "not_found"
        );
    }
    close(manager).await;
}
