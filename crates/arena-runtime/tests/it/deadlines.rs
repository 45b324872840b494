//! What time decides: leases end, settling arenas are sealed, tokens and handles are void; acted on by `system`.

use arena_runtime::{
    ArenaConfig, ArenaManager, Ask, Millis, NewHandle, Principal,
    collaboration::{Status, StepStatus},
    storage::{ArenaStorage, SqliteStorage},
};

use crate::fixture::{
    active, advance, agent, close, code, config, events, id, in_dir, kinds, managers, register, view,
};

#[tokio::test]
async fn a_lease_ends_when_its_time_has_come_and_not_before() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice", "bob"], 1).await;
        let held = view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
        advance(&manager, 9_999).await;
        assert_eq!(kinds(&manager, arena_id).await.last().unwrap(), "step_claimed", "{store}");
        assert_eq!(
            code(view(&manager, "bob", arena_id).claim(Some(held.step), None).await),
            "already_claimed"
        );
        advance(&manager, 1).await;
        let all = events(&manager, arena_id).await;
        let last = all.last().unwrap();
        assert_eq!((last.kind.as_str(), last.actor.as_str()), ("lease_expired", "system"), "{store}");
        assert_eq!(last.recorded_at, held.expires_at, "{store}");
        let state = manager.operator(arena_id).state().await.unwrap();
        assert_eq!(state.shared.step(held.step).unwrap().status, StepStatus::Ready, "{store}");
        assert!(view(&manager, "bob", arena_id).claim(Some(held.step), None).await.unwrap().is_some());
        close(manager).await;
    }
}

#[tokio::test]
async fn a_renewed_lease_ends_later() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        let alice = view(&manager, "alice", arena_id);
        let held = alice.claim(None, None).await.unwrap().unwrap();
        for _ in 0..3 {
            advance(&manager, 9_000).await;
            alice.renew(held.step, held.fence).await.unwrap();
        }
        assert!(!kinds(&manager, arena_id).await.contains(&"lease_expired".to_owned()), "{store}");
        advance(&manager, 10_000).await;
        assert_eq!(kinds(&manager, arena_id).await.last().unwrap(), "lease_expired", "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn the_settle_deadline_revokes_what_is_left_and_seals_in_the_name_of_system() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice", "bob"], 2).await;
        view(&manager, "alice", arena_id).claim(None, Some(Millis::from_secs(600))).await.unwrap().unwrap();
        let short =
            view(&manager, "bob", arena_id).claim(None, Some(Millis::from_secs(20))).await.unwrap().unwrap();
        let operator = manager.operator(arena_id);
        operator.settle().await.unwrap();
        assert_eq!(code(operator.archive().await), "leases_open", "{store}");
        advance(&manager, 59_999).await;
        assert_eq!(operator.state().await.unwrap().shared.status(), Status::Settling, "{store}");
        advance(&manager, 1).await;
        let tail = events(&manager, arena_id).await.split_off(8);
        let tail: Vec<_> = tail.iter().map(|event| (event.kind.as_str(), event.actor.as_str())).collect();
        let expected = [
            ("settling_started", "operator"),
            ("lease_expired", "system"),
            ("lease_revoked", "system"),
            ("arena_archived", "system"),
        ];
        assert_eq!(tail, expected, "{store}: bob's lease of 20 s ran out, alice's was cut at the deadline");
        let report = operator.report().await.unwrap().report;
        assert_eq!(report.steps[short.step.index()].attempts, 1, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_grace_of_zero_seals_at_once() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let config = ArenaConfig { settle_grace: Millis::ZERO, ..config(&["alice"], 1) };
        let arena_id = manager.create(config).await.unwrap();
        let operator = manager.operator(arena_id);
        operator.activate().await.unwrap();
        view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
        operator.settle().await.unwrap();
        // The deadline is now: nobody needs to move the clock.
        advance(&manager, 0).await;
        let kinds = kinds(&manager, arena_id).await;
        assert_eq!(
            kinds[kinds.len() - 3..],
            ["settling_started", "lease_revoked", "arena_archived"],
            "{store}"
        );
        close(manager).await;
    }
}

