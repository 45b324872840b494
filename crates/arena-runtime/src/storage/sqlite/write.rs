//! Writing a batch: one transaction, one flush.

use std::collections::HashMap;

use arena_core::{ArenaId, Position, collaboration::Head};
use rusqlite::{CachedStatement, Connection, Transaction, params};

use super::{
    flush::Flusher,
    ledger,
    rows::{number, status_word},
};
use crate::{
    error::StorageError,
    record::StoredEvent,
    storage::{Contradiction, ViewChange, Writes, out_of_turn},
};

/// Runs `number` inside a transaction and stores what it makes; answers the balances that were not what it says.
pub(super) fn batch(
    connection: &mut Connection,
    flusher: &mut Flusher,
    number: &mut dyn FnMut(Position) -> Writes,
) -> Result<Vec<Contradiction>, StorageError> {
    let transaction = connection.transaction()?;
    let position: u64 =
        transaction.prepare_cached("SELECT position FROM journal")?.query_row([], |row| row.get(0))?;
    let writes = number(Position::new(position));
    events(&transaction, &writes)?;
    heads(&transaction, &writes)?;
    for (arena_id, request, answer) in &writes.answers {
        transaction.prepare_cached("INSERT OR REPLACE INTO answers VALUES (?1, ?2, ?3, ?4, ?5)")?.execute(
            params![
                arena_id.to_string(),
                request.as_bytes(),
                answer.fingerprint.as_bytes(),
                answer.body,
                answer.hash(*arena_id, request).as_bytes()
            ],
        )?;
    }
    let mut contradictions = Vec::new();
    for change in &writes.views {
        contradictions.extend(view(&transaction, change)?);
    }
    for (arena_id, snapshot) in &writes.snapshots {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO snapshots VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
            .execute(params![
                arena_id.to_string(),
                snapshot.form,
                number_of(snapshot.head),
                snapshot.head.hash.as_bytes(),
                snapshot.state_hash.as_bytes(),
                snapshot.state
            ])?;
    }
    for (arena_id, due) in &writes.deadlines {
        match due {
            Some(due) => transaction
                .prepare_cached("INSERT OR REPLACE INTO deadlines VALUES (?1, ?2)")?
                .execute(params![arena_id.to_string(), super::rows::number(due.as_millis())])?,
            None => transaction
                .prepare_cached("DELETE FROM deadlines WHERE arena_id = ?1")?
                .execute([arena_id.to_string()])?,
        };
    }
    flusher.run(|| transaction.commit())?;
    Ok(contradictions)
}

fn number_of(head: Head) -> i64 {
    number(head.sequence.get())
}

fn events(transaction: &Transaction<'_>, writes: &Writes) -> Result<(), StorageError> {
    let Some(last) = writes.events.last() else { return Ok(()) };
    let mut insert =
        transaction.prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?;
    // An arena's id is written out once for its run of events.
    let mut spelled = (ArenaId::SYSTEM, ArenaId::SYSTEM.to_string());
    for event in &writes.events {
        if spelled.0 != event.arena_id {
            spelled = (event.arena_id, event.arena_id.to_string());
        }
        insert_event(&mut insert, event, &spelled.1)?;
    }
    transaction.prepare_cached("UPDATE journal SET position = ?1")?.execute([number(last.position.get())])?;
    Ok(())
}

fn insert_event(
    insert: &mut CachedStatement<'_>,
    event: &StoredEvent,
    arena_id: &str,
) -> Result<(), StorageError> {
    insert.execute(params![
        number(event.position.get()),
        arena_id,
        number(event.sequence.get()),
        number(event.recorded_at.as_millis()),
        event.actor.as_str(),
        event.command_id.as_ref().map(arena_core::CommandId::as_str),
        event.kind,
        event.payload,
        event.previous_hash.as_bytes(),
        event.hash.as_bytes()
    ])?;
    Ok(())
}

