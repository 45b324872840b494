//! The derived rows that a store promises to keep: lists of arenas, artifacts and their bytes, facts and their search.

use std::collections::BTreeSet;

use arena_runtime::{
    AgentId, ArenaId, ArenaStorage, Hash, Position, StorageError, Timestamp,
    collaboration::{ArtifactKind, Status},
    storage::{ArenaFilter, ArtifactRow, FactFilter, FactRow, MemoryStorage, ViewChange, Writes},
};

use crate::{
    contract::{Appender, BEGIN, Row, arena, each},
    fixture::id,
};

/// A change of each kind.
pub(crate) fn every_view(arena_id: ArenaId) -> Vec<ViewChange> {
    let bytes = &b"bytes"[..];
    vec![
        ViewChange::Arena { arena_id, status: Status::Active, open: true },
        ViewChange::Joined { arena_id, agent_id: id("alice") },
        ViewChange::Blob { sha256: Hash::of(bytes), bytes: bytes.to_vec().into() },
        ViewChange::Artifact(artifact(arena_id, "notes", 1, bytes)),
        ViewChange::Fact(fact(arena_id, "key", "content", &[])),
    ]
}

/// Nothing of [`every_view`] is there.
pub(crate) fn assert_no_view(store: &dyn ArenaStorage, arena_id: ArenaId) {
    assert_eq!(store.arenas(&ArenaFilter::default()).unwrap(), []);
    assert_eq!(store.artifact(arena_id, &"notes".parse().unwrap(), None).unwrap(), None);
    assert_eq!(store.blob(&Hash::of(b"bytes")).unwrap(), None);
    assert_eq!(store.facts(arena_id, &FactFilter { limit: 9, ..FactFilter::default() }).unwrap(), []);
}

fn put(store: &dyn ArenaStorage, views: Vec<ViewChange>) {
    // An event goes with every change of a list.
    let rows = [Row::new(ArenaId::SYSTEM, "agent_removed", "system")];
    let mut appender = Appender::default();
    appender
        .append(
            store,
            &rows[..usize::from(store.opening().unwrap().position == Position::ZERO)],
            Writes { views, ..Writes::default() },
        )
        .unwrap();
}

fn artifact(arena_id: ArenaId, name: &str, version: u64, bytes: &[u8]) -> ArtifactRow {
    ArtifactRow {
        arena_id,
        name: name.parse().unwrap(),
        version,
        sha256: Hash::of(bytes),
        size: bytes.len().try_into().unwrap(),
        kind: ArtifactKind::Code,
        media_type: "text/x-rust".to_owned(),
        slot: id("alice"),
        author: id("bob"),
        step: crate::fixture::step(3).into(),
        updated_at: Timestamp::from_millis(BEGIN.as_millis() + version),
    }
}

fn fact(arena_id: ArenaId, key: &str, content: &str, tags: &[&str]) -> FactRow {
    FactRow {
        arena_id,
        key: key.parse().unwrap(),
        version: 1,
        content: content.to_owned(),
        confidence: Some(900),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        author: id("bob"),
        updated_at: BEGIN,
    }
}

/// An arena as the lists see it.
struct Listed {
    arena_id: ArenaId,
    status: Status,
    open: bool,
    members: BTreeSet<AgentId>,
}

fn some_arenas() -> Vec<Listed> {
    let names = ["alice", "bob", "carol"];
    (1..=24u8)
        .map(|number| Listed {
            arena_id: arena(number),
            status: [Status::Created, Status::Active, Status::Settling, Status::Archived]
                [usize::from(number % 4)],
            open: number % 3 == 0,
            members: names
                .iter()
                .enumerate()
                .filter(|(bit, _)| number >> bit & 1 == 1)
                .map(|(_, name)| id(name))
                .collect(),
        })
        .collect()
}

fn shown(listed: &Listed, filter: &ArenaFilter) -> bool {
    filter.after.is_none_or(|after| listed.arena_id > after)
        && filter.status.is_none_or(|status| listed.status == status)
        && filter.agent.as_ref().is_none_or(|agent| listed.members.contains(agent))
        && filter.reader.as_ref().is_none_or(|reader| listed.open || listed.members.contains(reader))
}

