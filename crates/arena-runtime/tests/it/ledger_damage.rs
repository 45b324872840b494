//! Rows of the ledger changed by hand: the audit and the verification name them, and the running server takes no new money.

use std::path::Path;

use arena_runtime::{
    Account, ArenaId, ArenaManager, Ask, Principal, RuntimeError,
    contest::{Payee, PayoutKind},
    offline,
    storage::DATABASE,
};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{agent, close, code, id, in_dir, keyed, register},
    rewritten::execute,
};

/// A closed store with money in every kind of account: one contest finished and half paid, one in registration.
async fn furnished(dir: &Path) -> [ArenaId; 2] {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    let cups = furnish(&manager).await;
    close(manager).await;
    cups.map(|cup| cup.arena_id)
}

async fn furnish(manager: &ArenaManager) -> [Cup; 2] {
    register(manager, &["alice", "bob", "carol", "dave"]).await;
    for name in ["alice", "bob", "carol", "dave"] {
        deposit(manager, name, 1_000).await;
    }
    let done = Cup::open(manager, "carol", terms(300, 200)).await;
    done.enter(&["alice", "bob", "dave"]).await;
    done.play(&["bob"]).await;
    done.of("alice").payout(PayoutKind::Prize, None).await.unwrap();
    done.oracle().payout(PayoutKind::ProtocolFee, None).await.unwrap();
    let open = Cup::open(manager, "dave", terms(100, 50)).await;
    open.enter(&["alice", "bob"]).await;
    [done, open]
}

fn edit(dir: &Path, statement: &str) {
    execute(&Connection::open(dir.join(DATABASE)).unwrap(), statement, []);
}

#[tokio::test]
async fn every_row_of_the_ledger_is_guarded_by_audit_and_verification() {
    let changes = [
        "UPDATE transfers SET amount = amount + 1 WHERE transfer = (SELECT max(transfer) FROM transfers)",
        "UPDATE transfers SET debit = 'wallet:dave' WHERE reason = 'deposit' AND credit = 'wallet:bob'",
        "UPDATE transfers SET credit = 'wallet:dave' WHERE reason = 'prize'",
        "UPDATE transfers SET reason = 'refund' WHERE reason = 'prize'",
        "UPDATE transfers SET arena_id = NULL WHERE reason = 'prize'",
        "UPDATE transfers SET reference = reference || 'x' WHERE credit = 'wallet:bob'",
        "UPDATE transfers SET transfer = 100000 WHERE reason = 'prize'",
        "UPDATE transfers SET debit = 'nonsense' WHERE reason = 'prize'",
        "DELETE FROM transfers WHERE reason = 'protocol_fee'",
        "INSERT INTO transfers VALUES (1, 'external', 'wallet:bob', 5, 'deposit', NULL, 'forged')",
        "INSERT INTO transfers VALUES (99999, 'external', 'wallet:bob', 5, 'deposit', NULL, 'forged')",
        "UPDATE accounts SET balance = balance + 1 WHERE account = 'wallet:bob'",
        "UPDATE accounts SET balance = balance - 1 WHERE account LIKE 'escrow:%' AND balance > 0",
        "UPDATE accounts SET balance = balance + 1 WHERE account = 'external'",
        "UPDATE accounts SET account = 'wallet:mallory' WHERE account = 'wallet:bob'",
        "DELETE FROM accounts WHERE account = 'treasury'",
        "UPDATE accounts SET balance = balance + CASE account WHEN 'wallet:bob' THEN 7 ELSE -7 END
         WHERE account IN ('wallet:bob', 'wallet:alice')",
        "UPDATE profiles SET wins = wins + 1 WHERE agent_id = 'bob'",
        "UPDATE profiles SET earnings = 0 WHERE agent_id = 'alice'",
        "UPDATE profiles SET agent_id = 'mallory' WHERE agent_id = 'dave'",
        "DELETE FROM profiles WHERE agent_id = 'alice'",
    ];
    let place = TempDir::new().unwrap();
    furnished(place.path()).await;
    let whole = std::fs::read(place.path().join(DATABASE)).unwrap();
    let mut unnoticed = Vec::new();
    for change in changes {
        let dir = TempDir::new().unwrap();
        std::fs::write(dir.path().join(DATABASE), &whole).unwrap();
        edit(dir.path(), change);
        if offline::verify(dir.path(), &[]).unwrap().ok {
            unnoticed.push(format!("verify: {change}"));
        }
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let audit = manager.audit(&Principal::Operator).await.unwrap();
        if audit.ok || audit.first_divergence.is_none() {
            unnoticed.push(format!("audit: {change}"));
        }
        close(manager).await;
    }
    assert_eq!(unnoticed, [""; 0]);
}

