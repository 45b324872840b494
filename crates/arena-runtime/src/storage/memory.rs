//! A store in memory: nothing outlives the process. For embedding in tests, and the store contract's second witness.

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use arena_core::{
    AgentId, ArenaId, Hash, Position, Sequence, Timestamp,
    collaboration::{ArtifactName, FactKey, Head, Status},
};
use bytes::Bytes;
use parking_lot::RwLock;

use super::{
    Answer, ArenaFilter, ArenaStorage, ArtifactRow, EventFilter, FactFilter, FactRow, Opening, Snapshot,
    StoredStream, ViewChange, Writes, ledger_tables::LedgerTables, out_of_turn, words,
};
use crate::{error::StorageError, record::StoredEvent};

/// A store in memory.
#[derive(Debug, Default)]
pub struct MemoryStorage {
    pub(super) tables: RwLock<Tables>,
}

#[derive(Debug, Default)]
pub(super) struct Tables {
    journal: Vec<Arc<StoredEvent>>,
    pub(super) streams: BTreeMap<ArenaId, Vec<Arc<StoredEvent>>>,
    answers: BTreeMap<(ArenaId, Hash), Answer>,
    snapshots: BTreeMap<ArenaId, Snapshot>,
    deadlines: BTreeMap<ArenaId, Timestamp>,
    arenas: BTreeMap<ArenaId, (Status, bool)>,
    members: BTreeMap<(AgentId, ArenaId), ()>,
    artifacts: BTreeMap<(ArenaId, ArtifactName, u64), ArtifactRow>,
    blobs: BTreeMap<Hash, Bytes>,
    facts: BTreeMap<(ArenaId, FactKey), FactRow>,
    pub(super) ledger: LedgerTables,
    test_clock: Option<Timestamp>,
    size: u64,
    size_limit: Option<u64>,
}

impl Tables {
    fn position(&self) -> Position {
        self.journal.last().map_or(Position::ZERO, |event| event.position)
    }

    fn end(&self, arena_id: ArenaId) -> Sequence {
        let last = self.streams.get(&arena_id).and_then(|stream| stream.last());
        last.map_or(Sequence::ZERO, |event| event.sequence)
    }

    fn last_arena(&self) -> ArenaId {
        let shared = self.arenas.last_key_value().map(|(id, _)| *id);
        let contest = self.ledger.contests.last_key_value().map(|(id, _)| *id);
        shared.max(contest).unwrap_or(ArenaId::SYSTEM)
    }

    fn apply(&mut self, change: ViewChange) {
        match change {
            ViewChange::Arena { arena_id, status, open } => {
                self.arenas.insert(arena_id, (status, open));
            }
            ViewChange::Joined { arena_id, agent_id } => {
                self.members.insert((agent_id, arena_id), ());
            }
            ViewChange::Left { arena_id, agent_id } => {
                self.members.remove(&(agent_id, arena_id));
            }
            ViewChange::Artifact(row) => {
                self.artifacts.insert((row.arena_id, row.name.clone(), row.version), row);
            }
            ViewChange::Blob { sha256, bytes } => {
                self.blobs.insert(sha256, bytes);
            }
            ViewChange::Fact(row) => {
                self.facts.insert((row.arena_id, row.key.clone()), row);
            }
            ViewChange::Contest { arena_id, status } => {
                self.ledger.contests.insert(arena_id, status);
            }
            ViewChange::Entered { arena_id, agent_id } => {
                self.ledger.entrants.insert((agent_id, arena_id));
            }
            ViewChange::Withdrawn { arena_id, agent_id } => {
                self.ledger.entrants.remove(&(agent_id, arena_id));
            }
            ViewChange::Transfer(row) => self.ledger.transfer(row),
            ViewChange::Balance { account, change } => self.ledger.balance(account, change.after),
            ViewChange::Counters { agent_id, counters } => self.ledger.profile(agent_id, counters),
        }
    }

