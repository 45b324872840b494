//! What every test of contests needs: deposits, a contest, its way to the end, and an audit of the ledger.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};

use arena_runtime::{
    Account, AgentId, Amount, ArenaId, ArenaManager, Ask, Audit, ContestHandle, NewContest, Principal,
    contest::{Gates, Terms},
};

use crate::fixture::{agent, id};

/// So many minor units.
pub(crate) fn coins(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

/// Terms with this fee and bond: all to the winner but 10 percent for the creator.
pub(crate) fn terms(entry_fee: u64, bond: u64) -> Terms {
    Terms {
        entry_fee: coins(entry_fee),
        bond: coins(bond),
        min_agents: 2,
        max_agents: 10_000,
        prize_split_bps: vec![10_000],
        creator_fee_bps: 1_000,
        elimination_interval_s: 60,
        duration_s: 3_600,
        action_schema: None,
        rules_hash: None,
        seed_commitment: None,
        oracle: None,
        creator_may_enter: false,
        gates: Gates::default(),
    }
}

/// Brings money in, under a reference that nobody else has.
pub(crate) async fn deposit(manager: &ArenaManager, name: &str, units: u64) {
    static REFERENCES: AtomicU64 = AtomicU64::new(0);
    let reference = format!("deposit {}", REFERENCES.fetch_add(1, Ordering::Relaxed));
    manager.deposit(Ask::by(Principal::Operator), id(name), coins(units), reference).await.unwrap();
}

/// What is in an account.
pub(crate) async fn balance(manager: &ArenaManager, account: Account) -> i64 {
    manager.account(&Principal::Operator, account).await.unwrap().balance
}

/// An audit that finds nothing wrong.
#[track_caller]
pub(crate) fn audited(manager: &ArenaManager) -> impl Future<Output = Audit> {
    let (manager, caller) = (manager.clone(), std::panic::Location::caller());
    async move {
        let audit = manager.audit(&Principal::Operator).await.unwrap();
        assert!(audit.ok, "{caller}: {:?}", audit.first_divergence);
        audit
    }
}

/// A contest on its way.
#[derive(Clone)]
pub(crate) struct Cup {
    manager: ArenaManager,
    creator: AgentId,
    pub(crate) arena_id: ArenaId,
}

impl Cup {
    pub(crate) async fn open(manager: &ArenaManager, creator: &str, terms: Terms) -> Self {
        let new = NewContest { title: "cup".to_owned(), terms };
        let handle = manager.open_contest(agent(creator), new).await.unwrap();
        Self { manager: manager.clone(), creator: id(creator), arena_id: handle.arena_id }
    }

    /// One that is there already, as the operator's.
    pub(crate) fn of_id(manager: &ArenaManager, arena_id: ArenaId) -> Self {
        Self { manager: manager.clone(), creator: arena_runtime::operator(), arena_id }
    }

    /// The same with this creator.
    pub(crate) fn by(&self, creator: &str) -> Self {
        Self { creator: id(creator), ..self.clone() }
    }

    /// The same in a runtime that was opened again.
    pub(crate) fn at(&self, manager: &ArenaManager) -> Self {
        Self { manager: manager.clone(), ..self.clone() }
    }

    /// An agent's view of it.
    pub(crate) fn of(&self, name: &str) -> ContestHandle {
        self.manager.contest_handle(self.arena_id, agent(name))
    }

    /// The creator's.
    pub(crate) fn oracle(&self) -> ContestHandle {
        self.of(self.creator.as_str())
    }

    pub(crate) async fn enter(&self, names: &[&str]) {
        for name in names {
            self.of(name).enter().await.unwrap();
        }
    }

    /// Starts it, puts these out in one round, and finalizes.
    pub(crate) async fn play(&self, out: &[&str]) {
        let oracle = self.oracle();
        oracle.start().await.unwrap();
        let out = out.iter().map(|name| id(name)).collect();
        oracle.submit_round(1, out, BTreeMap::new()).await.unwrap();
        oracle.finalize(None).await.unwrap();
    }
}
