//! Reading: what the pool's connections are asked.

use arena_core::{
    ArenaId, Hash, Position, Sequence, Timestamp,
    collaboration::{ArtifactName, Head},
};
use rusqlite::{Connection, OptionalExtension, Params, Row, params, types::Value};

use super::rows::{self, ARTIFACT, EVENT, FACT, number};
use crate::{
    error::StorageError,
    record::StoredEvent,
    storage::{
        Answer, ArenaFilter, ArtifactRow, EventFilter, FactFilter, FactRow, Opening, Snapshot, StoredStream,
        words,
    },
};

/// All rows of a query.
pub(super) fn all<T>(
    connection: &Connection,
    query: &str,
    values: impl Params,
    row: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StorageError> {
    let mut statement = connection.prepare_cached(query)?;
    let found = statement.query_map(values, row)?.collect::<Result<Vec<T>, _>>()?;
    Ok(found)
}

pub(super) fn opening(connection: &Connection) -> Result<Opening, StorageError> {
    let (position, last_arena) =
        connection.query_row("SELECT position, last_arena FROM journal", [], |row| {
            Ok((Position::new(row.get(0)?), rows::parsed(row, 1)?))
        })?;
    let last = connection
        .query_row(&format!("SELECT {EVENT} FROM events ORDER BY position DESC LIMIT 1"), [], rows::event)
        .optional()?;
    check_end(connection, position, last.as_ref())?;
    let deadlines = all(connection, "SELECT arena_id, due_at FROM deadlines ORDER BY arena_id", [], |row| {
        Ok((rows::parsed(row, 0)?, Timestamp::from_millis(row.get(1)?)))
    })?;
    let test_clock: Option<String> = connection
        .query_row("SELECT value FROM settings WHERE name = 'test_clock'", [], |row| row.get(0))
        .optional()?;
    Ok(Opening {
        position,
        last_recorded_at: last.map_or(Timestamp::from_millis(0), |event| event.recorded_at),
        last_arena,
        deadlines,
        test_clock: test_clock.and_then(|ms| ms.parse().ok()).map(Timestamp::from_millis),
    })
}

/// The journal ends where its own head and that of the last event's stream say.
fn check_end(
    connection: &Connection,
    position: Position,
    last: Option<&StoredEvent>,
) -> Result<(), StorageError> {
    let damaged = |arena_id, sequence, reason: String| StorageError::Damaged { arena_id, sequence, reason };
    let Some(last) = last else {
        return if position == Position::ZERO {
            Ok(())
        } else {
            Err(damaged(
                ArenaId::SYSTEM,
                Sequence::ZERO,
                format!("the journal is empty, not {position} events long"),
            ))
        };
    };
    if last.position != position {
        let reason = format!("the journal ends at position {}, not {position}", last.position);
        return Err(damaged(last.arena_id, last.sequence, reason));
    }
    last.check_hash()?;
    if head(connection, last.arena_id)? == Some(last.head()) {
        Ok(())
    } else {
        Err(damaged(last.arena_id, last.sequence, "the last event is not its stream's head".to_owned()))
    }
}

fn head(connection: &Connection, arena_id: ArenaId) -> Result<Option<Head>, StorageError> {
    let query = "SELECT sequence, hash FROM heads WHERE arena_id = ?1";
    let head = connection.prepare_cached(query)?.query_row([arena_id.to_string()], |row| {
        Ok(Head { sequence: Sequence::new(row.get(0)?), hash: rows::hash(row, 1)? })
    });
    Ok(head.optional()?)
}

pub(super) fn answer(
    connection: &Connection,
    arena_id: ArenaId,
    request: &Hash,
) -> Result<Option<Answer>, StorageError> {
    let query = "SELECT fingerprint, body, hash FROM answers WHERE arena_id = ?1 AND request = ?2";
    let found = connection
        .prepare_cached(query)?
        .query_row(params![arena_id.to_string(), request.as_bytes()], |row| {
            Ok((Answer { fingerprint: rows::hash(row, 0)?, body: row.get(1)? }, rows::hash(row, 2)?))
        });
    match found.optional()? {
        None => Ok(None),
        Some((answer, hash)) if answer.hash(arena_id, request) == hash => Ok(Some(answer)),
        Some(_) => {
            let reason = "a kept answer does not have its hash".to_owned();
            Err(StorageError::Damaged { arena_id, sequence: Sequence::ZERO, reason })
        }
    }
}

/// In one read transaction, so that snapshot, tail and head are of one moment.
pub(super) fn stream(
    connection: &Connection,
    arena_id: ArenaId,
) -> Result<Option<StoredStream>, StorageError> {
    let transaction = connection.unchecked_transaction()?;
    let Some(end) = head(&transaction, arena_id)? else { return Ok(None) };
    let snapshot = snapshot(&transaction, arena_id)?;
    let first = first(&transaction, arena_id)?;
    let mut at =
        snapshot.as_ref().map_or(Head { sequence: Sequence::ZERO, hash: Hash::ZERO }, |found| found.head);
    let query = format!("SELECT {EVENT} FROM events WHERE arena_id = ?1 AND sequence > ?2 ORDER BY sequence");
    let tail =
        all(&transaction, &query, params![arena_id.to_string(), number(at.sequence.get())], rows::event)?;
    for event in &tail {
        event.check_after(at)?;
        at = event.head();
    }
    if at == end {
        Ok(Some(StoredStream { first, snapshot, tail }))
    } else {
        let reason = format!("the stream ends at sequence {}, not {}", at.sequence, end.sequence);
        Err(StorageError::Damaged { arena_id, sequence: end.sequence, reason })
    }
}

/// The type of a stream's first event; nothing when it is gone, which the stream's numbers say.
fn first(connection: &Connection, arena_id: ArenaId) -> Result<String, StorageError> {
    let query = "SELECT type FROM events WHERE arena_id = ?1 AND sequence = 1";
    let first = connection.prepare_cached(query)?.query_row([arena_id.to_string()], |row| row.get(0));
    Ok(first.optional()?.unwrap_or_default())
}

/// A stream's snapshot, when it has its hash and stands after an event of the stream; it is only a cache.
fn snapshot(connection: &Connection, arena_id: ArenaId) -> Result<Option<Snapshot>, StorageError> {
    let query = "SELECT s.form, s.sequence, s.hash, s.state_hash, s.state FROM snapshots s
                 JOIN events e ON e.arena_id = s.arena_id AND e.sequence = s.sequence AND e.hash = s.hash
                 WHERE s.arena_id = ?1";
    let found = connection.prepare_cached(query)?.query_row([arena_id.to_string()], |row| {
        Ok(Snapshot {
            form: row.get(0)?,
            head: Head { sequence: Sequence::new(row.get(1)?), hash: rows::hash(row, 2)? },
            state_hash: rows::hash(row, 3)?,
            state: row.get(4)?,
        })
    });
    Ok(found.optional()?.filter(|snapshot| Hash::of(&snapshot.state) == snapshot.state_hash))
}

pub(super) fn size_of_events(connection: &Connection, arena_id: ArenaId) -> Result<(u64, u64), StorageError> {
    // In octets, which a row says of itself without being read to its end.
    let query = "SELECT COUNT(*), COALESCE(SUM(octet_length(payload)), 0) FROM events WHERE arena_id = ?";
    let mut statement = connection.prepare_cached(query)?;
    Ok(statement.query_row([arena_id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

pub(super) fn events(
    connection: &Connection,
    arena_id: ArenaId,
    filter: &EventFilter,
) -> Result<(Vec<StoredEvent>, Head), StorageError> {
    let mut query = format!("SELECT {EVENT} FROM events WHERE arena_id = ? AND sequence > ?");
    let mut values = vec![Value::from(arena_id.to_string()), Value::from(number(filter.after.get()))];
    if let Some(last) = filter.up_to {
        query.push_str(" AND sequence <= ?");
        values.push(number(last.get()).into());
    }
    match filter.kinds.as_slice() {
        [] => {}
        kinds => {
            let places = vec!["?"; kinds.len()].join(", ");
            query.push_str(&format!(" AND type IN ({places})"));
            values.extend(kinds.iter().cloned().map(Value::from));
        }
    }
    if let Some(actor) = &filter.actor {
        query.push_str(" AND actor = ?");
        values.push(actor.as_str().to_owned().into());
    }
    query.push_str(" ORDER BY sequence LIMIT ?");
    values.push(number(filter.limit.try_into().unwrap_or(u64::MAX)).into());
    let transaction = connection.unchecked_transaction()?;
    let end = head(&transaction, arena_id)?.unwrap_or(Head { sequence: Sequence::ZERO, hash: Hash::ZERO });
    let page = all(&transaction, &query, rusqlite::params_from_iter(values), rows::event)?;
    page.iter().try_for_each(StoredEvent::check_hash)?;
    Ok((page, end))
}

pub(super) fn journal(
    connection: &Connection,
    after: Position,
    limit: usize,
) -> Result<Vec<StoredEvent>, StorageError> {
    let query = format!("SELECT {EVENT} FROM events WHERE position > ?1 ORDER BY position LIMIT ?2");
    let limit = number(limit.try_into().unwrap_or(u64::MAX));
    let page = all(connection, &query, params![number(after.get()), limit], rows::event)?;
    page.iter().try_for_each(StoredEvent::check_hash)?;
    Ok(page)
}

/// An agent's own arenas are walked by the agent's index, open ones by theirs: never all there are.
pub(super) fn arenas(connection: &Connection, filter: &ArenaFilter) -> Result<Vec<ArenaId>, StorageError> {
    let mut values = vec![Value::from(filter.after.map_or_else(String::new, |after| after.to_string()))];
    let mut bind = |value: &str| {
        values.push(value.to_owned().into());
        format!("?{}", values.len())
    };
    let status = filter.status.map(|status| bind(rows::status_word(status)));
    let agent = filter.agent.as_ref().map(|agent| bind(agent.as_str()));
    let reader = filter.reader.as_ref().map(|reader| bind(reader.as_str()));

    let narrowed = status.map_or_else(String::new, |status| format!(" AND a.status = {status}"));
    let select = |from: &str| format!("SELECT a.arena_id AS id {from} AND a.arena_id > ?1{narrowed}");
    let of_member = |agent: &str| {
        format!("FROM members m CROSS JOIN arenas a ON a.arena_id = m.arena_id WHERE m.agent_id = {agent}")
    };
    let mut query = match (agent, reader) {
        (None, None) => select("FROM arenas a WHERE TRUE"),
        (Some(agent), None) => select(&of_member(&agent)),
        (None, Some(reader)) => {
            format!("{} UNION {}", select(&of_member(&reader)), select("FROM arenas a WHERE a.open = 1"))
        }
        (Some(agent), Some(reader)) => {
            let own =
                format!("SELECT 1 FROM members o WHERE o.agent_id = {reader} AND o.arena_id = a.arena_id");
            select(&format!("{} AND (a.open = 1 OR EXISTS ({own}))", of_member(&agent)))
        }
    };
    query.push_str(" ORDER BY id");
    if let Some(limit) = filter.limit {
        values.push(number(limit.try_into().unwrap_or(u64::MAX)).into());
        query.push_str(&format!(" LIMIT ?{}", values.len()));
    }
    all(connection, &query, rusqlite::params_from_iter(values), rows::arena_id)
}

pub(super) fn artifact(
    connection: &Connection,
    arena_id: ArenaId,
    name: &ArtifactName,
    version: Option<u64>,
) -> Result<Option<(ArtifactRow, Vec<u8>)>, StorageError> {
    let query = format!(
        "SELECT {ARTIFACT}, b.bytes FROM artifacts a JOIN blobs b USING (sha256)
         WHERE a.arena_id = ?1 AND a.name = ?2 AND (?3 IS NULL OR a.version = ?3) ORDER BY a.version DESC LIMIT 1"
    );
    let found = connection
        .prepare_cached(&query)?
        .query_row(params![arena_id.to_string(), name.as_str(), version.map(number)], |row| {
            Ok((rows::artifact(row)?, row.get(11)?))
        });
    let Some((row, bytes)): Option<(ArtifactRow, Vec<u8>)> = found.optional()? else { return Ok(None) };
    if Hash::of(&bytes) == row.sha256 {
        Ok(Some((row, bytes)))
    } else {
        let reason = format!("the bytes of artifact {name} do not have their hash");
        Err(StorageError::Damaged { arena_id, sequence: Sequence::ZERO, reason })
    }
}

pub(super) fn facts(
    connection: &Connection,
    arena_id: ArenaId,
    filter: &FactFilter,
) -> Result<Vec<FactRow>, StorageError> {
    let mut query = format!("SELECT {FACT} FROM facts WHERE arena_id = ?");
    let mut values = vec![Value::from(arena_id.to_string())];
    if let Some(key) = &filter.key {
        query.push_str(" AND key = ?");
        values.push(key.as_str().to_owned().into());
    }
    if let Some(after) = &filter.after {
        query.push_str(" AND key > ?");
        values.push(after.as_str().to_owned().into());
    }
    if let Some(tag) = &filter.tag {
        query.push_str(" AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?)");
        values.push(tag.clone().into());
    }
    if let Some(text) = &filter.text {
        query.push_str(" AND id IN (SELECT rowid FROM facts_text WHERE facts_text MATCH ?)");
        values.push(match_expression(arena_id, text).into());
    }
    query.push_str(" ORDER BY key LIMIT ?");
    values.push(number(filter.limit.try_into().unwrap_or(u64::MAX)).into());
    all(connection, &query, rusqlite::params_from_iter(values), rows::fact)
}

/// All words, each as a prefix, in this arena's facts.
pub(super) fn match_expression(arena_id: ArenaId, text: &str) -> String {
    let mut expression = format!("arena_id : \"{arena_id}\"");
    for word in words(text) {
        expression.push_str(&format!(" AND {{key content tags}} : \"{word}\" *"));
    }
    expression
}
