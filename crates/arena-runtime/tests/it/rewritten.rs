//! Rows changed by hand, as somebody with the file could: verification names each with its arena and sequence.

use std::path::Path;

use arena_runtime::{
    ArenaId, ArenaManager, Hash, Position, Principal, Sequence, StorageError, StoredEvent, Timestamp,
    offline::{self, Expected},
    storage::{ArenaStorage, DATABASE, EventFilter, SqliteStorage},
};
use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::{
    fixture::{close, code, in_dir},
    offline::furnished,
};

/// A closed store with something of everything, and what its journal holds.
pub(crate) struct Store {
    dir: TempDir,
    pub(crate) arenas: Vec<ArenaId>,
    journal: Vec<StoredEvent>,
}

impl Store {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let arenas = furnished(dir.path()).await;
        let journal = journal(dir.path());
        Self { dir, arenas, journal }
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The events of one arena.
    fn events(&self, arena_id: ArenaId) -> Vec<StoredEvent> {
        self.journal.iter().filter(|event| event.arena_id == arena_id).cloned().collect()
    }

    /// Changes the database as somebody else would, in one go.
    pub(crate) fn edit(&self, change: impl FnOnce(&Connection)) {
        change(&Connection::open(self.path().join(DATABASE)).unwrap());
    }

    /// Where verification finds something.
    pub(crate) fn named(&self) -> Vec<(ArenaId, Sequence)> {
        let found = offline::verify(self.path(), &[]).unwrap();
        assert_eq!(found.ok, found.divergences.is_empty());
        found.divergences.iter().map(|divergence| (divergence.arena_id, divergence.sequence)).collect()
    }

    #[track_caller]
    fn assert_named(&self, arena_id: ArenaId, sequence: Sequence) {
        let named = self.named();
        assert!(named.contains(&(arena_id, sequence)), "{arena_id} {sequence} is not among {named:?}");
    }
}

fn journal(dir: &Path) -> Vec<StoredEvent> {
    SqliteStorage::open(dir).unwrap().journal(Position::ZERO, usize::MAX >> 1).unwrap()
}

pub(crate) fn execute(database: &Connection, statement: &str, values: impl rusqlite::Params) {
    assert_ne!(database.execute(statement, values).unwrap(), 0, "{statement} changed nothing");
}

fn insert(database: &Connection, event: &StoredEvent) {
    execute(
        database,
        "INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            event.position.get(),
            event.arena_id.to_string(),
            event.sequence.get(),
            event.recorded_at.as_millis(),
            event.actor.as_str(),
            event.command_id.as_ref().map(arena_runtime::CommandId::as_str),
            event.kind,
            event.payload,
            event.previous_hash.as_bytes(),
            event.hash.as_bytes()
        ],
    );
}

#[tokio::test]
async fn what_nobody_changed_is_found_whole() {
    let store = Store::new().await;
    let verified = offline::verify(store.path(), &[]).unwrap();
    assert!(verified.ok, "{:?}", verified.divergences);
    assert_eq!(
        (usize::try_from(verified.checked_events).unwrap(), verified.checked_arenas),
        (store.journal.len(), 4)
    );
}

#[tokio::test]
async fn each_field_of_an_event_is_guarded() {
    let changes = [
        "payload = replace(payload, 'half', 'full')",
        "payload = payload || ' '",
        "recorded_at = recorded_at + 1",
        "actor = 'bob'",
        "command_id = 'key'",
        "type = 'goal_updated'",
        "hash = zeroblob(32)",
        "previous_hash = zeroblob(32)",
        "hash = x'00'",
    ];
    for change in changes {
        let store = Store::new().await;
        let said =
            store.events(store.arenas[0]).into_iter().find(|event| event.kind == "message_sent").unwrap();
        store.edit(|database| {
            execute(
                database,
                &format!("UPDATE events SET {change} WHERE position = ?1"),
                [said.position.get()],
            );
        });
        store.assert_named(said.arena_id, said.sequence);
    }
}