#[tokio::test]
async fn the_audit_names_the_event_at_which_it_shows() {
    let dir = TempDir::new().unwrap();
    furnished(dir.path()).await;
    let database = Connection::open(dir.path().join(DATABASE)).unwrap();
    let position: u64 = database
        .query_row("SELECT transfer FROM transfers WHERE reason = 'prize'", [], |row| row.get(0))
        .unwrap();
    drop(database);
    edit(dir.path(), "UPDATE transfers SET amount = amount - 1 WHERE reason = 'prize'");
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let first = manager.audit(&Principal::Operator).await.unwrap().first_divergence.unwrap();
    assert_eq!(first.position.get(), position);
    close(manager).await;
}

#[tokio::test]
async fn the_lists_of_contests_and_the_bytes_of_actions_are_guarded() {
    for change in [
        "UPDATE contests SET status = 'active' WHERE status = 'finished'",
        "DELETE FROM contests WHERE status = 'registration'",
        "UPDATE blobs SET bytes = x'00'",
        "DELETE FROM blobs",
        "UPDATE events SET payload = replace(payload, '\"bob\"', '\"eve\"') WHERE type = 'agent_entered'",
        "UPDATE heads SET sequence = sequence - 1 WHERE arena_id IN (SELECT arena_id FROM contests)",
    ] {
        let dir = TempDir::new().unwrap();
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        furnish(&manager).await;
        crate::actions::stored(&manager).await;
        close(manager).await;
        assert!(offline::verify(dir.path(), &[]).unwrap().ok);
        edit(dir.path(), change);
        assert!(!offline::verify(dir.path(), &[]).unwrap().ok, "{change}");
    }
}

/// New money is refused with the position, and everything can be taken out.
async fn assert_safe_mode(manager: &ArenaManager, done: &Cup, open: &Cup) {
    let since = manager.health().safe_mode.expect("safe mode");
    assert!(since.get() > 0);
    let new = || arena_runtime::NewContest { title: "cup".into(), terms: terms(1, 1) };
    for refused in [
        manager.deposit(Ask::by(Principal::Operator), id("bob"), coins(1), "new".into()).await.map(|_| ()),
        manager.open_contest(agent("bob"), new()).await.map(|_| ()),
        open.of("carol").enter().await,
    ] {
        match refused {
            Err(RuntimeError::SafeMode { position, .. }) => assert_eq!(position, since),
            other => panic!("{other:?}"),
        }
    }
    // Without a bond a contest takes no money.
    let free = arena_runtime::NewContest { title: "cup".into(), terms: terms(0, 0) };
    manager.open_contest(agent("bob"), free).await.unwrap();
    let dave = Payee::Agent(id("dave"));
    done.of("bob").payout(PayoutKind::Prize, Some(dave)).await.unwrap();
    done.oracle().payout(PayoutKind::CreatorFee, None).await.unwrap();
    done.oracle().payout(PayoutKind::Bond, None).await.unwrap();
    open.of("alice").leave().await.unwrap();
    open.oracle().cancel().await.unwrap();
    open.of("bob").payout(PayoutKind::Refund, None).await.unwrap();
    open.oracle().payout(PayoutKind::Bond, None).await.unwrap();
    manager.withdraw(Ask::by(Principal::Operator), id("carol"), coins(100), "out".into()).await.unwrap();
}

