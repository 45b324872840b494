//! The rows that are derived from the journal, compared with what the events give; and the bytes and answers beside it.

use std::collections::{BTreeMap, BTreeSet};

use arena_core::{
    AgentId, ArenaId, Hash, Sequence, Timestamp,
    collaboration::{ArtifactName, FactKey},
};
use rusqlite::types::ValueRef;

use super::{
    super::{
        read::match_expression,
        rows::{self, ARTIFACT, FACT},
    },
    Inspector,
};
use crate::{
    storage::{Answer, ArtifactRow, FactRow, ViewChange, words},
    verify::Replay,
};

/// The rows that a stream's events give.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Derived {
    listed: Option<(String, bool)>,
    contest: Option<String>,
    entrants: BTreeSet<AgentId>,
    members: BTreeSet<AgentId>,
    artifacts: BTreeMap<(ArtifactName, u64), ArtifactRow>,
    facts: BTreeMap<FactKey, FactRow>,
}

impl Derived {
    /// Folds in what an event changes.
    pub(super) fn apply(&mut self, change: Option<ViewChange>) {
        match change {
            Some(ViewChange::Arena { status, open, .. }) => {
                self.listed = Some((rows::status_word(status).to_owned(), open));
            }
            Some(ViewChange::Joined { agent_id, .. }) => {
                self.members.insert(agent_id);
            }
            Some(ViewChange::Left { agent_id, .. }) => {
                self.members.remove(&agent_id);
            }
            Some(ViewChange::Artifact(row)) => {
                self.artifacts.insert((row.name.clone(), row.version), row);
            }
            Some(ViewChange::Fact(row)) => {
                self.facts.insert(row.key.clone(), row);
            }
            Some(ViewChange::Contest { status, .. }) => self.contest = Some(status.as_str().to_owned()),
            Some(ViewChange::Entered { agent_id, .. }) => {
                self.entrants.insert(agent_id);
            }
            Some(ViewChange::Withdrawn { agent_id, .. }) => {
                self.entrants.remove(&agent_id);
            }
            Some(
                ViewChange::Blob { .. }
                | ViewChange::Transfer(_)
                | ViewChange::Balance { .. }
                | ViewChange::Counters { .. },
            )
            | None => {}
        }
    }
}

