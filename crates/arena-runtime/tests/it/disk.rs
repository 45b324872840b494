//! A full disk: what cannot be stored is refused whole, reads go on, and all is well when there is room again.

use arena_runtime::{
    ArenaId, ArenaManager, Ask, Hash, NewArtifact, Principal, Reply, RuntimeError, StepNumber, StorageError,
    collaboration::{ArtifactKind, ArtifactName, Command},
    offline,
};

use crate::fixture::{
    active, advance, agent, close, code, config, events, id, in_dir, keyed, kinds, managers, state, view,
};

fn large(n: usize) -> String {
    format!("{n} {}", "x".repeat(60_000))
}

/// Says large things until the store is full; answers how many were stored.
async fn fill(manager: &ArenaManager, arena_id: ArenaId) -> usize {
    fill_as(manager, "alice", arena_id).await
}

async fn fill_as(manager: &ArenaManager, name: &str, arena_id: ArenaId) -> usize {
    for n in 0.. {
        match view(manager, name, arena_id).say(&large(n)).await {
            Ok(()) => {}
            Err(RuntimeError::Storage(StorageError::Unavailable(_))) => return n,
            Err(other) => panic!("another refusal: {other}"),
        }
    }
    unreachable!("the store is bounded")
}

async fn put(
    manager: &ArenaManager,
    arena_id: ArenaId,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Reply, RuntimeError> {
    let put = NewArtifact {
        name: name.parse().unwrap(),
        claim: None,
        expected_version: None,
        kind: ArtifactKind::File,
        media_type: "application/octet-stream".into(),
        bytes: bytes.into(),
    };
    manager.put_artifact(Ask::by(agent("alice")), arena_id, put, |_| Vec::new()).await
}

#[tokio::test]
async fn a_full_store_refuses_whole_commands_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 2).await;
    let held = view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    manager.limit_size(Some(1_000_000)).await.unwrap();
    let said = fill(&manager, arena_id).await;
    assert!(said > 5, "{said}");
    assert!(!manager.health().ready);

    let before =
        (state(&manager, arena_id).await, events(&manager, arena_id).await, manager.health().position);
    let name: ArtifactName = "big".parse().unwrap();
    let say = || Command::SendMessage { to: Vec::new(), body: large(0).into() };
    let mine = || keyed(agent("alice"), "key-1", "say");
    let goal = "g".repeat(16_000);
    let huge = arena_runtime::ArenaConfig { goal: goal.as_str().into(), ..config(&["alice"], 2_000) };
    for refused in [
        code(put(&manager, arena_id, "big", vec![7; 300_000]).await),
        code(manager.submit(mine(), arena_id, say(), |_| Vec::new()).await),
        code(view(&manager, "alice", arena_id).put_fact("big".parse().unwrap(), &large(1)).await),
        code(view(&manager, "alice", arena_id).complete(held.step, held.fence, Some(&large(2))).await),
        code(manager.create(huge).await),
    ] {
        assert_eq!(refused, "storage_unavailable");
    }
    // Reads go on, and see nothing of what was refused.
    assert_eq!(
        (state(&manager, arena_id).await, events(&manager, arena_id).await, manager.health().position),
        before
    );
    assert_eq!(
        code(manager.artifact(&Principal::Operator, arena_id, &name, None).await.map(|_| ())),
        "not_found"
    );
    assert_eq!(manager.active_arenas_for(&id("alice")).await.unwrap(), [arena_id]);
    assert_eq!(
        manager.facts(&Principal::Operator, arena_id, Default::default()).await.unwrap().items.len(),
        0
    );

    manager.limit_size(None).await.unwrap();
    let stored = manager.submit(mine(), arena_id, say(), |_| Vec::new()).await.unwrap();
    assert!(!stored.replayed, "the refused command kept no answer");
    assert!(manager.health().ready);
    put(&manager, arena_id, "big", vec![7; 300_000]).await.unwrap();
    view(&manager, "alice", arena_id).complete(held.step, held.fence, Some(&large(2))).await.unwrap();
    let (row, bytes) = manager.artifact(&Principal::Operator, arena_id, &name, None).await.unwrap();
    assert_eq!((row.version, row.sha256), (1, Hash::of(&bytes)));
    let live = state(&manager, arena_id).await;
    close(manager).await;
    let verified = offline::verify(dir.path(), &[]).unwrap();
    assert!(verified.ok, "{:?}", verified.divergences);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(state(&manager, arena_id).await, live);
    close(manager).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_while_the_store_filled_up_is_there_and_nothing_else() {
    for (store, manager, _dir) in managers() {
        let names: Vec<String> = (0..16).map(|n| format!("agent-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let arena_id = active(&manager, &names, 0).await;
        manager.limit_size(Some(2_000_000)).await.unwrap();
        let writers: Vec<_> = names
            .iter()
            .map(|name| {
                let writer = view(&manager, name, arena_id);
                tokio::spawn(async move {
                    let mut told = Vec::new();
                    for n in 0..8 {
                        let body = format!("{} {}", writer.agent_id(), large(n));
                        match writer.say(&body).await {
                            Ok(()) => told.push(body),
                            refused => assert_eq!(code(refused), "storage_unavailable"),
                        }
                    }
                    told
                })
            })
            .collect();
        let mut told = Vec::new();
        for writer in writers {
            told.extend(writer.await.unwrap());
        }
        assert!(!told.is_empty() && told.len() < 16 * 8, "{store}: {} of 128", told.len());
        let messages =
            manager.messages(&Principal::Operator, arena_id, Default::default(), 999).await.unwrap();
        let mut stored: Vec<String> = messages
            .items
            .iter()
            .map(|event| {
                serde_json::from_str::<serde_json::Value>(&event.payload).unwrap()["body"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        stored.sort();
        told.sort();
        assert!(stored == told, "{store}: {} were acknowledged, {} are stored", told.len(), stored.len());
        close(manager).await;
    }
}

#[tokio::test]
async fn a_deadline_that_could_not_be_stored_is_carried_out_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    // As many leases as their expiry cannot find room for in the pages that are there.
    let arena_id = active(&manager, &["alice"], 900).await;
    let alice = view(&manager, "alice", arena_id);
    for _ in 0..900 {
        alice.claim(None, None).await.unwrap().unwrap();
    }
    manager.limit_size(Some(4_096)).await.unwrap();
    let ahead = manager.now().plus(arena_runtime::Millis::from_secs(10));
    let moving = {
        let manager = manager.clone();
        tokio::spawn(async move {
            manager.advance_clock(&Principal::Operator, arena_runtime::Millis::from_secs(10)).await
        })
    };
    // Until the timer was refused once; then there is room again.
    while manager.health().failed_batches == 0 && !moving.is_finished() {
        tokio::task::yield_now().await;
    }
    manager.limit_size(None).await.unwrap();
    // It may have been told that the store is unavailable; moving on brings it about in any case.
    let _ = moving.await.unwrap();
    assert_eq!(manager.now(), ahead);
    advance(&manager, 1_000).await;
    let expired = kinds(&manager, arena_id).await.iter().filter(|kind| *kind == "lease_expired").count();
    assert_eq!(expired, 900);
    drop(alice);
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
}

/// Small commands are decided while a batch with a large one is being refused by the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_on_a_batch_that_failed_falls_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let names: Vec<String> = (0..32).map(|n| format!("agent-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let arena_id = active(&manager, &names, names.len()).await;
    manager.limit_size(Some(1_500_000)).await.unwrap();
    fill_as(&manager, "agent-0", arena_id).await;
    let workers: Vec<_> = (1..)
        .zip(names)
        .map(|(number, name)| {
            let worker = view(&manager, name, arena_id);
            let step = StepNumber::new(number);
            tokio::spawn(async move {
                let mut told = 0;
                for n in 0..200 {
                    if number % 16 == 1 {
                        assert_eq!(code(worker.say(&large(n)).await), "storage_unavailable");
                    } else if let Ok(Some(held)) = worker.claim(step, None).await {
                        told += 1;
                        told += usize::from(worker.release(held.step, held.fence).await.is_ok());
                    }
                }
                told
            })
        })
        .collect();
    let mut told = 0;
    for worker in workers {
        told += worker.await.unwrap();
    }
    assert!(told > 0, "some were stored beside the failures");
    assert!(manager.health().failed_batches > 10, "{}", manager.health().failed_batches);
    let fences: Vec<u64> = events(&manager, arena_id)
        .await
        .iter()
        .filter(|event| event.kind == "step_claimed")
        .map(|event| {
            serde_json::from_str::<serde_json::Value>(&event.payload).unwrap()["fence"].as_u64().unwrap()
        })
        .collect();
    let counted: Vec<u64> = (1..).take(fences.len()).collect();
    assert_eq!(fences, counted, "a fence was counted on from one that was not stored");
    manager.limit_size(None).await.unwrap();
    let live = state(&manager, arena_id).await;
    close(manager).await;
    let verified = offline::verify(dir.path(), &[]).unwrap();
    assert!(verified.ok, "{:?}", verified.divergences);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(state(&manager, arena_id).await, live, "the state holds what was not stored");
    close(manager).await;
}
