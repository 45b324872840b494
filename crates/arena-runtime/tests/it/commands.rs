//! Commands through the one committer: conditions, numbers without gaps, late results, the sealed report.

use std::collections::BTreeMap;

use arena_runtime::{
    ArenaId, ArenaManager, ArenaQuery, Ask, Hash, Millis, NewArtifact, Position, Principal, SealedReport,
    Sequence, StoredEvent,
    collaboration::{ArtifactKind, Command, Head, Rejection, Role, Status, StepStatus},
    offline,
    storage::{ArenaStorage, SqliteStorage},
};

use crate::fixture::{
    active, advance, agent, close, code, config, events, id, in_dir, in_memory, keyed, kinds, managers,
    register, rejection, state, view,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn if_match_lets_one_of_many_through() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 0).await;
    let (_, at) = state(&manager, arena_id).await;
    let say = Command::SendMessage { to: Vec::new(), body: "mine".into() };
    let asked: Vec<_> = (0..16)
        .map(|_| {
            let ask = Ask { if_match: Some(at), ..Ask::by(agent("alice")) };
            let (manager, say) = (manager.clone(), say.clone());
            tokio::spawn(async move { manager.submit(ask, arena_id, say, |_| Vec::new()).await })
        })
        .collect();
    let mut passed = 0;
    for asked in asked {
        match asked.await.unwrap() {
            Ok(_) => passed += 1,
            refused => {
                let expected = Rejection::SequenceMismatch { current: at.next(), expected: at };
                assert_eq!(rejection(refused), expected);
            }
        }
    }
    assert_eq!((passed, state(&manager, arena_id).await.1), (1, at.next()));
    let ahead = Ask { if_match: Some(Sequence::new(99)), ..Ask::by(agent("alice")) };
    assert_eq!(code(manager.submit(ahead, arena_id, say, |_| Vec::new()).await), "version_mismatch");
    close(manager).await;
}

/// Each stream's numbers and the journal's positions have no gap, and each event follows the one before.
fn assert_gap_free(journal: &[StoredEvent]) {
    let mut ends: BTreeMap<ArenaId, Head> = BTreeMap::new();
    for (event, position) in journal.iter().zip(1..) {
        assert_eq!(event.position, Position::new(position));
        let start = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
        let before = ends.insert(event.arena_id, event.head()).unwrap_or(start);
        event.check_after(before).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_arenas_written_at_once_have_numbers_without_gaps() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &["alice"]).await;
    let writers: Vec<_> = (0..40)
        .map(|writer| {
            let manager = manager.clone();
            tokio::spawn(async move {
                let arena_id = manager.create(config(&["alice"], 1)).await.unwrap();
                let (operator, alice) = (manager.operator(arena_id), view(&manager, "alice", arena_id));
                operator.activate().await.unwrap();
                let (held, _, refused) = tokio::join!(
                    alice.claim(None, None),
                    operator.say("good luck"),
                    // Refused in the middle of it all; uses no number.
                    alice.settle(),
                );
                assert_eq!(code(refused), "forbidden");
                let held = held.unwrap().unwrap();
                alice.complete(held.step, held.fence, Some("done")).await.unwrap();
                let message = format!("from {writer}");
                tokio::try_join!(alice.say(&message), operator.say(&message), operator.settle()).unwrap();
                arena_id
            })
        })
        .collect();
    let mut arenas = Vec::new();
    for writer in writers {
        arenas.push(writer.await.unwrap());
    }
    for arena_id in &arenas {
        // created, joined twice, steps, activated, claimed, said, completed, said twice, settling
        assert_eq!(events(&manager, *arena_id).await.len(), 11);
    }
    let position = manager.health().position;
    close(manager).await;
    let journal = SqliteStorage::open(dir.path()).unwrap().journal(Position::ZERO, usize::MAX >> 1).unwrap();
    assert_eq!(journal.len(), 40 * 11 + 2);
    assert_eq!(position, 40 * 11 + 2);
    assert_gap_free(&journal);
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_grow_while_the_clock_stands_still_and_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut made = Vec::new();
    // Often enough that ids which begin anew would hardly be in order by chance.
    for _ in 0..8 {
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        for _ in 0..4 {
            made.push(manager.create(config(&[], 0)).await.unwrap());
        }
        close(manager).await;
    }
    assert!(made.is_sorted_by(|one, next| one < next), "{made:?}");
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let query = ArenaQuery { limit: 99, ..ArenaQuery::default() };
    let listed = manager.arenas(&Principal::Operator, query).await.unwrap();
    let listed: Vec<ArenaId> = listed.items.iter().map(|arena| arena.shared.arena_id()).collect();
    assert_eq!(listed, made, "a list is in the order of creation");
    close(manager).await;
}

