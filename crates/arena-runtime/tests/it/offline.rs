//! Work on a store without its server: backup and restore, export and import, the doctor.

use std::{fs, path::Path};

use arena_runtime::{
    ArenaId, ArenaManager, Ask, NewArtifact, Options, Position, Principal, Render, StorageError, StoredEvent,
    collaboration::{ArtifactKind, Command},
    offline,
    storage::{ArenaStorage, DATABASE, FactFilter, FactRow, SqliteStorage},
};

use crate::fixture::{active, advance, agent, close, code, id, in_dir, kinds, state, view};

/// What the keyed message of [`furnish`] is answered with.
pub(crate) const ANSWER: Render = |applied| format!("said at {}", applied.head.sequence).into_bytes();

/// A store with something of everything: three arenas, one of them sealed, one settling.
pub(crate) async fn furnish(manager: &ArenaManager) -> Vec<ArenaId> {
    let mut arenas = Vec::new();
    for n in 0..3u8 {
        let arena_id = active(manager, &["alice", "bob"], 3).await;
        let alice = view(manager, "alice", arena_id);
        let held = alice.claim(None, None).await.unwrap().unwrap();
        for version in 0..2u8 {
            let put = NewArtifact {
                name: "out/notes.txt".parse().unwrap(),
                claim: Some((held.step, held.fence)),
                expected_version: None,
                kind: ArtifactKind::Text,
                media_type: "text/plain".into(),
                // The first version's bytes are the same in every arena.
                bytes: vec![version * n; 3_000].into(),
            };
            manager.put_artifact(Ask::by(agent("alice")), arena_id, put, |_| Vec::new()).await.unwrap();
        }
        alice.put_fact("build/tool".parse().unwrap(), "make").await.unwrap();
        alice.put_fact("build/tool".parse().unwrap(), "cargo").await.unwrap();
        view(manager, "bob", arena_id)
            .put_fact(format!("of/{n}").parse().unwrap(), "one \"word\"")
            .await
            .unwrap();
        let say = Command::SendMessage { to: Vec::new(), body: "half way".into() };
        manager
            .submit(crate::fixture::keyed(agent("alice"), "key-1", "say"), arena_id, say, ANSWER)
            .await
            .unwrap();
        alice.complete(held.step, held.fence, Some("done")).await.unwrap();
        view(manager, "bob", arena_id).claim(None, None).await.unwrap().unwrap();
        arenas.push(arena_id);
    }
    manager.operator(arenas[1]).settle().await.unwrap();
    let sealed = manager.operator(arenas[2]);
    sealed.settle().await.unwrap();
    view(manager, "bob", arenas[2]).submit(Command::RemoveParticipant { agent_id: id("bob") }).await.unwrap();
    sealed.archive().await.unwrap();
    arenas
}

/// A closed, furnished store in `dir`.
pub(crate) async fn furnished(dir: &Path) -> Vec<ArenaId> {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    let arenas = furnish(&manager).await;
    close(manager).await;
    arenas
}

/// All that a store holds: events, artifacts with their bytes, facts.
type Holdings = (Vec<StoredEvent>, Vec<Vec<u8>>, Vec<FactRow>);

fn holdings(dir: &Path, arenas: &[ArenaId]) -> Holdings {
    let storage = SqliteStorage::open(dir).unwrap();
    let journal = storage.journal(Position::ZERO, usize::MAX >> 1).unwrap();
    let (mut artifacts, mut facts) = (Vec::new(), Vec::new());
    for arena_id in arenas {
        for version in [None, Some(1), Some(2)] {
            let name = "out/notes.txt".parse().unwrap();
            let (row, bytes) = storage.artifact(*arena_id, &name, version).unwrap().unwrap();
            artifacts.extend([format!("{row:?}").into_bytes(), bytes]);
        }
        let all = FactFilter { limit: 99, ..FactFilter::default() };
        facts.extend(storage.facts(*arena_id, &all).unwrap());
    }
    (journal, artifacts, facts)
}

fn is_refused<T>(answer: Result<T, StorageError>) -> bool {
    answer.is_err_and(|error| matches!(error, StorageError::Refused(_)))
}

