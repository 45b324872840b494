//! Contests through the manager: who may do what is the core's; here money moves with events, or not at all.

use arena_runtime::{
    Account, ArenaManager, ArenaStorage, ContestQuery, EventQuery, Principal, Sequence,
    contest::{Gates, PayoutKind, Score, Status, Terms},
    offline,
    storage::SqliteStorage,
};

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{advance, agent, close, code, id, in_dir, in_memory, managers, register},
};

#[tokio::test]
async fn money_moves_with_the_events_of_a_contest_from_deposits_to_prizes() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        for name in ["alice", "bob", "carol"] {
            deposit(&manager, name, 1_000).await;
        }
        let cup = Cup::open(&manager, "carol", terms(300, 500)).await;
        assert_eq!(balance(&manager, Account::Bond(cup.arena_id)).await, 500, "{store}");
        assert_eq!(balance(&manager, Account::Wallet(id("carol"))).await, 500, "{store}");
        cup.enter(&["alice", "bob"]).await;
        assert_eq!(balance(&manager, Account::Escrow(cup.arena_id)).await, 600, "{store}");
        cup.play(&["bob"]).await;
        let carol = cup.of("carol");
        for kind in [PayoutKind::CreatorFee, PayoutKind::Bond, PayoutKind::ProtocolFee] {
            carol.payout(kind, None).await.unwrap();
        }
        cup.of("alice").payout(PayoutKind::Prize, None).await.unwrap();
        assert_eq!(code(cup.of("alice").payout(PayoutKind::Prize, None).await), "already_paid", "{store}");
        let creator = agent("carol");
        let transfers = manager.contest_transfers(&creator, cup.arena_id).await.unwrap();
        assert_eq!(transfers.len(), 7, "{store}");
        for (account, expected) in [
            (Account::Escrow(cup.arena_id), 0),
            (Account::Bond(cup.arena_id), 0),
            (Account::Treasury, 6),
            (Account::Wallet(id("carol")), 1_060),
            (Account::Wallet(id("alice")), 1_234),
            (Account::Wallet(id("bob")), 700),
        ] {
            assert_eq!(balance(&manager, account.clone()).await, expected, "{store}: {account}");
        }
        let counters = manager.profile(&id("alice")).await.unwrap().unwrap().counters;
        assert_eq!((counters.entered, counters.completed, counters.wins, counters.earnings), (1, 1, 1, 534));
        let counters = manager.profile(&id("bob")).await.unwrap().unwrap().counters;
        assert_eq!((counters.completed, counters.wins, counters.eliminations), (1, 0, 1), "{store}");
        assert!(audited(&manager).await.checked > 10, "{store}");
        assert_eq!(manager.health().safe_mode, None);
        let too_much = manager
            .withdraw(arena_runtime::Ask::by(Principal::Operator), id("bob"), coins(701), "out 1".into())
            .await;
        assert_eq!(code(too_much), "insufficient_funds", "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn who_waits_for_a_contest_is_woken_by_its_next_event() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "carol"]).await;
        let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
        let wait = EventQuery {
            after: Sequence::new(1),
            limit: 9,
            wait: Some(std::time::Duration::from_secs(60)),
            ..EventQuery::default()
        };
        let reader = agent("carol");
        let waiting = manager.contest_events(&reader, cup.arena_id, wait);
        let alice = cup.of("alice");
        let (page, entered) = tokio::join!(waiting, alice.enter());
        entered.unwrap();
        let page = page.unwrap();
        assert_eq!((page.items[0].kind.as_str(), page.head.get()), ("agent_entered", 2), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn standings_and_obligations_are_made_once_for_all_who_read_a_state() {
    let manager = in_memory();
    register(&manager, &["alice", "bob", "carol"]).await;
    let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
    cup.enter(&["alice", "bob"]).await;
    cup.oracle().start().await.unwrap();
    let reader = agent("bob");
    let read = || manager.contest_standings(&reader, cup.arena_id);
    let (one, other) = (read().await.unwrap(), read().await.unwrap());
    assert!(std::ptr::eq(one.standings(), other.standings()) && one.standings().len() == 2);
    cup.oracle().submit_round(1, vec![id("alice")], [].into()).await.unwrap();
    cup.oracle().finalize(None).await.unwrap();
    let after = read().await.unwrap();
    assert_eq!(after.standings(), after.contest.standings());
    assert_ne!(after.standings(), one.standings());
    let owed = || manager.contest_obligations(&reader, cup.arena_id);
    let (one, other) = (owed().await.unwrap(), owed().await.unwrap());
    assert!(std::ptr::eq(one.obligations(), other.obligations()));
    assert_eq!(one.obligations(), after.contest.obligations());
    close(manager).await;
}

#[tokio::test]
async fn the_size_of_a_receipt_is_known_before_it_is_read() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        let (cup, actions) = crate::actions::stored(&manager).await;
        let reader = agent("bob");
        assert_eq!(code(manager.receipt_size(&reader, cup.arena_id).await), "wrong_state", "{store}");
        cup.oracle().finalize(None).await.unwrap();
        let parts = manager.receipt(&reader, cup.arena_id).await.unwrap();
        let events: usize = parts.events.iter().map(|event| 512 + event.payload.len()).sum();
        let size = manager.receipt_size(&reader, cup.arena_id).await.unwrap();
        assert_eq!(size, u64::try_from(actions.len() + events).unwrap(), "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn contests_are_listed_by_status_in_pages() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        let mut cups = Vec::new();
        for number in 0..6 {
            let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
            cup.enter(&["alice", "bob"]).await;
            match number % 3 {
                0 => {}
                1 => cup.oracle().cancel().await.unwrap(),
                _ => cup.play(&["alice"]).await,
            }
            cups.push(cup.arena_id);
        }
        let list = |status, after, limit| {
            let query = ContestQuery { status, after, limit, ..ContestQuery::default() };
            let manager = manager.clone();
            async move {
                let page = manager.contests(&agent("bob"), query).await.unwrap();
                let ids: Vec<_> = page.items.iter().map(|state| state.contest.arena_id()).collect();
                (ids, page.more)
            }
        };
        assert_eq!(list(None, None, 9).await, (cups.clone(), false), "{store}");
        assert_eq!(list(None, Some(cups[1]), 2).await, (cups[2..4].to_vec(), true), "{store}");
        assert_eq!(list(Some(Status::Finished), None, 9).await, (vec![cups[2], cups[5]], false), "{store}");
        assert_eq!(list(Some(Status::Cancelled), None, 1).await, (vec![cups[1]], true), "{store}");
        assert_eq!(
            list(Some(Status::Registration), Some(cups[0]), 9).await,
            (vec![cups[3]], false),
            "{store}"
        );
        assert_eq!(list(Some(Status::Abandoned), None, 9).await.0, [], "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_gate_opens_with_what_the_profile_shows_and_with_age() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        let gates = Gates { min_completed: 1, min_wins: 1, min_age_s: 60 };
        let gated = Cup::open(&manager, "carol", Terms { gates, ..terms(0, 0) }).await;
        assert_eq!(code(gated.of("alice").enter().await), "gate_not_met", "{store}");
        let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
        cup.enter(&["alice", "bob"]).await;
        cup.play(&["bob"]).await;
        assert_eq!(code(gated.of("alice").enter().await), "gate_not_met", "{store}: too young");
        advance(&manager, 59_999).await;
        assert_eq!(code(gated.of("alice").enter().await), "gate_not_met", "{store}: still");
        advance(&manager, 1).await;
        gated.of("alice").enter().await.unwrap();
        assert_eq!(code(gated.of("bob").enter().await), "gate_not_met", "{store}: it has not won");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_contest_of_entries_and_rounds_alone_is_loaded_from_a_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let names: Vec<String> = (0..150).map(|number| format!("agent-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    register(&manager, &names).await;
    register(&manager, &["carol"]).await;
    let cup = Cup::open(&manager, "carol", Terms { max_agents: 200, ..terms(0, 0) }).await;
    cup.enter(&names).await;
    cup.oracle().start().await.unwrap();
    // None of their events passes without leaving something in the state.
    for round in 1..=300 {
        let scores = [(id("agent-1"), Score::new(i64::from(round)).unwrap())].into();
        cup.oracle().submit_round(round, Vec::new(), scores).await.unwrap();
    }
    let live = cup.oracle().state().await.unwrap();
    close(manager).await;
    {
        let stream = SqliteStorage::open(dir.path()).unwrap().stream(cup.arena_id).unwrap().unwrap();
        let at = stream.snapshot.expect("a snapshot was taken").head.sequence.get();
        let longest = (live.contest.weight() / 2).max(256);
        assert!(at >= 256 && stream.tail.len() < longest, "at {at}, {} after it", stream.tail.len());
    }
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let state = Cup::of_id(&manager, cup.arena_id).oracle().state().await.unwrap();
    assert_eq!((&state.contest, state.head), (&live.contest, live.head));
    assert!(manager.verify_contest(&agent("carol"), cup.arena_id).await.unwrap().ok);
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
}

#[tokio::test]
async fn a_long_contest_is_loaded_from_its_snapshot() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &["alice", "bob", "carol"]).await;
    deposit(&manager, "alice", 10).await;
    let cup = Cup::open(&manager, "carol", terms(10, 0)).await;
    for _ in 0..150 {
        cup.enter(&["alice"]).await;
        cup.of("alice").leave().await.unwrap();
    }
    cup.enter(&["alice"]).await;
    let live = cup.oracle().state().await.unwrap();
    close(manager).await;
    {
        let stream = SqliteStorage::open(dir.path()).unwrap().stream(cup.arena_id).unwrap().unwrap();
        let at = stream.snapshot.expect("a snapshot was taken").head.sequence;
        assert!(at.get() > 200 && stream.tail.len() < 256, "{at}");
        assert_eq!(stream.first, "contest_created");
    }
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let state = Cup::of_id(&manager, cup.arena_id).oracle().state().await.unwrap();
    assert_eq!((&state.contest, state.head), (&live.contest, live.head));
    assert!(manager.verify_contest(&agent("bob"), cup.arena_id).await.unwrap().ok);
    assert_eq!(code(manager.verify(&agent("bob"), cup.arena_id).await.map(|_| ())), "not_found");
    let counters = manager.profile(&id("alice")).await.unwrap().unwrap().counters;
    assert_eq!(counters.entered, 1);
    audited(&manager).await;
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
}

#[tokio::test]
async fn contests_are_listed_by_who_entered_them_also_from_stores_of_before_there_was_such_a_list() {
    let listed = async |manager: &ArenaManager, name: &str, status| {
        let query = ContestQuery { status, agent: Some(id(name)), limit: 9, ..ContestQuery::default() };
        let page = manager.contests(&agent("carol"), query).await.unwrap();
        page.items.iter().map(|state| state.contest.arena_id()).collect::<Vec<_>>()
    };
    for (store, manager, dir) in managers() {
        register(&manager, &["alice", "bob", "carol", "dan"]).await;
        let mut cups = Vec::new();
        for others in [&["alice", "bob"][..], &["bob"], &["alice", "bob"]] {
            let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
            cup.enter(others).await;
            cups.push(cup);
        }
        cups[2].of("alice").leave().await.unwrap();
        cups[0].play(&["alice"]).await;
        let ids: Vec<_> = cups.iter().map(|cup| cup.arena_id).collect();
        let seen = async |manager: &ArenaManager| {
            assert_eq!(listed(manager, "alice", None).await, [ids[0]], "{store}");
            assert_eq!(listed(manager, "bob", None).await, ids, "{store}");
            assert_eq!(listed(manager, "bob", Some(Status::Registration)).await, ids[1..], "{store}");
            assert_eq!(listed(manager, "dan", None).await, [], "{store}");
        };
        seen(&manager).await;
        close(manager).await;
        let Some(dir) = dir else { continue };
        let path = dir.path().join(arena_runtime::storage::DATABASE);
        let older = "DROP TABLE entrants; ALTER TABLE artifacts DROP COLUMN author; PRAGMA user_version = 2";
        rusqlite::Connection::open(&path).unwrap().execute_batch(older).unwrap();
        let found = offline::verify(dir.path(), &[]).unwrap();
        assert!(found.ok, "{:?}", found.divergences);
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        seen(&manager).await;
        close(manager).await;
        assert!(offline::verify(dir.path(), &[]).unwrap().ok);
    }
}
