//! One journal stream in memory: the state its events lead to, whatever kind it is.

use std::sync::Arc;

use arena_core::{
    ArenaEvent, ArenaId, Hash, Sequence, SharedArena, Timestamp,
    collaboration::Head,
    contest::{Contest, ContestEvent},
    registry::{Registry, RegistryEvent},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    cache::{ArenaState, ContestState, Hot},
    error::StorageError,
    record::StoredEvent,
    storage::{ArenaStorage, EventFilter, Snapshot, StoredStream, Writes},
};

/// Before the first event.
pub(crate) const START: Head = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
/// The form of a snapshot's state; counted on whenever the JSON of a state changes. Others are neither read nor compared.
pub(crate) const FORM: u32 = 2;
/// Larger states are not kept: they would hold up everyone while they are written.
pub(crate) const LARGEST_SNAPSHOT: usize = 64 << 20;
/// The type of a contest's first event, by which its stream is known.
pub(crate) const CONTEST_CREATED: &str = "contest_created";
/// A snapshot is taken after at least this many events, and after half as many as the state has entries. Writing one costs
/// as much as there are entries: the at least half as many events since the last one pay for two of them each, so that all
/// snapshots together cost each event a constant. A state of which every event leaves an entry, such as the rounds of a
/// contest, doubles from one to the next; none waits behind its own growth.
const SNAPSHOT_EVERY: u64 = 256;

/// The registry as of one durable moment.
#[derive(Clone, Debug)]
pub(crate) struct RegistryState {
    pub(crate) registry: Registry,
    pub(crate) head: Head,
    /// From where the next snapshot is counted.
    pub(crate) snapshot_at: Sequence,
}

/// The state of a stream; a clone is shared until one of the two changes.
#[derive(Clone, Debug)]
pub(crate) enum State {
    Registry(Registry),
    /// `None` until the first event.
    Shared(Option<Arc<SharedArena>>),
    /// `None` until the first event.
    Contest(Option<Arc<Contest>>),
}

/// An event of a stream; the same shape in JSON as the event itself.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Event {
    Registry(RegistryEvent),
    Shared(ArenaEvent),
    Contest(ContestEvent),
}

impl State {
    /// Before the first event of a stream that begins with this type of event.
    pub(crate) fn before(first: &str) -> Self {
        if first == CONTEST_CREATED { Self::Contest(None) } else { Self::Shared(None) }
    }

    /// Folds one event in; an event of another kind changes nothing.
    pub(crate) fn evolve(&mut self, arena_id: ArenaId, event: &Event) {
        match (self, event) {
            (Self::Registry(registry), Event::Registry(event)) => registry.evolve(event),
            (Self::Shared(Some(shared)), Event::Shared(event)) => Arc::make_mut(shared).evolve(event),
            (Self::Shared(unborn @ None), Event::Shared(event)) => {
                *unborn = SharedArena::begin(arena_id, event).map(Arc::new);
            }
            (Self::Contest(Some(contest)), Event::Contest(event)) => Arc::make_mut(contest).evolve(event),
            (Self::Contest(unborn @ None), Event::Contest(event)) => {
                *unborn = Contest::begin(arena_id, event).map(Arc::new);
            }
            (Self::Registry(_), Event::Shared(_) | Event::Contest(_))
            | (Self::Shared(_), Event::Registry(_) | Event::Contest(_))
            | (Self::Contest(_), Event::Registry(_) | Event::Shared(_)) => {}
        }
    }

