//! A full disk under commands that move money: what is refused moves nothing, and all goes on when there is room.

use std::collections::BTreeSet;

use arena_runtime::{
    Account, ArenaManager, Ask, NewContest, Principal, RuntimeError, StorageError, contest::PayoutKind,
    offline,
};

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{agent, close, id, in_dir, register},
};

/// What was answered so far, and what must follow from it.
#[derive(Debug)]
struct Told {
    alice: i64,
    bob: i64,
    carol: i64,
    entered: bool,
    refused: BTreeSet<&'static str>,
}

impl Told {
    /// Whether the command was carried out; a full store is the only reason why not.
    fn done<T>(&mut self, what: &'static str, answer: Result<T, RuntimeError>) -> bool {
        match answer {
            Ok(_) => true,
            Err(RuntimeError::Storage(StorageError::Unavailable(_))) => {
                self.refused.insert(what);
                false
            }
            Err(other) => panic!("{what}: {other}"),
        }
    }

    /// One of each command that moves money.
    async fn go_on(&mut self, manager: &ArenaManager, cup: &Cup, turn: u32) {
        let operator = || Ask::by(Principal::Operator);
        let long = |what| format!("{what} {turn} {}", "x".repeat(100));
        let came = manager.deposit(operator(), id("alice"), coins(2), long("in")).await;
        if self.done("deposit", came) {
            self.alice += 2;
        }
        let went = manager.withdraw(operator(), id("alice"), coins(1), long("out")).await;
        if self.alice > 0 && self.done("withdraw", went) {
            self.alice -= 1;
        }
        let new = NewContest { title: "t".repeat(128), terms: terms(1, 1) };
        if self.done("create", manager.open_contest(agent("carol"), new).await) {
            self.carol -= 1;
        }
        let bob = cup.of("bob");
        if self.entered {
            if self.done("leave", bob.leave().await) {
                (self.entered, self.bob) = (false, self.bob + 60);
            }
        } else if self.done("enter", bob.enter().await) {
            (self.entered, self.bob) = (true, self.bob - 60);
        }
    }

    async fn assert_holds(&self, manager: &ArenaManager, cup: &Cup) {
        for (name, held) in [("alice", self.alice), ("bob", self.bob), ("carol", self.carol)] {
            assert_eq!(balance(manager, Account::Wallet(id(name))).await, held, "{name}: {self:?}");
        }
        let escrow = if self.entered { 60 } else { 0 };
        assert_eq!(balance(manager, Account::Escrow(cup.arena_id)).await, escrow, "{self:?}");
        audited(manager).await;
        assert_eq!(manager.health().safe_mode, None, "a full disk is no breach");
    }
}

#[tokio::test]
async fn a_full_store_moves_no_money_but_what_was_answered_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    register(&manager, &["alice", "bob", "carol"]).await;
    deposit(&manager, "bob", 100).await;
    deposit(&manager, "carol", 5_000).await;
    let cup = Cup::open(&manager, "carol", terms(60, 5)).await;
    let mut told = Told { alice: 0, bob: 100, carol: 4_995, entered: false, refused: BTreeSet::new() };
    manager.limit_size(Some(500_000)).await.unwrap();
    for turn in 0..2_000 {
        told.go_on(&manager, &cup, turn).await;
        // Whoever could not enter has nothing to leave, and the other way round.
        if told.refused.len() == 4 {
            break;
        }
    }
    assert_eq!(told.refused.len(), 4, "{told:?}");
    told.assert_holds(&manager, &cup).await;
    assert!(manager.health().failed_batches >= 4);

    manager.limit_size(None).await.unwrap();
    told.refused.clear();
    for turn in 2_000..2_004 {
        told.go_on(&manager, &cup, turn).await;
    }
    assert!(told.refused.is_empty(), "{told:?}");
    told.assert_holds(&manager, &cup).await;
    cup.oracle().cancel().await.unwrap();
    cup.oracle().payout(PayoutKind::Bond, None).await.unwrap();
    close(manager).await;
    assert!(offline::verify(dir.path(), &[]).unwrap().ok);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    told.carol += 5;
    told.assert_holds(&manager, &cup_of(&manager, &cup)).await;
    close(manager).await;
}

fn cup_of(manager: &ArenaManager, cup: &Cup) -> Cup {
    Cup::of_id(manager, cup.arena_id)
}
