//! What a store promises, asked of each store through the trait: appending, pages, answers, streams, deadlines, bounds.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use arena_runtime::{
    ArenaId, ArenaStorage, Hash, Position, Sequence, StorageError, StoredEvent, Timestamp,
    collaboration::Head,
    storage::{Answer, EventFilter, MemoryStorage, Snapshot, SqliteStorage, Writes},
};

use crate::fixture::id;

/// Runs a test over each store.
pub(crate) fn each(test: impl Fn(&dyn ArenaStorage)) {
    let dir = tempfile::tempdir().unwrap();
    test(&SqliteStorage::open(dir.path()).unwrap());
    test(&MemoryStorage::default());
}

pub(crate) fn arena(number: u8) -> ArenaId {
    ArenaId::from_bytes([number; 16])
}

/// An event to append.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    arena_id: ArenaId,
    kind: &'static str,
    actor: &'static str,
    payload: String,
}

impl Row {
    pub(crate) fn new(arena_id: ArenaId, kind: &'static str, actor: &'static str) -> Self {
        Self { arena_id, kind, actor, payload: "{}".to_owned() }
    }
}

/// Appends to streams as a committer does: numbers and chains what it is given.
#[derive(Default)]
pub(crate) struct Appender {
    heads: BTreeMap<ArenaId, Head>,
    pub(crate) last_seen: Position,
}

pub(crate) const BEGIN: Timestamp = Timestamp::from_millis(1_700_000_000_000);

impl Appender {
    /// Appends one batch with other rows beside its events.
    pub(crate) fn append(
        &mut self,
        store: &dyn ArenaStorage,
        rows: &[Row],
        beside: Writes,
    ) -> Result<(), StorageError> {
        let mut heads = self.heads.clone();
        let mut last_seen = Position::ZERO;
        let mut beside = Some(beside);
        store.write(&mut |last| {
            last_seen = last;
            let mut writes = beside.take().expect("a batch is numbered once");
            let mut position = last;
            for row in rows {
                position = position.next();
                let head =
                    heads.entry(row.arena_id).or_insert(Head { sequence: Sequence::ZERO, hash: Hash::ZERO });
                let event = chained(row, *head, position);
                *head = event.head();
                writes.events.push(Arc::new(event));
            }
            let grown: BTreeSet<ArenaId> = rows.iter().map(|row| row.arena_id).collect();
            writes.heads.extend(grown.iter().filter_map(|arena_id| Some((*arena_id, *heads.get(arena_id)?))));
            writes
        })?;
        self.heads = heads;
        self.last_seen = last_seen;
        Ok(())
    }

    fn one(&mut self, store: &dyn ArenaStorage, row: Row) {
        self.append(store, &[row], Writes::default()).unwrap();
    }

    pub(crate) fn head(&self, arena_id: ArenaId) -> Head {
        self.heads[&arena_id]
    }
}

fn chained(row: &Row, head: Head, position: Position) -> StoredEvent {
    let mut event = StoredEvent {
        arena_id: row.arena_id,
        sequence: head.sequence.next(),
        position,
        recorded_at: Timestamp::from_millis(BEGIN.as_millis() + position.get()),
        actor: id(row.actor),
        command_id: None,
        kind: row.kind.to_owned(),
        payload: row.payload.clone(),
        previous_hash: head.hash,
        hash: Hash::ZERO,
    };
    event.hash = event.computed_hash();
    event
}

fn page(store: &dyn ArenaStorage, arena_id: ArenaId, filter: impl Into<EventFilter>) -> Vec<u64> {
    let (events, _) = store.events(arena_id, &filter.into()).unwrap();
    events.iter().map(|event| event.sequence.get()).collect()
}

fn first(limit: usize) -> EventFilter {
    EventFilter { limit, ..EventFilter::default() }
}

#[test]
fn what_was_appended_comes_back_as_it_was_in_pages() {
    each(|store| {
        let mut appender = Appender::default();
        let rows: Vec<Row> = (0..7).map(|_| Row::new(arena(1), "goal_updated", "alice")).collect();
        appender.append(store, &rows, Writes::default()).unwrap();
        let (all, head) = store.events(arena(1), &first(100)).unwrap();
        assert_eq!(all.len(), 7);
        assert_eq!(head, appender.head(arena(1)));
        let mut before = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
        for event in &all {
            event.check_after(before).unwrap();
            before = event.head();
        }
        assert_eq!(page(store, arena(1), first(3)), [1, 2, 3]);
        assert_eq!(page(store, arena(1), EventFilter { after: Sequence::new(5), ..first(3) }), [6, 7]);
        assert_eq!(page(store, arena(1), EventFilter { after: Sequence::new(7), ..first(3) }), [0; 0]);
        let up_to = Some(Sequence::new(4));
        assert_eq!(page(store, arena(1), EventFilter { after: Sequence::new(2), up_to, ..first(9) }), [3, 4]);
        let (none, head) = store.events(arena(9), &first(9)).unwrap();
        assert!(none.is_empty() && head.sequence == Sequence::ZERO && head.hash == Hash::ZERO);
    });
}

