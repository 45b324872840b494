//! The journal itself: every number, link and hash, and where each stream ends.

use std::collections::BTreeSet;

use arena_core::{ArenaId, Hash, Position, Sequence, collaboration::Head};
use rusqlite::Row;

use super::{
    super::rows::{self, EVENT},
    Inspector,
};
use crate::{
    stream::START,
    verify::{Divergence, cut},
};

impl Inspector<'_> {
    /// Every event in order of position: numbers without gaps, links, hashes.
    pub(super) fn journal(&mut self) {
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
                            event.position.get().saturating_sub(1)
                        );
                        inspector.name(event.arena_id, event.sequence, reason);
                    }
                    last = event.position;
                    let before = inspector.ends.get(&event.arena_id).copied().unwrap_or(START);
                    if let Err(error) = event.check_after(before) {
                        inspector.push(Divergence::of(&error, event.arena_id, event.sequence));
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
    pub(super) fn heads(&mut self) {
        let mut headless: BTreeSet<ArenaId> = self.ends.keys().copied().collect();
        self.rows("SELECT arena_id, sequence, hash FROM heads", "the heads", |inspector, row| {
            let (arena_id, sequence) = (rows::arena_id(row)?, Sequence::new(row.get(1)?));
            headless.remove(&arena_id);
            let head = Head { sequence, hash: rows::hash(row, 2)? };
            let end = inspector.ends.get(&arena_id).copied().unwrap_or(START);
            if end != head {
                inspector.push(cut(arena_id, end, head));
            }
            Ok(())
        });
        for arena_id in headless {
            self.name(arena_id, Sequence::ZERO, "the stream has no head");
        }
    }
}

/// Where an unreadable row says that it belongs.
fn place(row: &Row<'_>) -> (ArenaId, Sequence) {
    let arena_id = rows::parsed(row, 1).unwrap_or(ArenaId::SYSTEM);
    (arena_id, row.get(2).map_or(Sequence::ZERO, Sequence::new))
}
