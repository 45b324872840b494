//! Rows that are derived from the journal, changed by hand: verification compares each with what the events give.

use arena_runtime::{ArenaManager, Hash, Principal, Sequence, offline, storage::DATABASE};
use rusqlite::{Connection, params};

use crate::{
    fixture::{active, close, in_dir, state, view},
    rewritten::{Store, execute},
};

#[tokio::test]
async fn what_is_derived_from_the_journal_is_compared_with_it() {
    let changes = [
        "UPDATE facts SET content = 'make' WHERE arena_id = ?1 AND key = 'build/tool'",
        "UPDATE facts SET version = 7 WHERE arena_id = ?1",
        "UPDATE facts SET author = 'mallory' WHERE arena_id = ?1",
        "UPDATE facts SET confidence = 1 WHERE arena_id = ?1",
        "UPDATE facts SET tags = '[\"t\"]' WHERE arena_id = ?1",
        "UPDATE facts SET updated_at = 1 WHERE arena_id = ?1",
        "UPDATE artifacts SET media_type = 'text/html' WHERE arena_id = ?1",
        "UPDATE answers SET body = x'00' WHERE arena_id = ?1",
        "UPDATE answers SET fingerprint = zeroblob(32) WHERE arena_id = ?1",
        "UPDATE answers SET request = zeroblob(32) WHERE arena_id = ?1",
        "DELETE FROM facts WHERE arena_id = ?1 AND key = 'build/tool'",
        "UPDATE blobs SET bytes = x'00' WHERE sha256 IN (SELECT sha256 FROM artifacts WHERE arena_id = ?1)",
        "DELETE FROM blobs WHERE sha256 IN (SELECT sha256 FROM artifacts WHERE arena_id = ?1)",
        "DELETE FROM artifacts WHERE arena_id = ?1 AND version = 2",
        "UPDATE artifacts SET slot = 'mallory' WHERE arena_id = ?1",
        "UPDATE artifacts SET author = 'mallory' WHERE arena_id = ?1",
        "UPDATE artifacts SET version = 9 WHERE arena_id = ?1 AND version = 2",
        "UPDATE arenas SET status = 'archived' WHERE arena_id = ?1",
        "UPDATE arenas SET open = 1 WHERE arena_id = ?1",
        "DELETE FROM arenas WHERE arena_id = ?1",
        "DELETE FROM members WHERE arena_id = ?1 AND agent_id = 'alice'",
        "UPDATE members SET agent_id = 'mallory' WHERE arena_id = ?1 AND agent_id = 'alice'",
        "DELETE FROM deadlines WHERE arena_id = ?1",
        "INSERT INTO facts_text (facts_text, rowid, arena_id, key, content, tags) SELECT 'delete', id, arena_id, key, content, tags FROM facts WHERE arena_id = ?1",
        "UPDATE deadlines SET due_at = due_at + 99999 WHERE arena_id = ?1",
    ];
    let mut unnoticed = Vec::new();
    for change in changes {
        let store = Store::new().await;
        let arena_id = store.arenas[0];
        store.edit(|database| execute(database, change, [arena_id.to_string()]));
        if !store.named().iter().any(|(named, _)| *named == arena_id) {
            unnoticed.push(change);
        }
    }
    assert_eq!(unnoticed, [""; 0]);
}

#[tokio::test]
async fn a_snapshot_that_the_events_do_not_give_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice"], 1).await;
    let alice = view(&manager, "alice", arena_id);
    for n in 0..300 {
        alice.say(&n.to_string()).await.unwrap();
    }
    drop(alice);
    close(manager).await;
    let at: u64 = {
        let database = Connection::open(dir.path().join(DATABASE)).unwrap();
        let (at, state): (u64, Vec<u8>) = database
            .query_row(
                "SELECT sequence, state FROM snapshots WHERE arena_id = ?1",
                [arena_id.to_string()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .unwrap();
        let forged = String::from_utf8(state).unwrap().replace("find out", "find in!").into_bytes();
        let forged_hash = Hash::of(&forged);
        let values = params![forged, forged_hash.as_bytes(), arena_id.to_string()];
        execute(&database, "UPDATE snapshots SET state = ?1, state_hash = ?2 WHERE arena_id = ?3", values);
        at
    };
    let found = offline::verify(dir.path(), &[]).unwrap().divergences;
    assert!(
        found
            .iter()
            .any(|divergence| (divergence.arena_id, divergence.sequence) == (arena_id, Sequence::new(at)))
    );
    // The open store says so too, when it is asked.
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    state(&manager, arena_id).await;
    let verified = manager.verify(&Principal::Operator, arena_id).await.unwrap();
    assert_eq!(verified.first_divergence.map(|divergence| divergence.sequence), Some(Sequence::new(at)));
    close(manager).await;
}
