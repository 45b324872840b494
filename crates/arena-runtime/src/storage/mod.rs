//! What a store must do: append a batch whole, and read what was appended.

mod ledger;
mod ledger_tables;
mod memory;
mod sqlite;

use std::{path::Path, sync::Arc};

use arena_core::{
    AgentId, ArenaId, Hash, Millis, Position, Sequence, StepNumber, Timestamp,
    collaboration::{ArtifactKind, ArtifactName, FactKey, Head, Status},
    contest::{self, Counters},
    ledger::Account,
};
use bytes::Bytes;

pub(crate) use self::sqlite::{backup_file, hash_at, inspect, make_private, open_folder};
pub use self::{
    ledger::{
        Breach, Change, ContestFilter, Contradiction, LedgerItem, LedgerStorage, Totals, TransferFilter,
        TransferRow,
    },
    memory::MemoryStorage,
    sqlite::{BareBatch, BareStore, DATABASE, SqliteStorage, is_locked},
};
use crate::{error::StorageError, record::StoredEvent};

/// A durable store of journal streams and of the rows derived from them.
///
/// One committer writes; any number of threads read, and never see a part of a batch. Every list is sorted.
pub trait ArenaStorage: LedgerStorage + Send + Sync + 'static {
    /// What the store knows when it is opened.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] when the journal's end does not fit its heads.
    fn opening(&self) -> Result<Opening, StorageError>;

    /// Writes one batch in one transaction with one flush.
    ///
    /// `number` is handed the last position used and makes the rows: only then are positions and hashes known.
    ///
    /// # Errors
    /// [`StorageError`]; nothing of the batch is then stored.
    fn write(&self, number: &mut dyn FnMut(Position) -> Writes) -> Result<(), StorageError>;

    /// The answer kept for a request.
    ///
    /// # Errors
    /// [`StorageError`].
    fn answer(&self, arena_id: ArenaId, request: &Hash) -> Result<Option<Answer>, StorageError>;

    /// A stream: its last snapshot and the events after it, each checked against its hash.
    ///
    /// # Errors
    /// [`StorageError`].
    fn stream(&self, arena_id: ArenaId) -> Result<Option<StoredStream>, StorageError>;

    /// A page of a stream's events and its head, as of one moment.
    ///
    /// # Errors
    /// [`StorageError`].
    fn events(
        &self,
        arena_id: ArenaId,
        filter: &EventFilter,
    ) -> Result<(Vec<StoredEvent>, Head), StorageError>;

    /// How many events a stream has, and how many bytes their payloads.
    ///
    /// # Errors
    /// [`StorageError`].
    fn size_of_events(&self, arena_id: ArenaId) -> Result<(u64, u64), StorageError>;

    /// A page of the whole journal, after a position.
    ///
    /// # Errors
    /// [`StorageError`].
    fn journal(&self, after: Position, limit: usize) -> Result<Vec<StoredEvent>, StorageError>;

    /// Arenas in order of their ids.
    ///
    /// # Errors
    /// [`StorageError`].
    fn arenas(&self, filter: &ArenaFilter) -> Result<Vec<ArenaId>, StorageError>;

    /// One version of an artifact and its bytes; the last when no version is named.
    ///
    /// # Errors
    /// [`StorageError`].
    fn artifact(
        &self,
        arena_id: ArenaId,
        name: &ArtifactName,
        version: Option<u64>,
    ) -> Result<Option<(ArtifactRow, Vec<u8>)>, StorageError>;

    /// The bytes of a hash.
    ///
    /// # Errors
    /// [`StorageError`].
    fn blob(&self, sha256: &Hash) -> Result<Option<Vec<u8>>, StorageError>;

    /// Facts in order of their keys.
    ///
    /// # Errors
    /// [`StorageError`].
    fn facts(&self, arena_id: ArenaId, filter: &FactFilter) -> Result<Vec<FactRow>, StorageError>;

    /// Puts the stopped clock's time away; also the mark that the store was used with one.
    ///
    /// # Errors
    /// [`StorageError`].
    fn set_test_clock(&self, at: Timestamp) -> Result<(), StorageError>;

    /// Bounds the store's size: what would grow it further is refused as a full disk is. `None` takes the bound away.
    ///
    /// # Errors
    /// [`StorageError`].
    fn limit_size(&self, bytes: Option<u64>) -> Result<(), StorageError>;

    /// Copies the whole store into one new file while it is in use.
    ///
    /// # Errors
    /// [`StorageError`].
    fn backup(&self, to: &Path) -> Result<(), StorageError>;

    /// Writes what means nothing, to learn whether the store can be written to again.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot.
    fn probe(&self) -> Result<(), StorageError>;

    /// Called while nothing is being written, to put the log in order; `last` when the store is about to be closed.
    fn rest(&self, last: bool);
}

