//! A store that an older program left: its schema, its snapshots, its answers.

use arena_runtime::{
    Applied, ArenaManager, ArenaState, Ask, Hash, NewArtifact, Principal, RequestKey,
    collaboration::ArtifactKind, offline, storage::DATABASE,
};
use rusqlite::Connection;

use crate::fixture::{active, agent, close, id, in_dir, view};

/// The schema before versions of artifacts had authors.
const OLDER: [&str; 3] = [
    include_str!("../../migrations/sqlite/0001_journal.sql"),
    include_str!("../../migrations/sqlite/0002_ledger.sql"),
    include_str!("../../migrations/sqlite/0003_entrants.sql"),
];

/// Writes the rows of a store into the older schema, with snapshots of a form that only the older program reads.
fn aged(path: &std::path::Path) {
    let newer = path.with_extension("newer");
    std::fs::rename(path, &newer).unwrap();
    let store = Connection::open(path).unwrap();
    store.execute_batch(&OLDER.concat()).unwrap();
    store.execute("ATTACH ?1 AS newer", [newer.to_str().unwrap()]).unwrap();
    let listed = |query: &str, of: &str| -> Vec<String> {
        let mut listed = store.prepare(query).unwrap();
        listed.query_map([of], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let tables = "SELECT name FROM main.sqlite_schema WHERE type = ?1 AND name NOT LIKE 'facts_text%'";
    for table in listed(tables, "table") {
        let columns = listed("SELECT name FROM pragma_table_info(?1, 'main')", &table).join(", ");
        let copied =
            format!("INSERT OR REPLACE INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}");
        store.execute(&copied, []).unwrap();
    }
    let spoiled = Hash::of(b"{}");
    store
        .execute(
            "UPDATE snapshots SET form = 1, state = CAST('{}' AS BLOB), state_hash = ?1",
            [spoiled.as_bytes()],
        )
        .unwrap();
    store.execute_batch("DETACH newer; PRAGMA user_version = 3").unwrap();
    std::fs::remove_file(newer).unwrap();
}

/// Of each snapshot, its form and after which event it stands, by stream; and the indexes of the journal.
fn kept(path: &std::path::Path) -> (Vec<(String, u32, u64)>, Vec<String>) {
    let store = Connection::open(path).unwrap();
    let mut kept = store.prepare("SELECT arena_id, form, sequence FROM snapshots ORDER BY 1").unwrap();
    let rows = kept.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let mut indexes =
        store.prepare("SELECT sql FROM sqlite_schema WHERE tbl_name = 'events' AND type = 'index'").unwrap();
    let indexes = indexes.query_map([], |row| row.get(0)).unwrap();
    (rows.map(Result::unwrap).collect(), indexes.map(Result::unwrap).collect())
}

#[tokio::test]
async fn a_store_of_before_is_read_and_loads_from_a_snapshot_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(DATABASE);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice", "bob"], 0).await;
    let (put, ask) = (
        || NewArtifact {
            name: "spec.md".parse().unwrap(),
            claim: None,
            expected_version: None,
            kind: ArtifactKind::Text,
            media_type: "text/markdown".into(),
            bytes: b"x".to_vec().into(),
        },
        || {
            let key = RequestKey {
                id: "k".parse().unwrap(),
                operation: "put".to_owned(),
                fingerprint: Hash::of(b"put"),
            };
            Ask { key: Some(key), ..Ask::by(agent("alice")) }
        },
    );
    let of_before = |_: &Applied| b"of before".to_vec();
    manager.put_artifact(ask(), arena_id, put(), of_before).await.unwrap();
    for _ in 0..300 {
        view(&manager, "bob", arena_id).say("x").await.unwrap();
    }
    manager.operator(arena_id).settle().await.unwrap();
    manager.operator(arena_id).archive().await.unwrap();
    let state = async |manager: &ArenaManager| -> ArenaState {
        (*manager.arena(&Principal::Operator, arena_id).await.unwrap()).clone()
    };
    let was = state(&manager).await;
    close(manager).await;
    let (snapshots, indexes) = kept(&path);
    assert!(snapshots.iter().any(|(of, ..)| *of == arena_id.to_string()), "{snapshots:?}");

    aged(&path);
    let found = offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let now = state(&manager).await;
    assert_eq!((&now.shared, now.head), (&was.shared, was.head));
    let row = manager.artifact(&Principal::Operator, arena_id, &put().name, None).await.unwrap().0;
    assert_eq!((row.slot, row.author), (id("alice"), id("alice")));
    let again = manager.put_artifact(ask(), arena_id, put(), |_| b"anew".to_vec()).await.unwrap();
    assert_eq!(again.body, b"of before");
    close(manager).await;

    // Nothing was written to the arena: what was read is kept as a snapshot at its end.
    let (renewed, of_now) = kept(&path);
    let of_arena = (arena_id.to_string(), 2, was.head.sequence.get());
    assert!(renewed.contains(&of_arena), "{renewed:?}");
    assert_eq!(of_now, indexes);
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(state(&manager).await.shared, was.shared);
    close(manager).await;
    let found = offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
}
