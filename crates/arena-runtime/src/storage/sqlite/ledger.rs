//! The ledger's tables: what is written to them and read from them.

use arena_core::{
    AgentId, ArenaId, Position,
    amount::Amount,
    contest::Counters,
    ledger::{Account, Reason},
};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Value};
use serde::{
    Deserialize,
    de::{IntoDeserializer, value::StrDeserializer},
};

use super::{
    SqliteStorage,
    read::all,
    rows::{self, EVENT, number, parsed, unfit},
};
use crate::{
    error::StorageError,
    storage::{
        Breach, Change, ContestFilter, Contradiction, LedgerItem, LedgerStorage, Totals, TransferFilter,
        TransferRow,
    },
};

/// The columns of a transfer, in the order of [`transfer`].
pub(super) const TRANSFER: &str =
    "t.transfer, t.debit, t.credit, t.amount, t.reason, t.arena_id, t.reference";
/// The columns of a profile, in the order of [`counters`].
const COUNTERS: &str = "entered, completed, wins, top_three, eliminations, earnings";
/// Under which name a breach is kept.
const BREACH: &str = "breach";

/// A transfer of the columns [`TRANSFER`].
pub(super) fn transfer(row: &Row<'_>) -> rusqlite::Result<TransferRow> {
    transfer_at(row, 0)
}

/// The same, from a column on.
pub(super) fn transfer_at(row: &Row<'_>, from: usize) -> rusqlite::Result<TransferRow> {
    let arena_id: Option<String> = row.get(from + 5)?;
    let amount: u64 = row.get(from + 3)?;
    Ok(TransferRow {
        transfer: Position::new(row.get(from)?),
        debit: parsed(row, from + 1)?,
        credit: parsed(row, from + 2)?,
        amount: Amount::new(amount)
            .ok_or(rusqlite::Error::IntegralValueOutOfRange(from + 3, number(amount)))?,
        reason: reason(row, from + 4)?,
        arena_id: arena_id.map(|id| id.parse().map_err(|error| unfit(from + 5, error))).transpose()?,
        reference: row.get(from + 6)?,
    })
}

fn reason(row: &Row<'_>, column: usize) -> rusqlite::Result<Reason> {
    let word: StrDeserializer<'_, serde::de::value::Error> =
        row.get_ref(column)?.as_str()?.into_deserializer();
    Reason::deserialize(word).map_err(|error| unfit(column, error))
}

/// Inserts a transfer, which nothing ever changes.
pub(super) fn insert(connection: &Connection, row: &TransferRow) -> Result<(), StorageError> {
    connection.prepare_cached("INSERT INTO transfers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?.execute(
        params![
            number(row.transfer.get()),
            row.debit.to_string(),
            row.credit.to_string(),
            number(row.amount.get()),
            row.reason.as_str(),
            row.arena_id.map(|arena_id| arena_id.to_string()),
            row.reference
        ],
    )?;
    Ok(())
}

/// Sets a balance, and answers what was there when it was not what the ledger had left.
pub(super) fn set_balance(
    connection: &Connection,
    account: &Account,
    change: Change,
) -> Result<Option<Contradiction>, StorageError> {
    let Change { before, after } = change;
    let name = account.to_string();
    let update = "UPDATE accounts SET balance = ?2 WHERE account = ?1 AND balance = ?3";
    if connection.prepare_cached(update)?.execute(params![name, after, before])? == 1 {
        return Ok(None);
    }
    let found = balance(connection, &name)?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO accounts VALUES (?1, ?2)")?
        .execute(params![name, after])?;
    let found = found.unwrap_or(0);
    Ok((found != before).then(|| Contradiction { account: account.clone(), expected: before, found }))
}

/// Sets an agent's counters.
pub(super) fn set_counters(
    connection: &Connection,
    agent_id: &AgentId,
    counters: &Counters,
) -> Result<(), StorageError> {
    let Counters { entered, completed, wins, top_three, eliminations, earnings } = *counters;
    connection
        .prepare_cached("INSERT OR REPLACE INTO profiles VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            agent_id.as_str(),
            entered,
            completed,
            wins,
            top_three,
            eliminations,
            number(earnings)
        ])?;
    Ok(())
}

