//! Export and import: the whole journal as JSON lines, each event with the bytes it names before it.

use std::{
    collections::{BTreeMap, HashSet},
    io::{BufRead, Write},
    path::Path,
    sync::Arc,
};

use arena_core::{
    AgentId, ArenaEvent, ArenaId, CommandId, ContestEvent, Hash, Position, Sequence, Timestamp,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use super::{require_no_store, require_store};
use crate::{
    error::StorageError,
    ledger::Recount,
    record::StoredEvent,
    storage::{ArenaStorage, Change, SqliteStorage, ViewChange, Writes},
    verify::Replay,
};

/// What the first line says.
const FORMAT: &str = "arena/export/v1";
/// Events read or written at once.
const PAGE: usize = 1_000;

/// One line of an export.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Format { name: String, test_clock_ms: Option<u64> },
    Blob { sha256: Hash, base64: String },
    Event(EventLine),
    End { events: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    position: Position,
    arena_id: ArenaId,
    sequence: Sequence,
    recorded_at_ms: u64,
    actor: AgentId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command_id: Option<CommandId>,
    r#type: String,
    /// As stored: the hash is over these bytes.
    payload: String,
    previous_hash: Hash,
    hash: Hash,
}

impl From<StoredEvent> for EventLine {
    fn from(event: StoredEvent) -> Self {
        Self {
            position: event.position,
            arena_id: event.arena_id,
            sequence: event.sequence,
            recorded_at_ms: event.recorded_at.as_millis(),
            actor: event.actor,
            command_id: event.command_id,
            r#type: event.kind,
            payload: event.payload,
            previous_hash: event.previous_hash,
            hash: event.hash,
        }
    }
}

impl From<EventLine> for StoredEvent {
    fn from(line: EventLine) -> Self {
        Self {
            position: line.position,
            arena_id: line.arena_id,
            sequence: line.sequence,
            recorded_at: Timestamp::from_millis(line.recorded_at_ms),
            actor: line.actor,
            command_id: line.command_id,
            kind: line.r#type,
            payload: line.payload,
            previous_hash: line.previous_hash,
            hash: line.hash,
        }
    }
}

/// Writes the journal of the store in `dir`, and the bytes that its events name, as JSON lines; answers how many events.
///
/// # Errors
/// [`StorageError::Refused`] when there is no store or a server has it open; [`StorageError::Damaged`];
/// [`StorageError::Unavailable`] also when the lines cannot be written.
pub fn export(dir: &Path, to: &mut impl Write) -> Result<u64, StorageError> {
    require_store(dir)?;
    let storage = SqliteStorage::open(dir)?;
    let test_clock_ms = storage.opening()?.test_clock.map(Timestamp::as_millis);
    write_line(to, &Line::Format { name: FORMAT.to_owned(), test_clock_ms })?;
    let mut written = HashSet::new();
    let mut after = Position::ZERO;
    loop {
        let page = storage.journal(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for event in page {
            if let Some(sha256) = named_bytes(&event)?.filter(|sha256| written.insert(*sha256)) {
                let bytes = storage.blob(&sha256)?.ok_or_else(|| {
                    damaged(&event, format!("the bytes {sha256} that it names are missing"))
                })?;
                write_line(to, &Line::Blob { sha256, base64: STANDARD.encode(bytes) })?;
            }
            write_line(to, &Line::Event(event.into()))?;
        }
    }
    write_line(to, &Line::End { events: after.get() })?;
    to.flush().map_err(|error| unavailable(&error))?;
    Ok(after.get())
}

/// Makes a store in `dir` from an export, checking every event; answers how many. Kept answers are not in an export:
/// a request repeated with its key after an import is carried out again.
///
/// # Errors
/// [`StorageError::Refused`] when `dir` holds a store already or a line is not of an export; [`StorageError::Damaged`]
/// when an event is not what was written. The store is then unfinished, and removed.
pub fn import(from: impl BufRead, dir: &Path) -> Result<u64, StorageError> {
    require_no_store(dir)?;
    let imported = import_into(from, dir);
    if imported.is_err() {
        for file in ["arena.db", "arena.db-wal", "arena.db-shm"] {
            // What was not made cannot be removed.
            let _ = std::fs::remove_file(dir.join(file));
        }
    }
    imported
}

fn import_into(from: impl BufRead, dir: &Path) -> Result<u64, StorageError> {
    let storage = SqliteStorage::open(dir)?;
    let mut import = Import::default();
    let mut lines = from.lines().enumerate().map(|(index, line)| {
        let line = line.map_err(|error| unavailable(&error))?;
        serde_json::from_str::<Line>(&line).map_err(|error| {
            StorageError::Refused(format!("line {} is not of an export: {error}", index + 1))
        })
    });
    match lines.next().transpose()? {
        Some(Line::Format { name, test_clock_ms }) if name == FORMAT => {
            if let Some(ms) = test_clock_ms {
                storage.set_test_clock(Timestamp::from_millis(ms))?;
            }
        }
        _ => return Err(StorageError::Refused(format!("the first line does not say {FORMAT}"))),
    }
    while let Some(line) = lines.next().transpose()? {
        match line {
            Line::Blob { sha256, base64 } => import.blob(sha256, &base64)?,
            Line::Event(event) => import.event(event.into())?,
            Line::End { events } if events == import.last.get() => {
                import.balances();
                if lines.next().is_some() {
                    return Err(StorageError::Refused("the export goes on after its last line".to_owned()));
                }
                import.store(&storage)?;
                storage.rest(true);
                return Ok(events);
            }
            Line::End { .. } | Line::Format { .. } => break,
        }
        if import.writes.events.len() >= PAGE {
            import.store(&storage)?;
        }
    }
    Err(StorageError::Refused("the export is cut: its last line is missing".to_owned()))
}

#[derive(Default)]
struct Import {
    replays: BTreeMap<ArenaId, Replay>,
    writes: Writes,
    touched: HashSet<ArenaId>,
    blobs: HashSet<Hash>,
    recount: Recount,
    last: Position,
}

impl Import {
    fn blob(&mut self, sha256: Hash, base64: &str) -> Result<(), StorageError> {
        let bytes = STANDARD.decode(base64).ok().filter(|bytes| Hash::of(bytes) == sha256);
        let bytes = bytes
            .ok_or_else(|| StorageError::Refused(format!("the bytes of {sha256} do not have that hash")))?;
        self.writes.views.push(ViewChange::Blob { sha256, bytes: bytes.into() });
        self.blobs.insert(sha256);
        Ok(())
    }

    fn event(&mut self, event: StoredEvent) -> Result<(), StorageError> {
        if event.position != self.last.next() {
            return Err(damaged(&event, format!("position {} was expected", self.last.next())));
        }
        let arena_id = event.arena_id;
        let replay = self.replays.entry(arena_id).or_insert_with(|| Replay::new(arena_id));
        let folded = replay.check(&event)?;
        if let Some(sha256) = named_bytes(&event)?.filter(|sha256| !self.blobs.contains(sha256)) {
            return Err(damaged(&event, format!("the bytes {sha256} that it names did not come before it")));
        }
        self.recount.transferred(&event, &folded);
        self.writes.views.extend(folded.rows());
        self.last = event.position;
        self.touched.insert(arena_id);
        self.writes.events.push(Arc::new(event));
        Ok(())
    }

    /// What all transfers and contests together lead to.
    fn balances(&mut self) {
        let balances = self.recount.balances().map(|(account, after)| ViewChange::Balance {
            account: account.clone(),
            change: Change { before: 0, after },
        });
        let counters = self
            .recount
            .profiles()
            .map(|(agent_id, counters)| ViewChange::Counters { agent_id: agent_id.clone(), counters });
        self.writes.views.extend(balances.chain(counters));
    }

    fn store(&mut self, storage: &SqliteStorage) -> Result<(), StorageError> {
        let mut writes = std::mem::take(&mut self.writes);
        for arena_id in self.touched.drain() {
            if let Some(replay) = self.replays.get(&arena_id) {
                writes.heads.push((arena_id, replay.head));
                let due = replay.shared().and_then(arena_core::SharedArena::next_deadline);
                writes.deadlines.push((arena_id, due));
            }
        }
        let mut writes = Some(writes);
        storage.write(&mut |_| writes.take().unwrap_or_default())
    }
}

/// The hash of the bytes that an event names.
fn named_bytes(event: &StoredEvent) -> Result<Option<Hash>, StorageError> {
    match event.kind.as_str() {
        "artifact_put" => match event.decode()? {
            ArenaEvent::ArtifactPut { sha256, .. } => Ok(Some(sha256)),
            _ => Ok(None),
        },
        "round_actions_stored" => match event.decode()? {
            ContestEvent::RoundActionsStored { sha256, .. } => Ok(Some(sha256)),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn write_line(to: &mut impl Write, line: &Line) -> Result<(), StorageError> {
    serde_json::to_writer(&mut *to, line).map_err(|error| StorageError::Unavailable(error.to_string()))?;
    to.write_all(b"\n").map_err(|error| unavailable(&error))
}

fn damaged(event: &StoredEvent, reason: String) -> StorageError {
    StorageError::Damaged { arena_id: event.arena_id, sequence: event.sequence, reason }
}

fn unavailable(error: &std::io::Error) -> StorageError {
    StorageError::Unavailable(error.to_string())
}
