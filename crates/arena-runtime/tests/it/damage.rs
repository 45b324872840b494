//! The files of a store cut or with a byte flipped anywhere: refused, named by verification, or a whole store all the same;
//! never a panic, never a silent wrong answer.

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use arena_runtime::{
    ArenaId, ArenaManager, FactQuery, Hash, Position, Principal, RuntimeError, StoredEvent,
    collaboration::{Command, Rejection},
    offline,
    storage::{ArenaStorage, DATABASE, SqliteStorage},
};

use crate::{
    fixture::{Dice, agent, close, events, id, in_dir, keyed, seed, state},
    offline::{ANSWER, furnish, furnished},
};

const LOG: &str = "arena.db-wal";

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

/// What a store says about everything in it: one line a question, with the answer or that there is none.
type Said = BTreeMap<String, String>;

fn line<T: std::fmt::Debug>(answer: Result<T, RuntimeError>) -> String {
    match answer {
        Ok(answer) => format!("{answer:?}"),
        Err(RuntimeError::Storage(_)) => UNAVAILABLE.to_owned(),
        Err(other) => other.code().to_owned(),
    }
}

/// A question that was answered with a clear error.
const UNAVAILABLE: &str = "storage error";

/// Asks a runtime everything that a reader can ask, and repeats a request that was answered before.
async fn ask(manager: &ArenaManager, arenas: &[ArenaId]) -> Said {
    let operator = Principal::Operator;
    let mut said = Said::new();
    let listed =
        manager.arenas(&operator, arena_runtime::ArenaQuery { limit: 99, ..Default::default() }).await;
    said.insert(
        "arenas".into(),
        line(listed.map(|page| page.items.iter().map(|arena| arena.shared.arena_id()).collect::<Vec<_>>())),
    );
    for name in ["alice", "bob", "operator"] {
        said.insert(format!("active for {name}"), line(manager.active_arenas_for(&id(name)).await));
        said.insert(format!("profile of {name}"), line(manager.profile(&id(name)).await));
    }
    for arena_id in arenas {
        let arena_id = *arena_id;
        let state = manager
            .arena(&operator, arena_id)
            .await
            .map(|state| serde_json::to_string(&state.shared).unwrap());
        said.insert(format!("state of {arena_id}"), line(state));
        let all = arena_runtime::EventQuery { limit: 9_999, ..Default::default() };
        let page = manager.events(&operator, arena_id, all).await;
        said.insert(format!("events of {arena_id}"), line(page.map(|page| (page.items, page.head))));
        for version in [None, Some(1)] {
            let read =
                manager.artifact(&operator, arena_id, &"out/notes.txt".parse().unwrap(), version).await;
            said.insert(
                format!("artifact {version:?} of {arena_id}"),
                line(read.map(|(row, bytes)| (row, Hash::of(&bytes)))),
            );
        }
        for text in [None, Some("cargo".to_owned()), Some("word".to_owned())] {
            let query = FactQuery { text: text.clone(), limit: 99, ..Default::default() };
            said.insert(
                format!("facts {text:?} of {arena_id}"),
                line(manager.facts(&operator, arena_id, query).await.map(|page| page.items)),
            );
        }
        said.insert(
            format!("result of {arena_id}"),
            line(manager.step_result(&operator, arena_id, crate::fixture::step(1)).await),
        );
        said.insert(format!("report of {arena_id}"), line(manager.report(&operator, arena_id).await));
        let say = Command::SendMessage { to: Vec::new(), body: "half way".into() };
        let again = manager.submit(keyed(agent("alice"), "key-1", "say"), arena_id, say, ANSWER).await;
        said.insert(format!("repetition in {arena_id}"), line(again));
    }
    said
}

/// What became of one damaged store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// It does not open.
    Refused,
    /// It opens, and verification names the damage.
    Named,
    /// Nothing that anybody can ask for has changed.
    Whole,
}

