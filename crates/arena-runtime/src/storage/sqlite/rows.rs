//! Between SQLite's values and ours.

use std::str::FromStr;

use arena_core::{
    ArenaId, Hash, Position, Sequence, StepNumber, Timestamp,
    collaboration::{ArtifactKind, Status},
};
use rusqlite::{Row, types::Type};

use crate::{
    error::StorageError,
    record::StoredEvent,
    storage::{ArtifactRow, FactRow},
};

/// The columns of an event, in the order of [`event`].
pub(crate) const EVENT: &str =
    "position, arena_id, sequence, recorded_at, actor, command_id, type, payload, previous_hash, hash";
/// The columns of an artifact's version, in the order of [`artifact`].
pub(super) const ARTIFACT: &str = "a.arena_id, a.name, a.version, a.sha256, a.size, a.kind, a.media_type, a.slot, a.step, a.updated_at, a.author";
/// The columns of a fact, in the order of [`fact`].
pub(super) const FACT: &str = "arena_id, key, version, content, confidence, tags, author, updated_at";

/// A number as SQLite has it; numbers of ours never reach 2^63.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// How a status is spelled in the lists.
pub(super) const fn status_word(status: Status) -> &'static str {
    status.as_str()
}

impl From<rusqlite::Error> for StorageError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// An event of the columns [`EVENT`].
pub(crate) fn event(row: &Row<'_>) -> rusqlite::Result<StoredEvent> {
    let command_id: Option<String> = row.get(5)?;
    Ok(StoredEvent {
        position: Position::new(row.get(0)?),
        arena_id: parsed(row, 1)?,
        sequence: Sequence::new(row.get(2)?),
        recorded_at: Timestamp::from_millis(row.get(3)?),
        actor: parsed(row, 4)?,
        command_id: command_id.map(|id| id.parse().map_err(|error| unfit(5, error))).transpose()?,
        kind: row.get(6)?,
        payload: row.get(7)?,
        previous_hash: hash(row, 8)?,
        hash: hash(row, 9)?,
    })
}

/// An artifact's version of the columns [`ARTIFACT`].
pub(super) fn artifact(row: &Row<'_>) -> rusqlite::Result<ArtifactRow> {
    let step: Option<u32> = row.get(8)?;
    let kind: String = row.get(5)?;
    Ok(ArtifactRow {
        arena_id: parsed(row, 0)?,
        name: parsed(row, 1)?,
        version: row.get(2)?,
        sha256: hash(row, 3)?,
        size: row.get(4)?,
        kind: match kind.as_str() {
            "text" => ArtifactKind::Text,
            "code" => ArtifactKind::Code,
            "data" => ArtifactKind::Data,
            _ => ArtifactKind::File,
        },
        media_type: row.get(6)?,
        slot: parsed(row, 7)?,
        step: step.and_then(StepNumber::new),
        updated_at: Timestamp::from_millis(row.get(9)?),
        author: parsed(row, 10)?,
    })
}

/// A fact of the columns [`FACT`].
pub(super) fn fact(row: &Row<'_>) -> rusqlite::Result<FactRow> {
    let tags: String = row.get(5)?;
    Ok(FactRow {
        arena_id: parsed(row, 0)?,
        key: parsed(row, 1)?,
        version: row.get(2)?,
        content: row.get(3)?,
        confidence: row.get(4)?,
        tags: serde_json::from_str(&tags).map_err(|error| unfit(5, error))?,
        author: parsed(row, 6)?,
        updated_at: Timestamp::from_millis(row.get(7)?),
    })
}

/// An arena id of one column.
pub(super) fn arena_id(row: &Row<'_>) -> rusqlite::Result<ArenaId> {
    parsed(row, 0)
}

/// A text column that has a form.
pub(super) fn parsed<T>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    row.get_ref(column)?.as_str()?.parse().map_err(|error: T::Err| unfit(column, error))
}

/// A column of 32 bytes.
pub(super) fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash::from_bytes)
}

pub(super) fn unfit(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}