#[test]
fn events_are_filtered_by_type_and_actor_before_the_page_is_cut() {
    each(|store| {
        let mut appender = Appender::default();
        for (kind, actor) in [
            ("arena_created", "alice"),
            ("message_sent", "bob"),
            ("goal_updated", "alice"),
            ("message_sent", "alice"),
            ("message_sent", "bob"),
        ] {
            appender.one(store, Row::new(arena(1), kind, actor));
            appender.one(store, Row::new(arena(2), "message_sent", "bob"));
        }
        let of = |kinds: &[&str], actor: Option<&str>, limit| EventFilter {
            kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
            actor: actor.map(id),
            ..first(limit)
        };
        assert_eq!(page(store, arena(1), of(&["message_sent"], None, 9)), [2, 4, 5]);
        assert_eq!(page(store, arena(1), of(&["message_sent"], None, 2)), [2, 4]);
        assert_eq!(page(store, arena(1), of(&["message_sent"], Some("bob"), 9)), [2, 5]);
        assert_eq!(page(store, arena(1), of(&["goal_updated", "arena_created"], None, 9)), [1, 3]);
        assert_eq!(page(store, arena(1), of(&[], Some("alice"), 9)), [1, 3, 4]);
        assert_eq!(page(store, arena(1), of(&["message_sent' OR 1=1 --"], None, 9)), [0; 0]);
        let (_, head) = store.events(arena(1), &of(&["arena_created"], None, 9)).unwrap();
        assert_eq!(head.sequence, Sequence::new(5), "the head is the stream's, not the page's");
    });
}

#[test]
fn the_journal_is_read_across_streams_in_order_of_position() {
    each(|store| {
        let mut appender = Appender::default();
        for number in [1, 2, 1, 3, 2] {
            appender.one(store, Row::new(arena(number), "goal_updated", "alice"));
        }
        let page = |after, limit| -> Vec<(u64, ArenaId)> {
            let events = store.journal(Position::new(after), limit).unwrap();
            events.iter().map(|event| (event.position.get(), event.arena_id)).collect()
        };
        assert_eq!(page(0, 2), [(1, arena(1)), (2, arena(2))]);
        assert_eq!(page(2, 9), [(3, arena(1)), (4, arena(3)), (5, arena(2))]);
        assert_eq!(page(5, 9), []);
    });
}

#[test]
fn a_batch_is_handed_the_last_position_and_what_is_known_at_opening_follows() {
    each(|store| {
        let fresh = store.opening().unwrap();
        assert_eq!((fresh.position, fresh.last_arena), (Position::ZERO, ArenaId::SYSTEM));
        assert_eq!(fresh.test_clock, None);
        let mut appender = Appender::default();
        let rows = [Row::new(arena(1), "goal_updated", "alice"), Row::new(arena(2), "goal_updated", "alice")];
        appender.append(store, &rows, Writes::default()).unwrap();
        appender.append(store, &rows, Writes::default()).unwrap();
        assert_eq!(appender.last_seen, Position::new(2));
        let opening = store.opening().unwrap();
        assert_eq!(opening.position, Position::new(4));
        assert_eq!(opening.last_recorded_at, Timestamp::from_millis(BEGIN.as_millis() + 4));
    });
}

#[test]
fn a_batch_that_does_not_follow_where_its_stream_ends_is_refused_and_nothing_of_it_is_kept() {
    each(|store| {
        let mut appender = Appender::default();
        let rows = [arena(1), arena(2), arena(1)].map(|arena_id| Row::new(arena_id, "goal_updated", "alice"));
        appender.append(store, &rows, Writes::default()).unwrap();
        let none = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
        let head = |sequence| Head { sequence: Sequence::new(sequence), hash: Hash::ZERO };
        for wrong in [none, head(1), head(3)] {
            // The other type lets no index notice.
            let mut late = Appender { heads: [(arena(1), wrong)].into(), ..Appender::default() };
            let rows = [arena(3), arena(1)].map(|arena_id| Row::new(arena_id, "message_sent", "alice"));
            let refused = late.append(store, &rows, Writes::default());
            assert!(
                matches!(refused, Err(StorageError::Damaged { arena_id, .. }) if arena_id == arena(1)),
                "{refused:?}"
            );
        }
        let twice = store.write(&mut |last| {
            let row = Row::new(arena(3), "goal_updated", "alice");
            let event = Arc::new(chained(&row, none, last.next()));
            let again = Arc::new(StoredEvent { position: last.next().next(), ..StoredEvent::clone(&event) });
            Writes { heads: vec![(arena(3), event.head())], events: vec![event, again], ..Writes::default() }
        });
        assert!(matches!(twice, Err(StorageError::Damaged { .. })), "{twice:?}");
        assert_eq!(page(store, arena(1), first(9)), [1, 2]);
        assert_eq!(page(store, arena(3), first(9)), [0; 0]);
        appender.one(store, Row::new(arena(1), "message_sent", "alice"));
        assert_eq!(page(store, arena(1), first(9)), [1, 2, 3]);
    });
}

