//! `arena verify` on stores that were changed by hand: it says which arena and where, and exits with 7.

use rusqlite::Connection;
use serde_json::Value;

use crate::folder::{Folder, text};

/// A store with two arenas of some events each, and their ids.
fn store() -> (Folder, String, String) {
    let folder = Folder::new();
    let arena = |goal: &str| {
        let made = folder.json(&["create", goal, "--step", "one", "--step", "two", "--activate"]);
        let arena = text(&made, "/arena_id").to_owned();
        let fence = folder.json(&["step", "claim", &arena])["fence"].to_string();
        folder.json(&["step", "complete", &arena, "1", "--fence", &fence, "--result", "done"]);
        folder.json(&["say", &arena, "hello there"]);
        arena
    };
    let (one, two) = (arena("first"), arena("second"));
    let found = folder.json(&["verify"]);
    assert_eq!(found["ok"], true);
    assert_eq!(found["checked"], found["checked_events"]);
    assert_eq!(found.get("first_divergence"), None);
    (folder, one, two)
}

/// Changes the store by hand.
fn tamper(folder: &Folder, sql: &str, arena: &str) -> usize {
    let store = Connection::open(folder.data().join("arena.db")).unwrap();
    let changed = store.execute(sql, [arena]).unwrap();
    assert!(changed > 0, "nothing changed: {sql}");
    store.pragma_update(None, "wal_checkpoint", "TRUNCATE").unwrap();
    changed
}

/// What `verify` names: arenas and sequences.
#[track_caller]
fn named(folder: &Folder) -> Vec<(String, u64)> {
    let before = std::fs::read(folder.data().join("arena.db")).unwrap();
    let ran = folder.arena(&["verify", "--json"]);
    let found: Value =
        serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    assert_eq!(ran.code, 7, "{found}");
    assert_eq!(found["ok"], false);
    assert_eq!(found["first_divergence"], found["divergences"][0]);
    assert_eq!(before, std::fs::read(folder.data().join("arena.db")).unwrap(), "verify wrote to the store");
    let place = |one: &Value| (text(one, "/arena_id").to_owned(), one["sequence"].as_u64().unwrap());
    let places: Vec<_> = found["divergences"].as_array().unwrap().iter().map(place).collect();
    let people = folder.arena(&["verify"]);
    assert_eq!(people.code, 7);
    for (arena, sequence) in &places {
        let place = match (arena.as_str(), sequence) {
            ("00000000-0000-0000-0000-000000000000", 0) => "the system stream: ".to_owned(),
            ("00000000-0000-0000-0000-000000000000", _) => format!("the system stream sequence {sequence}: "),
            (arena, 0) => format!("arena {arena}: "),
            (arena, _) => format!("arena {arena} sequence {sequence}: "),
        };
        assert!(people.stdout.contains(&place), "{}", people.stdout);
    }
    places
}

#[test]
fn a_byte_changed_in_a_payload_is_found_where_it_is() {
    let (folder, one, two) = store();
    tamper(
        &folder,
        "UPDATE events SET payload = replace(payload, 'hello', 'hellp') WHERE arena_id = ?1",
        &one,
    );
    let places = named(&folder);
    let last = folder_head(&folder, &one);
    assert!(places.iter().any(|(arena, at)| *arena == one && *at == last), "{places:?}");
    assert!(places.iter().all(|(arena, _)| *arena != two), "{places:?}");
}

#[test]
fn every_column_of_an_event_is_held_by_its_hash() {
    for set in [
        "recorded_at = recorded_at + 1",
        "actor = 'alice'",
        "command_id = 'k'",
        "type = 'message_tent'",
        "position = position + 100000",
        "previous_hash = zeroblob(32)",
        "hash = zeroblob(32)",
    ] {
        let (folder, one, two) = store();
        let sequence = folder_head(&folder, &one);
        tamper(
            &folder,
            &format!("UPDATE events SET {set} WHERE arena_id = ?1 AND sequence = {sequence}"),
            &one,
        );
        let places = named(&folder);
        assert!(places.contains(&(one.clone(), sequence)), "{set}: {places:?}");
        assert!(
            set.starts_with("position") || places.iter().all(|(arena, _)| *arena != two),
            "{set}: {places:?}"
        );
    }
}

#[test]
fn the_last_event_removed_is_found_at_the_end_of_its_arena() {
    let (folder, one, two) = store();
    let last = folder_head(&folder, &two);
    let cut = format!("DELETE FROM events WHERE arena_id = ?1 AND sequence = {last}");
    tamper(&folder, &cut, &two);
    let places = named(&folder);
    assert!(places.iter().any(|(arena, at)| *arena == two && (last - 1..=last).contains(at)), "{places:?}");
    assert!(places.iter().all(|(arena, _)| *arena != one), "{places:?}");
}