#[tokio::test]
async fn a_reader_is_told_of_a_changed_event_and_never_shown_it() {
    let store = Store::new().await;
    let (arena_id, other) = (store.arenas[0], store.arenas[1]);
    store.edit(|database| {
        let change = "UPDATE events SET payload = replace(payload, 'half', 'full') WHERE arena_id = ?1";
        execute(database, change, [arena_id.to_string()]);
    });
    let storage = SqliteStorage::open(store.path()).unwrap();
    let all = EventFilter { limit: 9_999, ..EventFilter::default() };
    for answer in [
        storage.events(arena_id, &all).map(|_| ()),
        storage.journal(Position::ZERO, 9_999).map(|_| ()),
        storage.stream(arena_id).map(|_| ()),
    ] {
        assert!(matches!(answer, Err(StorageError::Damaged { arena_id: named, .. }) if named == arena_id));
    }
    drop(storage);
    let manager = ArenaManager::open(in_dir(store.path())).unwrap();
    let operator = manager.operator(arena_id);
    assert_eq!(code(operator.state().await.map(|_| ())), "storage_unavailable");
    assert_eq!(code(operator.say("hello").await), "storage_unavailable");
    manager.operator(other).say("the others work on").await.unwrap();
    let verified = manager.verify(&Principal::Operator, arena_id).await.unwrap();
    assert_eq!(verified.first_divergence.map(|divergence| divergence.arena_id), Some(arena_id));
    close(manager).await;
}

#[tokio::test]
async fn a_tail_that_was_cut_is_named_where_the_stream_should_have_gone_on() {
    let store = Store::new().await;
    let last = store.events(store.arenas[0]).pop().unwrap();
    store.edit(|database| execute(database, "DELETE FROM events WHERE position = ?1", [last.position.get()]));
    store.assert_named(last.arena_id, last.sequence);

    // The journal's very last event.
    let store = Store::new().await;
    let last = store.journal.last().unwrap();
    store.edit(|database| execute(database, "DELETE FROM events WHERE position = ?1", [last.position.get()]));
    store.assert_named(last.arena_id, last.sequence);
    let opened = ArenaManager::open(in_dir(store.path()));
    assert_eq!(opened.map(|_| ()).unwrap_err().code(), "storage_unavailable", "such a store does not open");
}

#[tokio::test]
async fn an_event_taken_out_of_the_middle_is_named() {
    let store = Store::new().await;
    let events = store.events(store.arenas[1]);
    store.edit(|database| {
        execute(database, "DELETE FROM events WHERE position = ?1", [events[4].position.get()]);
    });
    store.assert_named(events[5].arena_id, events[5].sequence);
}

#[tokio::test]
async fn an_arena_removed_with_its_head_shows_in_the_positions() {
    for which in 0..3 {
        let store = Store::new().await;
        let gone = store.arenas[which];
        store.edit(|database| {
            for table in
                ["events", "heads", "arenas", "members", "artifacts", "facts", "answers", "deadlines"]
            {
                database
                    .execute(&format!("DELETE FROM {table} WHERE arena_id = ?1"), [gone.to_string()])
                    .unwrap();
            }
        });
        // At the event after the gap; where nothing follows, at the journal's own end.
        let last = store.events(gone).pop().unwrap();
        let next = store.journal.iter().find(|event| event.position > last.position);
        let place = next.map_or((ArenaId::SYSTEM, Sequence::ZERO), |event| (event.arena_id, event.sequence));
        let named = store.named();
        assert!(named.contains(&place), "arena {which}: {place:?} is not among {named:?}");
    }
}

#[tokio::test]
async fn an_inserted_event_is_named_even_when_it_is_chained_well() {
    let store = Store::new().await;
    let last = store.events(store.arenas[0]).pop().unwrap();
    let end = store.journal.last().unwrap().position;
    let mut forged = StoredEvent {
        sequence: last.sequence.next(),
        position: end.next(),
        kind: "message_sent".to_owned(),
        payload: "{\"body\":\"forged\"}".to_owned(),
        previous_hash: last.hash,
        hash: Hash::ZERO,
        ..last
    };
    forged.hash = forged.computed_hash();
    store.edit(|database| insert(database, &forged));
    store.assert_named(forged.arena_id, forged.sequence);
    // Also when the journal's own end is moved with it.
    store.edit(|database| execute(database, "UPDATE journal SET position = ?1", [forged.position.get()]));
    store.assert_named(forged.arena_id, forged.sequence);
}

