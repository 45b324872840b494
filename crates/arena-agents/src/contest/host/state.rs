//! What a host keeps of its contest: the seed, its bots' tokens, and each decided round before it goes in.
//!
//! The folder of a cup holds `current`, the name of the run that is under way or was last, and a folder for each run. A run is
//! known before its contest is made: its name is part of every idempotency key, so that whatever was
//! cut off is done once. Agents outlive runs: their tokens, and the name that is part of the keys they are registered
//! under, stand beside the folders of all cups.

use std::{
    collections::BTreeMap,
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use arena_core::{AgentId, ArenaId, Hash, amount::Amount, contest::Score};
use serde::{Deserialize, Serialize};

use super::{durable, error::HostError};
use crate::contest::{
    cup::Cup,
    games::{NoRandomness, Seed},
};

/// How often the lock of a folder is tried, and how long apart: a second in all.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(20);

/// The state of one run, open for this process alone.
#[derive(Debug)]
pub(super) struct State {
    /// Of all cups.
    home: PathBuf,
    /// The home's name.
    home_name: String,
    /// Of this run.
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
    /// Whether the contest was asked for, and not refused.
    asked: bool,
    /// Where its money is; in the embedded ledger when absent.
    #[serde(default)]
    settled: Option<String>,
    /// Once it is made.
    arena_id: Option<ArenaId>,
    /// How many were made before and given up.
    #[serde(default)]
    given_up: u32,
    /// What came into this mirror of a contest on a chain, or is about to.
    #[serde(default)]
    deposits: Vec<Deposit>,
    /// Whether nothing is left to do.
    done: bool,
}

/// Money that a mirror is given for what came in on the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deposit {
    pub(super) agent_id: AgentId,
    pub(super) amount: Amount,
    /// The name of the write.
    pub(super) what: String,
}

/// A decided round, written before it goes in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RoundRecord {
    pub(super) round: u32,
    pub(super) lines: Vec<String>,
    pub(super) eliminated: Vec<AgentId>,
    pub(super) scores: BTreeMap<AgentId, Score>,
    pub(super) actions_root: Hash,
    /// What each bot has left to think, in milliseconds, and how often its process was lost.
    pub(super) bots: BTreeMap<AgentId, (u64, u32)>,
}

impl State {
    /// Opens the state of a cup, which has the folder `name` in `home`: the run that is under way, or a new one when there is none or
    /// `anew`.
    pub(super) fn open(home: &Path, name: &str, cup: &Cup, anew: bool) -> Result<Self, HostError> {
        let folder = home.join(name);
        durable::make_folder(home)?;
        durable::make_folder(&folder)?;
        let lock = lock(&folder)?;
        let home_name = home_name(home)?;
        let current: Option<String> = durable::read_json(&folder.join("current"))?;
        let under_way = match current.filter(|_| !anew) {
            Some(run) => durable::read_json::<Facts>(&folder.join(run).join("state.json"))?,
            None => None,
        };
        let facts = match under_way.filter(|facts| !facts.done) {
            Some(facts) if facts.identity == cup.identity() => facts,
            Some(Facts { asked: true, arena_id, settled, .. }) => {
                // To end the mirror of a contest on a chain would not end that one.
                return Err(HostError::Changed { arena_id: arena_id.filter(|_| settled.is_none()) });
            }
            // A changed cup whose contest was surely not made begins a new run.
            Some(_) | None => begin(&folder, cup)?,
        };
        let folder = folder.join(&facts.run);
        Ok(Self { home: home.to_owned(), home_name, folder, facts, _lock: lock })
    }

    fn save(&self) -> Result<(), HostError> {
        durable::write_json(&self.path("state.json"), &self.facts)
    }

    /// The folder of all cups.
    #[cfg(feature = "solana")]
    pub(super) fn home(&self) -> &Path {
        &self.home
    }

    /// A file of the run.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The key of a write: the same for the same write of this run, and of no other.
    pub(super) fn key(&self, write: &str) -> String {
        format!("host-{}-{write}", self.facts.run)
    }

    /// The key under which an agent is registered: the same for every run of every cup here.
    pub(super) fn registering_key(&self, agent_id: &AgentId) -> String {
        format!("host-{}-register-{agent_id}", self.home_name)
    }