#[tokio::test]
async fn a_late_result_is_kept_while_its_caller_is_refused_and_may_be_adopted() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice", "bob"], 1).await;
        let alice = view(&manager, "alice", arena_id);
        let held = alice.claim(None, None).await.unwrap().unwrap();
        advance(&manager, 10_000).await;
        let late = Command::CompleteStep {
            step: held.step,
            fence: held.fence,
            result: Some("late".into()),
            cost: None,
        };
        let ask = || keyed(agent("alice"), "key-1", "complete");
        let refused = manager.submit(ask(), arena_id, late.clone(), |_| Vec::new()).await;
        let expected =
            Rejection::StaleFence { step: held.step, given: held.fence, current: None, orphan: true };
        assert_eq!(rejection(refused), expected, "{store}");
        let (_, kept_at) = state(&manager, arena_id).await;
        assert_eq!(kinds(&manager, arena_id).await.last().unwrap(), "result_orphaned", "{store}");
        // Nothing was kept under the key: it is decided anew, refused again, and recorded no second time.
        let again = manager.submit(ask(), arena_id, late, |_| Vec::new()).await;
        assert_eq!(rejection(again), expected, "{store}");
        assert_eq!(state(&manager, arena_id).await.1, kept_at, "{store}");

        view(&manager, "bob", arena_id).claim(None, None).await.unwrap().unwrap();
        let operator = manager.operator(arena_id);
        operator.submit(Command::AdoptResult { step: held.step, fence: held.fence }).await.unwrap();
        let tail = kinds(&manager, arena_id).await.split_off(usize::try_from(kept_at.get()).unwrap());
        assert_eq!(tail, ["step_claimed", "lease_revoked", "result_adopted", "step_completed"], "{store}");
        let text = manager.step_result(&Principal::Operator, arena_id, held.step).await.unwrap();
        assert_eq!(text.as_deref(), Some("late"), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn missing_evidence_refuses_and_renews_the_lease() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 1).await;
    let evidence = arena_runtime::collaboration::Evidence { artifacts: Vec::new(), approval: true };
    let edit = arena_runtime::collaboration::StepEdit { evidence: Some(evidence), ..Default::default() };
    let operator = manager.operator(arena_id);
    operator.submit(Command::EditStep { step: crate::fixture::step(1), edit }).await.unwrap();
    let alice = view(&manager, "alice", arena_id);
    let held = alice.claim(None, None).await.unwrap().unwrap();
    advance(&manager, 9_000).await;
    assert_eq!(code(alice.complete(held.step, held.fence, None).await), "evidence_missing");
    advance(&manager, 9_000).await;
    operator.submit(Command::ApproveStep { step: held.step }).await.unwrap();
    alice.complete(held.step, held.fence, None).await.unwrap();
    close(manager).await;
}

