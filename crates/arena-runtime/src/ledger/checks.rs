//! The invariants that hold after every commit, checked over what it touched (I1, I2, I3 and I8 of the design).

use std::{collections::HashMap, sync::Arc};

use arena_core::{Position, contest::Contest, ledger::Account};

use super::{Ledger, Moved, keep};
use crate::{
    error::StorageError,
    storage::{ArenaStorage, Breach, Totals},
};

/// What a batch did to the ledger, once it is durable.
#[derive(Debug, Default)]
pub(crate) struct Settlement {
    pub(crate) moved: Arc<Moved>,
    /// The last transfer of each account that it touched.
    pub(crate) at: HashMap<Account, Position>,
    /// Its last event.
    pub(crate) last: Position,
}

impl Ledger {
    /// Remembers what is durable now, and checks it; on a breach new money is refused from here on.
    pub(crate) fn settle<'a>(
        &self,
        storage: &dyn ArenaStorage,
        settlement: &Settlement,
        contests: impl Iterator<Item = &'a Contest>,
    ) {
        let breach = match self.check(storage, settlement, contests) {
            Ok(None) => return,
            Ok(Some(breach)) => breach,
            Err(error) => {
                tracing::warn!(%error, "the ledger could not be checked after a commit");
                return;
            }
        };
        let mut known = self.breach.write();
        if known.is_some() {
            // What does not fit once is found again at each commit.
            return;
        }
        tracing::error!(position = %breach.position, reason = %breach.reason, "the ledger does not fit: new money is refused");
        if let Err(error) = storage.set_breach(Some(&breach)) {
            tracing::error!(%error, "the breach could not be kept for after a restart");
        }
        *known = Some(breach);
    }

    fn check<'a>(
        &self,
        storage: &dyn ArenaStorage,
        settlement: &Settlement,
        contests: impl Iterator<Item = &'a Contest>,
    ) -> Result<Option<Breach>, StorageError> {
        let Settlement { moved, at, last } = settlement;
        let place = |account: &Account| at.get(account).copied().unwrap_or(*last);
        let breach = |position, reason| Ok(Some(Breach { position, reason }));
        let totals = self.remember(storage, moved)?;
        if let Some(found) = storage.contradictions().into_iter().next() {
            let reason = format!("{} held {}, not {}", found.account, found.found, found.expected);
            return breach(place(&found.account), reason);
        }
        let moves = moved.balances.values().map(|change| change.after.saturating_sub(change.before));
        let sum = moves.fold(0, i64::saturating_add);
        if sum != 0 {
            return breach(*last, format!("debits and credits of a batch differ by {sum}"));
        }
        for (account, change) in &moved.balances {
            if change.after < 0 && *account != Account::External {
                return breach(place(account), format!("{account} is below zero: {}", change.after));
            }
        }
        if let Some(reason) = of_totals(&totals) {
            return breach(*last, reason);
        }
        for contest in contests {
            for (account, due) in owed(contest) {
                let held = self.balance(storage, &account)?;
                if held != due {
                    return breach(place(&account), format!("{account} holds {held} and owes {due}"));
                }
            }
        }
        Ok(None)
    }

    /// Takes over the rows that are durable now; answers all balances taken together.
    fn remember(&self, storage: &dyn ArenaStorage, moved: &Moved) -> Result<Totals, StorageError> {
        let mut known = self.known.lock();
        for (agent_id, counters) in &moved.counters {
            keep(&mut known.counters, agent_id.clone(), *counters);
        }
        for (account, change) in &moved.balances {
            keep(&mut known.balances, account.clone(), change.after);
        }
        let totals = match known.totals {
            Some(totals) => moved.balances.iter().fold(totals, |totals, (account, change)| {
                let by = change.after.saturating_sub(change.before);
                match account {
                    Account::External => Totals { external: totals.external.saturating_add(by), ..totals },
                    Account::Wallet(_) | Account::Escrow(_) | Account::Bond(_) | Account::Treasury => {
                        Totals { inside: totals.inside.saturating_add(by), ..totals }
                    }
                }
            }),
            None => storage.totals()?,
        };
        known.totals = Some(totals);
        Ok(totals)
    }
}

/// What does not fit when all balances are taken together.
pub(super) fn of_totals(totals: &Totals) -> Option<String> {
    let Totals { inside, external, lowest } = *totals;
    if inside.saturating_add(external) != 0 {
        return Some(format!("all balances make {inside}, and {external} came from outside"));
    }
    (lowest < 0).then(|| format!("a balance is below zero: {lowest}"))
}

/// What a contest's accounts must hold.
pub(crate) fn owed(contest: &Contest) -> [(Account, i64); 2] {
    let arena_id = contest.arena_id();
    let due = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    [
        (Account::Escrow(arena_id), due(contest.escrow_due())),
        (Account::Bond(arena_id), due(contest.bond_due())),
    ]
}
