//! The ledger of the store in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arena_core::{
    AgentId, ArenaId, Position,
    contest::{Counters, Status},
    ledger::Account,
};

use super::{
    Breach, ContestFilter, Contradiction, LedgerItem, LedgerStorage, MemoryStorage, Totals, TransferFilter,
    TransferRow,
};
use crate::error::StorageError;

/// What the ledger's tables hold.
#[derive(Debug, Default)]
pub(super) struct LedgerTables {
    transfers: BTreeMap<Position, TransferRow>,
    references: HashMap<String, Position>,
    by_account: BTreeMap<(Account, Position), ()>,
    accounts: BTreeMap<Account, i64>,
    profiles: BTreeMap<AgentId, Counters>,
    pub(super) contests: BTreeMap<ArenaId, Status>,
    pub(super) entrants: BTreeSet<(AgentId, ArenaId)>,
    breach: Option<Breach>,
}

impl LedgerTables {
    pub(super) fn transfer(&mut self, row: TransferRow) {
        for account in [&row.debit, &row.credit] {
            self.by_account.insert((account.clone(), row.transfer), ());
        }
        if let Some(reference) = &row.reference {
            self.references.insert(reference.clone(), row.transfer);
        }
        self.transfers.insert(row.transfer, row);
    }

    pub(super) fn balance(&mut self, account: Account, balance: i64) {
        self.accounts.insert(account, balance);
    }

    pub(super) fn profile(&mut self, agent_id: AgentId, counters: Counters) {
        self.profiles.insert(agent_id, counters);
    }

    fn of(&self, account: &Account, after: Position, limit: usize) -> impl Iterator<Item = &TransferRow> {
        self.by_account
            .range((account.clone(), after.next())..)
            .take_while(move |((other, _), ())| other == account)
            .take(limit)
            .filter_map(|((_, transfer), ())| self.transfers.get(transfer))
    }
}

impl LedgerStorage for MemoryStorage {
    fn contests(&self, filter: &ContestFilter) -> Result<Vec<ArenaId>, StorageError> {
        let tables = self.tables.read();
        let entrants = &tables.ledger.entrants;
        let has_entered = |agent: &AgentId, arena_id| entrants.contains(&(agent.clone(), arena_id));
        let shown = tables
            .ledger
            .contests
            .iter()
            .filter(|(arena_id, _)| filter.after.is_none_or(|after| **arena_id > after))
            .filter(|(_, status)| filter.status.is_none_or(|wanted| wanted == **status))
            .map(|(arena_id, _)| *arena_id)
            .filter(|arena_id| filter.agent.as_ref().is_none_or(|agent| has_entered(agent, *arena_id)));
        Ok(shown.take(filter.limit.unwrap_or(usize::MAX)).collect())
    }

    fn transfers(&self, filter: &TransferFilter) -> Result<Vec<TransferRow>, StorageError> {
        let tables = self.tables.read();
        let ledger = &tables.ledger;
        if filter.accounts.is_empty() {
            let later = ledger.transfers.range(filter.after.next()..).map(|(_, row)| row.clone());
            return Ok(later.take(filter.limit).collect());
        }
        let mut found = BTreeMap::new();
        for account in &filter.accounts {
            found.extend(ledger.of(account, filter.after, filter.limit).map(|row| (row.transfer, row)));
        }
        Ok(found.into_values().take(filter.limit).cloned().collect())
    }

    fn transfer_of(&self, reference: &str) -> Result<Option<TransferRow>, StorageError> {
        let tables = self.tables.read();
        let transfer = tables.ledger.references.get(reference);
        Ok(transfer.and_then(|transfer| tables.ledger.transfers.get(transfer)).cloned())
    }

    fn balance(&self, account: &Account) -> Result<i64, StorageError> {
        Ok(self.tables.read().ledger.accounts.get(account).copied().unwrap_or(0))
    }

    fn counters(&self, agent_id: &AgentId) -> Result<Counters, StorageError> {
        Ok(self.tables.read().ledger.profiles.get(agent_id).copied().unwrap_or_default())
    }

    fn totals(&self) -> Result<Totals, StorageError> {
        let mut totals = Totals::default();
        for (account, balance) in &self.tables.read().ledger.accounts {
            if *account == Account::External {
                totals.external = *balance;
            } else {
                totals.inside = totals.inside.saturating_add(*balance);
                totals.lowest = totals.lowest.min(*balance);
            }
        }
        Ok(totals)
    }

    fn walk(&self, see: &mut dyn FnMut(LedgerItem)) -> Result<(), StorageError> {
        let tables = self.tables.read();
        for event in tables.streams.values().flatten() {
            let transfer = tables.ledger.transfers.get(&event.position).cloned();
            see(LedgerItem::Event(event.as_ref().clone(), transfer));
        }
        see(LedgerItem::Transfers(tables.ledger.transfers.len().try_into().unwrap_or(u64::MAX)));
        for (account, balance) in &tables.ledger.accounts {
            see(LedgerItem::Account(account.clone(), *balance));
        }
        for (agent_id, counters) in &tables.ledger.profiles {
            see(LedgerItem::Profile(agent_id.clone(), *counters));
        }
        Ok(())
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        Vec::new()
    }

    fn breach(&self) -> Result<Option<Breach>, StorageError> {
        Ok(self.tables.read().ledger.breach.clone())
    }

    fn set_breach(&self, breach: Option<&Breach>) -> Result<(), StorageError> {
        self.tables.write().ledger.breach = breach.cloned();
        Ok(())
    }
}