/// The store in `dir` works on: states are as they were, deadlines are kept, answers are given.
async fn assert_works(dir: &Path, arenas: &[ArenaId], states: &[String]) {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    for (arena_id, before) in arenas.iter().zip(states) {
        assert_eq!(state(&manager, *arena_id).await.0, *before);
    }
    let sealed = manager.operator(arenas[2]).report().await.unwrap();
    assert_eq!(sealed.report_hash, arena_runtime::report_hash(&sealed.report));
    assert_eq!(manager.active_arenas_for(&id("alice")).await.unwrap(), arenas[..1]);
    let found = manager
        .facts(
            &agent("alice"),
            arenas[0],
            arena_runtime::FactQuery { text: Some("cargo".into()), limit: 9, ..Default::default() },
        )
        .await
        .unwrap();
    assert_eq!(found.items.len(), 1);
    advance(&manager, 60_000).await;
    assert_eq!(kinds(&manager, arenas[1]).await.last().unwrap(), "arena_archived");
    assert_eq!(kinds(&manager, arenas[0]).await.last().unwrap(), "lease_expired");
    let made = manager.create(crate::fixture::config(&["alice"], 1)).await.unwrap();
    assert!(made > arenas[2]);
    close(manager).await;
    assert!(offline::verify(dir, &[]).unwrap().ok);
}

async fn states(dir: &Path, arenas: &[ArenaId]) -> Vec<String> {
    let manager = ArenaManager::open(in_dir(dir)).unwrap();
    let mut states = Vec::new();
    for arena_id in arenas {
        states.push(state(&manager, *arena_id).await.0);
    }
    close(manager).await;
    states
}

#[tokio::test]
async fn an_import_of_an_export_is_the_same_store_and_works_on() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let arenas = furnished(from.path()).await;
    let states = states(from.path(), &arenas).await;
    let mut lines = Vec::new();
    let exported = offline::export(from.path(), &mut lines).unwrap();
    let imported = offline::import(lines.as_slice(), to.path()).unwrap();
    assert_eq!(exported, imported);
    let (before, after) = (holdings(from.path(), &arenas), holdings(to.path(), &arenas));
    assert_eq!(before, after);
    assert_eq!(u64::try_from(before.0.len()).unwrap(), exported);
    let verified = offline::verify(to.path(), &[]).unwrap();
    assert!(verified.ok, "{:?}", verified.divergences);
    let mut again = Vec::new();
    offline::export(to.path(), &mut again).unwrap();
    assert!(again == lines, "an export of the import is the same text");
    assert_works(to.path(), &arenas, &states).await;
}

#[tokio::test]
async fn an_export_that_was_cut_or_changed_is_refused_and_leaves_no_store() {
    let from = tempfile::tempdir().unwrap();
    furnished(from.path()).await;
    let mut whole = Vec::new();
    offline::export(from.path(), &mut whole).unwrap();
    let whole = String::from_utf8(whole).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let without = |index: usize| {
        let kept = lines.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, line)| *line);
        kept.collect::<Vec<&str>>().join("\n")
    };
    let mut damaged: Vec<(String, String)> = vec![
        ("empty".to_owned(), String::new()),
        ("not JSON".to_owned(), "what is this".to_owned()),
        ("another format".to_owned(), whole.replacen("export/v1", "export/v9", 1)),
        ("lines after the end".to_owned(), format!("{whole}{}\n", lines[1])),
        ("two lines swapped".to_owned(), {
            let mut lines = lines.clone();
            lines.swap(3, 4);
            lines.join("\n")
        }),
    ];
    damaged.extend((0..lines.len()).map(|index| (format!("without line {}", index + 1), without(index))));
    let mut dice = crate::fixture::Dice::new(crate::fixture::seed());
    for _ in 0..40 {
        let cut = usize::try_from(dice.below(u64::try_from(whole.len() - 1).unwrap())).unwrap();
        damaged
            .push((format!("cut at {cut}"), String::from_utf8_lossy(&whole.as_bytes()[..cut]).into_owned()));
    }
    for (word, other) in
        [("half way", "half-way"), ("\\\"alice\\\"", "\\\"malice\\\""), ("message_sent", "arena_created")]
    {
        damaged.push((format!("{word} changed"), whole.replacen(word, other, 1)));
    }
    for _ in 0..60 {
        // A character changed somewhere in an event or in an artifact's bytes.
        let mut bytes = whole.clone().into_bytes();
        let at = loop {
            let at = usize::try_from(dice.below(u64::try_from(bytes.len()).unwrap())).unwrap();
            if at > lines[0].len() && bytes[at].is_ascii_alphanumeric() {
                break at;
            }
        };
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        damaged.push((format!("byte {at} changed"), String::from_utf8(bytes).unwrap()));
    }
    for (what, text) in damaged {
        let to = tempfile::tempdir().unwrap();
        let answer = offline::import(text.as_bytes(), to.path());
        let refused = matches!(answer, Err(StorageError::Refused(_) | StorageError::Damaged { .. }));
        assert!(refused, "{what}: {answer:?}");
        assert!(!to.path().join(DATABASE).exists(), "{what}: a store was left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_store_in_use_restores_to_a_whole_store() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let manager = ArenaManager::open(in_dir(from.path())).unwrap();
    let arenas = furnish(&manager).await;
    let writing = {
        let alice = view(&manager, "alice", arenas[0]);
        tokio::spawn(async move {
            for n in 0..200 {
                alice.say(&format!("while it is copied {n}")).await.unwrap();
            }
        })
    };
    let copy = to.path().join("copy.db");
    let (dir, place) = (from.path().to_owned(), copy.clone());
    tokio::task::spawn_blocking(move || offline::backup(&dir, &place)).await.unwrap().unwrap();
    writing.await.unwrap();
    assert!(is_refused(offline::backup(from.path(), &copy)), "nothing is overwritten");
    let live = crate::fixture::events(&manager, arenas[0]).await;
    close(manager).await;

    let place = to.path().join("store");
    let verified = offline::restore(&copy, &place).unwrap();
    assert!(verified.ok && verified.checked_arenas == 4);
    assert!(is_refused(offline::restore(&copy, &place).map(|_| ())), "no store is overwritten");
    let restored = SqliteStorage::open(&place).unwrap();
    let all = arena_runtime::storage::EventFilter { limit: 9_999, ..Default::default() };
    let (found, _) = restored.events(arenas[0], &all).unwrap();
    assert!(!found.is_empty() && live.starts_with(&found), "a prefix of what is there now");
    drop(restored);
    let states = states(&place, &arenas).await;
    assert_works(&place, &arenas, &states).await;
}

#[tokio::test]
async fn a_changed_backup_is_not_restored() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    furnished(from.path()).await;
    let copy = to.path().join("copy.db");
    offline::backup(from.path(), &copy).unwrap();
    let database = rusqlite::Connection::open(&copy).unwrap();
    database.execute("UPDATE events SET payload = replace(payload, 'half', 'full')", []).unwrap();
    drop(database);
    let place = to.path().join("store");
    let refused = offline::restore(&copy, &place);
    assert!(matches!(refused, Err(StorageError::Damaged { .. })), "{refused:?}");
    assert!(!place.join(DATABASE).exists());
    fs::write(&copy, b"no database").unwrap();
    assert!(offline::restore(&copy, &place).is_err());
    assert!(!place.join(DATABASE).exists());
}