impl Inspector<'_> {
    /// The rows stored for a stream are those that its events give.
    pub(super) fn derived(&mut self, replay: &Replay, given: &Derived) {
        let arena_id = replay.arena_id;
        let stored = self.stored(arena_id);
        let differ = [
            (stored.listed != given.listed, "the list of arenas"),
            (stored.contest != given.contest, "the list of contests"),
            (stored.entrants != given.entrants, "the list of entrants"),
            (stored.members != given.members, "the list of members"),
            (stored.artifacts != given.artifacts, "the list of artifacts"),
        ];
        for (_, what) in differ.into_iter().filter(|(differs, _)| *differs) {
            self.name(arena_id, Sequence::ZERO, format!("{what} is not what its events say"));
        }
        let keys: BTreeSet<&FactKey> = stored.facts.keys().chain(given.facts.keys()).collect();
        for key in keys.into_iter().filter(|key| stored.facts.get(*key) != given.facts.get(*key)) {
            self.name(arena_id, Sequence::ZERO, format!("fact {key} is not what its event says"));
        }
        for fact in stored.facts.values() {
            self.searchable(fact);
        }
        self.deadline(replay);
        self.actions(replay);
    }

    /// The actions of a contest's rounds have their bytes.
    fn actions(&mut self, replay: &Replay) {
        let Some(contest) = replay.contest() else { return };
        for round in contest.rounds() {
            let Some(kept) = round.actions else { continue };
            let mut whole = false;
            let query = "SELECT bytes FROM blobs WHERE sha256 = ?1";
            self.rows_of(query, [kept.sha256.as_bytes()], "the actions of a round", |_, row| {
                whole = Hash::of(row.get_ref(0)?.as_blob()?) == kept.sha256;
                Ok(())
            });
            if !whole {
                let reason = format!("the actions of round {} are missing or others", round.round);
                self.name(replay.arena_id, Sequence::ZERO, reason);
            }
        }
    }

    /// A search for a fact's own words, as readers make it, finds it: SQLite does not compare the index by itself.
    fn searchable(&mut self, fact: &FactRow) {
        let text = format!("{} {} {}", fact.key, fact.content, fact.tags.join(" "));
        for some in words(&text).chunks(32) {
            self.found_by(fact, match_expression(fact.arena_id, &some.join(" ")));
        }
    }

    fn found_by(&mut self, fact: &FactRow, expression: String) {
        let mut found = false;
        let query = "SELECT 1 FROM facts f JOIN facts_text t ON t.rowid = f.id
                     WHERE f.arena_id = ?1 AND f.key = ?2 AND t.facts_text MATCH ?3";
        let values = (fact.arena_id.to_string(), fact.key.as_str().to_owned(), expression);
        self.rows_of(query, values, "the search index", |_, _| {
            found = true;
            Ok(())
        });
        if !found {
            self.name(fact.arena_id, Sequence::ZERO, format!("a search does not find fact {}", fact.key));
        }
    }

    fn stored(&mut self, arena_id: ArenaId) -> Derived {
        let mut stored = Derived::default();
        let id = || [arena_id.to_string()];
        self.rows_of(
            "SELECT status, open FROM arenas WHERE arena_id = ?1",
            id(),
            "the list of arenas",
            |_, row| {
                stored.listed = Some((row.get(0)?, row.get(1)?));
                Ok(())
            },
        );
        let query = "SELECT status FROM contests WHERE arena_id = ?1";
        self.rows_of(query, id(), "the list of contests", |_, row| {
            stored.contest = Some(row.get(0)?);
            Ok(())
        });
        let query = "SELECT agent_id FROM entrants INDEXED BY entrants_by_contest WHERE arena_id = ?1";
        self.rows_of(query, id(), "the entrants", |_, row| {
            stored.entrants.insert(rows::parsed(row, 0)?);
            Ok(())
        });
        let query = "SELECT agent_id FROM members INDEXED BY members_by_arena WHERE arena_id = ?1";
        self.rows_of(query, id(), "the members", |_, row| {
            stored.members.insert(rows::parsed(row, 0)?);
            Ok(())
        });
        let query = format!("SELECT {ARTIFACT} FROM artifacts a WHERE a.arena_id = ?1");
        self.rows_of(&query, id(), "the artifacts", |_, row| {
            let row = rows::artifact(row)?;
            stored.artifacts.insert((row.name.clone(), row.version), row);
            Ok(())
        });
        let query = format!("SELECT {FACT} FROM facts WHERE arena_id = ?1");
        self.rows_of(&query, id(), "the facts", |_, row| {
            let row = rows::fact(row)?;
            stored.facts.insert(row.key.clone(), row);
            Ok(())
        });
        stored
    }

    /// What is remembered of a deadline is no later than the deadline, or the timer would miss it.
    fn deadline(&mut self, replay: &Replay) {
        let Some(next) = replay.shared().and_then(arena_core::SharedArena::next_deadline) else { return };
        let mut remembered = None;
        let query = "SELECT due_at FROM deadlines WHERE arena_id = ?1";
        self.rows_of(query, [replay.arena_id.to_string()], "the deadlines", |_, row| {
            remembered = Some(Timestamp::from_millis(row.get(0)?));
            Ok(())
        });
        if remembered.is_none_or(|remembered| remembered > next) {
            self.name(replay.arena_id, Sequence::ZERO, format!("its deadline {next} is not remembered"));
        }
    }

    /// Every kept answer has its hash.
    pub(super) fn answers(&mut self) {
        let query = "SELECT arena_id, request, fingerprint, body, hash FROM answers";
        self.rows(query, "the answers", |inspector, row| {
            let (arena_id, request) = (rows::arena_id(row)?, rows::hash(row, 1)?);
            let answer = Answer { fingerprint: rows::hash(row, 2)?, body: row.get(3)? };
            if answer.hash(arena_id, &request) != rows::hash(row, 4)? {
                inspector.name(arena_id, Sequence::ZERO, "a kept answer does not have its hash");
            }
            Ok(())
        });
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
