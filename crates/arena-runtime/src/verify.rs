//! Proving a journal: every number, link and hash, the heads, the snapshots and the reports.

use std::sync::Arc;

use arena_core::{
    ArenaEvent, ArenaId, Hash, Sequence, SharedArena,
    collaboration::Head,
    contest::{Contest, ContestEvent},
    registry::{Registry, RegistryEvent},
};

use crate::{
    error::StorageError,
    record::StoredEvent,
    report::seal,
    storage::{ArenaStorage, EventFilter},
    stream::{CONTEST_CREATED, FORM, START, State, state_hash},
    views::Folded,
};

/// What a verification found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Whether everything fits.
    pub ok: bool,
    /// How many events were looked at.
    pub checked: u64,
    /// The first thing that does not fit.
    pub first_divergence: Option<Divergence>,
}

/// A place where the journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Divergence {
    /// The stream.
    pub arena_id: ArenaId,
    /// The event; where the stream should have gone on when it was cut; 0 when it concerns no single event.
    pub sequence: Sequence,
    /// What does not fit.
    pub reason: String,
}

impl Divergence {
    pub(crate) fn new(arena_id: ArenaId, sequence: Sequence, reason: impl Into<String>) -> Self {
        Self { arena_id, sequence, reason: reason.into() }
    }

    /// The place that a failed read names; the stream as a whole when it names none.
    pub(crate) fn of(error: &StorageError, arena_id: ArenaId, sequence: Sequence) -> Self {
        match error {
            StorageError::Damaged { arena_id, sequence, reason } => Self::new(*arena_id, *sequence, reason),
            StorageError::Unavailable(reason) | StorageError::Refused(reason) => {
                Self::new(arena_id, sequence, reason)
            }
        }
    }
}

/// Checks one stream of an open store from its first event to its head.
pub(crate) fn verify_stream(storage: &dyn ArenaStorage, arena_id: ArenaId) -> Verification {
    let mut replay = Replay::new(arena_id);
    let mut checked = 0;
    let found = check_stream(storage, &mut replay, &mut checked).err();
    Verification { ok: found.is_none(), checked, first_divergence: found }
}

fn check_stream(
    storage: &dyn ArenaStorage,
    replay: &mut Replay,
    checked: &mut u64,
) -> Result<(), Divergence> {
    let arena_id = replay.arena_id;
    let at = |error: StorageError, sequence| Divergence::of(&error, arena_id, sequence);
    let snapshot =
        storage.stream(arena_id).map_err(|error| at(error, Sequence::ZERO))?.and_then(|s| s.snapshot);
    loop {
        let after = replay.head.sequence;
        let filter = EventFilter { after, limit: 1_000, ..EventFilter::default() };
        let (events, head) = storage.events(arena_id, &filter).map_err(|error| at(error, after.next()))?;
        if events.is_empty() {
            return if replay.head == head { Ok(()) } else { Err(cut(arena_id, replay.head, head)) };
        }
        for event in &events {
            replay.check(event).map_err(|error| at(error, event.sequence))?;
            *checked += 1;
            if let Some(snapshot) = snapshot
                .as_ref()
                .filter(|snapshot| snapshot.form == FORM && snapshot.head.sequence == event.sequence)
            {
                replay.check_snapshot(snapshot.head, snapshot.state_hash)?;
            }
        }
    }
}

/// The stream ends elsewhere than its head says.
pub(crate) fn cut(arena_id: ArenaId, end: Head, head: Head) -> Divergence {
    let sequence = if end.sequence < head.sequence { end.sequence.next() } else { end.sequence };
    let reason = format!(
        "the stream ends at sequence {}, its head says {} with hash {}",
        end.sequence, head.sequence, head.hash
    );
    Divergence::new(arena_id, sequence, reason)
}

/// A stream being replayed, each event checked against the one before and the state that it meets.
pub(crate) struct Replay {
    pub(crate) arena_id: ArenaId,
    pub(crate) head: Head,
    state: State,
}