#[tokio::test]
async fn what_needs_the_store_alone_is_refused_while_it_is_open_and_where_there_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert!(is_refused(offline::export(dir.path(), &mut Vec::new())));
    assert!(is_refused(offline::import(&b""[..], dir.path())));
    assert!(offline::verify(dir.path(), &[]).unwrap().ok, "a store in use can be verified");
    let empty = tempfile::tempdir().unwrap();
    assert!(is_refused(offline::export(empty.path(), &mut Vec::new())));
    assert!(is_refused(offline::verify(empty.path(), &[]).map(|_| ())));
    assert!(is_refused(offline::backup(empty.path(), &dir.path().join("copy.db"))));
    assert_eq!(fs::read_dir(empty.path()).unwrap().count(), 0, "looking makes nothing");
    close(manager).await;
}

#[tokio::test]
async fn the_doctor_finds_a_good_store_good_and_says_what_to_do_about_a_bad_one() {
    let dir = tempfile::tempdir().unwrap();
    furnished(dir.path()).await;
    let bad = || -> Vec<&'static str> {
        offline::doctor(dir.path())
            .into_iter()
            .filter(|finding| !finding.ok && finding.advice.is_some())
            .map(|finding| finding.name)
            .collect()
    };
    assert_eq!(bad(), [""; 0]);
    let database = rusqlite::Connection::open(dir.path().join(DATABASE)).unwrap();
    database.execute("DELETE FROM events WHERE position = (SELECT max(position) FROM events)", []).unwrap();
    drop(database);
    assert_eq!(bad(), ["store"]);
    let empty = tempfile::tempdir().unwrap();
    assert!(offline::doctor(empty.path()).iter().any(|finding| finding.name == "store" && !finding.ok));
}

#[tokio::test]
async fn secrets_are_private_files_and_stay_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    let token = manager.operator_token().to_owned();
    let kept = fs::read_to_string(dir.path().join(arena_runtime::OPERATOR_TOKEN)).unwrap();
    assert_eq!(kept.trim(), token);
    assert_eq!(manager.authenticate(&token).unwrap(), Principal::Operator);
    let shorter = token.strip_suffix(|_: char| true).unwrap();
    assert_eq!(code(manager.authenticate(shorter)), "unauthenticated");
    #[cfg(unix)]
    for file in [arena_runtime::OPERATOR_TOKEN, "handle.key"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(dir.path().join(file)).unwrap().permissions().mode() & 0o777,
            0o600,
            "{file}"
        );
    }
    close(manager).await;
    let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
    assert_eq!(manager.operator_token(), token);
    close(manager).await;
    let other = ArenaManager::open(Options::in_memory()).unwrap();
    assert_eq!(code(other.authenticate(&token)), "unauthenticated");
    close(other).await;
}
