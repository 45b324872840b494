//! What every test needs: a runtime over a fresh store, registered agents, an arena at work.

use std::{path::Path, sync::Arc};

use arena_runtime::{
    AgentId, ArenaConfig, ArenaHandle, ArenaId, ArenaManager, Ask, CommandId, Hash, Millis, Options,
    Principal, RequestKey, RuntimeError, Sequence, StepNumber, StoredEvent,
    collaboration::{NewStep, Rejection, Role},
};
use tempfile::TempDir;

/// A stopped clock over a store in `dir`.
pub(crate) fn in_dir(dir: &Path) -> Options {
    Options { test_clock: true, ..Options::in_dir(dir) }
}

/// A runtime with a stopped clock over each kind of store; the folder lives as long as the runtime is used.
pub(crate) fn managers() -> Vec<(&'static str, ArenaManager, Option<TempDir>)> {
    let dir = tempfile::tempdir().unwrap();
    let durable = ArenaManager::open(in_dir(dir.path())).unwrap();
    let fleeting = ArenaManager::open(Options { test_clock: true, ..Options::in_memory() }).unwrap();
    vec![("sqlite", durable, Some(dir)), ("memory", fleeting, None)]
}

/// A runtime with a stopped clock, in memory.
pub(crate) fn in_memory() -> ArenaManager {
    ArenaManager::open(Options { test_clock: true, ..Options::in_memory() }).unwrap()
}

/// Shuts a runtime down and lets go of its store.
pub(crate) async fn close(manager: ArenaManager) {
    manager.shutdown().await;
}

pub(crate) fn id(name: &str) -> AgentId {
    name.parse().unwrap()
}

pub(crate) fn agent(name: &str) -> Principal {
    Principal::Agent(id(name))
}

pub(crate) fn step(number: u32) -> StepNumber {
    StepNumber::new(number).unwrap()
}

/// Registers agents by their names.
pub(crate) async fn register(manager: &ArenaManager, names: &[&str]) {
    for name in names {
        manager.register_agent(Ask::by(Principal::Operator), id(name), None).await.unwrap();
    }
}

/// A plan of `count` steps that bear a lease of 10 s and many attempts.
pub(crate) fn steps(count: usize) -> Vec<NewStep> {
    let lease_ms = Some(Millis::from_secs(10));
    (1..=count)
        .map(|n| NewStep { lease_ms, max_attempts: Some(1_000), ..NewStep::titled(&format!("step {n}")) })
        .collect()
}

/// The configuration of an arena of the operator's with these workers and so many steps.
pub(crate) fn config(workers: &[&str], count: usize) -> ArenaConfig {
    let participants = workers.iter().map(|name| (id(name), Role::Worker)).collect();
    ArenaConfig { participants, steps: steps(count), ..ArenaConfig::new("find out") }
}

/// Registers the workers and makes an arena of the operator's, at work.
pub(crate) async fn active(manager: &ArenaManager, workers: &[&str], count: usize) -> ArenaId {
    for name in workers {
        if manager.profile(&id(name)).await.unwrap().is_none() {
            register(manager, &[name]).await;
        }
    }
    let arena_id = manager.create(config(workers, count)).await.unwrap();
    manager.operator(arena_id).activate().await.unwrap();
    arena_id
}

/// An agent's view of an arena.
pub(crate) fn view(manager: &ArenaManager, name: &str, arena_id: ArenaId) -> ArenaHandle {
    manager.handle(agent(name), arena_id)
}

/// A request with a key, whose content is `content`.
pub(crate) fn keyed(principal: Principal, key: &str, content: &str) -> Ask {
    let id: CommandId = key.parse().unwrap();
    let key =
        RequestKey { id, operation: "POST /test".to_owned(), fingerprint: Hash::of(content.as_bytes()) };
    Ask { key: Some(key), ..Ask::by(principal) }
}

/// The code of a refusal.
pub(crate) fn code<T: std::fmt::Debug>(answer: Result<T, RuntimeError>) -> &'static str {
    answer.expect_err("a refusal").code()
}

/// The refusal by the rules of shared arenas.
pub(crate) fn rejection<T: std::fmt::Debug>(answer: Result<T, RuntimeError>) -> Rejection {
    match answer.expect_err("a refusal") {
        RuntimeError::Rejected(rejection) => rejection,
        other => panic!("another refusal: {other}"),
    }
}

/// All events of an arena.
pub(crate) async fn events(manager: &ArenaManager, arena_id: ArenaId) -> Vec<StoredEvent> {
    let query = arena_runtime::EventQuery { limit: usize::MAX >> 1, ..Default::default() };
    manager.events(&Principal::Operator, arena_id, query).await.unwrap().items
}

/// The types of an arena's events.
pub(crate) async fn kinds(manager: &ArenaManager, arena_id: ArenaId) -> Vec<String> {
    events(manager, arena_id).await.into_iter().map(|event| event.kind).collect()
}

/// An arena's snapshot form and the number of its last event.
pub(crate) async fn state(manager: &ArenaManager, arena_id: ArenaId) -> (String, Sequence) {
    let state = manager.arena(&Principal::Operator, arena_id).await.unwrap();
    (serde_json::to_string(&state.shared).unwrap(), state.head.sequence)
}

/// Moves the stopped clock.
pub(crate) async fn advance(manager: &ArenaManager, ms: u64) {
    manager.advance_clock(&Principal::Operator, Millis::new(ms)).await.unwrap();
}

pub(crate) fn text(content: &str) -> Arc<str> {
    content.into()
}

/// The seed of everything random here: always the same, unless `ARENA_TEST_SEED` names another. A failure shows it.
pub(crate) fn seed() -> u64 {
    let seed = std::env::var("ARENA_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2_026);
    eprintln!("ARENA_TEST_SEED={seed}");
    seed
}

/// A sequence of numbers that depends on nothing but its seed (an xorshift generator).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}