/// An agent's counters, from a column on.
pub(super) fn counters_at(row: &Row<'_>, from: usize) -> rusqlite::Result<Counters> {
    Ok(Counters {
        entered: row.get(from)?,
        completed: row.get(from + 1)?,
        wins: row.get(from + 2)?,
        top_three: row.get(from + 3)?,
        eliminations: row.get(from + 4)?,
        earnings: row.get(from + 5)?,
    })
}

impl LedgerStorage for SqliteStorage {
    fn contests(&self, filter: &ContestFilter) -> Result<Vec<ArenaId>, StorageError> {
        self.reading(|connection| contests(connection, filter))
    }

    fn transfers(&self, filter: &TransferFilter) -> Result<Vec<TransferRow>, StorageError> {
        self.reading(|connection| transfers(connection, filter))
    }

    fn transfer_of(&self, reference: &str) -> Result<Option<TransferRow>, StorageError> {
        self.reading(|connection| {
            let query = format!("SELECT {TRANSFER} FROM transfers t WHERE t.reference = ?1");
            Ok(connection.prepare_cached(&query)?.query_row([reference], transfer).optional()?)
        })
    }

    fn balance(&self, account: &Account) -> Result<i64, StorageError> {
        self.reading(|connection| Ok(balance(connection, &account.to_string())?.unwrap_or(0)))
    }

    fn counters(&self, agent_id: &AgentId) -> Result<Counters, StorageError> {
        self.reading(|connection| {
            let query = format!("SELECT {COUNTERS} FROM profiles WHERE agent_id = ?1");
            let found = connection
                .prepare_cached(&query)?
                .query_row([agent_id.as_str()], |row| counters_at(row, 0))
                .optional()?;
            Ok(found.unwrap_or_default())
        })
    }

    fn totals(&self) -> Result<Totals, StorageError> {
        self.reading(|connection| {
            let query = "SELECT COALESCE(SUM(balance), 0), COALESCE(MIN(balance), 0) FROM accounts
                         WHERE account <> 'external'";
            let (inside, lowest): (i64, i64) =
                connection.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let external = balance(connection, "external")?.unwrap_or(0);
            Ok(Totals { inside, external, lowest: lowest.min(0) })
        })
    }

    fn walk(&self, see: &mut dyn FnMut(LedgerItem)) -> Result<(), StorageError> {
        self.reading(|connection| {
            // All of one moment: the committer goes on writing.
            let moment = connection.unchecked_transaction()?;
            walk(&moment, see)
        })
    }

    fn contradictions(&self) -> Vec<Contradiction> {
        std::mem::take(&mut *self.contradictions.lock())
    }

    fn breach(&self) -> Result<Option<Breach>, StorageError> {
        self.reading(|connection| {
            let query = "SELECT value FROM settings WHERE name = ?1";
            let kept: Option<String> = connection.query_row(query, [BREACH], |row| row.get(0)).optional()?;
            Ok(kept.map(|kept| {
                let unreadable = |_| Breach { position: Position::ZERO, reason: kept.clone() };
                serde_json::from_str(&kept).unwrap_or_else(unreadable)
            }))
        })
    }

    fn set_breach(&self, breach: Option<&Breach>) -> Result<(), StorageError> {
        let connection = &self.writer.lock().connection;
        match breach {
            Some(breach) => {
                let kept = serde_json::to_string(breach).expect("a breach has a JSON form");
                connection
                    .execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", params![BREACH, kept])?;
            }
            None => {
                connection.execute("DELETE FROM settings WHERE name = ?1", [BREACH])?;
            }
        }
        Ok(())
    }
}

/// What is stored as an account's balance.
pub(super) fn balance(connection: &Connection, account: &str) -> Result<Option<i64>, StorageError> {
    let query = "SELECT balance FROM accounts WHERE account = ?1";
    Ok(connection.prepare_cached(query)?.query_row([account], |row| row.get(0)).optional()?)
}