#[test]
fn arenas_are_listed_in_order_under_every_combination_of_filters() {
    each(|store| {
        let arenas = some_arenas();
        for listed in &arenas {
            let arena_id = listed.arena_id;
            // Each was something else before: only the last row counts.
            let mut views = vec![
                ViewChange::Arena { arena_id, status: Status::Created, open: listed.open },
                ViewChange::Joined { arena_id, agent_id: id("dave") },
            ];
            views.extend(
                listed.members.iter().map(|agent| ViewChange::Joined { arena_id, agent_id: agent.clone() }),
            );
            views.push(ViewChange::Left { arena_id, agent_id: id("dave") });
            views.push(ViewChange::Arena { arena_id, status: listed.status, open: listed.open });
            put(store, views);
        }
        let agents = [None, Some(id("alice")), Some(id("carol")), Some(id("dave"))];
        let statuses = [None, Some(Status::Created), Some(Status::Active), Some(Status::Archived)];
        for status in statuses {
            for agent in &agents {
                for reader in &agents {
                    for after in [None, Some(arena(7))] {
                        for limit in [None, Some(3)] {
                            let filter = ArenaFilter {
                                status,
                                agent: agent.clone(),
                                reader: reader.clone(),
                                after,
                                limit,
                            };
                            let expected: Vec<ArenaId> = arenas
                                .iter()
                                .filter(|listed| shown(listed, &filter))
                                .map(|listed| listed.arena_id)
                                .take(limit.unwrap_or(usize::MAX))
                                .collect();
                            assert_eq!(store.arenas(&filter).unwrap(), expected, "{filter:?}");
                        }
                    }
                }
            }
        }
        assert_eq!(store.opening().unwrap().last_arena, arena(24));
    });
}

#[test]
fn an_artifact_is_read_by_version_and_its_bytes_are_kept_once() {
    each(|store| {
        let (one, two) = (&b"fn one() {}"[..], &b"fn two() {}"[..]);
        let blob = |bytes: &[u8]| ViewChange::Blob { sha256: Hash::of(bytes), bytes: bytes.to_vec().into() };
        put(
            store,
            vec![
                blob(one),
                ViewChange::Artifact(artifact(arena(1), "src/lib.rs", 1, one)),
                blob(two),
                ViewChange::Artifact(artifact(arena(1), "src/lib.rs", 2, two)),
                blob(one),
                ViewChange::Artifact(artifact(arena(2), "src/lib.rs", 1, one)),
            ],
        );
        let read = |arena_id, name: &str, version| {
            store.artifact(arena_id, &name.parse().unwrap(), version).unwrap()
        };
        assert_eq!(
            read(arena(1), "src/lib.rs", None),
            Some((artifact(arena(1), "src/lib.rs", 2, two), two.to_vec()))
        );
        assert_eq!(
            read(arena(1), "src/lib.rs", Some(1)),
            Some((artifact(arena(1), "src/lib.rs", 1, one), one.to_vec()))
        );
        assert_eq!(
            read(arena(2), "src/lib.rs", None),
            Some((artifact(arena(2), "src/lib.rs", 1, one), one.to_vec()))
        );
        for (arena_id, name, version) in [
            (arena(1), "src/lib.rs", Some(3)),
            (arena(1), "src/lib.rs", Some(0)),
            (arena(1), "src", None),
            (arena(3), "src/lib.rs", None),
        ] {
            assert_eq!(read(arena_id, name, version), None);
        }
        assert_eq!(store.blob(&Hash::of(two)).unwrap().as_deref(), Some(two));
        assert_eq!(store.blob(&Hash::of(b"three")).unwrap(), None);
    });
}

