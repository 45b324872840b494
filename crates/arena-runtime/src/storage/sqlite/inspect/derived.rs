//! What is derived from the journal: states, snapshots, reports, lists, facts, and the artifacts' bytes.

use std::collections::BTreeSet;

use arena_core::{
    AgentId, ArenaId, Hash, Sequence, SharedArena,
    collaboration::{ArtifactName, FactKey, Head},
};
use rusqlite::types::ValueRef;

use super::{
    super::rows::{self, EVENT, FACT},
    Inspector,
};
use crate::verify::{Divergence, Replay};

impl Inspector<'_> {
    /// Every stream replayed: its snapshot, its report and its facts are what the events give.
    pub(super) fn states(&mut self) {
        let mut replay: Option<Replay> = None;
        let query =
            format!("SELECT {EVENT} FROM events INDEXED BY events_by_arena ORDER BY arena_id, sequence");
        self.rows(&query, "the index of the journal", |inspector, row| {
            let Ok(event) = rows::event(row) else { return Ok(()) };
            if replay.as_ref().is_none_or(|current| current.arena_id != event.arena_id)
                && let Some(done) = replay.replace(Replay::new(event.arena_id))
            {
                inspector.derived(&done);
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
            self.derived(&done);
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

    fn derived(&mut self, replay: &Replay) {
        if let Some(shared) = replay.shared() {
            self.listed(replay.arena_id, shared);
            self.members(replay.arena_id, shared);
            self.facts(replay.arena_id, shared);
            self.artifacts(replay.arena_id, shared);
        }
    }

    fn listed(&mut self, id: ArenaId, shared: &SharedArena) {
        let mut found = false;
        let query = "SELECT status, open FROM arenas WHERE arena_id = ?1";
        self.rows_of(query, [id.to_string()], "the list of arenas", |_, row| {
            let (status, open): (String, bool) = (row.get(0)?, row.get(1)?);
            found = status == rows::status_word(shared.status()) && open == shared.is_open();
            Ok(())
        });
        if !found {
            self.name(id, Sequence::ZERO, "the list of arenas does not have it as its events say");
        }
    }

    fn members(&mut self, id: ArenaId, shared: &SharedArena) {
        let mut listed = BTreeSet::new();
        let query = "SELECT agent_id FROM members INDEXED BY members_by_arena WHERE arena_id = ?1";
        self.rows_of(query, [id.to_string()], "the members", |_, row| {
            listed.insert(rows::parsed::<AgentId>(row, 0)?);
            Ok(())
        });
        if !shared.participants().map(|(agent, _)| agent).eq(listed.iter()) {
            self.name(id, Sequence::ZERO, "the list of members is not what its events say");
        }
    }

    fn artifacts(&mut self, id: ArenaId, shared: &SharedArena) {
        let mut last = std::collections::BTreeMap::new();
        let query =
            "SELECT name, version, sha256, size FROM artifacts WHERE arena_id = ?1 ORDER BY name, version";
        self.rows_of(query, [id.to_string()], "the artifacts", |_, row| {
            let of_version: (u64, Hash, u64) = (row.get(1)?, rows::hash(row, 2)?, row.get(3)?);
            last.insert(rows::parsed::<ArtifactName>(row, 0)?, of_version);
            Ok(())
        });
        let known = shared.artifacts().map(|(name, known)| (name, (known.version, known.sha256, known.size)));
        if !known.eq(last.iter().map(|(name, row)| (name, *row))) {
            self.name(id, Sequence::ZERO, "the list of artifacts is not what its events say");
        }
    }

    fn facts(&mut self, id: ArenaId, shared: &SharedArena) {
        let mut missing: BTreeSet<FactKey> = shared.facts().map(|(key, _)| key.clone()).collect();
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
    pub(super) fn blobs(&mut self) {
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
