//! Looking through a database that may be damaged, read-only: every row that does not fit is named, none stops the search.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use arena_core::{
    ArenaId, Hash, Position, Sequence,
    collaboration::{FactKey, Head},
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row, types::ValueRef};

use super::{
    DATABASE,
    rows::{self, EVENT, FACT},
};
use crate::{
    error::StorageError,
    stream::START,
    verify::{Divergence, Replay, cut},
};

/// How many divergences are named; a ruined store has as many as rows.
const MOST_NAMED: usize = 1_000;

/// What an inspection found.
#[derive(Clone, Debug)]
pub(crate) struct Inspection {
    /// How many events were looked at.
    pub(crate) events: u64,
    /// How many streams were looked at.
    pub(crate) streams: u64,
    /// Everything that does not fit, by stream and sequence; at most a thousand.
    pub(crate) divergences: Vec<Divergence>,
}

/// Looks through the whole database in `dir`.
///
/// # Errors
/// [`StorageError`] when there is none or it cannot be read at all.
pub(crate) fn inspect(dir: &Path) -> Result<Inspection, StorageError> {
    let path = dir.join(DATABASE);
    if !path.exists() {
        return Err(StorageError::Refused(format!(
            "there is no store at {}; name its folder with --data",
            dir.display()
        )));
    }
    let connection = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut inspector =
        Inspector { connection: &connection, found: Vec::new(), ends: BTreeMap::new(), events: 0 };
    inspector.database();
    inspector.journal();
    inspector.heads();
    inspector.states();
    inspector.blobs();
    let Inspector { mut found, ends, events, .. } = inspector;
    found.sort_by(|a, b| (a.arena_id, a.sequence, &a.reason).cmp(&(b.arena_id, b.sequence, &b.reason)));
    found.dedup();
    Ok(Inspection { events, streams: ends.len().try_into().unwrap_or(u64::MAX), divergences: found })
}

/// The hash of one event, as stored.
///
/// # Errors
/// [`StorageError::Unavailable`].
pub(crate) fn hash_at(
    dir: &Path,
    arena_id: ArenaId,
    sequence: Sequence,
) -> Result<Option<Hash>, StorageError> {
    let connection = Connection::open_with_flags(dir.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let query = "SELECT hash FROM events WHERE arena_id = ?1 AND sequence = ?2";
    let wanted = (arena_id.to_string(), rows::number(sequence.get()));
    Ok(connection.query_row(query, wanted, |row| rows::hash(row, 0)).optional()?)
}

struct Inspector<'a> {
    connection: &'a Connection,
    found: Vec<Divergence>,
    ends: BTreeMap<ArenaId, Head>,
    events: u64,
}

