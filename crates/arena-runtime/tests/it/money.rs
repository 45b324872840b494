//! Money in and out: every wallet bears what is taken from it, every reference names one movement.

use std::collections::BTreeSet;

use arena_runtime::{
    Account, AgentId, Amount, ArenaManager, Ask, NewHandle, Principal, RuntimeError, TransferQuery,
    TransferRow,
};

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{active, agent, close, code, id, keyed, managers, register},
};

fn operator() -> Ask {
    Ask::by(Principal::Operator)
}

async fn bring(
    manager: &ArenaManager,
    name: &str,
    units: u64,
    reference: &str,
) -> Result<TransferRow, RuntimeError> {
    manager.deposit(operator(), id(name), coins(units), reference.to_owned()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_overdraw_refuses_its_own_command_and_not_its_neighbours() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        deposit(&manager, "alice", 500).await;
        deposit(&manager, "bob", 4_000).await;
        let mut cups = Vec::new();
        for _ in 0..20 {
            cups.push(Cup::open(&manager, "carol", terms(100, 0)).await);
        }
        let entering: Vec<_> = cups
            .iter()
            .flat_map(|cup| [("alice", cup.of("alice")), ("bob", cup.of("bob"))])
            .map(|(name, handle)| tokio::spawn(async move { (name, handle.enter().await) }))
            .collect();
        let mut entered = (0, 0);
        for one in entering {
            match one.await.unwrap() {
                ("alice", Ok(())) => entered.0 += 1,
                ("alice", Err(RuntimeError::InsufficientFunds { agent_id, current: 0, required: 100 })) => {
                    assert_eq!(agent_id, id("alice"), "{store}");
                }
                ("bob", Ok(())) => entered.1 += 1,
                (name, other) => panic!("{store}: {name}: {other:?}"),
            }
        }
        assert_eq!(entered, (5, 20), "{store}");
        assert_eq!(balance(&manager, Account::Wallet(id("alice"))).await, 0, "{store}");
        assert_eq!(balance(&manager, Account::Wallet(id("bob"))).await, 2_000, "{store}");
        audited(&manager).await;
        close(manager).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_reference_is_one_movement_however_often_it_is_asked_for_at_once() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let same: Vec<_> = (0..32)
            .map(|_| {
                let manager = manager.clone();
                tokio::spawn(async move { bring(&manager, "alice", 70, "bank 1").await.unwrap() })
            })
            .collect();
        let mut rows = Vec::new();
        for one in same {
            rows.push(one.await.unwrap());
        }
        assert!(rows.iter().all(|row| *row == rows[0]), "{store}");
        assert_eq!(rows[0].reference.as_deref(), Some("bank 1"));
        assert_eq!(balance(&manager, Account::Wallet(id("alice"))).await, 70, "{store}");
        // Different movements under one new reference: one of them is made.
        let others: Vec<_> = (1..=32)
            .map(|units| {
                let manager = manager.clone();
                tokio::spawn(async move { bring(&manager, "alice", units, "bank 2").await })
            })
            .collect();
        let mut made = BTreeSet::new();
        for one in others {
            match one.await.unwrap() {
                Ok(row) => {
                    made.insert(row.amount);
                }
                Err(RuntimeError::IdempotencyMismatch) => {}
                Err(other) => panic!("{store}: {other}"),
            }
        }
        assert_eq!(made.len(), 1, "{store}");
        // A withdrawal shares the references of deposits.
        let out = manager.withdraw(operator(), id("alice"), coins(70), "bank 1".into()).await;
        assert_eq!(code(out), "idempotency_mismatch", "{store}");
        let first = manager.withdraw(operator(), id("alice"), coins(30), "out".into()).await.unwrap();
        let again = manager.withdraw(operator(), id("alice"), coins(30), "out".into()).await.unwrap();
        assert_eq!(first, again, "{store}");
        let left = 70 - 30 + i64::try_from(made.first().unwrap().get()).unwrap();
        assert_eq!(balance(&manager, Account::Wallet(id("alice"))).await, left, "{store}");
        assert_eq!(audited(&manager).await.checked, 3 + 2, "{store}: three transfers, two accounts");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_key_keeps_the_first_answer_of_a_deposit_and_of_a_contest() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let ask = |content| keyed(Principal::Operator, "key-1", content);
        let first = manager.deposit(ask("70"), id("alice"), coins(70), "bank 1".into()).await.unwrap();
        let again = manager.deposit(ask("70"), id("alice"), coins(70), "bank 1".into()).await.unwrap();
        assert_eq!(first, again, "{store}");
        let other = manager.deposit(ask("71"), id("alice"), coins(71), "bank 2".into()).await;
        assert_eq!(code(other), "idempotency_mismatch", "{store}");
        let open = || {
            let new = arena_runtime::NewContest { title: "cup".into(), terms: terms(1, 60) };
            manager.create_contest(keyed(agent("alice"), "key-2", "cup"), new, |applied, caller| {
                format!("{} {caller}", applied.state.arena_id()).into_bytes()
            })
        };
        let first = open().await.unwrap();
        let again = open().await.unwrap();
        assert_eq!((&first.body, first.replayed, again.replayed), (&again.body, false, true), "{store}");
        assert!(first.body.ends_with(b" alice"));
        assert_eq!(balance(&manager, Account::Wallet(id("alice"))).await, 10, "{store}: one bond");
        close(manager).await;
    }
}