    /// When time next decides something in it.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match self {
            // Nothing in a contest happens by itself.
            Self::Registry(_) | Self::Shared(None) | Self::Contest(_) => None,
            Self::Shared(Some(shared)) => shared.next_deadline(),
        }
    }

    /// A snapshot of at most `largest` bytes, when enough happened since `last`, and the sequence from which the next one
    /// is counted: a state that was too large is not written out again at the next event.
    pub(crate) fn snapshot(
        &self,
        head: Head,
        last: Sequence,
        largest: usize,
    ) -> (Option<Snapshot>, Sequence) {
        let due = SNAPSHOT_EVERY.max(u64::try_from(self.weight() / 2).unwrap_or(u64::MAX));
        if head.sequence.get().saturating_sub(last.get()) < due {
            return (None, last);
        }
        (self.snapshot_now(head, largest), head.sequence)
    }

    /// How many entries it has.
    fn weight(&self) -> usize {
        match self {
            Self::Registry(registry) => registry.weight(),
            Self::Shared(Some(shared)) => shared.weight(),
            Self::Contest(Some(contest)) => contest.weight(),
            Self::Shared(None) | Self::Contest(None) => 0,
        }
    }

    fn snapshot_now(&self, head: Head, largest: usize) -> Option<Snapshot> {
        let state = match self {
            Self::Registry(registry) => serde_json::to_vec(registry),
            Self::Shared(Some(shared)) => serde_json::to_vec(shared),
            Self::Contest(Some(contest)) => serde_json::to_vec(contest),
            Self::Shared(None) | Self::Contest(None) => return None,
        };
        let state = state.expect("states have a JSON form");
        (state.len() <= largest).then(|| kept(head, state))
    }
}

/// A snapshot of a state's JSON.
fn kept(head: Head, state: Vec<u8>) -> Snapshot {
    Snapshot { form: FORM, head, state_hash: Hash::of(&state), state }
}

/// The hash of a state's snapshot form.
pub(crate) fn state_hash(state: &impl Serialize) -> Hash {
    Hash::of(&serde_json::to_vec(state).expect("states have a JSON form"))
}

/// What the stream of an arena, of either kind, leads to.
pub(crate) trait Streamed: Sized + DeserializeOwned + Serialize {
    /// What its events are.
    type Event: DeserializeOwned;

    /// Begins with the first event; `None` when it is another one.
    fn begin(arena_id: ArenaId, event: &Self::Event) -> Option<Self>;

    /// Folds in a later one.
    fn evolve(&mut self, event: &Self::Event);
}

impl Streamed for SharedArena {
    type Event = ArenaEvent;

    fn begin(arena_id: ArenaId, event: &ArenaEvent) -> Option<Self> {
        Self::begin(arena_id, event)
    }

    fn evolve(&mut self, event: &ArenaEvent) {
        self.evolve(event);
    }
}

impl Streamed for Contest {
    type Event = ContestEvent;

    fn begin(arena_id: ArenaId, event: &ContestEvent) -> Option<Self> {
        Self::begin(arena_id, event)
    }

    fn evolve(&mut self, event: &ContestEvent) {
        self.evolve(event);
    }
}

/// Loads an arena of either kind.
///
/// # Errors
/// [`StorageError`].
pub(crate) fn load(storage: &dyn ArenaStorage, arena_id: ArenaId) -> Result<Option<Hot>, StorageError> {
    let Some(stream) = storage.stream(arena_id)? else { return Ok(None) };
    if stream.first == CONTEST_CREATED {
        let loaded = folded(storage, arena_id, stream)?;
        return Ok(loaded.map(|(contest, head, snapshot_at)| {
            let contest = Arc::new(contest);
            Hot::Contest(Arc::new(ContestState::new(contest, head, snapshot_at)))
        }));
    }
    let loaded = folded(storage, arena_id, stream)?;
    Ok(loaded.map(|(shared, head, snapshot_at)| {
        let shared = Arc::new(shared);
        Hot::Shared(Arc::new(ArenaState { shared, head, snapshot_at }))
    }))
}

/// A stream's state, its head, and where its snapshot stands.
fn folded<S: Streamed>(
    storage: &dyn ArenaStorage,
    arena_id: ArenaId,
    stream: StoredStream,
) -> Result<Option<(S, Head, Sequence)>, StorageError> {
    let restored: Option<S> = restored(stream.snapshot.as_ref());
    let outlived = restored.is_none() && stream.snapshot.is_some();
    let (stream, snapshot_at) = with_whole_tail(storage, arena_id, stream, restored.is_some())?;
    let head = end(&stream);
    let state = replay(arena_id, restored, &stream.tail)?;
    let Some(state) = state else { return Ok(None) };
    let snapshot_at = if outlived { renewed(storage, arena_id, head, &state) } else { snapshot_at };
    Ok(Some((state, head, snapshot_at)))
}