/// Looks at the store in `dir`.
fn judge(dir: &Path, arenas: &[ArenaId], sound: &Said) -> Result<Outcome, String> {
    let verified = offline::verify(dir, &[]);
    let named = verified.as_ref().map_or(true, |found| !found.ok);
    run(async {
        let manager = match ArenaManager::open(in_dir(dir)) {
            Ok(manager) => manager,
            Err(RuntimeError::Storage(_)) => return Ok(Outcome::Refused),
            Err(other) => return Err(format!("opening answers with another error: {other}")),
        };
        let said = ask(&manager, arenas).await;
        close(manager).await;
        let wrong =
            said.iter().find(|(question, answer)| sound[*question] != **answer && *answer != UNAVAILABLE);
        match wrong {
            _ if named => Ok(Outcome::Named),
            None if said.values().all(|answer| answer != UNAVAILABLE) => Ok(Outcome::Whole),
            None => Ok(Outcome::Named),
            Some((question, answer)) => Err(format!("{question}: {answer}, not {}", sound[question])),
        }
    })
}

/// Judges, and takes a panic for the defect it is.
fn judged(what: &str, judge: impl FnOnce() -> Result<Outcome, String>) -> Result<Outcome, String> {
    match catch_unwind(AssertUnwindSafe(judge)) {
        Ok(answer) => answer.map_err(|why| format!("{what}: {why}")),
        Err(_) => Err(format!("{what}: a panic")),
    }
}

/// What may happen to a file.
#[derive(Clone, Copy, Debug)]
enum Harm {
    Cut(usize),
    Flip(usize, u8),
    Zeros(usize),
}

impl Harm {
    fn any(dice: &mut Dice, length: usize) -> Self {
        let at = usize::try_from(dice.below(u64::try_from(length).unwrap())).unwrap();
        match dice.below(8) {
            0 => Self::Cut(at),
            1 => Self::Zeros(at),
            _ => Self::Flip(at, 1 << dice.below(8)),
        }
    }

    fn done_to(self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        match self {
            Self::Cut(at) => bytes.truncate(at),
            Self::Flip(at, bit) => bytes[at] ^= bit,
            Self::Zeros(at) => {
                let end = bytes.len().min(at + 512);
                bytes[at..end].fill(0);
            }
        }
        bytes
    }
}