#[test]
fn an_event_removed_from_the_middle_is_found() {
    let (folder, one, _) = store();
    tamper(&folder, "DELETE FROM events WHERE arena_id = ?1 AND sequence = 4", &one);
    let places = named(&folder);
    assert!(places.iter().any(|(arena, at)| *arena == one && (4..=5).contains(at)), "{places:?}");
}

#[test]
fn an_event_inserted_after_the_last_is_found() {
    let (folder, one, _) = store();
    let last = folder_head(&folder, &one);
    let insert = format!(
        "INSERT INTO events SELECT (SELECT max(position) + 1 FROM events), arena_id, sequence + 1, recorded_at, actor, \
         command_id, type, payload, hash, hash FROM events WHERE arena_id = ?1 AND sequence = {last}"
    );
    tamper(&folder, &insert, &one);
    let places = named(&folder);
    assert!(places.iter().any(|(arena, at)| *arena == one && *at > last), "{places:?}");
}

#[test]
fn an_arena_removed_whole_is_found() {
    let (folder, one, two) = store();
    tamper(&folder, "DELETE FROM events WHERE arena_id = ?1", &one);
    let places = named(&folder);
    assert!(places.iter().any(|(arena, _)| *arena == one), "{places:?}");
    // Taking its head along leaves a hole in the positions.
    tamper(&folder, "DELETE FROM heads WHERE arena_id = ?1", &one);
    let places = named(&folder);
    assert!(!places.is_empty() && places.iter().all(|(_, at)| *at > 0), "{places:?} {two}");
}

#[test]
fn a_head_changed_is_found() {
    let (folder, one, _) = store();
    tamper(&folder, "UPDATE heads SET sequence = sequence - 1 WHERE arena_id = ?1", &one);
    assert!(named(&folder).iter().any(|(arena, _)| *arena == one));
    let (folder, one, _) = store();
    tamper(&folder, "UPDATE heads SET hash = zeroblob(32) WHERE arena_id = ?1", &one);
    assert!(named(&folder).iter().any(|(arena, _)| *arena == one));
}

#[test]
fn damage_in_two_arenas_is_named_twice() {
    let (folder, one, two) = store();
    for arena in [&one, &two] {
        tamper(
            &folder,
            "UPDATE events SET payload = replace(payload, 'hello', 'hellp') WHERE arena_id = ?1",
            arena,
        );
    }
    let places = named(&folder);
    for arena in [one, two] {
        assert!(places.iter().any(|(named, _)| *named == arena), "{places:?}");
    }
}

#[test]
fn artifact_bytes_changed_are_found_in_their_arena() {
    let (folder, one, _) = store();
    folder.arena_fed(b"true bytes", &["artifact", "put", &one, "a/b"]).ok();
    let store = Connection::open(folder.data().join("arena.db")).unwrap();
    assert_eq!(store.execute("UPDATE blobs SET bytes = x'00'", []).unwrap(), 1);
    drop(store);
    assert!(named(&folder).iter().all(|(arena, _)| *arena == one));
    assert!(folder.arena(&["verify"]).stdout.contains("artifact a/b"));
}

#[test]
fn a_head_that_was_kept_elsewhere_shows_a_store_that_was_written_anew() {
    let (folder, one, _) = store();
    let events = folder.json(&["events", &one]);
    let last = events["items"].as_array().unwrap().last().unwrap().clone();
    let kept = format!("{one}:{}:{}", last["sequence"], text(&last, "/hash"));
    assert_eq!(folder.json(&["verify", "--expect", &kept])["ok"], true);
    let other = format!("{one}:{}:{}", last["sequence"], "0".repeat(64));
    assert_eq!(folder.arena(&["verify", "--expect", &kept, "--expect", &other]).code, 7);
    let beyond = format!("{one}:{}:{}", last["sequence"].as_u64().unwrap() + 1, text(&last, "/hash"));
    assert_eq!(folder.arena(&["verify", "--expect", &beyond]).code, 7);
}

#[test]
fn a_store_whose_file_is_cut_or_no_database_is_refused_in_words() {
    let (folder, ..) = store();
    let path = folder.data().join("arena.db");
    let whole = std::fs::read(&path).unwrap();
    for length in [0, 50, 4_096, whole.len() / 2] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let ran = folder.arena(&["verify", "--json"]);
        assert!([1, 6, 7].contains(&ran.code), "{length}: {} {}{}", ran.code, ran.stdout, ran.stderr);
    }
    std::fs::write(
        &path,
        b"this is no database, but long enough to be taken for one at a first look".repeat(100),
    )
    .unwrap();
    let ran = folder.arena(&["verify", "--json"]);
    assert!([1, 6, 7].contains(&ran.code), "{} {}{}", ran.code, ran.stdout, ran.stderr);
}

/// The last sequence of an arena, as stored.
fn folder_head(folder: &Folder, arena: &str) -> u64 {
    let store = Connection::open(folder.data().join("arena.db")).unwrap();
    store
        .query_row("SELECT max(sequence) FROM events WHERE arena_id = ?1", [arena], |row| row.get(0))
        .unwrap()
}