/// What a store knows when it is opened.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The position of the last event.
    pub position: Position,
    /// When the last event was recorded.
    pub last_recorded_at: Timestamp,
    /// The greatest arena id.
    pub last_arena: ArenaId,
    /// Streams with a deadline, and a time no later than it.
    pub deadlines: Vec<(ArenaId, Timestamp)>,
    /// The stopped clock's time, when the store was used with one.
    pub test_clock: Option<Timestamp>,
}

/// The rows of one batch.
#[derive(Debug, Default)]
pub struct Writes {
    /// Events, in order of position.
    pub events: Vec<Arc<StoredEvent>>,
    /// Where each stream that grew stands after the batch.
    pub heads: Vec<(ArenaId, Head)>,
    /// Answers to keep.
    pub answers: Vec<(ArenaId, Hash, Answer)>,
    /// Changes of the derived rows, in order.
    pub views: Vec<ViewChange>,
    /// Snapshots to keep; each replaces the stream's former one.
    pub snapshots: Vec<(ArenaId, Snapshot)>,
    /// Deadlines to remember (or to forget), for after a restart.
    pub deadlines: Vec<(ArenaId, Option<Timestamp>)>,
}

impl Writes {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.answers.is_empty()
            && self.snapshots.is_empty()
            && self.deadlines.is_empty()
    }
}

/// The first answer to a request, kept for its repetitions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The hash of the request it answers.
    pub fingerprint: Hash,
    /// The answer, without any token that it held.
    pub body: Vec<u8>,
}

impl Answer {
    /// SHA-256 over the answer and what it is found by, kept with it so that a changed one is not given.
    #[must_use]
    pub fn hash(&self, arena_id: ArenaId, request: &Hash) -> Hash {
        let found_by = [arena_id.as_bytes().as_slice(), request.as_bytes()].concat();
        Hash::of(&[&found_by, self.fingerprint.as_bytes().as_slice(), &self.body].concat())
    }
}

/// A stream's state at a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The form of `state`, which the program that wrote it had.
    pub form: u32,
    /// After which event.
    pub head: Head,
    /// The hash of `state`.
    pub state_hash: Hash,
    /// The state as JSON.
    pub state: Vec<u8>,
}

/// What a stream is loaded from.
#[derive(Clone, Debug, Default)]
pub struct StoredStream {
    /// The type of its first event, which tells what kind of stream it is.
    pub first: String,
    /// The last snapshot.
    pub snapshot: Option<Snapshot>,
    /// All events after it.
    pub tail: Vec<StoredEvent>,
}

