//! Looking through a database that may be damaged, read-only: every row that does not fit is named, none stops the search.

mod derived;
mod journal;
mod states;

use std::{collections::BTreeMap, path::Path};

use arena_core::{ArenaId, Hash, Sequence, collaboration::Head};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, Row};

use self::states::KeptSnapshot;
use super::{DATABASE, MIGRATIONS, rows};
use crate::{error::StorageError, verify::Divergence};

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
    // All of one moment: a server may be writing.
    let connection = connection.unchecked_transaction()?;
    stand_in(&connection)?;
    let mut inspector = Inspector {
        connection: &connection,
        found: Vec::new(),
        ends: BTreeMap::new(),
        snapshots: BTreeMap::new(),
        events: 0,
    };
    inspector.database();
    inspector.journal();
    inspector.heads();
    inspector.snapshots();
    inspector.states();
    inspector.blobs();
    inspector.answers();
    let Inspector { mut found, ends, events, .. } = inspector;
    found.sort_by(|a, b| (a.arena_id, a.sequence, &a.reason).cmp(&(b.arena_id, b.sequence, &b.reason)));
    found.dedup();
    Ok(Inspection { events, streams: ends.len().try_into().unwrap_or(u64::MAX), divergences: found })
}

/// Puts tables, beside the file, in the place of those that an older program did not make, or made with fewer columns.
fn stand_in(connection: &Connection) -> Result<(), StorageError> {
    let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // What changes no table, but the indexes, changes no answer.
    for step in MIGRATIONS.iter().skip(version.max(1)).filter(|step| step.contains(" TABLE ")) {
        let changed = step.lines().filter_map(|line| line.strip_prefix("ALTER TABLE ")?.split(' ').next());
        for table in changed {
            let key = "SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(?1, 'main') WHERE pk > 0 ORDER BY pk)";
            let key: Option<String> = connection.query_row(key, [table], |row| row.get(0))?;
            connection.execute_batch(&format!("CREATE TEMP TABLE {table} AS SELECT * FROM main.{table}"))?;
            if let Some(key) = key {
                // Without its key each look-up would pass through all of it.
                connection.execute_batch(&format!("CREATE INDEX temp.{table}_key ON {table} ({key})"))?;
            }
        }
        connection.execute_batch(&step.replace("CREATE TABLE", "CREATE TEMP TABLE"))?;
    }
    Ok(())
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
    snapshots: BTreeMap<ArenaId, KeptSnapshot>,
    events: u64,
}

impl Inspector<'_> {
    fn name(&mut self, arena_id: ArenaId, sequence: Sequence, reason: impl Into<String>) {
        self.push(Divergence::new(arena_id, sequence, reason));
    }

    fn push(&mut self, divergence: Divergence) {
        if self.found.len() < MOST_NAMED {
            self.found.push(divergence);
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
        let looked = connection.prepare_cached(query).and_then(|mut statement| {
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
}