#[test]
fn an_answer_belongs_to_its_arena_and_request_and_the_last_one_counts() {
    each(|store| {
        let mut appender = Appender::default();
        let request = Hash::of(b"request");
        let kept = |body: &str| Answer { fingerprint: Hash::of(b"content"), body: body.as_bytes().to_vec() };
        for body in ["first", "second"] {
            let beside = Writes { answers: vec![(arena(1), request, kept(body))], ..Writes::default() };
            appender.append(store, &[Row::new(arena(1), "goal_updated", "alice")], beside).unwrap();
        }
        assert_eq!(store.answer(arena(1), &request).unwrap(), Some(kept("second")));
        assert_eq!(store.answer(arena(2), &request).unwrap(), None);
        assert_eq!(store.answer(arena(1), &Hash::of(b"another")).unwrap(), None);
    });
}

#[test]
fn a_stream_is_its_last_snapshot_and_the_events_after_it() {
    each(|store| {
        let mut appender = Appender::default();
        assert!(store.stream(arena(1)).unwrap().is_none());
        for sequence in 1..=5 {
            appender.one(store, Row::new(arena(1), "goal_updated", "alice"));
            if sequence % 2 == 0 {
                let state = format!("{{\"at\":{sequence}}}").into_bytes();
                let snapshot =
                    Snapshot { form: 1, head: appender.head(arena(1)), state_hash: Hash::of(&state), state };
                let beside = Writes { snapshots: vec![(arena(1), snapshot)], ..Writes::default() };
                appender.append(store, &[], beside).unwrap();
            }
        }
        let stream = store.stream(arena(1)).unwrap().unwrap();
        let snapshot = stream.snapshot.unwrap();
        assert_eq!((snapshot.head.sequence, snapshot.state), (Sequence::new(4), b"{\"at\":4}".to_vec()));
        let tail: Vec<u64> = stream.tail.iter().map(|event| event.sequence.get()).collect();
        assert_eq!(tail, [5]);
    });
}

#[test]
fn deadlines_are_set_moved_and_taken_away() {
    each(|store| {
        let mut appender = Appender::default();
        let at = Timestamp::from_millis;
        for deadlines in [
            vec![(arena(2), Some(at(20))), (arena(1), Some(at(10))), (arena(3), Some(at(30)))],
            vec![(arena(1), Some(at(5))), (arena(3), None)],
        ] {
            appender.append(store, &[], Writes { deadlines, ..Writes::default() }).unwrap();
        }
        assert_eq!(store.opening().unwrap().deadlines, [(arena(1), at(5)), (arena(2), at(20))]);
    });
}

#[test]
fn the_stopped_clock_is_put_away() {
    each(|store| {
        for ms in [1_000, 2_000] {
            store.set_test_clock(Timestamp::from_millis(ms)).unwrap();
            assert_eq!(store.opening().unwrap().test_clock, Some(Timestamp::from_millis(ms)));
        }
    });
}

#[test]
fn a_store_at_its_bound_refuses_a_batch_and_keeps_nothing_of_it() {
    each(|store| {
        let mut appender = Appender::default();
        appender.one(store, Row::new(arena(1), "goal_updated", "alice"));
        let before = (store.journal(Position::ZERO, 99).unwrap(), store.opening().unwrap());
        let large = Row {
            payload: format!("\"{}\"", "x".repeat(1 << 20)),
            ..Row::new(arena(1), "goal_updated", "bob")
        };
        let state = b"{}".to_vec();
        let snapshot =
            Snapshot { form: 1, head: appender.head(arena(1)), state_hash: Hash::of(&state), state };
        let everything = || Writes {
            answers: vec![(arena(1), Hash::ZERO, Answer { fingerprint: Hash::ZERO, body: Vec::new() })],
            snapshots: vec![(arena(1), snapshot.clone())],
            deadlines: vec![(arena(1), Some(BEGIN))],
            views: crate::lists::every_view(arena(1)),
            ..Writes::default()
        };
        let rows = [Row::new(arena(2), "goal_updated", "alice"), large];
        store.limit_size(Some(1)).unwrap();
        let refused = appender.append(store, &rows, everything());
        assert!(matches!(refused, Err(StorageError::Unavailable(_))), "{refused:?}");
        assert_eq!(store.journal(Position::ZERO, 99).unwrap(), before.0);
        let after = store.opening().unwrap();
        assert_eq!((after.position, after.deadlines), (before.1.position, before.1.deadlines));
        assert_eq!(store.answer(arena(1), &Hash::ZERO).unwrap(), None);
        assert!(store.stream(arena(1)).unwrap().unwrap().snapshot.is_none());
        assert!(store.stream(arena(2)).unwrap().is_none());
        crate::lists::assert_no_view(store, arena(1));

        store.limit_size(None).unwrap();
        appender.append(store, &rows, everything()).unwrap();
        assert_eq!(appender.last_seen, Position::new(1), "the refused batch used no position");
        assert_eq!(store.opening().unwrap().position, Position::new(3));
    });
}