/// An arena with something of everything, archived.
async fn archived(manager: &ArenaManager) -> ArenaId {
    let arena_id = active(manager, &["alice", "bob"], 3).await;
    let alice = view(manager, "alice", arena_id);
    let held = alice.claim(None, None).await.unwrap().unwrap();
    let put = NewArtifact {
        name: "a/b.txt".parse().unwrap(),
        claim: Some((held.step, held.fence)),
        expected_version: Some(0),
        kind: ArtifactKind::Text,
        media_type: "text/plain".into(),
        bytes: bytes::Bytes::from_static(b"words"),
    };
    manager.put_artifact(Ask::by(agent("alice")), arena_id, put, |_| Vec::new()).await.unwrap();
    alice.put_fact("ключ".parse().unwrap(), "значение \u{1F600}").await.unwrap();
    alice.complete(held.step, held.fence, Some("result")).await.unwrap();
    let operator = manager.operator(arena_id);
    assert_eq!(code(operator.report().await), "wrong_state");
    operator.settle().await.unwrap();
    operator.archive().await.unwrap();
    arena_id
}

/// The hash that somebody else computes from the report's JSON.
fn recomputed(report: &SealedReport) -> Hash {
    let mut json = serde_json::to_value(report).unwrap();
    json.as_object_mut().unwrap().remove("report_hash").unwrap();
    Hash::of(&serde_json_canonicalizer::to_vec(&json).unwrap())
}

#[tokio::test]
async fn a_sealed_report_is_the_same_twice_after_a_restart_and_by_others_arithmetic() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = archived(&manager).await;
    let report = manager.operator(arena_id).report().await.unwrap();
    assert_eq!(report, manager.operator(arena_id).report().await.unwrap());
    assert_eq!(report.report_hash, recomputed(&report));
    let all = events(&manager, arena_id).await;
    let [.., before, sealing] = all.as_slice() else { panic!("an archived arena has events") };
    assert_eq!((before.kind.as_str(), sealing.kind.as_str()), ("settling_started", "arena_archived"));
    assert_eq!(report.report.head, before.head());
    assert!(sealing.payload.contains(&report.report_hash.to_string()));
    let counts = report.report.counts;
    assert_eq!((counts.completed_steps, counts.total_steps, counts.artifacts, counts.facts), (1, 3, 1, 1));
    close(manager).await;

    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(manager.operator(arena_id).report().await.unwrap(), report);
    for refused in [manager.operator(arena_id).archive().await, manager.operator(arena_id).say("late").await]
    {
        assert_eq!(code(refused), "wrong_state");
    }
    let (row, bytes) =
        manager.artifact(&agent("bob"), arena_id, &"a/b.txt".parse().unwrap(), None).await.unwrap();
    assert_eq!(
        (row.sha256, bytes.as_slice()),
        (Hash::of(b"words"), &b"words"[..]),
        "readable after archiving"
    );
    close(manager).await;
}

