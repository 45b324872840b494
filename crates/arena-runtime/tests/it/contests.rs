//! Contests through the manager: who may do what is the core's; here money moves with events, or not at all.

use arena_runtime::{Account, Principal, contest::PayoutKind};

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{agent, close, code, id, managers, register},
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