/// A row of a derived table that changes with an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewChange {
    /// An arena's place in the lists.
    Arena {
        /// Which.
        arena_id: ArenaId,
        /// Its status.
        status: Status,
        /// Whether anyone may read it.
        open: bool,
    },
    /// An agent takes part.
    Joined {
        /// In which arena.
        arena_id: ArenaId,
        /// Who.
        agent_id: AgentId,
    },
    /// An agent no longer takes part.
    Left {
        /// In which arena.
        arena_id: ArenaId,
        /// Who.
        agent_id: AgentId,
    },
    /// A version of an artifact.
    Artifact(ArtifactRow),
    /// The bytes of an artifact.
    Blob {
        /// Their hash.
        sha256: Hash,
        /// They.
        bytes: Bytes,
    },
    /// A fact's current version.
    Fact(FactRow),
    /// A contest's place in the lists.
    Contest {
        /// Which.
        arena_id: ArenaId,
        /// Its status.
        status: contest::Status,
    },
    /// An agent has entered a contest.
    Entered {
        /// Which.
        arena_id: ArenaId,
        /// Who.
        agent_id: AgentId,
    },
    /// An agent has left a contest before it began.
    Withdrawn {
        /// Which.
        arena_id: ArenaId,
        /// Who.
        agent_id: AgentId,
    },
    /// A movement of money.
    Transfer(TransferRow),
    /// What is in an account after the batch.
    Balance {
        /// Which.
        account: Account,
        /// From what to what.
        change: Change,
    },
    /// What an agent has done in contests, after the batch.
    Counters {
        /// Who.
        agent_id: AgentId,
        /// How often.
        counters: Counters,
    },
}

/// A version of an artifact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtifactRow {
    /// In which arena.
    pub arena_id: ArenaId,
    /// Its name.
    pub name: ArtifactName,
    /// Its version, from 1.
    pub version: u64,
    /// The hash of its bytes.
    pub sha256: Hash,
    /// How many bytes.
    pub size: u64,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its media type.
    pub media_type: String,
    /// Who wrote its name first.
    pub slot: AgentId,
    /// Who put this version.
    pub author: AgentId,
    /// Under a claim of which step.
    pub step: Option<StepNumber>,
    /// When it was put.
    pub updated_at: Timestamp,
}

/// A fact's current version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// In which arena.
    pub arena_id: ArenaId,
    /// Its key.
    pub key: FactKey,
    /// Its version, from 1.
    pub version: u64,
    /// What is so.
    pub content: String,
    /// How sure, in whole per mille.
    pub confidence: Option<u16>,
    /// Its tags, sorted.
    pub tags: Vec<String>,
    /// Who put it.
    pub author: AgentId,
    /// When it was put.
    pub updated_at: Timestamp,
}

/// Which events of a stream.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Those after this one.
    pub after: Sequence,
    /// And not after this one.
    pub up_to: Option<Sequence>,
    /// How many at most.
    pub limit: usize,
    /// Of these types; of all when empty.
    pub kinds: Vec<String>,
    /// Caused by this actor.
    pub actor: Option<AgentId>,
}

/// Which arenas.
#[derive(Clone, Debug, Default)]
pub struct ArenaFilter {
    /// In this status.
    pub status: Option<Status>,
    /// In which this agent takes part.
    pub agent: Option<AgentId>,
    /// Which this agent may read: where it takes part, and open ones. All for `None`.
    pub reader: Option<AgentId>,
    /// Those after this one.
    pub after: Option<ArenaId>,
    /// How many at most; all for `None`.
    pub limit: Option<usize>,
}

/// Which facts.
#[derive(Clone, Debug, Default)]
pub struct FactFilter {
    /// Exactly this one.
    pub key: Option<FactKey>,
    /// Those that hold all these words, in key, content or tags.
    pub text: Option<String>,
    /// Those with this tag.
    pub tag: Option<String>,
    /// Those after this one.
    pub after: Option<FactKey>,
    /// How many at most.
    pub limit: usize,
}

/// The words of a search text: runs of letters and digits, in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// What a store answers to events that do not follow where their stream ends: else a sequence would stand there twice.
pub(crate) fn out_of_turn(arena_id: ArenaId, sequence: Sequence) -> StorageError {
    StorageError::Damaged {
        arena_id,
        sequence,
        reason: "it does not follow where its stream ends".to_owned(),
    }
}

/// How long a store waits for another process that holds the database.
pub(crate) const BUSY_TIMEOUT: Millis = Millis::from_secs(5);