#[tokio::test]
async fn no_more_comes_in_than_every_client_can_count() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob"]).await;
        bring(&manager, "alice", Amount::MAX.get() - 1, "most").await.unwrap();
        assert_eq!(code(bring(&manager, "bob", 2, "too much").await), "invalid", "{store}");
        bring(&manager, "bob", 1, "the last").await.unwrap();
        assert_eq!(code(bring(&manager, "bob", 1, "one more").await), "invalid", "{store}");
        manager.withdraw(operator(), id("alice"), coins(5), "out".into()).await.unwrap();
        bring(&manager, "bob", 5, "one more").await.unwrap();
        audited(&manager).await;
        close(manager).await;
    }
}

#[tokio::test]
async fn only_the_operator_moves_money_over_the_border() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice"]).await;
        let ask = || Ask::by(agent("alice"));
        let refused = manager.deposit(ask(), id("alice"), coins(1), "mine".into()).await;
        assert_eq!(code(refused), "forbidden", "{store}");
        bring(&manager, "alice", 5, "bank 1").await.unwrap();
        // Neither does the reference tell a stranger anything.
        let refused = manager.deposit(ask(), id("alice"), coins(5), "bank 1".into()).await;
        assert_eq!(code(refused), "forbidden", "{store}");
        let refused = manager.withdraw(ask(), id("alice"), coins(1), "mine".into()).await;
        assert_eq!(code(refused), "forbidden", "{store}");
        assert_eq!(code(bring(&manager, "nobody", 1, "bank 2").await), "not_found", "{store}");
        assert_eq!(code(bring(&manager, "alice", 0, "bank 2").await), "invalid", "{store}");
        assert_eq!(code(bring(&manager, "alice", 1, "").await), "invalid", "{store}");
        assert_eq!(code(manager.audit(&agent("alice")).await), "forbidden", "{store}");
        // Who was removed has a wallet still.
        manager.remove_agent(operator(), id("alice")).await.unwrap();
        manager.withdraw(operator(), id("alice"), coins(5), "out".into()).await.unwrap();
        assert_eq!(balance(&manager, Account::Wallet(id("alice"))).await, 0, "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_wallet_is_read_by_its_owner_and_the_operator_and_a_contest_by_every_agent() {
    for (store, manager, _dir) in managers() {
        register(&manager, &["alice", "bob", "carol"]).await;
        deposit(&manager, "alice", 50).await;
        deposit(&manager, "carol", 50).await;
        let cup = Cup::open(&manager, "carol", terms(20, 30)).await;
        cup.enter(&["alice"]).await;
        let read = |name: &str, account: Account| {
            let (manager, principal) = (manager.clone(), agent(name));
            async move { manager.account(&principal, account).await.map(|row| row.balance) }
        };
        let wallet = |name: &str| Account::Wallet(id(name));
        assert_eq!(read("alice", wallet("alice")).await.unwrap(), 30, "{store}");
        assert_eq!(code(read("bob", wallet("alice")).await), "forbidden", "{store}");
        assert_eq!(read("bob", Account::Escrow(cup.arena_id)).await.unwrap(), 20, "{store}");
        assert_eq!(read("bob", Account::Bond(cup.arena_id)).await.unwrap(), 30, "{store}");
        assert_eq!(read("bob", Account::Treasury).await.unwrap(), 0, "{store}");
        assert_eq!(code(read("bob", Account::External).await), "not_found", "{store}");
        assert_eq!(code(manager.account(&Principal::Operator, Account::External).await), "not_found");
        assert_eq!(code(manager.account(&Principal::Operator, wallet("nobody")).await), "not_found");
        let nowhere = Account::Escrow(crate::contract::arena(9));
        assert_eq!(code(read("bob", nowhere).await), "not_found", "{store}");
        assert_eq!(code(read("nobody", Account::Treasury).await), "unauthenticated", "{store}");

        let list = |principal: Principal, account: Option<Account>| {
            let manager = manager.clone();
            async move {
                let query = TransferQuery { account, limit: 99, ..TransferQuery::default() };
                manager.transfers(&principal, query).await.map(|page| page.items.len())
            }
        };
        assert_eq!(list(agent("alice"), None).await.unwrap(), 2, "{store}");
        assert_eq!(list(agent("bob"), None).await.unwrap(), 0, "{store}");
        assert_eq!(list(Principal::Operator, None).await.unwrap(), 4, "{store}");
        assert_eq!(list(agent("bob"), Some(Account::Escrow(cup.arena_id))).await.unwrap(), 1, "{store}");
        assert_eq!(code(list(agent("bob"), Some(wallet("alice"))).await), "forbidden", "{store}");
        assert_eq!(code(list(Principal::Operator, Some(Account::External)).await), "not_found", "{store}");
        close(manager).await;
    }
}