#[test]
fn a_database_harmed_anywhere_is_refused_or_named_or_answers_as_before() {
    let dir = tempfile::tempdir().unwrap();
    let (arenas, sound) = run(async {
        let arenas = furnished(dir.path()).await;
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let sound = ask(&manager, &arenas).await;
        close(manager).await;
        (arenas, sound)
    });
    assert!(sound.values().all(|answer| answer != UNAVAILABLE));
    let bytes = fs::read(dir.path().join(DATABASE)).unwrap();
    let mut dice = Dice::new(seed());
    let mut counts = BTreeMap::new();
    let mut faults = Vec::new();
    for _ in 0..220 {
        let harm = Harm::any(&mut dice, bytes.len());
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(DATABASE), harm.done_to(&bytes)).unwrap();
        match judged(&format!("{harm:?}"), || judge(place.path(), &arenas, &sound)) {
            Ok(outcome) => *counts.entry(format!("{outcome:?}")).or_insert(0) += 1,
            Err(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{counts:?}; {} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(counts.contains_key("Named") && counts.contains_key("Whole"), "{counts:?}");
}

/// A copy of a running store's files, as they are left behind when its process is killed; its arenas and journal.
fn killed() -> (Vec<u8>, Vec<u8>, Vec<ArenaId>, Vec<StoredEvent>) {
    let dir = tempfile::tempdir().unwrap();
    run(async {
        let manager = ArenaManager::open(in_dir(dir.path())).unwrap();
        let arenas = furnish(&manager).await;
        let copy = tempfile::tempdir().unwrap();
        for file in [DATABASE, LOG] {
            fs::copy(dir.path().join(file), copy.path().join(file)).unwrap();
        }
        let read = |file| fs::read(copy.path().join(file)).unwrap();
        let (database, log) = (read(DATABASE), read(LOG));
        close(manager).await;
        let journal =
            SqliteStorage::open(dir.path()).unwrap().journal(Position::ZERO, usize::MAX >> 1).unwrap();
        (database, log, arenas, journal)
    })
}

/// The store in `dir` is a whole store that holds a first part of the journal, and works; answers how much.
async fn assert_prefix(dir: &Path, arenas: &[ArenaId], journal: &[StoredEvent]) -> Result<usize, String> {
    let manager = ArenaManager::open(in_dir(dir)).map_err(|error| error.to_string())?;
    let mut held = 0;
    for arena_id in arenas {
        let whole: Vec<&StoredEvent> = journal.iter().filter(|event| event.arena_id == *arena_id).collect();
        match manager.arena(&Principal::Operator, *arena_id).await {
            Err(RuntimeError::Rejected(Rejection::NotFound { .. })) => continue,
            Err(other) => return Err(other.to_string()),
            Ok(_) => {}
        }
        let found = events(&manager, *arena_id).await;
        held += found.len();
        if !found.iter().zip(&whole).all(|(found, whole)| found == *whole) || found.len() > whole.len() {
            return Err(format!("the events of {arena_id} are not a first part"));
        }
        let (live, head) = state(&manager, *arena_id).await;
        let replayed = manager
            .state_at(&Principal::Operator, *arena_id, head)
            .await
            .map_err(|error| error.to_string())?;
        if serde_json::to_string(&replayed.shared).unwrap() != live {
            return Err(format!("the state of {arena_id} is not that of its events"));
        }
    }
    manager.create(crate::fixture::config(&[], 1)).await.map_err(|error| error.to_string())?;
    close(manager).await;
    let verified = offline::verify(dir, &[]).map_err(|error| error.to_string())?;
    if verified.ok { Ok(held) } else { Err(format!("{:?}", verified.divergences)) }
}

#[test]
fn a_log_harmed_anywhere_after_a_kill_opens_to_a_first_part_of_the_journal() {
    let (database, log, arenas, journal) = killed();
    let look = |log: Option<Vec<u8>>| {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(DATABASE), &database).unwrap();
        if let Some(log) = log {
            fs::write(place.path().join(LOG), log).unwrap();
        }
        let before = offline::verify(place.path(), &[]);
        let looked = catch_unwind(AssertUnwindSafe(|| run(assert_prefix(place.path(), &arenas, &journal))));
        match (before, looked) {
            (_, Err(_)) => Err("a panic".to_owned()),
            (Ok(found), Ok(Ok(held))) if found.ok => Ok(held),
            // A log without its beginning leaves the database as it was before the first commit: not yet a store.
            (_, Ok(Ok(0))) => Ok(0),
            (before, looked) => Err(format!("verified {before:?}, then {looked:?}")),
        }
    };
    let all = journal.iter().filter(|event| event.arena_id != ArenaId::SYSTEM).count();
    assert_eq!(look(Some(log.clone())), Ok(all), "unharmed, every acknowledged event is there");
    // Behind its frames the log holds zeros, which mean nothing; the harm is done to the frames.
    let frames = log.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let log = &log[..frames];
    assert_eq!(look(Some(log.to_vec())), Ok(all), "without its space it is the same log");
    let mut dice = Dice::new(seed() + 1);
    let mut lengths = std::collections::BTreeSet::new();
    let mut faults = Vec::new();
    for _ in 0..160 {
        let harm = Harm::any(&mut dice, log.len());
        match look(Some(harm.done_to(log))) {
            Ok(held) => {
                lengths.insert(held);
            }
            Err(fault) => faults.push(format!("{harm:?}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(lengths.len() > 10 && !lengths.contains(&(all + 1)), "many first parts: {lengths:?}");
}