    fn shows(&self, arena_id: ArenaId, status: Status, open: bool, filter: &ArenaFilter) -> bool {
        let takes_part = |agent: &AgentId| self.members.contains_key(&(agent.clone(), arena_id));
        filter.status.is_none_or(|wanted| wanted == status)
            && filter.agent.as_ref().is_none_or(takes_part)
            && filter.reader.as_ref().is_none_or(|reader| open || takes_part(reader))
    }
}

impl ArenaStorage for MemoryStorage {
    fn opening(&self) -> Result<Opening, StorageError> {
        let tables = self.tables.read();
        Ok(Opening {
            position: tables.position(),
            last_recorded_at: tables
                .journal
                .last()
                .map_or(Timestamp::from_millis(0), |event| event.recorded_at),
            last_arena: tables.last_arena(),
            deadlines: tables.deadlines.iter().map(|(id, due)| (*id, *due)).collect(),
            test_clock: tables.test_clock,
        })
    }

    fn write(&self, number: &mut dyn FnMut(Position) -> Writes) -> Result<(), StorageError> {
        let mut tables = self.tables.write();
        let writes = number(tables.position());
        let grown: usize = writes.events.iter().map(|event| event.payload.len() + 200).sum();
        let size = tables.size + u64::try_from(grown).unwrap_or(u64::MAX);
        if tables.size_limit.is_some_and(|limit| size > limit) {
            return Err(StorageError::Unavailable("database or disk is full".to_owned()));
        }
        let mut ends = HashMap::new();
        for event in &writes.events {
            let end = ends.entry(event.arena_id).or_insert_with(|| tables.end(event.arena_id));
            if event.sequence != end.next() {
                return Err(out_of_turn(event.arena_id, event.sequence));
            }
            *end = event.sequence;
        }
        tables.size = size;
        for event in writes.events {
            tables.streams.entry(event.arena_id).or_default().push(event.clone());
            tables.journal.push(event);
        }
        for (arena_id, request, answer) in writes.answers {
            tables.answers.insert((arena_id, request), answer);
        }
        for (arena_id, snapshot) in writes.snapshots {
            tables.snapshots.insert(arena_id, snapshot);
        }
        for (arena_id, due) in writes.deadlines {
            match due {
                Some(due) => tables.deadlines.insert(arena_id, due),
                None => tables.deadlines.remove(&arena_id),
            };
        }
        for change in writes.views {
            tables.apply(change);
        }
        Ok(())
    }

    fn answer(&self, arena_id: ArenaId, request: &Hash) -> Result<Option<Answer>, StorageError> {
        Ok(self.tables.read().answers.get(&(arena_id, *request)).cloned())
    }

    fn stream(&self, arena_id: ArenaId) -> Result<Option<StoredStream>, StorageError> {
        let tables = self.tables.read();
        let Some(events) = tables.streams.get(&arena_id) else { return Ok(None) };
        let snapshot = tables.snapshots.get(&arena_id).cloned();
        let first = events.first().map(|event| event.kind.clone()).unwrap_or_default();
        let after = snapshot.as_ref().map_or(Sequence::ZERO, |snapshot| snapshot.head.sequence);
        let tail = events
            .iter()
            .filter(|event| event.sequence > after)
            .map(|event| StoredEvent::clone(event))
            .collect();
        Ok(Some(StoredStream { first, snapshot, tail }))
    }

    fn size_of_events(&self, arena_id: ArenaId) -> Result<(u64, u64), StorageError> {
        let tables = self.tables.read();
        let events = tables.streams.get(&arena_id).map(Vec::as_slice).unwrap_or_default();
        let bytes: usize = events.iter().map(|event| event.payload.len()).sum();
        Ok((u64::try_from(events.len()).unwrap_or(u64::MAX), u64::try_from(bytes).unwrap_or(u64::MAX)))
    }