#[tokio::test]
async fn a_balance_changed_under_a_running_server_stops_new_money_and_no_exit() {
    let dir = TempDir::new().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let [_, open] = furnish(&manager).await;
    assert_eq!(manager.health().safe_mode, None);
    edit(dir.path(), "UPDATE accounts SET balance = 0 WHERE account LIKE 'escrow:%' AND balance = 200");
    assert_eq!(balance(&manager, Account::Escrow(open.arena_id)).await, 0);
    // The next movement of that account finds it; its own answer is not held back, for it is durable.
    let position = manager.health().position;
    open.of("alice").leave().await.unwrap();
    assert_eq!(manager.health().safe_mode.map(|since| since.get()), Some(position + 1));
    assert_eq!(code(open.of("alice").enter().await), "safe_mode");
    open_again(&manager, &open).await;
    close(manager).await;
}

/// What was left in the account wrongly was set right by the movement that found it: the rest goes on as it must.
async fn open_again(manager: &ArenaManager, open: &Cup) {
    assert_eq!(balance(manager, Account::Escrow(open.arena_id)).await, 100);
    open.of("bob").leave().await.unwrap();
    assert_eq!(balance(manager, Account::Escrow(open.arena_id)).await, 0);
}

#[tokio::test]
async fn a_ledger_that_does_not_fit_opens_in_safe_mode_and_leaves_it_when_it_fits_again() {
    for change in [
        "UPDATE accounts SET balance = balance - 90 WHERE account = 'wallet:bob'",
        "UPDATE accounts SET balance = 0 WHERE account LIKE 'escrow:%'",
        "UPDATE accounts SET balance = -5 WHERE account = 'treasury'",
    ] {
        let dir = TempDir::new().unwrap();
        let cups = furnished(dir.path()).await;
        let whole = std::fs::read(dir.path().join(DATABASE)).unwrap();
        edit(dir.path(), change);
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let [done, open] = cups.map(|arena_id| Cup::of_id(&manager, arena_id));
        assert_safe_mode(&manager, &done.by("carol"), &open.by("dave")).await;
        close(manager).await;
        // It is kept over a restart, as long as it does not fit.
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let fits = manager.audit(&Principal::Operator).await.unwrap().ok;
        assert_eq!(manager.health().safe_mode.is_none(), fits, "{change}");
        close(manager).await;
        std::fs::write(dir.path().join(DATABASE), &whole).unwrap();
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        assert_eq!(manager.health().safe_mode, None, "{change}");
        deposit(&manager, "bob", 1).await;
        audited(&manager).await;
        close(manager).await;
    }
}

#[tokio::test]
async fn an_escrow_changed_in_balance_with_a_wallet_shows_at_the_next_command_of_its_contest() {
    let dir = TempDir::new().unwrap();
    let cups = furnished(dir.path()).await;
    // Taken together nothing is missing.
    edit(
        dir.path(),
        "UPDATE accounts SET balance = balance + CASE account WHEN 'wallet:bob' THEN 60 ELSE -60 END
         WHERE account = 'wallet:bob' OR (account LIKE 'escrow:%' AND balance = 200)",
    );
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let open = Cup::of_id(&manager, cups[1]).by("dave");
    assert_eq!(manager.health().safe_mode, None);
    // Starting moves no money, and looks at the escrow all the same.
    open.oracle().start().await.unwrap();
    let since = manager.health().safe_mode.unwrap();
    assert_eq!(since.get(), manager.health().position);
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert!(manager.health().safe_mode.is_some(), "the breach is kept, and the audit finds it still");
    let kept =
        manager.deposit(keyed(Principal::Operator, "k", "d"), id("bob"), coins(1), "later".into()).await;
    assert_eq!(code(kept), "safe_mode");
    close(manager).await;
}