#[tokio::test]
async fn after_the_deadline_any_participant_may_seal() {
    // Whoever comes first, the timer or the observer, the arena is sealed once.
    let (_, manager, _dir) = managers().swap_remove(0);
    let arena_id = active(&manager, &["alice"], 1).await;
    manager.operator(arena_id).settle().await.unwrap();
    assert_eq!(code(view(&manager, "alice", arena_id).archive().await), "forbidden");
    let alice = view(&manager, "alice", arena_id);
    let (_, sealed) = tokio::join!(advance(&manager, 60_000), alice.archive());
    if let Err(refused) = sealed {
        assert!(matches!(refused.code(), "wrong_state" | "forbidden"), "{refused}");
    }
    assert_eq!(kinds(&manager, arena_id).await.iter().filter(|kind| *kind == "arena_archived").count(), 1);
    close(manager).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moving_the_clock_answers_after_every_deadline_it_passed() {
    for (store, manager, _dir) in managers() {
        let mut arenas = Vec::new();
        for n in 0..60u64 {
            let arena_id = active(&manager, &["alice"], 3).await;
            let alice = view(&manager, "alice", arena_id);
            for lease in [1 + n % 7, 3 + n % 11, 100] {
                alice.claim(None, Some(Millis::from_secs(lease))).await.unwrap().unwrap();
            }
            arenas.push(arena_id);
        }
        for passed in [0, 2, 5, 13, 99, 100u64] {
            let now = manager.now();
            let before = arenas.len();
            assert_eq!(before, 60);
            let moved = manager.advance_clock(&Principal::Operator, Millis::from_secs(passed)).await.unwrap();
            assert_eq!(moved, now.plus(Millis::from_secs(passed)), "{store}");
            for arena_id in &arenas {
                let state = manager.operator(*arena_id).state().await.unwrap();
                let open = state.shared.next_deadline();
                assert!(open.is_none_or(|due| due > moved), "{store}: {open:?} is past at {moved}");
                for step in state.shared.steps() {
                    let late = step.claim.as_ref().filter(|claim| claim.expires_at <= moved);
                    assert_eq!(late, None, "{store}");
                }
            }
        }
        close(manager).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moves_of_the_clock_at_once_all_count_and_are_stored() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let before = manager.now();
    let moved: Vec<_> = (1..=20u64)
        .map(|ms| {
            let manager = manager.clone();
            tokio::spawn(async move { advance(&manager, ms).await })
        })
        .collect();
    for moved in moved {
        moved.await.unwrap();
    }
    let after = before.plus(Millis::new(210));
    assert_eq!(manager.now(), after);
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(manager.now(), after, "the last time was stored last");
    close(manager).await;
}

#[tokio::test]
async fn only_the_operator_moves_the_clock() {
    let (_, manager, _dir) = managers().swap_remove(1);
    register(&manager, &["alice"]).await;
    assert_eq!(code(manager.advance_clock(&agent("alice"), Millis::new(1)).await), "forbidden");
    close(manager).await;
}

#[tokio::test]
async fn a_handle_is_void_when_its_time_has_come_and_when_it_is_revoked() {
    for (store, manager, _dir) in managers() {
        let arena_id = active(&manager, &["alice"], 1).await;
        let new = || NewHandle {
            agent_id: id("alice"),
            permissions: None,
            step: None,
            ttl: Some(Millis::from_secs(30)),
        };
        let by = || Ask::by(agent("alice"));
        let timed = manager.issue_handle(by(), arena_id, new()).await.unwrap();
        let revoked = manager.issue_handle(by(), arena_id, new()).await.unwrap();
        assert_eq!(timed.expires_at, manager.now().plus(Millis::from_secs(30)), "{store}");
        manager.revoke_handle(by(), arena_id, revoked.handle).await.unwrap();
        assert_eq!(code(manager.authenticate(&revoked.token)), "unauthenticated", "{store}");
        assert_eq!(code(manager.revoke_handle(by(), arena_id, revoked.handle).await), "not_found", "{store}");
        advance(&manager, 29_999).await;
        assert!(manager.authenticate(&timed.token).is_ok(), "{store}");
        advance(&manager, 1).await;
        assert_eq!(code(manager.authenticate(&timed.token)), "unauthenticated", "{store}");
        // Also once another event has made the registry forget it.
        register(&manager, &["bob"]).await;
        assert_eq!(code(manager.authenticate(&timed.token)), "unauthenticated", "{store}");
        for ttl in [999, 2_592_000_001] {
            let new = NewHandle { ttl: Some(Millis::new(ttl)), ..new() };
            assert_eq!(
                code(manager.issue_handle(by(), arena_id, new).await.map(|_| ())),
                "invalid",
                "{store}"
            );
        }
        close(manager).await;
    }
}

#[tokio::test]
async fn a_removed_agent_s_token_and_handles_are_void() {
    for (store, manager, _dir) in managers() {
        let issued = manager.register_agent(Ask::by(Principal::Operator), id("alice"), None).await.unwrap();
        let arena_id = active(&manager, &["alice"], 1).await;
        let new = NewHandle { agent_id: id("alice"), permissions: None, step: None, ttl: None };
        let handle = manager.issue_handle(Ask::by(agent("alice")), arena_id, new).await.unwrap();
        for token in [&issued.token, &handle.token] {
            assert_eq!(manager.authenticate(token).unwrap().agent_id(), id("alice"), "{store}");
        }
        manager.remove_agent(Ask::by(Principal::Operator), id("alice")).await.unwrap();
        for token in [&issued.token, &handle.token, "", "arena_agent_nonsense", "arena_handle_a.b"] {
            assert_eq!(code(manager.authenticate(token)), "unauthenticated", "{store}");
        }
        close(manager).await;
    }
}

#[tokio::test]
async fn a_passed_deadline_counts_whether_or_not_the_timer_has_run() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice", "bob"], 1).await;
    let held = view(&manager, "alice", arena_id).claim(None, None).await.unwrap().unwrap();
    close(manager).await;
    let storage = SqliteStorage::open(dir.path()).unwrap();
    storage.set_test_clock(held.expires_at).unwrap();
    drop(storage);
    // The claim races the timer of a runtime that starts late; the lease is over for both.
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert!(view(&manager, "bob", arena_id).claim(Some(held.step), None).await.unwrap().is_some());
    let tail = kinds(&manager, arena_id).await.split_off(6);
    assert_eq!(tail, ["step_claimed", "lease_expired", "step_claimed"]);
    close(manager).await;
}