#[test]
fn facts_are_found_by_key_tag_and_words_of_their_own_arena_only() {
    each(|store| {
        let facts = [
            fact(arena(1), "build/tool", "Cargo builds the workspace", &["rust", "build"]),
            fact(arena(1), "owner", "nobody owns the quoted \"parser\" module", &["people"]),
            fact(arena(1), "zürich", "Ein Fluß fließt hier", &["ort"]),
            fact(arena(2), "build/tool", "make builds the parser", &["rust"]),
        ];
        put(store, facts.iter().cloned().map(ViewChange::Fact).collect());
        let found = |filter: FactFilter| -> Vec<String> {
            let filter = FactFilter { limit: filter.limit.max(1), ..filter };
            store.facts(arena(1), &filter).unwrap().iter().map(|row| row.key.to_string()).collect()
        };
        let all = || FactFilter { limit: 9, ..FactFilter::default() };
        assert_eq!(found(all()), ["build/tool", "owner", "zürich"]);
        assert_eq!(store.facts(arena(1), &all()).unwrap(), facts[..3], "whole rows come back");
        assert_eq!(found(FactFilter { limit: 2, ..all() }), ["build/tool", "owner"]);
        assert_eq!(found(FactFilter { after: "build/tool".parse().ok(), ..all() }), ["owner", "zürich"]);
        assert_eq!(found(FactFilter { key: "owner".parse().ok(), ..all() }), ["owner"]);
        assert_eq!(found(FactFilter { tag: Some("rust".into()), ..all() }), ["build/tool"]);
        assert_eq!(found(FactFilter { tag: Some("rus".into()), ..all() }), [""; 0], "a tag is whole");
        let words = |text: &str| found(FactFilter { text: Some(text.to_owned()), ..all() });
        assert_eq!(words("builds"), ["build/tool"]);
        assert_eq!(words("WORK cargo"), ["build/tool"], "each word, as a prefix, in any case");
        assert_eq!(words("cargo parser"), [""; 0]);
        assert_eq!(words("people"), ["owner"], "tags are searched");
        assert_eq!(words("tool"), ["build/tool"], "keys are searched");
        assert_eq!(words("fluß"), ["zürich"]);
        assert_eq!(words("\"parser\" OR * NEAR("), [""; 0], "operators are words");
        assert_eq!(words("parser\" AND \"module"), [""; 0]);
        assert_eq!(words("parser\" \"module"), ["owner"]);
        assert_eq!(words("?!"), ["build/tool", "owner", "zürich"], "no word narrows nothing");
    });
}

#[test]
fn a_fact_that_changed_is_found_by_its_new_words_only() {
    each(|store| {
        put(store, vec![ViewChange::Fact(fact(arena(1), "colour", "green", &["old"]))]);
        put(
            store,
            vec![ViewChange::Fact(FactRow { version: 2, ..fact(arena(1), "colour", "blue", &["new"]) })],
        );
        let versions = |text: &str| -> Vec<u64> {
            let filter = FactFilter { text: Some(text.to_owned()), limit: 9, ..FactFilter::default() };
            store.facts(arena(1), &filter).unwrap().iter().map(|row| row.version).collect()
        };
        assert_eq!((versions("blue"), versions("new")), (vec![2], vec![2]));
        assert_eq!((versions("green"), versions("old")), (vec![], vec![]));
    });
}

#[test]
fn both_stores_search_letters_with_marks_alike() {
    let searched = ["café", "cafe", "CAFÉ", "naïve", "naive", "straße", "strasse", "x_y", "a1b", "日本"];
    let answers = std::cell::RefCell::new(Vec::new());
    each(|store| {
        let content = "un café naïve, Straße x_y a1b 日本語";
        put(store, vec![ViewChange::Fact(fact(arena(1), "words", content, &[]))]);
        let found = |text: &&str| {
            let filter = FactFilter { text: Some((*text).to_owned()), limit: 9, ..FactFilter::default() };
            !store.facts(arena(1), &filter).unwrap().is_empty()
        };
        answers.borrow_mut().push(searched.iter().map(found).collect::<Vec<bool>>());
    });
    let answers = answers.into_inner();
    for (index, word) in searched.iter().enumerate() {
        assert_eq!(answers[0][index], answers[1][index], "{word}: sqlite and memory differ");
    }
}

#[test]
fn a_store_in_memory_has_nothing_to_back_up() {
    let dir = tempfile::tempdir().unwrap();
    let refused = MemoryStorage::default().backup(&dir.path().join("copy.db"));
    assert!(matches!(refused, Err(StorageError::Refused(_))));
    assert!(!dir.path().join("copy.db").exists());
}