#[tokio::test]
async fn a_changed_head_is_named() {
    for change in ["sequence = sequence + 1", "sequence = sequence - 1", "hash = zeroblob(32)"] {
        let store = Store::new().await;
        let last = store.events(store.arenas[1]).pop().unwrap();
        store.edit(|database| {
            execute(
                database,
                &format!("UPDATE heads SET {change} WHERE arena_id = ?1"),
                [last.arena_id.to_string()],
            );
        });
        let place = if change.contains('+') { last.sequence.next() } else { last.sequence };
        store.assert_named(last.arena_id, place);
    }
    let store = Store::new().await;
    store.edit(|database| {
        execute(database, "DELETE FROM heads WHERE arena_id = ?1", [store.arenas[1].to_string()]);
    });
    assert!(store.named().iter().any(|(arena_id, _)| *arena_id == store.arenas[1]));
}

#[tokio::test]
async fn a_hash_recomputed_for_one_event_breaks_the_next_link_or_the_head() {
    for at_the_end in [false, true] {
        let store = Store::new().await;
        let events = store.events(store.arenas[0]);
        let index = if at_the_end { events.len() - 1 } else { 4 };
        let mut changed = StoredEvent { recorded_at: Timestamp::from_millis(1), ..events[index].clone() };
        changed.hash = changed.computed_hash();
        store.edit(|database| {
            let values =
                params![changed.recorded_at.as_millis(), changed.hash.as_bytes(), changed.position.get()];
            execute(database, "UPDATE events SET recorded_at = ?1, hash = ?2 WHERE position = ?3", values);
        });
        let place = if at_the_end { changed.sequence } else { changed.sequence.next() };
        store.assert_named(changed.arena_id, place);
    }
}

/// Makes one event say something else, and chains everything after it anew, heads included.
fn rewrite(store: &Store, arena_id: ArenaId) -> Vec<StoredEvent> {
    let mut events = store.events(arena_id);
    let mut previous = Hash::ZERO;
    for event in &mut events {
        event.payload = event.payload.replace("half way", "no way!!");
        event.previous_hash = previous;
        event.hash = event.computed_hash();
        previous = event.hash;
    }
    store.edit(|database| {
        for event in &events {
            execute(
                database,
                "UPDATE events SET payload = ?1, previous_hash = ?2, hash = ?3 WHERE position = ?4",
                params![
                    event.payload,
                    event.previous_hash.as_bytes(),
                    event.hash.as_bytes(),
                    event.position.get()
                ],
            );
        }
        execute(
            database,
            "UPDATE heads SET hash = ?1 WHERE arena_id = ?2",
            params![previous.as_bytes(), arena_id.to_string()],
        );
    });
    events
}

#[tokio::test]
async fn a_rewritten_stream_is_caught_by_a_head_that_was_kept_elsewhere() {
    let store = Store::new().await;
    let (arena_id, other) = (store.arenas[0], store.arenas[1]);
    let kept = |arena_id| {
        let head = store.events(arena_id).pop().unwrap().head();
        Expected { arena_id, sequence: head.sequence, hash: head.hash }
    };
    let heads = [kept(arena_id), kept(other)];
    assert!(offline::verify(store.path(), &heads).unwrap().ok);
    rewrite(&store, arena_id);
    assert_eq!(store.named(), [], "the whole stream was rewritten: it proves itself");
    let found = offline::verify(store.path(), &heads).unwrap().divergences;
    let places: Vec<_> = found.iter().map(|divergence| (divergence.arena_id, divergence.sequence)).collect();
    assert_eq!(places, [(arena_id, heads[0].sequence)]);
    let beyond = Expected { sequence: Sequence::new(9_999), ..heads[1] };
    assert_eq!(offline::verify(store.path(), &[beyond]).unwrap().divergences[0].sequence, beyond.sequence);
}

#[tokio::test]
async fn a_rewritten_sealed_arena_no_longer_has_its_report() {
    let store = Store::new().await;
    let events = rewrite(&store, store.arenas[2]);
    store.assert_named(store.arenas[2], events.last().unwrap().sequence);
}

#[tokio::test]
async fn a_position_of_zero_is_named_like_any_other_that_does_not_fit() {
    let store = Store::new().await;
    store.edit(|database| execute(database, "UPDATE events SET position = 0 WHERE position = 1", []));
    assert!(!store.named().is_empty());
    let store = Store::new().await;
    store.edit(|database| execute(database, "UPDATE events SET position = -7 WHERE position = 2", []));
    assert!(!store.named().is_empty());
}