/// Moves the heads of the streams that grew, each from where its first event of the batch follows.
fn heads(transaction: &Transaction<'_>, writes: &Writes) -> Result<(), StorageError> {
    // By stream: before its first event of the batch, and after its last.
    let mut grown: HashMap<ArenaId, (u64, u64)> = HashMap::new();
    for event in &writes.events {
        let (_, end) = grown.entry(event.arena_id).or_insert_with(|| {
            let before = event.sequence.get().saturating_sub(1);
            (before, before)
        });
        *end += 1;
        if *end != event.sequence.get() {
            return Err(out_of_turn(event.arena_id, event.sequence));
        }
    }
    let mut update = transaction
        .prepare_cached("UPDATE heads SET sequence = ?2, hash = ?3 WHERE arena_id = ?1 AND sequence = ?4")?;
    for (arena_id, head) in &writes.heads {
        let before = grown.get(arena_id).map_or(head.sequence.get(), |(before, _)| *before);
        let id = arena_id.to_string();
        if update.execute(params![id, number_of(*head), head.hash.as_bytes(), number(before)])? == 1 {
            continue;
        }
        let insert = "INSERT INTO heads VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
        let row = params![id, number_of(*head), head.hash.as_bytes()];
        if before > 0 || transaction.prepare_cached(insert)?.execute(row)? == 0 {
            return Err(out_of_turn(*arena_id, head.sequence));
        }
    }
    Ok(())
}

fn view(transaction: &Transaction<'_>, change: &ViewChange) -> Result<Option<Contradiction>, StorageError> {
    match change {
        ViewChange::Arena { arena_id, status, open } => {
            let id = arena_id.to_string();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO arenas VALUES (?1, 'shared', ?2, ?3)")?
                .execute(params![id, status_word(*status), open])?;
            last_arena(transaction, &id)?;
        }
        ViewChange::Joined { arena_id, agent_id } => {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO members VALUES (?1, ?2)")?
                .execute(params![agent_id.as_str(), arena_id.to_string()])?;
        }
        ViewChange::Left { arena_id, agent_id } => {
            transaction
                .prepare_cached("DELETE FROM members WHERE agent_id = ?1 AND arena_id = ?2")?
                .execute(params![agent_id.as_str(), arena_id.to_string()])?;
        }
        ViewChange::Blob { sha256, bytes } => {
            transaction
                .prepare_cached("INSERT OR IGNORE INTO blobs VALUES (?1, ?2)")?
                .execute(params![sha256.as_bytes(), bytes.as_ref()])?;
        }
        ViewChange::Artifact(row) => {
            transaction
                .prepare_cached(
                    "INSERT INTO artifacts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    row.arena_id.to_string(),
                    row.name.as_str(),
                    number(row.version),
                    row.sha256.as_bytes(),
                    number(row.size),
                    row.kind.as_str(),
                    row.media_type,
                    row.slot.as_str(),
                    row.step.map(arena_core::StepNumber::get),
                    number(row.updated_at.as_millis()),
                    row.author.as_str()
                ])?;
        }
        ViewChange::Fact(row) => {
            let tags = serde_json::to_string(&row.tags).expect("a list of strings has a JSON form");
            transaction
                .prepare_cached(
                    "INSERT INTO facts (arena_id, key, version, content, confidence, tags, author, updated_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (arena_id, key) DO UPDATE SET version = excluded.version, content = excluded.content,
                     confidence = excluded.confidence, tags = excluded.tags, author = excluded.author,
                     updated_at = excluded.updated_at",
                )?
                .execute(params![
                    row.arena_id.to_string(),
                    row.key.as_str(),
                    number(row.version),
                    row.content,
                    row.confidence,
                    tags,
                    row.author.as_str(),
                    number(row.updated_at.as_millis())
                ])?;
        }
        ViewChange::Contest { arena_id, status } => {
            let id = arena_id.to_string();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO contests VALUES (?1, ?2)")?
                .execute(params![id, status.as_str()])?;
            last_arena(transaction, &id)?;
        }
        ViewChange::Entered { arena_id, agent_id } => {
            transaction
                .prepare_cached("INSERT OR REPLACE INTO entrants VALUES (?1, ?2)")?
                .execute(params![agent_id.as_str(), arena_id.to_string()])?;
        }
        ViewChange::Withdrawn { arena_id, agent_id } => {
            transaction
                .prepare_cached("DELETE FROM entrants WHERE agent_id = ?1 AND arena_id = ?2")?
                .execute(params![agent_id.as_str(), arena_id.to_string()])?;
        }
        ViewChange::Transfer(row) => ledger::insert(transaction, row)?,
        ViewChange::Balance { account, change } => {
            return ledger::set_balance(transaction, account, *change);
        }
        ViewChange::Counters { agent_id, counters } => {
            ledger::set_counters(transaction, agent_id, counters)?;
        }
    }
    Ok(None)
}

fn last_arena(transaction: &Transaction<'_>, arena_id: &str) -> Result<(), StorageError> {
    transaction
        .prepare_cached("UPDATE journal SET last_arena = ?1 WHERE last_arena < ?1")?
        .execute([arena_id])?;
    Ok(())
}