#[tokio::test]
async fn a_handle_is_good_for_no_contest_and_no_account() {
    let manager = crate::fixture::in_memory();
    let arena_id = active(&manager, &["alice"], 1).await;
    deposit(&manager, "alice", 50).await;
    let cup = Cup::open(&manager, "alice", terms(1, 1)).await;
    let new = NewHandle { agent_id: id("alice"), permissions: None, step: None, ttl: None };
    let issued = manager.issue_handle(Ask::by(agent("alice")), arena_id, new).await.unwrap();
    let handle = manager.authenticate(&issued.token).unwrap();
    let view = manager.contest_handle(cup.arena_id, handle.clone());
    let new = arena_runtime::NewContest { title: "cup".into(), terms: terms(1, 0) };
    for refused in [
        code(view.enter().await),
        code(view.state().await.map(|_| ())),
        code(view.put_actions(1, "".into()).await),
        code(manager.open_contest(handle.clone(), new).await.map(|_| ())),
        code(manager.contests(&handle, Default::default()).await.map(|_| ())),
        code(manager.account(&handle, Account::Wallet(id("alice"))).await),
        code(manager.transfers(&handle, TransferQuery::default()).await.map(|_| ())),
        code(manager.deposit(Ask::by(handle.clone()), id("alice"), coins(1), "x".into()).await),
        code(manager.receipt(&handle, cup.arena_id).await.map(|_| ())),
    ] {
        assert_eq!(refused, "forbidden");
    }
    close(manager).await;
}

#[tokio::test]
async fn each_kind_of_arena_is_there_for_those_who_ask_for_that_kind() {
    for (store, manager, _dir) in managers() {
        let shared = active(&manager, &["alice", "bob", "carol"], 1).await;
        let cup = Cup::open(&manager, "carol", terms(0, 0)).await;
        cup.enter(&["alice", "bob"]).await;
        cup.oracle().start().await.unwrap();
        let operator = Principal::Operator;
        let code_of = |answer: Result<(), RuntimeError>| code(answer);
        assert_eq!(code_of(manager.arena(&operator, cup.arena_id).await.map(|_| ())), "not_found", "{store}");
        assert_eq!(code_of(manager.operator(cup.arena_id).activate().await), "not_found", "{store}");
        assert_eq!(code_of(manager.contest(&operator, shared).await.map(|_| ())), "not_found", "{store}");
        let stray = manager.contest_handle(shared, agent("alice"));
        assert_eq!(code_of(stray.enter().await), "not_found", "{store}");
        let events = manager.events(&operator, cup.arena_id, Default::default()).await;
        assert_eq!(code(events.map(|_| ())), "not_found", "{store}");
        let events = manager.contest_events(&operator, shared, Default::default()).await;
        assert_eq!(code(events.map(|_| ())), "not_found", "{store}");
        assert_eq!(manager.active_arenas_for(&id("alice")).await.unwrap(), [shared], "{store}");
        let query = arena_runtime::ArenaQuery { limit: 9, ..Default::default() };
        assert_eq!(manager.arenas(&operator, query).await.unwrap().items.len(), 1, "{store}");
        let query = arena_runtime::ContestQuery { limit: 9, ..Default::default() };
        let listed = manager.contests(&agent("bob"), query).await.unwrap();
        let ids: Vec<_> = listed.items.iter().map(|state| state.contest.arena_id()).collect();
        assert_eq!(ids, [cup.arena_id], "{store}");
        let oracle: AgentId = id("stranger");
        let new = arena_runtime::NewContest {
            title: "cup".into(),
            terms: arena_runtime::contest::Terms { oracle: Some(oracle), ..terms(0, 0) },
        };
        assert_eq!(code(manager.open_contest(operator, new).await.map(|_| ())), "invalid", "{store}");
        close(manager).await;
    }
}