/// An agent's own contests are walked by the agent's index: never all there are.
fn contests(connection: &Connection, filter: &ContestFilter) -> Result<Vec<ArenaId>, StorageError> {
    let after = filter.after.map_or_else(String::new, |after| after.to_string());
    let limit = number(filter.limit.unwrap_or(usize::MAX).try_into().unwrap_or(u64::MAX));
    let mut values = vec![Value::from(after), Value::from(limit)];
    let mut bind = |value: &str| {
        values.push(value.to_owned().into());
        values.len()
    };
    let (from, arena_id) = match &filter.agent {
        None => ("contests c".to_owned(), "c.arena_id"),
        Some(agent) => {
            let place = bind(agent.as_str());
            let from = format!(
                "entrants e CROSS JOIN contests c ON c.arena_id = e.arena_id AND e.agent_id = ?{place}"
            );
            (from, "e.arena_id")
        }
    };
    let status = filter
        .status
        .map_or_else(String::new, |status| format!(" AND c.status = ?{}", bind(status.as_str())));
    let query =
        format!("SELECT {arena_id} FROM {from} WHERE {arena_id} > ?1{status} ORDER BY {arena_id} LIMIT ?2");
    all(connection, &query, rusqlite::params_from_iter(values), rows::arena_id)
}

/// Each account's transfers are walked by the account's own indexes, never more than a page of each.
fn transfers(connection: &Connection, filter: &TransferFilter) -> Result<Vec<TransferRow>, StorageError> {
    let limit = number(filter.limit.try_into().unwrap_or(u64::MAX));
    let mut values = vec![Value::from(number(filter.after.get())), Value::from(limit)];
    let mut parts = Vec::new();
    for account in &filter.accounts {
        values.push(account.to_string().into());
        let place = values.len();
        for side in ["debit", "credit"] {
            parts.push(format!(
                "SELECT * FROM (SELECT {TRANSFER} FROM transfers t
                 WHERE t.{side} = ?{place} AND t.transfer > ?1 ORDER BY t.transfer LIMIT ?2)"
            ));
        }
    }
    if parts.is_empty() {
        parts.push(format!("SELECT {TRANSFER} FROM transfers t WHERE t.transfer > ?1"));
    }
    let query = format!("{} ORDER BY 1 LIMIT ?2", parts.join(" UNION "));
    all(connection, &query, rusqlite::params_from_iter(values), transfer)
}

/// A query for all events, stream by stream, each with the transfer at its position.
pub(super) fn events_with_transfers(by: &str) -> String {
    let events = EVENT.split(", ").map(|column| format!("e.{column}")).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {events}, {TRANSFER} FROM events e {by} LEFT JOIN transfers t ON t.transfer = e.position
         ORDER BY e.arena_id, e.sequence"
    )
}

/// The transfer of a row of [`events_with_transfers`].
pub(super) fn transfer_beside(row: &Row<'_>) -> rusqlite::Result<Option<TransferRow>> {
    row.get::<_, Option<u64>>(10)?.map(|_| transfer_at(row, 10)).transpose()
}

fn walk(connection: &Connection, see: &mut dyn FnMut(LedgerItem)) -> Result<(), StorageError> {
    let item = |row: &Row<'_>| Ok(LedgerItem::Event(rows::event(row)?, transfer_beside(row)?));
    each(connection, &events_with_transfers(""), item, see)?;
    walk_rows(connection, see)
}

/// Shows every row of the ledger that is no transfer, and how many transfers there are.
pub(super) fn walk_rows(
    connection: &Connection,
    see: &mut dyn FnMut(LedgerItem),
) -> Result<(), StorageError> {
    each(connection, "SELECT count(*) FROM transfers", |row| Ok(LedgerItem::Transfers(row.get(0)?)), see)?;
    each(
        connection,
        "SELECT account, balance FROM accounts ORDER BY account",
        |row| Ok(LedgerItem::Account(parsed(row, 0)?, row.get(1)?)),
        see,
    )?;
    each(
        connection,
        &format!("SELECT agent_id, {COUNTERS} FROM profiles ORDER BY agent_id"),
        |row| Ok(LedgerItem::Profile(parsed(row, 0)?, counters_at(row, 1)?)),
        see,
    )
}

/// Shows each row of a query; one that cannot be read is shown as such.
fn each(
    connection: &Connection,
    query: &str,
    item: impl Fn(&Row<'_>) -> rusqlite::Result<LedgerItem>,
    see: &mut dyn FnMut(LedgerItem),
) -> Result<(), StorageError> {
    let mut statement = connection.prepare(query)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let unreadable = |error: rusqlite::Error| {
            LedgerItem::Unreadable(row.get(0).map_or(Position::ZERO, Position::new), error.to_string())
        };
        see(item(row).unwrap_or_else(unreadable));
    }
    Ok(())
}