#[tokio::test]
async fn archiving_twice_at_once_seals_once() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        let operator = manager.operator(arena_id);
        operator.settle().await.unwrap();
        // One batch or two: the second is decided on a sealed arena.
        let (one, two, said) = tokio::join!(operator.archive(), operator.archive(), operator.say("too late"));
        one.unwrap();
        assert_eq!((code(two), code(said)), ("wrong_state", "wrong_state"), "{store}");
        assert_eq!(kinds(&manager, arena_id).await.last().unwrap(), "arena_archived", "{store}");
        let report = operator.report().await.unwrap();
        assert_eq!(report.report_hash, recomputed(&report), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn active_arenas_for_names_those_at_work_in_which_the_agent_takes_part() {
    for (store, manager, _dir) in managers() {
        let at_work = active(&manager, &["alice", "bob"], 0).await;
        let created = manager.create(config(&["alice"], 0)).await.unwrap();
        let left = active(&manager, &["alice"], 0).await;
        view(&manager, "alice", left)
            .submit(Command::RemoveParticipant { agent_id: id("alice") })
            .await
            .unwrap();
        let settling = active(&manager, &["alice"], 0).await;
        manager.operator(settling).settle().await.unwrap();
        let later = active(&manager, &["bob"], 0).await;
        manager.operator(later).add_participant(id("alice"), Role::Observer).await.unwrap();
        let of = |name: &str| {
            let (manager, agent) = (manager.clone(), id(name));
            async move { manager.active_arenas_for(&agent).await.unwrap() }
        };
        assert_eq!(of("alice").await, [at_work, later], "{store}");
        assert_eq!(of("bob").await, [at_work, later], "{store}");
        assert_eq!(of("operator").await, [at_work, left, later], "{store}");
        assert_eq!(of("nobody").await, [], "{store}");
        manager.operator(created).activate().await.unwrap();
        assert_eq!(of("alice").await, [at_work, created, later], "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_stranger_learns_nothing_and_a_handle_reaches_its_own_arena_only() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 1).await;
    let other = active(&manager, &["alice", "bob"], 1).await;
    for refused in [
        code(manager.arena(&agent("bob"), arena_id).await.map(|_| ())),
        code(view(&manager, "bob", arena_id).claim(None, None).await),
        code(manager.arena(&agent("alice"), ArenaId::from_bytes([9; 16])).await.map(|_| ())),
        code(manager.arena(&Principal::Operator, ArenaId::SYSTEM).await.map(|_| ())),
        code(manager.operator(ArenaId::SYSTEM).activate().await),
    ] {
        assert_eq!(refused, "not_found");
    }
    let new = arena_runtime::NewHandle {
        agent_id: id("alice"),
        permissions: Some([arena_runtime::collaboration::Permission::Read].into_iter().collect()),
        step: None,
        ttl: Some(Millis::from_secs(60)),
    };
    let issued = manager.issue_handle(Ask::by(agent("alice")), arena_id, new).await.unwrap();
    let handle = manager.authenticate(&issued.token).unwrap();
    assert_eq!(manager.arena(&handle, arena_id).await.unwrap().shared.arena_id(), arena_id);
    assert_eq!(code(manager.arena(&handle, other).await.map(|_| ())), "not_found");
    assert_eq!(code(manager.handle(handle.clone(), other).claim(None, None).await), "not_found");
    assert_eq!(code(manager.handle(handle.clone(), arena_id).claim(None, None).await), "forbidden");
    assert_eq!(code(manager.create_as(handle.clone(), config(&[], 0)).await), "forbidden");
    let blind = arena_runtime::NewHandle {
        agent_id: id("alice"),
        permissions: Some([arena_runtime::collaboration::Permission::Share].into_iter().collect()),
        step: None,
        ttl: None,
    };
    let issued = manager.issue_handle(Ask::by(agent("alice")), arena_id, blind).await.unwrap();
    let blind = manager.authenticate(&issued.token).unwrap();
    manager.handle(blind.clone(), arena_id).say("into the dark").await.unwrap();
    assert_eq!(code(manager.arena(&blind, arena_id).await.map(|_| ())), "forbidden");
    assert_eq!(code(manager.events(&blind, arena_id, Default::default()).await), "forbidden");
    let query = ArenaQuery { limit: 9, ..ArenaQuery::default() };
    assert_eq!(manager.arenas(&handle, query.clone()).await.unwrap().items.len(), 1);
    assert_eq!(manager.arenas(&agent("bob"), query).await.unwrap().items.len(), 1);
    close(manager).await;
}

#[tokio::test]
async fn an_arena_changes_its_list_with_its_status() {
    let manager = in_memory();
    let arena_id = active(&manager, &["alice"], 1).await;
    let operator = manager.operator(arena_id);
    let listed = |status| {
        let (manager, query) =
            (manager.clone(), ArenaQuery { status: Some(status), limit: 9, ..Default::default() });
        async move { manager.arenas(&agent("alice"), query).await.unwrap().items.len() }
    };
    assert_eq!((listed(Status::Created).await, listed(Status::Active).await), (0, 1));
    let held = view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    operator.settle().await.unwrap();
    assert_eq!((listed(Status::Active).await, listed(Status::Settling).await), (0, 1));
    assert_eq!(code(operator.archive().await), "leases_open");
    view(&manager, "alice", arena_id).complete(held.step, held.fence, None).await.unwrap();
    operator.archive().await.unwrap();
    assert_eq!((listed(Status::Settling).await, listed(Status::Archived).await), (0, 1));
    let state = operator.state().await.unwrap();
    assert_eq!(state.shared.step(held.step).unwrap().status, StepStatus::Completed);
    close(manager).await;
}
