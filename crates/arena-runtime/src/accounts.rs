//! The ledger through the manager: money in and out, and what may be read of accounts and transfers.

use arena_core::{AgentId, Amount, ArenaId, Position, contest, ledger::Account, registry::RegistryCommand};
use serde::{Deserialize, Serialize};

use crate::{
    ask::Ask,
    batch::{Done, Job},
    error::RuntimeError,
    ledger::{Audit, Recount},
    manager::ArenaManager,
    query::Page,
    storage::{TransferFilter, TransferRow},
    tokens::Principal,
};

/// An account and what is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRow {
    /// Which.
    pub account: Account,
    /// Credits less debits, in minor units.
    pub balance: i64,
}

/// Which transfers to list.
#[derive(Clone, Debug, Default)]
pub struct TransferQuery {
    /// Those in or out of this account; when absent the caller's wallet, for the operator all.
    pub account: Option<Account>,
    /// Those after this one.
    pub after: Position,
    /// How many at most.
    pub limit: usize,
}

impl ArenaManager {
    /// Brings money from outside into a wallet. The same movement under the same reference is made once.
    ///
    /// # Errors
    /// [`RuntimeError`]; `idempotency_mismatch` when the reference names another movement.
    pub async fn deposit(
        &self,
        ask: Ask,
        agent_id: AgentId,
        amount: Amount,
        reference: String,
    ) -> Result<TransferRow, RuntimeError> {
        self.transfer(ask, RegistryCommand::Deposit { agent_id, amount, reference }).await
    }

    /// Takes money out of a wallet. The same movement under the same reference is made once.
    ///
    /// # Errors
    /// [`RuntimeError`]; `insufficient_funds` when the wallet holds less.
    pub async fn withdraw(
        &self,
        ask: Ask,
        agent_id: AgentId,
        amount: Amount,
        reference: String,
    ) -> Result<TransferRow, RuntimeError> {
        self.transfer(ask, RegistryCommand::Withdraw { agent_id, amount, reference }).await
    }

    async fn transfer(&self, ask: Ask, command: RegistryCommand) -> Result<TransferRow, RuntimeError> {
        refuse_handles(&ask.principal)?;
        match self.send(ask, Job::Transfer(command))?.wait().await? {
            Done::Transferred(Some(row)) => Ok(*row),
            Done::Replayed(body) => serde_json::from_slice(&body)
                .map_err(|_| RuntimeError::Internal("an answer was kept in another form")),
            Done::Transferred(None) | Done::Applied { .. } | Done::Contest { .. } | Done::Registered => {
                Err(RuntimeError::Internal("money moved without a transfer"))
            }
        }
    }

    /// What is in an account. A wallet is its owner's and the operator's to read; `external` is nobody's.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn account(&self, principal: &Principal, account: Account) -> Result<AccountRow, RuntimeError> {
        self.require_readable(principal, &account).await?;
        let asked = account.clone();
        let balance = self.reading(move |storage| storage.balance(&asked)).await?;
        Ok(AccountRow { account, balance })
    }

    /// Transfers in order.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn transfers(
        &self,
        principal: &Principal,
        query: TransferQuery,
    ) -> Result<Page<TransferRow>, RuntimeError> {
        let accounts = match (query.account, principal.is_operator()) {
            (Some(account), _) => vec![account],
            (None, true) => Vec::new(),
            (None, false) => vec![Account::Wallet(principal.agent_id())],
        };
        self.require_reader(principal)?;
        for account in &accounts {
            self.require_readable(principal, account).await?;
        }
        let TransferQuery { after, limit, .. } = query;
        let filter = TransferFilter { accounts, after, limit: limit.saturating_add(1) };
        let found = self.reading(move |storage| storage.transfers(&filter)).await?;
        Ok(Page::cut(found, limit))
    }

    /// All transfers of a contest.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn contest_transfers(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<Vec<TransferRow>, RuntimeError> {
        self.contest(principal, arena_id).await?;
        let filter = of_contest(arena_id);
        self.reading(move |storage| storage.transfers(&filter)).await
    }

    /// Derives the whole ledger from the journal anew, and compares every transfer, balance, counter and obligation.
    ///
    /// # Errors
    /// [`RuntimeError::OperatorOnly`]; [`RuntimeError::Storage`] when it cannot be read at all.
    pub async fn audit(&self, principal: &Principal) -> Result<Audit, RuntimeError> {
        if !principal.is_operator() {
            return Err(RuntimeError::OperatorOnly);
        }
        self.reading(Recount::audit).await
    }

    /// Contests and the ledger are read by registered agents, with their own tokens.
    pub(crate) fn require_reader(&self, principal: &Principal) -> Result<(), RuntimeError> {
        refuse_handles(principal)?;
        match principal {
            Principal::Agent(agent_id) if !self.shared().registry.read().registry.is_registered(agent_id) => {
                Err(RuntimeError::Unauthenticated)
            }
            Principal::Agent(_) | Principal::Operator | Principal::Handle(_) => Ok(()),
        }
    }

    async fn require_readable(&self, principal: &Principal, account: &Account) -> Result<(), RuntimeError> {
        self.require_reader(principal)?;
        let absent = RuntimeError::from(contest::Rejection::NotFound { what: "account" });
        match account {
            Account::Treasury => Ok(()),
            Account::External => Err(absent),
            Account::Wallet(agent_id) if principal.agent_id() == *agent_id => Ok(()),
            Account::Wallet(_) if !principal.is_operator() => Err(RuntimeError::OthersWallet),
            Account::Wallet(agent_id) => {
                let registry = self.shared().registry.read().clone();
                registry.registry.agent(agent_id).map(|_| ()).ok_or(absent)
            }
            Account::Escrow(arena_id) | Account::Bond(arena_id) => {
                match self.contest(principal, *arena_id).await {
                    Err(RuntimeError::Contest(contest::Rejection::NotFound { .. })) => Err(absent),
                    other => other.map(|_| ()),
                }
            }
        }
    }
}

/// All that moves in or out of a contest.
pub(crate) fn of_contest(arena_id: ArenaId) -> TransferFilter {
    let accounts = vec![Account::Escrow(arena_id), Account::Bond(arena_id)];
    TransferFilter { accounts, after: Position::ZERO, limit: usize::MAX >> 1 }
}

/// A handle is good for its own shared arena only.
pub(crate) const fn refuse_handles(principal: &Principal) -> Result<(), RuntimeError> {
    match principal {
        Principal::Operator | Principal::Agent(_) => Ok(()),
        Principal::Handle(_) => Err(RuntimeError::OutsideHandle),
    }
}
