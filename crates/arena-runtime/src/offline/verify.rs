//! Proving a whole store, damaged ones too.

use std::path::Path;

use arena_core::{ArenaId, Hash, Sequence};

use super::inspect;
use crate::{error::StorageError, storage::hash_at, verify::Divergence};

/// A head that was kept elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The stream.
    pub arena_id: ArenaId,
    /// An event of it.
    pub sequence: Sequence,
    /// That event's hash.
    pub hash: Hash,
}

/// What a verification of a whole store found.
#[derive(Clone, Debug)]
pub struct StoreVerification {
    /// Whether everything fits.
    pub ok: bool,
    /// How many events were looked at.
    pub checked_events: u64,
    /// How many streams were looked at, the system's included.
    pub checked_arenas: u64,
    /// Everything that does not fit, by stream and sequence; at most a thousand.
    pub divergences: Vec<Divergence>,
}

/// Checks every event, link, head, snapshot, report, fact and artifact of the store in `dir`, without writing to it.
///
/// # Errors
/// [`StorageError`] when there is no store or it cannot be read at all; damage is not an error but an answer.
pub fn verify(dir: &Path, expected: &[Expected]) -> Result<StoreVerification, StorageError> {
    let found = inspect(dir)?;
    let mut divergences = found.divergences;
    for expected in expected {
        let Expected { arena_id, sequence, hash } = *expected;
        let reason = match hash_at(dir, arena_id, sequence)? {
            Some(stored) if stored == hash => continue,
            Some(stored) => format!("hash {hash} was expected, {stored} is stored"),
            None => format!("an event with hash {hash} was expected, there is none"),
        };
        divergences.push(Divergence::new(arena_id, sequence, reason));
    }
    Ok(StoreVerification {
        ok: divergences.is_empty(),
        checked_events: found.events,
        checked_arenas: found.streams,
        divergences,
    })
}
