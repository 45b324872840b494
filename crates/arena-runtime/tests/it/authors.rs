//! Who put each version of an artifact, which is not always who wrote its name first.

use arena_runtime::{
    ArenaManager, Ask, NewArtifact, Principal,
    collaboration::{ArtifactKind, ArtifactName},
    offline,
    storage::DATABASE,
};

use crate::fixture::{active, agent, close, id, in_dir, view};

#[tokio::test]
async fn each_version_has_its_author_also_in_stores_of_before_that_was_kept() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let arena_id = active(&manager, &["alice", "bob"], 1).await;
    let name: ArtifactName = "spec.md".parse().unwrap();
    let held = view(&manager, "bob", arena_id).claim(None, None).await.unwrap().unwrap();
    for (author, claim, expected_version) in
        [("alice", None, None), ("bob", Some((held.step, held.fence)), Some(1)), ("alice", None, None)]
    {
        let put = NewArtifact {
            name: name.clone(),
            claim,
            expected_version,
            kind: ArtifactKind::Text,
            media_type: "text/markdown".into(),
            bytes: author.as_bytes().to_vec().into(),
        };
        manager.put_artifact(Ask::by(agent(author)), arena_id, put, |_| Vec::new()).await.unwrap();
    }
    let told = async |manager: &ArenaManager| {
        for (version, author) in [(1, "alice"), (2, "bob"), (3, "alice")] {
            let row = manager.artifact(&Principal::Operator, arena_id, &name, Some(version)).await.unwrap().0;
            assert_eq!((row.slot, row.author), (id("alice"), id(author)), "{version}");
        }
    };
    told(&manager).await;
    close(manager).await;

    let path = dir.path().join(DATABASE);
    let older = "ALTER TABLE artifacts DROP COLUMN author; PRAGMA user_version = 3";
    rusqlite::Connection::open(&path).unwrap().execute_batch(older).unwrap();
    let before = std::fs::read(&path).unwrap();
    let found = offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
    assert!(std::fs::read(&path).unwrap() == before, "verifying changes nothing");
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    told(&manager).await;
    close(manager).await;
    let found = offline::verify(dir.path(), &[]).unwrap();
    assert!(found.ok, "{:?}", found.divergences);
}