    fn events(
        &self,
        arena_id: ArenaId,
        filter: &EventFilter,
    ) -> Result<(Vec<StoredEvent>, Head), StorageError> {
        let tables = self.tables.read();
        let events = tables.streams.get(&arena_id).map(Vec::as_slice).unwrap_or_default();
        let head =
            events.last().map_or(Head { sequence: Sequence::ZERO, hash: Hash::ZERO }, |event| event.head());
        let page = events
            .iter()
            .filter(|event| {
                event.sequence > filter.after && filter.up_to.is_none_or(|last| event.sequence <= last)
            })
            .filter(|event| filter.kinds.is_empty() || filter.kinds.contains(&event.kind))
            .filter(|event| filter.actor.as_ref().is_none_or(|actor| *actor == event.actor))
            .take(filter.limit)
            .map(|event| StoredEvent::clone(event))
            .collect();
        Ok((page, head))
    }

    fn journal(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StorageError> {
        let tables = self.tables.read();
        let events = tables.journal.iter().filter(|event| event.position > after).take(limit);
        Ok(events.map(|event| StoredEvent::clone(event)).collect())
    }

    fn arenas(&self, filter: &ArenaFilter) -> Result<Vec<ArenaId>, StorageError> {
        let tables = self.tables.read();
        let shown = tables
            .arenas
            .iter()
            .filter(|(id, _)| filter.after.is_none_or(|after| **id > after))
            .filter(|(id, (status, open))| tables.shows(**id, *status, *open, filter))
            .map(|(id, _)| *id);
        Ok(shown.take(filter.limit.unwrap_or(usize::MAX)).collect())
    }

    fn artifact(
        &self,
        arena_id: ArenaId,
        name: &ArtifactName,
        version: Option<u64>,
    ) -> Result<Option<(ArtifactRow, Vec<u8>)>, StorageError> {
        let tables = self.tables.read();
        let from = (arena_id, name.clone(), version.unwrap_or(0));
        let to = (arena_id, name.clone(), version.unwrap_or(u64::MAX));
        let Some((_, row)) = tables.artifacts.range(from..=to).next_back() else { return Ok(None) };
        let bytes = tables
            .blobs
            .get(&row.sha256)
            .ok_or_else(|| StorageError::Unavailable("bytes are gone".to_owned()))?;
        Ok(Some((row.clone(), bytes.to_vec())))
    }

    fn blob(&self, sha256: &Hash) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.tables.read().blobs.get(sha256).map(|bytes| bytes.to_vec()))
    }

    fn facts(&self, arena_id: ArenaId, filter: &FactFilter) -> Result<Vec<FactRow>, StorageError> {
        let wanted = filter.text.as_deref().map(words).unwrap_or_default();
        let holds = |row: &FactRow| {
            let held = words(&format!("{} {} {}", row.key, row.content, row.tags.join(" ")));
            wanted.iter().all(|word| held.iter().any(|other| other.starts_with(word.as_str())))
        };
        let tables = self.tables.read();
        let rows = tables
            .facts
            .values()
            .filter(|row| row.arena_id == arena_id)
            .filter(|row| filter.key.as_ref().is_none_or(|key| row.key == *key))
            .filter(|row| filter.after.as_ref().is_none_or(|after| row.key > *after))
            .filter(|row| filter.tag.as_ref().is_none_or(|tag| row.tags.contains(tag)))
            .filter(|row| holds(row));
        Ok(rows.take(filter.limit).cloned().collect())
    }

    fn set_test_clock(&self, at: Timestamp) -> Result<(), StorageError> {
        self.tables.write().test_clock = Some(at);
        Ok(())
    }

    fn limit_size(&self, bytes: Option<u64>) -> Result<(), StorageError> {
        self.tables.write().size_limit = bytes;
        Ok(())
    }

    fn backup(&self, _to: &Path) -> Result<(), StorageError> {
        Err(StorageError::Refused("a store in memory has nothing to back up".to_owned()))
    }

    fn probe(&self) -> Result<(), StorageError> {
        let tables = self.tables.read();
        let is_full = tables.size_limit.is_some_and(|limit| tables.size >= limit);
        if is_full { Err(StorageError::Unavailable("database or disk is full".to_owned())) } else { Ok(()) }
    }

    fn rest(&self, _last: bool) {}
}
