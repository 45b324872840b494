//! Sixty-four agents enter, leave, refund, cancel and are paid at once: an auditor reads the transfers and finds each paid once.

use std::collections::{BTreeMap, BTreeSet};

use arena_runtime::{
    Account, ArenaManager, ContestHandle, Principal, Reason, RuntimeError, TransferRow,
    contest::{ObligationStatus, Payee, PayoutKind, Status},
};

use crate::{
    cup::{Cup, audited, balance, coins, deposit, terms},
    fixture::{Dice, agent, close, id, managers, register, seed},
};

const AGENTS: usize = 64;
const FEE: u64 = 100;

fn names() -> Vec<String> {
    (0..AGENTS).map(|n| format!("agent-{n}")).collect()
}

/// Adds up transfers with nothing of the runtime's own.
#[derive(Default)]
struct Auditor {
    balances: BTreeMap<String, i64>,
    /// Who is in, by what they paid.
    inside: BTreeMap<String, u64>,
    /// What was paid to whom for which reason.
    paid: BTreeSet<(String, String)>,
}

impl Auditor {
    fn of(transfers: &[TransferRow]) -> Self {
        let mut auditor = Self::default();
        let mut last = 0;
        for row in transfers {
            assert!(row.transfer.get() > last, "transfers are in order");
            last = row.transfer.get();
            let amount = i64::try_from(row.amount.get()).unwrap();
            *auditor.balances.entry(row.debit.to_string()).or_default() -= amount;
            *auditor.balances.entry(row.credit.to_string()).or_default() += amount;
            auditor.check(row);
            for (account, balance) in &auditor.balances {
                assert!(*balance >= 0 || account == "external", "{account} fell to {balance}");
            }
        }
        assert_eq!(auditor.balances.values().sum::<i64>(), 0);
        auditor
    }

    fn check(&mut self, row: &TransferRow) {
        let (debit, credit) = (row.debit.to_string(), row.credit.to_string());
        match row.reason {
            Reason::EntryFee => {
                assert_eq!(self.inside.insert(debit, row.amount.get()), None, "entered twice: {row:?}");
            }
            Reason::Refund => {
                assert_eq!(self.inside.remove(&credit), Some(row.amount.get()), "not inside: {row:?}");
            }
            Reason::Prize | Reason::CreatorFee | Reason::ProtocolFee | Reason::BondReturn => {
                assert!(self.paid.insert((row.reason.to_string(), credit)), "paid twice: {row:?}");
            }
            Reason::Bond | Reason::BondSlash | Reason::Deposit | Reason::Withdrawal => {}
        }
    }
}

