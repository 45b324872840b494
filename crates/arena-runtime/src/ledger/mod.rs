//! The ledger beside the streams: what is in each account and on each profile, while batches are decided and after.
//!
//! All of it follows from the journal. A batch decides on [`Money`], which is ahead of what is durable; once it is stored,
//! [`Ledger::settle`] checks the invariants of what it touched; [`Recount`] derives everything anew and compares.

mod checks;
mod money;
mod recount;

use std::collections::HashMap;

use arena_core::{
    AgentId,
    amount::Amount,
    contest::Counters,
    ledger::{Account, Posting},
};
use parking_lot::{Mutex, RwLock};

pub use self::recount::{Audit, LedgerDivergence};
pub(crate) use self::{
    checks::{Settlement, owed},
    money::{Money, Moved},
    recount::Recount,
};
use crate::{
    error::{RuntimeError, StorageError},
    storage::{ArenaStorage, Breach, Totals},
};

/// Rows kept in memory at most, of accounts and of profiles.
const MOST_KNOWN: usize = 100_000;

/// What is durable, as far as it is in memory, and whether it can be trusted.
#[derive(Debug)]
pub(crate) struct Ledger {
    known: Mutex<Known>,
    breach: RwLock<Option<Breach>>,
}

#[derive(Debug, Default)]
struct Known {
    balances: HashMap<Account, i64>,
    counters: HashMap<AgentId, Counters>,
    /// `None` after a batch of which nobody knows whether it was stored.
    totals: Option<Totals>,
}

impl Ledger {
    /// Opens it with a look at all balances; when they do not fit, or did not when it was used last, with a whole audit.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be read at all.
    pub(crate) fn open(storage: &dyn ArenaStorage) -> Result<Self, StorageError> {
        let totals = storage.totals()?;
        let kept = storage.breach()?;
        let mut breach = None;
        if kept.is_some() || checks::of_totals(&totals).is_some() {
            breach = Recount::audit(storage)?.breach();
            storage.set_breach(breach.as_ref())?;
        }
        if let Some(breach) = &breach {
            tracing::error!(position = %breach.position, reason = %breach.reason, "the ledger does not fit: new money is refused");
        }
        let known = Known { totals: Some(totals), ..Known::default() };
        Ok(Self { known: Mutex::new(known), breach: RwLock::new(breach) })
    }

    /// Why new money is refused, if it is.
    pub(crate) fn breach(&self) -> Option<Breach> {
        self.breach.read().clone()
    }

    /// Refuses in safe mode: for what brings new money in.
    ///
    /// # Errors
    /// [`RuntimeError::SafeMode`].
    pub(crate) fn takes_money(&self) -> Result<(), RuntimeError> {
        match &*self.breach.read() {
            None => Ok(()),
            Some(Breach { position, reason }) => {
                Err(RuntimeError::SafeMode { position: *position, reason: reason.clone() })
            }
        }
    }

    /// What is durable in an account.
    fn balance(&self, storage: &dyn ArenaStorage, account: &Account) -> Result<i64, StorageError> {
        if let Some(balance) = self.known.lock().balances.get(account) {
            return Ok(*balance);
        }
        let balance = storage.balance(account)?;
        keep(&mut self.known.lock().balances, account.clone(), balance);
        Ok(balance)
    }

    /// What is durable on a profile.
    fn counters(&self, storage: &dyn ArenaStorage, agent_id: &AgentId) -> Result<Counters, StorageError> {
        if let Some(counters) = self.known.lock().counters.get(agent_id) {
            return Ok(*counters);
        }
        let counters = storage.counters(agent_id)?;
        keep(&mut self.known.lock().counters, agent_id.clone(), counters);
        Ok(counters)
    }

    /// Reads all again at the next need: what is in memory may not be what is stored.
    pub(crate) fn forget(&self) {
        *self.known.lock() = Known::default();
    }
}

fn keep<K: Eq + std::hash::Hash, V>(rows: &mut HashMap<K, V>, key: K, row: V) {
    if rows.len() >= MOST_KNOWN {
        rows.clear();
    }
    rows.insert(key, row);
}

/// An amount as balances have it; both are at most 2^53 - 1.
fn signed(amount: Amount) -> i64 {
    i64::try_from(amount.get()).unwrap_or(i64::MAX)
}

/// What a posting changes, by account.
fn changes(posting: &Posting) -> [(&Account, i64); 2] {
    let amount = signed(posting.amount);
    [(&posting.debit, -amount), (&posting.credit, amount)]
}
