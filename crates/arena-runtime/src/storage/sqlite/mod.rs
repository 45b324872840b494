//! The embedded store: one SQLite database, one writing connection, a pool of readers, one process.

mod bare;
mod flush;
mod inspect;
mod ledger;
mod log_space;
mod read;
mod rows;
mod write;

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use arena_core::{ArenaId, Hash, Position, Timestamp, collaboration::ArtifactName};
use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, OptionalExtension, backup::Progress};

pub use self::bare::{BareBatch, BareStore};
pub(crate) use self::inspect::{hash_at, inspect};
use self::{flush::Flusher, log_space::LogSpace};
use super::{
    Answer, ArenaFilter, ArenaStorage, ArtifactRow, BUSY_TIMEOUT, Contradiction, EventFilter, FactFilter,
    FactRow, Opening, StoredStream, Writes,
};
use crate::{error::StorageError, record::StoredEvent};

/// The database's file name in the data folder.
pub const DATABASE: &str = "arena.db";
/// The file whose lock keeps a second process out.
const LOCK: &str = "arena.lock";
/// The schema, one file a version; `PRAGMA user_version` tells how many a database has.
const MIGRATIONS: [&str; 5] = [
    include_str!("../../../migrations/sqlite/0001_journal.sql"),
    include_str!("../../../migrations/sqlite/0002_ledger.sql"),
    include_str!("../../../migrations/sqlite/0003_entrants.sql"),
    include_str!("../../../migrations/sqlite/0004_authors.sql"),
    include_str!("../../../migrations/sqlite/0005_one_index.sql"),
];
/// Pages in the log before a commit also copies them back; 4,000 of 4 KiB (measured: `NOTES`, Storage).
const WAL_PAGES: u32 = 4_000;
/// Connections kept for readers that come again.
const IDLE_READERS: usize = 16;

/// A store in `DIR/arena.db`.
#[derive(Debug)]
pub struct SqliteStorage {
    path: PathBuf,
    writer: Mutex<Writer>,
    readers: Mutex<Vec<Connection>>,
    /// Balances that were not what the ledger had left there, since somebody asked.
    contradictions: Mutex<Vec<Contradiction>>,
    /// Held until the store rests for the last time.
    lock: Mutex<Option<File>>,
}

/// The one connection that writes, and how its commits reach the disk.
#[derive(Debug)]
struct Writer {
    connection: Connection,
    flusher: Flusher,
    log_space: LogSpace,
}

impl SqliteStorage {
    /// Opens the store in `dir`, making it when there is none, and keeps every other process out.
    ///
    /// # Errors
    /// [`StorageError::Refused`] when another process has it open or it is of a newer version;
    /// [`StorageError::Unavailable`] when the disk or the database says no.
    pub fn open(dir: &Path) -> Result<Self, StorageError> {
        let lock = open_folder(dir)?;
        let path = dir.join(DATABASE);
        let is_new = !path.exists();
        let mut writer = Connection::open(&path)?;
        if is_new {
            make_private(&path).map_err(|error| unavailable(&path, &error))?;
        }
        writer.busy_timeout(Duration::from_millis(BUSY_TIMEOUT.get()))?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        writer.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        writer.pragma_update(None, "cache_size", -64_000)?;
        writer.pragma_update(None, "foreign_keys", "ON")?;
        writer.set_prepared_statement_cache_capacity(64);
        migrate(&mut writer)?;
        let flusher = Flusher::start().map_err(|error| unavailable(dir, &error))?;
        Ok(Self {
            path,
            writer: Mutex::new(Writer { connection: writer, flusher, log_space: LogSpace::default() }),
            readers: Mutex::new(Vec::new()),
            contradictions: Mutex::default(),
            lock: Mutex::new(Some(lock)),
        })
    }

    /// Runs `query` on a connection of the pool.
    fn reading<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let idle = self.readers.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let answer = query(&connection)?;
        let mut idle = self.readers.lock();
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
        Ok(answer)
    }
}

