//! The ledger's rows and the lists of contests: what a store keeps of them, and how they are asked for.

use arena_core::{
    AgentId, ArenaId, Position,
    amount::Amount,
    contest::{Counters, Status},
    ledger::{Account, Reason},
};
use serde::{Deserialize, Serialize};

use crate::{error::StorageError, record::StoredEvent};

/// The part of a store that knows where the money is. All of it follows from the journal.
pub trait LedgerStorage {
    /// Contests in order of their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    fn contests(&self, filter: &ContestFilter) -> Result<Vec<ArenaId>, StorageError>;

    /// Transfers in order.
    ///
    /// # Errors
    /// [`StorageError`].
    fn transfers(&self, filter: &TransferFilter) -> Result<Vec<TransferRow>, StorageError>;

    /// The deposit or withdrawal that bears a reference.
    ///
    /// # Errors
    /// [`StorageError`].
    fn transfer_of(&self, reference: &str) -> Result<Option<TransferRow>, StorageError>;

    /// What is in an account, in minor units; 0 when nothing was ever moved in or out. Only `external` may be below 0.
    ///
    /// # Errors
    /// [`StorageError`].
    fn balance(&self, account: &Account) -> Result<i64, StorageError>;

    /// What an agent has done in contests.
    ///
    /// # Errors
    /// [`StorageError`].
    fn counters(&self, agent_id: &AgentId) -> Result<Counters, StorageError>;

    /// The balances of all accounts taken together.
    ///
    /// # Errors
    /// [`StorageError`].
    fn totals(&self) -> Result<Totals, StorageError>;

    /// Shows every event with the transfer that it made, stream by stream, then every account and every profile; all of
    /// one moment.
    ///
    /// # Errors
    /// [`StorageError`].
    fn walk(&self, see: &mut dyn FnMut(LedgerItem)) -> Result<(), StorageError>;

    /// Hands over the balances that were found to be others than the ledger had left there, when they were written.
    fn contradictions(&self) -> Vec<Contradiction>;

    /// Why new money is refused, if it is; kept over restarts.
    ///
    /// # Errors
    /// [`StorageError`].
    fn breach(&self) -> Result<Option<Breach>, StorageError>;

    /// Keeps it, or forgets it.
    ///
    /// # Errors
    /// [`StorageError`].
    fn set_breach(&self, breach: Option<&Breach>) -> Result<(), StorageError>;
}

/// One movement of money; never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRow {
    /// The position of the event that made it.
    pub transfer: Position,
    /// The account that the money left.
    pub debit: Account,
    /// The account that it came to.
    pub credit: Account,
    /// How much.
    pub amount: Amount,
    /// Why.
    pub reason: Reason,
    /// The contest; `None` for deposits and withdrawals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arena_id: Option<ArenaId>,
    /// What a deposit or withdrawal is known by outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What a batch does to a balance, in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it was when the batch before was stored.
    pub before: i64,
    /// What it is.
    pub after: i64,
}

/// Which transfers.
#[derive(Clone, Debug, Default)]
pub struct TransferFilter {
    /// Those that move money in or out of any of these; all when empty.
    pub accounts: Vec<Account>,
    /// Those after this one.
    pub after: Position,
    /// How many at most.
    pub limit: usize,
}

/// Which contests.
#[derive(Clone, Debug, Default)]
pub struct ContestFilter {
    /// In this status.
    pub status: Option<Status>,
    /// That this agent has entered.
    pub agent: Option<AgentId>,
    /// Those after this one.
    pub after: Option<ArenaId>,
    /// How many at most; all for `None`.
    pub limit: Option<usize>,
}

/// All balances taken together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The sum of all but `external`.
    pub inside: i64,
    /// What is in `external`.
    pub external: i64,
    /// The lowest of all but `external`; 0 when there is none.
    pub lowest: i64,
}

/// What [`LedgerStorage::walk`] shows.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all items are events")]
pub enum LedgerItem {
    /// An event, and the transfer at its position.
    Event(StoredEvent, Option<TransferRow>),
    /// How many transfers there are.
    Transfers(u64),
    /// An account and its balance.
    Account(Account, i64),
    /// An agent and its counters.
    Profile(AgentId, Counters),
    /// A row that cannot be read, and where it stands.
    Unreadable(Position, String),
}

/// A balance that was not what the ledger had left there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The account.
    pub account: Account,
    /// What the ledger had left there.
    pub expected: i64,
    /// What was found.
    pub found: i64,
}

/// An invariant of the ledger that did not hold after a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breach {
    /// The position of the event after which it did not hold.
    pub position: Position,
    /// What does not hold.
    pub reason: String,
}
