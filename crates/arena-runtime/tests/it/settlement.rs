//! Two thousand entrants in one contest: entered, played, finalized, every one of them paid, and nothing left.

use std::collections::BTreeMap;

use arena_runtime::{
    Account, ArenaManager, Options, Principal, TransferQuery,
    contest::{ObligationStatus, PayoutKind, RoundPage, Score, Status},
};

use crate::{
    cup::{Cup, audited, balance, deposit, terms},
    fixture::{agent, close, id, in_dir, register},
};

const ENTRANTS: usize = 2_000;

/// Runs a step for each of these at once.
async fn all<F: Future<Output = ()> + Send + 'static>(of: impl Iterator<Item = F>) {
    let running: Vec<_> = of.map(tokio::spawn).collect();
    for one in running {
        one.await.unwrap();
    }
}

fn names() -> impl Iterator<Item = String> {
    (0..ENTRANTS).map(|n| format!("agent-{n:04}"))
}

async fn entered(manager: &ArenaManager) -> Cup {
    register(manager, &["carol"]).await;
    deposit(manager, "carol", 77).await;
    let cup = Cup::open(manager, "carol", terms(100, 77)).await;
    all(names().map(|name| {
        let (manager, cup) = (manager.clone(), cup.clone());
        async move {
            register(&manager, &[&name]).await;
            deposit(&manager, &name, 150).await;
            cup.of(&name).enter().await.unwrap();
        }
    }))
    .await;
    cup
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_entrants_are_paid_to_the_last_unit() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let cup = entered(&manager).await;
    assert_eq!(balance(&manager, Account::Escrow(cup.arena_id)).await, 200_000);
    cup.oracle().start().await.unwrap();
    // Ten pages put the first thousand out; the other thousand tie for the prize.
    let out: Vec<_> = names().take(1_000).map(|name| id(&name)).collect();
    for (page, eliminated) in (1..).zip(out.chunks(100)) {
        let scores: BTreeMap<_, _> =
            eliminated.iter().map(|name| (name.clone(), Score::new(5).unwrap())).collect();
        let page = RoundPage {
            round: 1,
            page: Some(page),
            eliminated: eliminated.to_vec(),
            scores,
            actions_root: None,
            last: page == 10,
        };
        cup.oracle().submit_page(page).await.unwrap();
    }
    cup.oracle().finalize(None).await.unwrap();
    let state = cup.oracle().state().await.unwrap();
    assert_eq!((state.contest.status(), state.contest.alive()), (Status::Finished, 1_000));
    let owed = state.contest.obligations();
    assert_eq!(owed.len(), 1_000 + 3);

    // Meanwhile the server is closed once, with half of it paid.
    let (one, other) = owed.split_at(501);
    pay(&cup, one).await;
    close(manager).await;
    let manager = ArenaManager::open(Options { hot_arenas: 1, ..in_dir(dir.path()) }).unwrap();
    let cup = Cup::of_id(&manager, cup.arena_id).by("carol");
    pay(&cup, other).await;

    let state = manager.contest(&agent("carol"), cup.arena_id).await.unwrap();
    assert!(state.contest.obligations().iter().all(|owed| owed.status == ObligationStatus::Paid));
    assert_eq!(balance(&manager, Account::Escrow(cup.arena_id)).await, 0);
    assert_eq!(balance(&manager, Account::Bond(cup.arena_id)).await, 0);
    assert_eq!(balance(&manager, Account::Treasury).await, 2_000);
    assert_eq!(balance(&manager, Account::Wallet(id("carol"))).await, 77 + 20_000);
    // 178,000 among a thousand.
    assert_eq!(balance(&manager, Account::Wallet(id("agent-1999"))).await, 50 + 178);
    assert_eq!(balance(&manager, Account::Wallet(id("agent-0000"))).await, 50);
    let winner = manager.profile(&id("agent-1000")).await.unwrap().unwrap().counters;
    assert_eq!((winner.completed, winner.wins, winner.earnings), (1, 1, 178));
    let loser = manager.profile(&id("agent-0999")).await.unwrap().unwrap().counters;
    assert_eq!((loser.completed, loser.wins, loser.eliminations, loser.top_three), (1, 0, 1, 0));
    let query = TransferQuery { limit: 99_999, ..TransferQuery::default() };
    let transfers = manager.transfers(&Principal::Operator, query).await.unwrap().items;
    assert_eq!(transfers.len(), 2 * 2_000 + 2 + 1_000 + 3);
    let audit = audited(&manager).await;
    assert!(audit.checked > 5_000 + 2_000 + 2_000, "{}", audit.checked);
    assert_eq!(manager.health().safe_mode, None);
    close(manager).await;
    let found = arena_runtime::offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
}

async fn pay(cup: &Cup, owed: &[arena_runtime::contest::Obligation]) {
    all(owed.iter().map(|owed| {
        let (cup, owed) = (cup.clone(), owed.clone());
        async move {
            assert_ne!((owed.kind, owed.amount.get()), (PayoutKind::Prize, 0));
            cup.oracle().payout(owed.kind, Some(owed.payee)).await.unwrap();
        }
    }))
    .await;
}