/// Whether another process has the store in `dir` open.
///
/// # Errors
/// [`StorageError::Unavailable`] when the folder cannot be read.
pub fn is_locked(dir: &Path) -> Result<bool, StorageError> {
    match lock(dir) {
        Ok(_) => Ok(false),
        Err(StorageError::Refused(_)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Copies a database, which may be in use, into a new file.
///
/// # Errors
/// [`StorageError::Unavailable`].
pub(crate) fn backup_file(database: &Path, to: &Path) -> Result<(), StorageError> {
    Ok(open_reader(database)?.backup("main", to, None::<fn(Progress)>)?)
}

/// Makes the folder of a store when there is none, for its owner's eyes only, and keeps other processes out.
///
/// # Errors
/// As [`SqliteStorage::open`].
pub(crate) fn open_folder(dir: &Path) -> Result<File, StorageError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| unavailable(dir, &error))?;
    lock(dir)
}

/// Lets nobody but the owner read a file; what SQLite puts beside a database gets the same mode.
///
/// # Errors
/// When the file system says no.
pub(crate) fn make_private(file: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

fn lock(dir: &Path) -> Result<File, StorageError> {
    let path = dir.join(LOCK);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| unavailable(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StorageError::Refused(format!(
            "another process has the store in {} open; stop it, or use its server",
            dir.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(&path, &error)),
    }
}

fn unavailable(path: &Path, error: &std::io::Error) -> StorageError {
    StorageError::Unavailable(format!("{}: {error}", path.display()))
}

/// Opens a connection that cannot write.
///
/// # Errors
/// [`StorageError::Unavailable`].
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StorageError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_TIMEOUT.get()))?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

/// Brings the schema to this version's, each step in a transaction.
fn migrate(connection: &mut Connection) -> Result<(), StorageError> {
    let version: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version > MIGRATIONS.len() {
        return Err(StorageError::Refused(format!(
            "the store has schema {version} and this program knows {}; use a newer one",
            MIGRATIONS.len()
        )));
    }
    for (index, step) in MIGRATIONS.iter().enumerate().skip(version) {
        if version > 0 {
            tracing::info!(
                "bringing the store from schema {index} to {}; a large one takes a while",
                index + 1
            );
        }
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", index + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

impl ArenaStorage for SqliteStorage {
    fn opening(&self) -> Result<Opening, StorageError> {
        self.reading(read::opening)
    }

    fn write(&self, number: &mut dyn FnMut(Position) -> Writes) -> Result<(), StorageError> {
        let mut writer = self.writer.lock();
        let Writer { connection, flusher, log_space } = &mut *writer;
        let contradictions = write::batch(connection, flusher, number)?;
        if !contradictions.is_empty() {
            self.contradictions.lock().extend(contradictions);
        }
        log_space.committed(&self.path);
        Ok(())
    }

    fn answer(&self, arena_id: ArenaId, request: &Hash) -> Result<Option<Answer>, StorageError> {
        self.reading(|connection| read::answer(connection, arena_id, request))
    }

    fn stream(&self, arena_id: ArenaId) -> Result<Option<StoredStream>, StorageError> {
        self.reading(|connection| read::stream(connection, arena_id))
    }

    fn size_of_events(&self, arena_id: ArenaId) -> Result<(u64, u64), StorageError> {
        self.reading(|connection| read::size_of_events(connection, arena_id))
    }

    fn events(
        &self,
        arena_id: ArenaId,
        filter: &EventFilter,
    ) -> Result<(Vec<StoredEvent>, arena_core::collaboration::Head), StorageError> {
        self.reading(|connection| read::events(connection, arena_id, filter))
    }

    fn journal(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StorageError> {
        self.reading(|connection| read::journal(connection, after, limit))
    }

    fn arenas(&self, filter: &ArenaFilter) -> Result<Vec<ArenaId>, StorageError> {
        self.reading(|connection| read::arenas(connection, filter))
    }

    fn artifact(
        &self,
        arena_id: ArenaId,
        name: &ArtifactName,
        version: Option<u64>,
    ) -> Result<Option<(ArtifactRow, Vec<u8>)>, StorageError> {
        self.reading(|connection| read::artifact(connection, arena_id, name, version))
    }

    fn blob(&self, sha256: &Hash) -> Result<Option<Vec<u8>>, StorageError> {
        self.reading(|connection| {
            let query = "SELECT bytes FROM blobs WHERE sha256 = ?1";
            Ok(connection
                .prepare_cached(query)?
                .query_row([sha256.as_bytes()], |row| row.get(0))
                .optional()?)
        })
    }

    fn facts(&self, arena_id: ArenaId, filter: &FactFilter) -> Result<Vec<FactRow>, StorageError> {
        self.reading(|connection| read::facts(connection, arena_id, filter))
    }

    fn set_test_clock(&self, at: Timestamp) -> Result<(), StorageError> {
        let set = "INSERT INTO settings VALUES ('test_clock', ?1) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        self.writer.lock().connection.execute(set, [at.as_millis().to_string()])?;
        Ok(())
    }

    fn limit_size(&self, bytes: Option<u64>) -> Result<(), StorageError> {
        let writer = &self.writer.lock().connection;
        let page: u64 = writer.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = bytes.map_or(u64::from(u32::MAX) - 1, |bytes| (bytes / page.max(1)).max(1));
        writer.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
        Ok(())
    }

    fn backup(&self, to: &Path) -> Result<(), StorageError> {
        self.reading(|connection| Ok(connection.backup("main", to, None::<fn(Progress)>)?))
    }

    fn probe(&self) -> Result<(), StorageError> {
        self.writer.lock().connection.execute("UPDATE journal SET position = position", [])?;
        Ok(())
    }

    fn rest(&self, last: bool) {
        let mode = if last { "PRAGMA wal_checkpoint(TRUNCATE)" } else { "PRAGMA wal_checkpoint(PASSIVE)" };
        if let Err(error) = self.writer.lock().connection.query_row(mode, [], |_| Ok(())) {
            tracing::warn!(%error, "the log could not be copied back; it stays and is read from");
        }
        if last {
            *self.lock.lock() = None;
        }
    }
}