/// Keeps a snapshot in the place of one that could not be read: a stream to which nothing is written any more would else
/// be folded from its first event each time. Answers from where the next one is counted.
fn renewed(storage: &dyn ArenaStorage, arena_id: ArenaId, head: Head, state: &impl Serialize) -> Sequence {
    let state = serde_json::to_vec(state).expect("states have a JSON form");
    if state.len() <= LARGEST_SNAPSHOT {
        let snapshot = kept(head, state);
        let stored = storage.write(&mut |_| {
            let snapshots = vec![(arena_id, snapshot.clone())];
            Writes { snapshots, ..Writes::default() }
        });
        if let Err(error) = stored {
            tracing::warn!(%error, %arena_id, "a snapshot could not be renewed; the events are read instead");
        }
    }
    head.sequence
}

/// Folds events into a state; `None` begins with the first.
///
/// # Errors
/// [`StorageError::Damaged`] when an event is not one of that kind of arena.
pub(crate) fn replay<S: Streamed>(
    arena_id: ArenaId,
    from: Option<S>,
    events: &[StoredEvent],
) -> Result<Option<S>, StorageError> {
    events.iter().try_fold(from, |state, stored| {
        let event: S::Event = stored.decode()?;
        match state {
            Some(mut state) => {
                state.evolve(&event);
                Ok(Some(state))
            }
            None => Ok(S::begin(arena_id, &event)),
        }
    })
}

/// Loads the registry; an empty one when the store is new.
///
/// # Errors
/// [`StorageError`].
pub(crate) fn load_registry(storage: &dyn ArenaStorage) -> Result<RegistryState, StorageError> {
    let stream = storage.stream(ArenaId::SYSTEM)?.unwrap_or_default();
    let restored: Option<Registry> = restored(stream.snapshot.as_ref());
    let outlived = restored.is_none() && stream.snapshot.is_some();
    let (stream, snapshot_at) = with_whole_tail(storage, ArenaId::SYSTEM, stream, restored.is_some())?;
    let mut registry = restored.unwrap_or_default();
    for stored in &stream.tail {
        registry.evolve(&stored.decode()?);
    }
    let head = end(&stream);
    let snapshot_at = if outlived { renewed(storage, ArenaId::SYSTEM, head, &registry) } else { snapshot_at };
    Ok(RegistryState { registry, head, snapshot_at })
}

/// A snapshot of an older program's form is not read: the events say the same, and lead to one that is kept in its place.
fn restored<T: DeserializeOwned>(snapshot: Option<&Snapshot>) -> Option<T> {
    snapshot
        .filter(|snapshot| snapshot.form == FORM)
        .and_then(|snapshot| serde_json::from_slice(&snapshot.state).ok())
}

/// The stream with all its events when its snapshot could not be read, and where its snapshot stands.
fn with_whole_tail(
    storage: &dyn ArenaStorage,
    arena_id: ArenaId,
    stream: StoredStream,
    was_restored: bool,
) -> Result<(StoredStream, Sequence), StorageError> {
    match &stream.snapshot {
        Some(snapshot) if was_restored => {
            let at = snapshot.head.sequence;
            Ok((stream, at))
        }
        Some(_) => {
            let everything = EventFilter { limit: usize::MAX, ..EventFilter::default() };
            let (tail, _) = storage.events(arena_id, &everything)?;
            Ok((StoredStream { snapshot: None, tail, ..stream }, Sequence::ZERO))
        }
        None => Ok((stream, Sequence::ZERO)),
    }
}

fn end(stream: &StoredStream) -> Head {
    let snapshot = stream.snapshot.as_ref().map_or(START, |snapshot| snapshot.head);
    stream.tail.last().map_or(snapshot, StoredEvent::head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_too_large_is_not_written_out_again_at_the_next_event() {
        let state = State::Registry(Registry::default());
        let at = |sequence| Head { sequence: Sequence::new(sequence), ..START };
        assert_eq!(state.snapshot(at(255), Sequence::ZERO, 0), (None, Sequence::ZERO));
        let (none, tried) = state.snapshot(at(256), Sequence::ZERO, 0);
        assert_eq!((none, tried), (None, Sequence::new(256)));
        assert_eq!(state.snapshot(at(257), tried, usize::MAX), (None, tried));
        let (kept, at_512) = state.snapshot(at(512), tried, usize::MAX);
        assert_eq!((kept.unwrap().head.sequence, at_512), (at_512, Sequence::new(512)));
    }
}
