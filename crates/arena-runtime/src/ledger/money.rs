//! What a batch does to the ledger: rows ahead of those that are durable.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use arena_core::{
    AgentId,
    amount::Amount,
    contest::{CounterChange, Counters},
    ledger::{Account, Posting},
    registry::RegistryRejection,
};

use super::{changes, signed};
use crate::{
    error::{RuntimeError, StorageError},
    shared::Shared,
    storage::{Change, ViewChange},
};

/// The rows that a batch changes, as they are after its commands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moved {
    pub(super) balances: BTreeMap<Account, Change>,
    pub(super) counters: BTreeMap<AgentId, Counters>,
    references: HashSet<String>,
}

impl Moved {
    pub(crate) fn is_empty(&self) -> bool {
        self.balances.is_empty() && self.counters.is_empty()
    }

    /// Its rows, to be stored.
    pub(crate) fn rows(&self) -> impl Iterator<Item = ViewChange> {
        let balances = self
            .balances
            .iter()
            .map(|(account, change)| ViewChange::Balance { account: account.clone(), change: *change });
        let counters = self.counters.iter().map(|(agent_id, counters)| ViewChange::Counters {
            agent_id: agent_id.clone(),
            counters: *counters,
        });
        balances.chain(counters)
    }
}

/// The ledger as the commands of a batch see it: what is durable, what the batch before it does, and what it does itself.
pub(crate) struct Money<'a> {
    shared: &'a Shared,
    ahead: Arc<Moved>,
    moved: Arc<Moved>,
}

/// What one command does to the ledger, once it is accepted.
#[derive(Debug, Default)]
pub(crate) struct Staged {
    balances: Vec<(Account, Change)>,
    counters: Vec<(AgentId, Counters)>,
    reference: Option<String>,
}

impl<'a> Money<'a> {
    /// Nothing moved yet, on top of what the batch `ahead` does.
    pub(crate) fn new(shared: &'a Shared, ahead: Arc<Moved>) -> Self {
        Self { shared, ahead, moved: Arc::default() }
    }

    /// What the batch does, for the next one and for its own rows.
    pub(crate) fn moved(&self) -> &Arc<Moved> {
        &self.moved
    }

    /// Whether a transfer that bears the reference is on its way.
    pub(crate) fn bears(&self, reference: &str) -> bool {
        self.moved.references.contains(reference) || self.ahead.references.contains(reference)
    }

    /// All that is inside, in minor units.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn inside(&self) -> Result<u64, StorageError> {
        let external = self.standing(&Account::External, &[])?.after;
        Ok(external.min(0).unsigned_abs())
    }

    /// What an agent has done in contests.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn counters(&self, agent_id: &AgentId) -> Result<Counters, StorageError> {
        let here = self.moved.counters.get(agent_id).or_else(|| self.ahead.counters.get(agent_id));
        match here {
            Some(counters) => Ok(*counters),
            None => self.shared.ledger.counters(self.shared.storage.as_ref(), agent_id),
        }
    }

    /// An account as it stands; `held` is what a contest's own accounts hold by its rules.
    fn standing(&self, account: &Account, held: &[(Account, i64)]) -> Result<Change, StorageError> {
        if let Some(change) = self.moved.balances.get(account) {
            return Ok(*change);
        }
        let held = held.iter().find(|(other, _)| other == account);
        let before = match (self.ahead.balances.get(account), held) {
            (Some(ahead), _) => ahead.after,
            (None, Some((_, held))) => *held,
            (None, None) => self.shared.ledger.balance(self.shared.storage.as_ref(), account)?,
        };
        Ok(Change { before, after: before })
    }

    /// What a command's postings lead to, if every account can bear them.
    ///
    /// # Errors
    /// [`RuntimeError::InsufficientFunds`] when a wallet would go below zero; `invalid` when more would come in than
    /// there may be.
    pub(crate) fn stage(
        &self,
        postings: &[Posting],
        held: &[(Account, i64)],
    ) -> Result<Staged, RuntimeError> {
        let mut staged = Staged::default();
        for posting in postings {
            for (account, amount) in changes(posting) {
                let index = match staged.balances.iter().position(|(other, _)| other == account) {
                    Some(index) => index,
                    None => {
                        staged.balances.push((account.clone(), self.standing(account, held)?));
                        staged.balances.len() - 1
                    }
                };
                let Some((_, change)) = staged.balances.get_mut(index) else { continue };
                let after = change.after.saturating_add(amount);
                bears(account, change.after, after, posting.amount)?;
                change.after = after;
            }
        }
        Ok(staged)
    }

    /// The same with what a command changes on profiles.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn count(
        &self,
        mut staged: Staged,
        counted: Vec<(AgentId, CounterChange)>,
    ) -> Result<Staged, StorageError> {
        let mut counters: BTreeMap<AgentId, Counters> = BTreeMap::new();
        for (agent_id, change) in counted {
            let before = match counters.get(&agent_id) {
                Some(counters) => *counters,
                None => self.counters(&agent_id)?,
            };
            counters.insert(agent_id, before.after(change));
        }
        staged.counters = counters.into_iter().collect();
        Ok(staged)
    }

    /// Takes over what an accepted command does.
    pub(crate) fn keep(&mut self, staged: Staged) {
        if staged.balances.is_empty() && staged.counters.is_empty() {
            return;
        }
        let moved = Arc::make_mut(&mut self.moved);
        moved.balances.extend(staged.balances);
        moved.counters.extend(staged.counters);
        moved.references.extend(staged.reference);
    }
}

impl Staged {
    /// The same, under a reference.
    pub(crate) fn under(self, reference: &str) -> Self {
        Self { reference: Some(reference.to_owned()), ..self }
    }
}

/// Whether an account can go from one balance to another.
fn bears(account: &Account, before: i64, after: i64, amount: Amount) -> Result<(), RuntimeError> {
    match account {
        Account::External if after < -signed(Amount::MAX) => {
            let room = signed(Amount::MAX).saturating_add(before);
            let reason = format!("there is room for {room} more minor units in the ledger");
            Err(RegistryRejection::Invalid { field: "amount", reason }.into())
        }
        Account::Wallet(agent_id) if after < 0 && after < before => Err(RuntimeError::InsufficientFunds {
            agent_id: agent_id.clone(),
            current: u64::try_from(before).unwrap_or(0),
            required: amount.get(),
        }),
        Account::Escrow(_) | Account::Bond(_) | Account::Treasury if after < 0 && after < before => {
            Err(RuntimeError::Internal("a contest owes more than it holds; run `arena ledger audit`"))
        }
        Account::External
        | Account::Wallet(_)
        | Account::Escrow(_)
        | Account::Bond(_)
        | Account::Treasury => Ok(()),
    }
}