impl Inspector<'_> {
    fn name(&mut self, arena_id: ArenaId, sequence: Sequence, reason: impl Into<String>) {
        if self.found.len() < MOST_NAMED {
            self.found.push(Divergence::new(arena_id, sequence, reason));
        }
    }

    /// Runs `each` over the rows of a query; a database error is named and ends the query.
    fn rows(
        &mut self,
        query: &str,
        what: &str,
        each: impl FnMut(&mut Self, &Row<'_>) -> rusqlite::Result<()>,
    ) {
        self.rows_of(query, [], what, each);
    }

    /// The same with parameters.
    fn rows_of(
        &mut self,
        query: &str,
        values: impl Params,
        what: &str,
        mut each: impl FnMut(&mut Self, &Row<'_>) -> rusqlite::Result<()>,
    ) {
        let connection = self.connection;
        let looked = connection.prepare(query).and_then(|mut statement| {
            let mut rows = statement.query(values)?;
            while let Some(row) = rows.next()? {
                each(self, row)?;
            }
            Ok(())
        });
        if let Err(error) = looked {
            self.name(ArenaId::SYSTEM, Sequence::ZERO, format!("{what} cannot be read: {error}"));
        }
    }

    /// What SQLite itself finds.
    fn database(&mut self) {
        self.rows("PRAGMA integrity_check", "the database", |inspector, row| {
            let line: String = row.get(0)?;
            if line != "ok" {
                inspector.name(ArenaId::SYSTEM, Sequence::ZERO, format!("SQLite: {line}"));
            }
            Ok(())
        });
    }

    /// Every event in order of position: numbers without gaps, links, hashes.
    fn journal(&mut self) {
        let mut last = Position::ZERO;
        let query = format!("SELECT {EVENT} FROM events ORDER BY position");
        self.rows(&query, "the journal", |inspector, row| {
            inspector.events += 1;
            match rows::event(row) {
                Ok(event) => {
                    if event.position != last.next() {
                        let reason = format!(
                            "positions {} to {} are missing before this event",
                            last.next(),
                            event.position.get() - 1
                        );
                        inspector.name(event.arena_id, event.sequence, reason);
                    }
                    last = event.position;
                    let before = inspector.ends.get(&event.arena_id).copied().unwrap_or(START);
                    if let Err(error) = event.check_after(before) {
                        inspector.found.push(Divergence::of(&error, event.arena_id, event.sequence));
                    }
                    inspector.ends.insert(event.arena_id, event.head());
                }
                Err(error) => {
                    let (arena_id, sequence) = place(row);
                    inspector.name(arena_id, sequence, format!("the row has an odd value: {error}"));
                    last = row.get(0).map_or(last.next(), Position::new);
                    inspector.ends.insert(arena_id, Head { sequence, hash: Hash::ZERO });
                }
            }
            Ok(())
        });
        self.rows("SELECT position FROM journal", "the journal's own head", |inspector, row| {
            let position = Position::new(row.get(0)?);
            if position != last {
                let reason = format!("the journal ends at position {last}, its own head says {position}");
                inspector.name(ArenaId::SYSTEM, Sequence::ZERO, reason);
            }
            Ok(())
        });
    }

    /// Every head has its stream's end, and every stream a head.
    fn heads(&mut self) {
        let mut headless: BTreeSet<ArenaId> = self.ends.keys().copied().collect();
        self.rows("SELECT arena_id, sequence, hash FROM heads", "the heads", |inspector, row| {
            let (arena_id, sequence) = (rows::arena_id(row)?, Sequence::new(row.get(1)?));
            headless.remove(&arena_id);
            let head = Head { sequence, hash: rows::hash(row, 2)? };
            let end = inspector.ends.get(&arena_id).copied().unwrap_or(START);
            if end != head {
                inspector.found.push(cut(arena_id, end, head));
            }
            Ok(())
        });
        for arena_id in headless {
            self.name(arena_id, Sequence::ZERO, "the stream has no head");
        }
    }

    /// Every stream replayed: its snapshot, its report and its facts are what the events give.
    fn states(&mut self) {
        let mut replay: Option<Replay> = None;
        let query =
            format!("SELECT {EVENT} FROM events INDEXED BY events_by_arena ORDER BY arena_id, sequence");
        self.rows(&query, "the index of the journal", |inspector, row| {
            let Ok(event) = rows::event(row) else { return Ok(()) };
            if replay.as_ref().is_none_or(|current| current.arena_id != event.arena_id)
                && let Some(done) = replay.replace(Replay::new(event.arena_id))
            {
                inspector.facts(&done);
            }
            let Some(current) = replay.as_mut() else { return Ok(()) };
            // Of a stream that does not hang together, only that is said.
            if current.head.sequence.next() == event.sequence {
                if let Err(error) = current.fold(&event) {
                    inspector.found.push(Divergence::of(&error, event.arena_id, event.sequence));
                }
                inspector.snapshot(current);
            }
            Ok(())
        });
        if let Some(done) = replay {
            self.facts(&done);
        }
    }

    fn snapshot(&mut self, replay: &Replay) {
        let query = "SELECT hash, state_hash, state FROM snapshots WHERE arena_id = ?1 AND sequence = ?2";
        let sequence = rows::number(replay.head.sequence.get());
        let found = self.connection.prepare_cached(query).and_then(|mut statement| {
            let mut rows = statement.query((replay.arena_id.to_string(), sequence))?;
            let Some(row) = rows.next()? else { return Ok(None) };
            let state: Vec<u8> = row.get(2)?;
            Ok(Some((rows::hash(row, 0)?, rows::hash(row, 1)?, Hash::of(&state))))
        });
        let divergence = match found {
            Ok(None) => return,
            Ok(Some((hash, state_hash, computed))) if state_hash == computed => {
                let at = Head { sequence: replay.head.sequence, hash };
                replay.check_snapshot(at, state_hash).err()
            }
            Ok(Some(_)) => Some(Divergence::new(
                replay.arena_id,
                replay.head.sequence,
                "the snapshot does not have its hash",
            )),
            Err(error) => Some(Divergence::new(
                replay.arena_id,
                replay.head.sequence,
                format!("the snapshot cannot be read: {error}"),
            )),
        };
        self.found.extend(divergence);
    }

    fn facts(&mut self, replay: &Replay) {
        let Some(shared) = replay.shared() else { return };
        let mut missing: BTreeSet<FactKey> = shared.facts().map(|(key, _)| key.clone()).collect();
        let id = replay.arena_id;
        let query = format!("SELECT {FACT} FROM facts WHERE arena_id = ?1");
        self.rows_of(&query, [id.to_string()], "the facts", |inspector, row| {
            let fact = rows::fact(row)?;
            missing.remove(&fact.key);
            let known = shared.fact(&fact.key);
            if known.is_none_or(|known| {
                known.version != fact.version || known.sha256 != Hash::of(fact.content.as_bytes())
            }) {
                inspector.name(id, Sequence::ZERO, format!("fact {} is not what its event says", fact.key));
            }
            Ok(())
        });
        for key in missing {
            self.name(id, Sequence::ZERO, format!("fact {key} is missing"));
        }
    }

    /// Every artifact has its bytes, and all bytes have their hash.
    fn blobs(&mut self) {
        let query =
            "SELECT a.arena_id, a.name, a.sha256, b.bytes FROM artifacts a LEFT JOIN blobs b USING (sha256)";
        self.rows(query, "the artifacts", |inspector, row| {
            let (arena_id, name): (ArenaId, String) = (rows::arena_id(row)?, row.get(1)?);
            match row.get_ref(3)? {
                ValueRef::Blob(bytes) if Hash::of(bytes) == rows::hash(row, 2)? => {}
                ValueRef::Blob(_) => {
                    inspector.name(
                        arena_id,
                        Sequence::ZERO,
                        format!("the bytes of artifact {name} do not have their hash"),
                    );
                }
                ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) => {
                    inspector.name(
                        arena_id,
                        Sequence::ZERO,
                        format!("the bytes of artifact {name} are missing"),
                    );
                }
            }
            Ok(())
        });
    }
}

/// Where an unreadable row says that it belongs.
fn place(row: &Row<'_>) -> (ArenaId, Sequence) {
    let arena_id = rows::parsed(row, 1).unwrap_or(ArenaId::SYSTEM);
    (arena_id, row.get(2).map_or(Sequence::ZERO, Sequence::new))
}
