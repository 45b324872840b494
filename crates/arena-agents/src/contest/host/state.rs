//! What a host keeps of its contest: the seed, its bots' tokens, and each decided round before it goes in.
//!
//! The folder of a cup holds `current`, the name of the run that is under way or was last, and a folder for each run. A run is
//! known before its contest is made: its name is part of every idempotency key, so that whatever was
//! cut off is done once.

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
};

use arena_core::{AgentId, ArenaId, Hash, contest::Score};
use serde::{Deserialize, Serialize};

use super::{durable, error::HostError};
use crate::contest::{
    cup::Cup,
    games::{NoRandomness, Seed},
};

/// The state of one run, open for this process alone.
#[derive(Debug)]
pub(super) struct State {
    folder: PathBuf,
    facts: Facts,
    /// Held as long as this host lives.
    _lock: File,
}

/// What a run is made of, in `state.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Facts {
    run: String,
    /// Secret until the end.
    seed: String,
    /// Of the cup.
    identity: Hash,
    /// Once it is made.
    arena_id: Option<ArenaId>,
    /// Whether nothing is left to do.
    done: bool,
}

/// A decided round, written before it goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RoundRecord {
    pub(super) round: u32,
    pub(super) lines: Vec<String>,
    pub(super) eliminated: Vec<AgentId>,
    pub(super) scores: BTreeMap<AgentId, Score>,
    pub(super) actions_root: Hash,
    /// What each bot has left to think, in milliseconds, and how often it was started.
    pub(super) bots: BTreeMap<AgentId, (u64, u32)>,
}

impl State {
    /// Opens the state of a cup in `folder`: the run that is under way, or a new one when there is none or `anew`.
    pub(super) fn open(folder: &Path, cup: &Cup, anew: bool) -> Result<Self, HostError> {
        durable::make_folder(folder)?;
        let lock = lock(folder)?;
        let current: Option<String> = durable::read_json(&folder.join("current"))?;
        if let Some(run) = current.filter(|_| !anew) {
            let folder = folder.join(run);
            if let Some(facts) = durable::read_json::<Facts>(&folder.join("state.json"))?
                && !facts.done
            {
                return match facts.arena_id {
                    Some(arena_id) if facts.identity != cup.identity() => {
                        Err(HostError::Changed { arena_id })
                    }
                    // Before its contest is surely made, a changed cup begins a new run.
                    None if facts.identity != cup.identity() => Self::begin(&parent(&folder), cup, lock),
                    Some(_) | None => Ok(Self { folder, facts, _lock: lock }),
                };
            }
        }
        Self::begin(folder, cup, lock)
    }

    fn begin(folder: &Path, cup: &Cup, lock: File) -> Result<Self, HostError> {
        let run = name()?;
        let seed = match &cup.seed {
            Some(seed) => seed.clone(),
            None => Seed::random()?,
        };
        let facts = Facts {
            run: run.clone(),
            seed: seed.as_str().to_owned(),
            identity: cup.identity(),
            arena_id: None,
            done: false,
        };
        let state = Self { folder: folder.join(&run), facts, _lock: lock };
        durable::make_folder(&state.folder)?;
        state.save()?;
        durable::write_json(&folder.join("current"), &run)?;
        Ok(state)
    }

    fn save(&self) -> Result<(), HostError> {
        durable::write_json(&self.path("state.json"), &self.facts)
    }

    /// A file of the run.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The key of a write: the same for the same write of this run, and of no other.
    pub(super) fn key(&self, write: &str) -> String {
        format!("host-{}-{write}", self.facts.run)
    }

    /// The seed.
    pub(super) fn seed(&self) -> Result<Seed, HostError> {
        self.facts.seed.parse().map_err(|error: crate::contest::games::BadSeed| HostError::State {
            path: self.path("state.json"),
            reason: error.to_string(),
        })
    }

    /// The contest, once it is made.
    pub(super) fn arena_id(&self) -> Option<ArenaId> {
        self.facts.arena_id
    }

    /// Notes which contest it is.
    pub(super) fn set_arena(&mut self, arena_id: ArenaId) -> Result<(), HostError> {
        self.facts.arena_id = Some(arena_id);
        self.save()
    }

    /// Notes that nothing is left to do.
    pub(super) fn set_done(&mut self) -> Result<(), HostError> {
        self.facts.done = true;
        self.save()
    }

    /// The token of an agent that this or an earlier run registered.
    pub(super) fn token(&self, agent_id: &AgentId) -> Result<Option<String>, HostError> {
        durable::read_json(&self.token_path(agent_id))
    }

    /// Keeps the token of an agent that was registered here, for later runs too.
    pub(super) fn keep_token(&self, agent_id: &AgentId, token: &str) -> Result<(), HostError> {
        let path = self.token_path(agent_id);
        durable::make_folder(&parent(&path))?;
        durable::write_json(&path, &token)
    }

    fn token_path(&self, agent_id: &AgentId) -> PathBuf {
        parent(&self.folder).join("tokens").join(agent_id.as_str())
    }

    /// Keeps a decided round.
    pub(super) fn keep_round(&self, record: &RoundRecord) -> Result<(), HostError> {
        durable::write_json(&self.round_path(record.round), record)
    }

    /// A decided round, if it is kept here.
    pub(super) fn round(&self, round: u32) -> Result<Option<RoundRecord>, HostError> {
        durable::read_json(&self.round_path(round))
    }

    fn round_path(&self, round: u32) -> PathBuf {
        self.path(&format!("round-{round:06}.json"))
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(ToOwned::to_owned).unwrap_or_default()
}

/// One host at a time works in a folder; the lock ends with its process.
fn lock(folder: &Path) -> Result<File, HostError> {
    let path = folder.join("lock");
    let unusable = |source| HostError::File { path: path.clone(), source };
    let file = File::create(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(HostError::Busy { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(unusable(source)),
    }
}

/// A name that no other run has: 16 random hexadecimal digits.
fn name() -> Result<String, NoRandomness> {
    Ok(Seed::random()?.as_str().chars().take(16).collect())
}
