//! A full disk under commands that move money: nothing of them moves, and all goes on when there is room.

use arena_runtime::{
    Account, ArenaId, ArenaManager, Ask, NewContest, Principal, RuntimeError, StorageError,
    contest::PayoutKind, offline,
};

use crate::{
    cup::{Cup, audited, coins, deposit, terms},
    fixture::{agent, close, code, id, in_dir, register},
    ledger_restart::said,
};

/// Brings money in until the store is full; answers how often it came.
async fn fill(manager: &ArenaManager) -> u64 {
    for n in 0.. {
        let reference = format!("{n} {}", "x".repeat(110));
        match manager.deposit(Ask::by(Principal::Operator), id("alice"), coins(1), reference).await {
            Ok(_) => {}
            Err(RuntimeError::Storage(StorageError::Unavailable(_))) => return n,
            Err(other) => panic!("another refusal: {other}"),
        }
    }
    unreachable!("the store is bounded")
}

async fn refused(manager: &ArenaManager, cup: &Cup) {
    // Each is larger than the room that a page may still have.
    let title = "t".repeat(128);
    for n in 0..60 {
        let new = NewContest { title: title.clone(), terms: terms(1, 5) };
        if let Err(error) = manager.open_contest(agent("carol"), new).await {
            assert_eq!(error.code(), "storage_unavailable", "{n}");
            break;
        }
    }
    let out = "x".repeat(120);
    for answer in [
        code(manager.withdraw(Ask::by(Principal::Operator), id("carol"), coins(1), out).await),
        code(cup.of("bob").enter().await),
    ] {
        assert_eq!(answer, "storage_unavailable");
    }
}

#[tokio::test]
async fn a_full_store_moves_no_money_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &["alice", "bob", "carol"]).await;
    deposit(&manager, "bob", 100).await;
    deposit(&manager, "carol", 1_000).await;
    let cup = Cup::open(&manager, "carol", terms(60, 5)).await;
    manager.limit_size(Some(700_000)).await.unwrap();
    let came = fill(&manager).await;
    assert!(came > 5, "{came}");
    refused(&manager, &cup).await;
    let arenas: [ArenaId; 1] = [cup.arena_id];
    let before = said(&manager, &arenas).await;
    refused(&manager, &cup).await;
    assert_eq!(said(&manager, &arenas).await, before);
    let held = manager.account(&Principal::Operator, Account::Wallet(id("alice"))).await.unwrap().balance;
    assert_eq!(held, i64::try_from(came).unwrap(), "what was answered is there, and nothing else");
    audited(&manager).await;

    manager.limit_size(None).await.unwrap();
    cup.enter(&["bob"]).await;
    cup.oracle().cancel().await.unwrap();
    cup.of("bob").payout(PayoutKind::Refund, None).await.unwrap();
    cup.oracle().payout(PayoutKind::Bond, None).await.unwrap();
    deposit(&manager, "alice", 5).await;
    audited(&manager).await;
    assert_eq!(manager.health().safe_mode, None, "a full disk is no breach");
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
}