impl Replay {
    /// Before the first event.
    pub(crate) fn new(arena_id: ArenaId) -> Self {
        let state = match arena_id {
            ArenaId::SYSTEM => State::Registry(Registry::default()),
            _ => State::Shared(None),
        };
        Self { arena_id, head: START, state }
    }

    /// Folds in the next event, and answers what it changes in the derived rows.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] saying what does not fit.
    pub(crate) fn check(&mut self, stored: &StoredEvent) -> Result<Folded, StorageError> {
        stored.check_after(self.head)?;
        self.fold(stored)
    }

    /// The same for an event whose number and hash were checked elsewhere.
    ///
    /// # Errors
    /// [`StorageError::Damaged`] when it is not an event of this stream, or seals another report.
    pub(crate) fn fold(&mut self, stored: &StoredEvent) -> Result<Folded, StorageError> {
        let damaged = |reason: &str| StorageError::Damaged {
            arena_id: stored.arena_id,
            sequence: stored.sequence,
            reason: reason.to_owned(),
        };
        if self.head == START && self.arena_id != ArenaId::SYSTEM {
            self.state = State::before(&stored.kind);
        }
        let folded = match &mut self.state {
            State::Registry(registry) => {
                let event: RegistryEvent = stored.decode()?;
                registry.evolve(&event);
                Folded::of_registry(stored, &event)
            }
            State::Contest(contest) => {
                let event: ContestEvent = stored.decode()?;
                match contest {
                    Some(contest) => Arc::make_mut(contest).evolve(&event),
                    None => *contest = Contest::begin(stored.arena_id, &event).map(Arc::new),
                }
                let after =
                    contest.as_ref().ok_or_else(|| damaged("the first event is not contest_created"))?;
                Folded::of_contest(stored, &event, after)
            }
            State::Shared(shared) => {
                let event: ArenaEvent = stored.decode()?;
                match shared {
                    Some(shared) => {
                        let seals = matches!(event, ArenaEvent::ArenaArchived { .. });
                        if seals && event != seal(shared, self.head) {
                            return Err(damaged(
                                "report_hash is not that of the report which the events give",
                            ));
                        }
                        Arc::make_mut(shared).evolve(&event);
                    }
                    None => *shared = SharedArena::begin(stored.arena_id, &event).map(Arc::new),
                }
                let after = shared.as_ref().ok_or_else(|| damaged("the first event is not arena_created"))?;
                Folded::of_shared(stored, &event, after)
            }
        };
        self.head = stored.head();
        Ok(folded)
    }

    /// Compares a snapshot with the state that the events give.
    ///
    /// # Errors
    /// The divergence, when they differ.
    pub(crate) fn check_snapshot(&self, at: Head, state_hash: Hash) -> Result<(), Divergence> {
        if at == self.head && state_hash == self.state_hash() {
            Ok(())
        } else {
            Err(Divergence::new(
                self.arena_id,
                at.sequence,
                "the snapshot is not the state which the events give",
            ))
        }
    }

    /// The hash of the state's snapshot form.
    pub(crate) fn state_hash(&self) -> Hash {
        match &self.state {
            State::Registry(registry) => state_hash(registry),
            State::Shared(shared) => state_hash(shared),
            State::Contest(contest) => state_hash(contest),
        }
    }

    /// The shared arena, when the stream is one.
    pub(crate) fn shared(&self) -> Option<&SharedArena> {
        match &self.state {
            State::Registry(_) | State::Contest(_) => None,
            State::Shared(shared) => shared.as_deref(),
        }
    }

    /// The contest, when the stream is one.
    pub(crate) fn contest(&self) -> Option<&Contest> {
        match &self.state {
            State::Registry(_) | State::Shared(_) => None,
            State::Contest(contest) => contest.as_deref(),
        }
    }

    /// Whether the next event is one of a shared arena's stream.
    pub(crate) fn is_shared(&self, next: &StoredEvent) -> bool {
        match &self.state {
            State::Registry(_) | State::Contest(_) => false,
            State::Shared(_) => next.kind != CONTEST_CREATED,
        }
    }
}
