//! A store closed and opened at any point of a contest stands where one stands that was never closed.

use arena_runtime::{
    Account, ArenaId, ArenaManager, Ask, Millis, Options, Principal, RuntimeError, TransferQuery,
    contest::{Payee, PayoutKind, RoundPage, Score},
};

use crate::{
    cup::{Cup, audited, coins, terms},
    fixture::{close, id, in_dir, register},
};

const NAMES: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// All that can be asked about money and contests, in words.
pub(crate) async fn said(manager: &ArenaManager, arenas: &[ArenaId]) -> Vec<String> {
    let operator = Principal::Operator;
    let mut said = Vec::new();
    let mut accounts = vec![Account::Treasury];
    accounts.extend(["alice", "bob", "carol"].map(|name| Account::Wallet(id(name))));
    for arena_id in arenas {
        accounts.extend([Account::Escrow(*arena_id), Account::Bond(*arena_id)]);
        let state = manager.contest(&operator, *arena_id).await.unwrap();
        said.push(serde_json::to_string(&state.contest).unwrap());
        said.push(format!("{:?}", state.head));
    }
    for account in accounts {
        said.push(format!("{:?}", manager.account(&operator, account).await.unwrap()));
    }
    for name in ["alice", "bob", "carol"] {
        said.push(format!("{:?}", manager.profile(&id(name)).await.unwrap()));
    }
    let query = TransferQuery { limit: 9_999, ..TransferQuery::default() };
    said.push(format!("{:?}", manager.transfers(&operator, query).await.unwrap().items));
    let query = arena_runtime::ContestQuery { limit: 99, ..Default::default() };
    let listed = manager.contests(&operator, query).await.unwrap();
    said.push(format!("{:?}", listed.items.iter().map(|state| state.contest.arena_id()).collect::<Vec<_>>()));
    said
}

/// One step of a fixed way through two contests; both runs give the same answers.
async fn step(manager: &ArenaManager, number: usize, cups: &mut Vec<ArenaId>) -> Result<(), RuntimeError> {
    let operator = || Ask::by(Principal::Operator);
    let cup = |index: usize| Cup::of_id(manager, cups[index]).by("carol");
    let page = |page, eliminated: &[&str], last: bool| RoundPage {
        round: 1,
        page: Some(page),
        eliminated: eliminated.iter().map(|name| id(name)).collect(),
        scores: [(id(if last { "dave" } else { "alice" }), Score::new(7).unwrap())].into(),
        actions_root: None,
        last,
    };
    match number {
        0 => register(manager, &NAMES).await,
        1..=4 => {
            let name = NAMES[number - 1];
            manager.deposit(operator(), id(name), coins(1_000), format!("bank {name}")).await?;
        }
        5 | 6 => cups.push(Cup::open(manager, "carol", terms(300, 120)).await.arena_id),
        7 => cup(0).of("alice").enter().await?,
        8 => cup(0).of("bob").enter().await?,
        9 => cup(0).of("dave").enter().await?,
        10 => cup(0).of("dave").leave().await?,
        11 => cup(1).of("dave").enter().await?,
        12 => cup(0).of("dave").enter().await?,
        13 => cup(0).oracle().start().await?,
        14 => cup(0).oracle().submit_page(page(1, &["bob"], false)).await?,
        15 => cup(0).oracle().submit_page(page(2, &["dave"], true)).await?,
        16 => cup(0).oracle().finalize(None).await?,
        17 => cup(0).of("alice").payout(PayoutKind::Prize, None).await?,
        18 => cup(0).of("bob").payout(PayoutKind::CreatorFee, None).await?,
        19 => cup(1).oracle().cancel().await?,
        20 => cup(1).of("bob").payout(PayoutKind::Refund, Some(Payee::Agent(id("dave")))).await?,
        21 => cup(1).oracle().payout(PayoutKind::Bond, None).await?,
        22 => cup(0).oracle().payout(PayoutKind::ProtocolFee, None).await?,
        _ => cup(0).oracle().payout(PayoutKind::Bond, None).await?,
    }
    Ok(())
}

const STEPS: usize = 24;

/// Ids are made of the time and of chance, so they are told by their place.
fn by_place(said: Vec<String>, cups: &[ArenaId]) -> Vec<String> {
    let plain = |line: String| {
        let line = cups.iter().enumerate().fold(line, |line, (place, arena_id)| {
            line.replace(&arena_id.to_string(), &format!("cup {place}"))
        });
        // Hashes are over the ids.
        match line.split_once("hash: ") {
            Some((before, _)) => before.to_owned(),
            None => line,
        }
    };
    said.into_iter().map(plain).collect()
}

#[tokio::test]
async fn a_store_reopened_before_every_step_stands_where_one_stands_that_was_never_closed() {
    let dir = tempfile::tempdir().unwrap();
    let (mut cups, mut other_cups) = (Vec::new(), Vec::new());
    let first = ArenaManager::open(in_dir(dir.path())).unwrap();
    let never_closed = ArenaManager::open(Options { test_clock: true, ..Options::in_memory() }).unwrap();
    // One clock for both.
    let apart = never_closed.now().since(first.now()).get();
    let (behind, by) = if apart > 0 {
        (&first, apart)
    } else {
        (&never_closed, first.now().since(never_closed.now()).get())
    };
    behind.advance_clock(&Principal::Operator, Millis::new(by)).await.unwrap();
    close(first).await;
    for number in 0..STEPS {
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        step(&manager, number, &mut cups).await.unwrap();
        let live = said(&manager, &cups).await;
        close(manager).await;
        step(&never_closed, number, &mut other_cups).await.unwrap();
        let expected = by_place(said(&never_closed, &other_cups).await, &other_cups);
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let found = said(&manager, &cups).await;
        assert_eq!(found, live, "after step {number}");
        let found = by_place(found, &cups);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "after step {number}");
        }
        audited(&manager).await;
        assert_eq!(manager.health().safe_mode, None);
        close(manager).await;
    }
    assert!(arena_runtime::offline::verify(dir.path(), &[]).unwrap().ok);
    close(never_closed).await;
}
