//! The yardstick of `arena bench`: the rows of a batch, inserted with nothing around them.

use std::{collections::BTreeMap, path::Path};

use arena_core::{CommandId, ledger::Account};
use rusqlite::{Transaction, params};

use super::{SqliteStorage, Writer, rows::number};
use crate::{error::StorageError, record::StoredEvent, storage::TransferRow};

/// A store with the tables, indexes and settings of [`SqliteStorage`], into which rows go without a decision.
#[derive(Debug)]
pub struct BareStore(SqliteStorage);

/// The rows of one transaction, ready to be bound.
#[derive(Debug)]
pub struct BareBatch {
    events: Vec<BareEvent>,
    /// By arena: the last sequence and hash.
    heads: BTreeMap<String, (i64, [u8; 32])>,
    position: i64,
    transfers: Vec<BareTransfer>,
    /// By account.
    balances: BTreeMap<String, i64>,
}

#[derive(Debug)]
struct BareTransfer {
    transfer: i64,
    debit: String,
    credit: String,
    amount: i64,
    reason: &'static str,
    arena_id: Option<String>,
    reference: Option<String>,
}

#[derive(Debug)]
struct BareEvent {
    position: i64,
    arena_id: String,
    sequence: i64,
    recorded_at: i64,
    actor: String,
    command_id: Option<String>,
    kind: String,
    payload: String,
    previous_hash: [u8; 32],
    hash: [u8; 32],
}

impl BareBatch {
    /// The rows that storing `events` in one batch takes.
    #[must_use]
    pub fn new(events: &[StoredEvent]) -> Self {
        let events: Vec<BareEvent> = events.iter().map(BareEvent::new).collect();
        let heads =
            events.iter().map(|event| (event.arena_id.clone(), (event.sequence, event.hash))).collect();
        let position = events.last().map_or(0, |event| event.position);
        Self { events, heads, position, transfers: Vec::new(), balances: BTreeMap::new() }
    }

    /// The same with the rows of the ledger that go with them: the transfers, and each balance that they change.
    #[must_use]
    pub fn with_money(self, transfers: &[TransferRow], balances: &[(Account, i64)]) -> Self {
        let transfers = transfers.iter().map(BareTransfer::new).collect();
        let balances = balances.iter().map(|(account, balance)| (account.to_string(), *balance)).collect();
        Self { transfers, balances, ..self }
    }
}

impl BareTransfer {
    fn new(row: &TransferRow) -> Self {
        Self {
            transfer: number(row.transfer.get()),
            debit: row.debit.to_string(),
            credit: row.credit.to_string(),
            amount: number(row.amount.get()),
            reason: row.reason.as_str(),
            arena_id: row.arena_id.map(|arena_id| arena_id.to_string()),
            reference: row.reference.clone(),
        }
    }
}

impl BareEvent {
    fn new(event: &StoredEvent) -> Self {
        Self {
            position: number(event.position.get()),
            arena_id: event.arena_id.to_string(),
            sequence: number(event.sequence.get()),
            recorded_at: number(event.recorded_at.as_millis()),
            actor: event.actor.to_string(),
            command_id: event.command_id.as_ref().map(CommandId::to_string),
            kind: event.kind.clone(),
            payload: event.payload.clone(),
            previous_hash: *event.previous_hash.as_bytes(),
            hash: *event.hash.as_bytes(),
        }
    }
}

impl BareStore {
    /// Opens or makes one in `dir`.
    ///
    /// # Errors
    /// [`StorageError`], as for any store.
    pub fn open(dir: &Path) -> Result<Self, StorageError> {
        SqliteStorage::open(dir).map(Self)
    }

    /// Inserts one batch in one transaction with one flush.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`]; nothing of the batch is then stored.
    pub fn insert(&self, batch: &BareBatch) -> Result<(), StorageError> {
        let mut writer = self.0.writer.lock();
        let Writer { connection, flusher, log_space } = &mut *writer;
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
            for event in &batch.events {
                insert.execute(params![
                    event.position,
                    event.arena_id,
                    event.sequence,
                    event.recorded_at,
                    event.actor,
                    event.command_id,
                    event.kind,
                    event.payload,
                    event.previous_hash,
                    event.hash
                ])?;
            }
            let mut update = transaction.prepare_cached(
                "INSERT INTO heads VALUES (?1, ?2, ?3)
                 ON CONFLICT (arena_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
            )?;
            for (arena_id, (sequence, hash)) in &batch.heads {
                update.execute(params![arena_id, sequence, hash])?;
            }
            transaction.prepare_cached("UPDATE journal SET position = ?1")?.execute([batch.position])?;
        }
        money(&transaction, batch)?;
        flusher.run(|| transaction.commit())?;
        log_space.committed(&self.0.path);
        Ok(())
    }
}

fn money(transaction: &Transaction<'_>, batch: &BareBatch) -> Result<(), StorageError> {
    let mut insert =
        transaction.prepare_cached("INSERT INTO transfers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for row in &batch.transfers {
        insert.execute(params![
            row.transfer,
            row.debit,
            row.credit,
            row.amount,
            row.reason,
            row.arena_id,
            row.reference
        ])?;
    }
    let mut update = transaction.prepare_cached(
        "INSERT INTO accounts VALUES (?1, ?2) ON CONFLICT (account) DO UPDATE SET balance = excluded.balance",
    )?;
    for (account, balance) in &batch.balances {
        update.execute(params![account, balance])?;
    }
    Ok(())
}