/// Enters and leaves for a while; ends inside.
async fn hesitate(handle: ContestHandle, seed: u64) {
    let mut dice = Dice::new(seed);
    let mut inside = false;
    for _ in 0..4 {
        let answer = if dice.below(3) == 0 { handle.leave().await } else { handle.enter().await };
        match answer {
            Ok(()) => inside = !inside,
            Err(RuntimeError::Contest(refused))
                if matches!(refused.code(), "already_entered" | "not_found") => {}
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    if !inside {
        handle.enter().await.unwrap();
    }
}

/// Tries to have everything paid to everybody; answers how often that was answered with success.
async fn grab(handle: ContestHandle, kinds: Vec<PayoutKind>, seed: u64) -> usize {
    let mut dice = Dice::new(seed);
    let names = names();
    let mut paid = 0;
    for _ in 0..40 {
        let kind = kinds[usize::try_from(dice.below(kinds.len().try_into().unwrap())).unwrap()];
        let index = usize::try_from(dice.below(AGENTS.try_into().unwrap())).unwrap();
        let payee = match kind {
            PayoutKind::Prize | PayoutKind::Refund => Some(Payee::Agent(id(&names[index]))),
            PayoutKind::CreatorFee | PayoutKind::Bond | PayoutKind::ProtocolFee => None,
        };
        match handle.payout(kind, payee).await {
            Ok(()) => paid += 1,
            Err(RuntimeError::Contest(refused))
                if matches!(refused.code(), "already_paid" | "nothing_owed") => {}
            Err(other) => panic!("seed {seed}: {other}"),
        }
    }
    paid
}

async fn entered(store: &str, manager: &ArenaManager) -> Cup {
    let names = names();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    register(manager, &names).await;
    register(manager, &["carol"]).await;
    for name in &names {
        deposit(manager, name, FEE).await;
    }
    deposit(manager, "carol", 50).await;
    let cup = Cup::open(manager, "carol", terms(FEE, 50)).await;
    let racers: Vec<_> =
        names.iter().zip(seed()..).map(|(name, seed)| tokio::spawn(hesitate(cup.of(name), seed))).collect();
    for racer in racers {
        racer.await.unwrap();
    }
    let held = balance(manager, Account::Escrow(cup.arena_id)).await;
    assert_eq!(held, i64::try_from(FEE).unwrap() * 64, "{store}");
    cup
}

async fn race(store: &str, manager: &ArenaManager, cup: &Cup, kinds: &[PayoutKind]) {
    let racers: Vec<_> = names()
        .iter()
        .zip(seed() + 100..)
        .map(|(name, seed)| tokio::spawn(grab(cup.of(name), kinds.to_vec(), seed)))
        .collect();
    let mut told = 0;
    for racer in racers {
        told += racer.await.unwrap();
    }
    let state = manager.contest(&agent("carol"), cup.arena_id).await.unwrap();
    let owed = state.contest.obligations();
    let paid = owed.iter().filter(|owed| owed.status == ObligationStatus::Paid).count();
    assert_eq!(told, paid, "{store}: each payment was told to one agent");
    // What chance left open is paid now, once.
    for open in owed.iter().filter(|owed| owed.status == ObligationStatus::Open) {
        cup.oracle().payout(open.kind, Some(open.payee.clone())).await.unwrap();
    }
    assert_eq!(balance(manager, Account::Escrow(cup.arena_id)).await, 0, "{store}");
    assert_eq!(balance(manager, Account::Bond(cup.arena_id)).await, 0, "{store}");
    let query = arena_runtime::TransferQuery { limit: 99_999, ..Default::default() };
    let all = manager.transfers(&Principal::Operator, query).await.unwrap().items;
    let auditor = Auditor::of(&all);
    for (account, expected) in &auditor.balances {
        if account != "external" {
            assert_eq!(balance(manager, account.parse().unwrap()).await, *expected, "{store}: {account}");
        }
    }
    audited(manager).await;
    assert_eq!(manager.health().safe_mode, None, "{store}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_agents_are_refunded_once_each() {
    for (store, manager, _dir) in managers() {
        let cup = entered(store, &manager).await;
        cup.oracle().cancel().await.unwrap();
        race(store, &manager, &cup, &[PayoutKind::Refund, PayoutKind::Bond]).await;
        for name in names() {
            assert_eq!(balance(&manager, Account::Wallet(id(&name))).await, 100, "{store}: {name}");
        }
        close(manager).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_agents_are_paid_their_prizes_once_each() {
    for (store, manager, _dir) in managers() {
        let cup = entered(store, &manager).await;
        // Half of them are out; the other half tie for the prize.
        let names = names();
        let out: Vec<&str> = names.iter().take(AGENTS / 2).map(String::as_str).collect();
        cup.play(&out).await;
        let state = manager.contest(&agent("carol"), cup.arena_id).await.unwrap();
        assert_eq!(state.contest.status(), Status::Finished, "{store}");
        let kinds = [PayoutKind::Prize, PayoutKind::Bond, PayoutKind::CreatorFee, PayoutKind::ProtocolFee];
        race(store, &manager, &cup, &kinds).await;
        assert_eq!(coins(64), balance_of_treasury(&manager).await, "{store}");
        close(manager).await;
    }
}

async fn balance_of_treasury(manager: &ArenaManager) -> arena_runtime::Amount {
    coins(balance(manager, Account::Treasury).await.try_into().unwrap())
}