    /// A number for something, the same in all runs here, that nobody else can tell before it is seen.
    #[cfg(feature = "solana")]
    pub(super) fn secret_number(&self, of: &str) -> Hash {
        Hash::of(format!("host-{}-number-{of}", self.home_name).as_bytes())
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

    /// Notes whether the contest may have been made.
    pub(super) fn set_asked(&mut self, asked: bool) -> Result<(), HostError> {
        self.facts.asked = asked;
        self.save()
    }

    /// Notes where the run's money is, before anything is asked for: for good, and it is refused anywhere else.
    pub(super) fn settle(&mut self, at: Option<String>) -> Result<(), HostError> {
        if self.facts.settled == at {
            return Ok(());
        }
        if self.facts.asked || self.facts.settled.is_some() {
            let place = |at: Option<String>| at.unwrap_or_else(|| "in Arena's own ledger".to_owned());
            let there = place(self.facts.settled.clone());
            return Err(HostError::SettledOtherwise { there, here: place(at) });
        }
        self.facts.settled = at;
        self.save()
    }

    /// Notes which contest it is.
    pub(super) fn set_arena(&mut self, arena_id: ArenaId) -> Result<(), HostError> {
        self.facts.arena_id = Some(arena_id);
        self.save()
    }

    /// Notes that the contest is given up and another one is made in its place.
    #[cfg(feature = "solana")]
    pub(super) fn give_up(&mut self) -> Result<(), HostError> {
        self.facts.arena_id = None;
        self.facts.deposits.clear();
        self.facts.given_up = self.facts.given_up.saturating_add(1);
        self.save()
    }

    /// What came into the mirror, or may have.
    #[cfg(feature = "solana")]
    pub(super) fn deposits(&self) -> &[Deposit] {
        &self.facts.deposits
    }

    /// Notes a deposit before it is made.
    #[cfg(feature = "solana")]
    pub(super) fn keep_deposit(&mut self, deposit: &Deposit) -> Result<(), HostError> {
        if self.facts.deposits.contains(deposit) {
            return Ok(());
        }
        self.facts.deposits.push(deposit.clone());
        self.save()
    }

    /// The name of a write that each contest of this run has for itself; it begins with a number and all others with a letter, so that it is nobody else's name.
    pub(super) fn of_this_contest(&self, write: &str) -> String {
        match self.facts.given_up {
            0 => write.to_owned(),
            before => format!("{before}.{write}"),
        }
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
        durable::make_folder(&self.home.join("tokens"))?;
        durable::write_json(&self.token_path(agent_id), &token)
    }

    fn token_path(&self, agent_id: &AgentId) -> PathBuf {
        self.home.join("tokens").join(agent_id.as_str())
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

/// Makes a run: its seed and its name, before anything is asked of a server.
fn begin(folder: &Path, cup: &Cup) -> Result<Facts, HostError> {
    let run = name()?;
    let seed = match &cup.seed {
        Some(seed) => seed.clone(),
        None => Seed::random()?,
    };
    let facts = Facts {
        run: run.clone(),
        seed: seed.as_str().to_owned(),
        identity: cup.identity(),
        asked: false,
        settled: None,
        arena_id: None,
        given_up: 0,
        deposits: Vec::new(),
        done: false,
    };
    durable::make_folder(&folder.join(&run))?;
    durable::write_json(&folder.join(&run).join("state.json"), &facts)?;
    durable::write_json(&folder.join("current"), &run)?;
    Ok(facts)
}

/// One host at a time works in a folder; the lock ends with its process.
///
/// It is tried for a moment: a process that is just being started holds the locks of the one that starts it, also those that
/// were let go meanwhile, until its own program begins.
fn lock(folder: &Path) -> Result<File, HostError> {
    let (file, path) = lock_file(folder)?;
    for _ in 0..LOCK_TRIES {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_PAUSE),
            Err(TryLockError::Error(source)) => return Err(HostError::File { path, source }),
        }
    }
    Err(HostError::Busy { folder: folder.to_owned() })
}

fn lock_file(folder: &Path) -> Result<(File, PathBuf), HostError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|source| HostError::File { path: path.clone(), source })?;
    Ok((file, path))
}

/// The name of the home of all cups, given to it by whichever host comes first.
fn home_name(home: &Path) -> Result<String, HostError> {
    let (file, path) = lock_file(home)?;
    file.lock().map_err(|source| HostError::File { path, source })?;
    let path = home.join("name");
    if let Some(name) = durable::read_json(&path)? {
        return Ok(name);
    }
    let name = name()?;
    durable::write_json(&path, &name)?;
    Ok(name)
}

/// A name that no other has: 16 random hexadecimal digits.
fn name() -> Result<String, NoRandomness> {
    Ok(Seed::random()?.as_str().chars().take(16).collect())
}
