//! Every stream replayed: snapshots, reports and derived rows are what the events give.

use arena_core::{Hash, collaboration::Head};

use super::{
    super::rows::{self, EVENT},
    Inspector,
    derived::Derived,
};
use crate::verify::{Divergence, Replay};

impl Inspector<'_> {
    /// Replays every stream.
    pub(super) fn states(&mut self) {
        let mut current: Option<(Replay, Derived)> = None;
        let query =
            format!("SELECT {EVENT} FROM events INDEXED BY events_by_arena ORDER BY arena_id, sequence");
        self.rows(&query, "the index of the journal", |inspector, row| {
            let Ok(event) = rows::event(row) else { return Ok(()) };
            if current.as_ref().is_none_or(|(replay, _)| replay.arena_id != event.arena_id)
                && let Some((replay, derived)) =
                    current.replace((Replay::new(event.arena_id), Derived::default()))
            {
                inspector.compare(&replay, &derived);
            }
            let Some((replay, derived)) = current.as_mut() else { return Ok(()) };
            // Of a stream that does not hang together, only that is said.
            if replay.head.sequence.next() == event.sequence {
                match replay.fold(&event) {
                    Ok(change) => derived.apply(change),
                    Err(error) => {
                        inspector.found.push(Divergence::of(&error, event.arena_id, event.sequence));
                    }
                }
                inspector.snapshot(replay);
            }
            Ok(())
        });
        if let Some((replay, derived)) = current {
            self.compare(&replay, &derived);
        }
    }

    /// A stream that was replayed to its end has the rows which its events give.
    fn compare(&mut self, replay: &Replay, derived: &Derived) {
        if self.ends.get(&replay.arena_id) == Some(&replay.head) && replay.shared().is_some() {
            self.derived(replay, derived);
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
}
