//! One journal stream in memory: the state its events lead to, whatever kind it is.

use std::sync::Arc;

use arena_core::{
    ArenaEvent, ArenaId, Hash, Sequence, SharedArena, Timestamp,
    collaboration::Head,
    registry::{Registry, RegistryEvent},
};
use serde::Serialize;

use crate::{
    cache::ArenaState,
    error::StorageError,
    record::StoredEvent,
    storage::{ArenaStorage, EventFilter, Snapshot, StoredStream},
};

/// Before the first event.
pub(crate) const START: Head = Head { sequence: Sequence::ZERO, hash: Hash::ZERO };
/// The form of a snapshot's state; counted on whenever the JSON of a state changes. Others are neither read nor compared.
pub(crate) const FORM: u32 = 1;
/// Larger states are not kept: they would hold up everyone while they are written.
const LARGEST_SNAPSHOT: usize = 64 << 20;
/// A snapshot is taken after at least this many events, and after as many as the state has entries,
/// so that all snapshots together cost each event a constant.
const SNAPSHOT_EVERY: u64 = 256;

/// The registry as of one durable moment.
#[derive(Clone, Debug)]
pub(crate) struct RegistryState {
    pub(crate) registry: Registry,
    pub(crate) head: Head,
    pub(crate) snapshot_at: Sequence,
}

/// The state of a stream.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "all but one stream are arenas")]
pub(crate) enum State {
    Registry(Registry),
    /// `None` until the first event.
    Shared(Option<SharedArena>),
}

/// An event of a stream; the same shape in JSON as the event itself.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Event {
    Registry(RegistryEvent),
    Shared(ArenaEvent),
}

impl State {
    /// Folds one event in; an event of another kind changes nothing.
    pub(crate) fn evolve(&mut self, arena_id: ArenaId, event: &Event) {
        match (self, event) {
            (Self::Registry(registry), Event::Registry(event)) => registry.evolve(event),
            (Self::Shared(Some(shared)), Event::Shared(event)) => shared.evolve(event),
            (Self::Shared(unborn @ None), Event::Shared(event)) => {
                *unborn = SharedArena::begin(arena_id, event);
            }
            (Self::Registry(_), Event::Shared(_)) | (Self::Shared(_), Event::Registry(_)) => {}
        }
    }

    /// When time next decides something in it.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        match self {
            Self::Registry(_) | Self::Shared(None) => None,
            Self::Shared(Some(shared)) => shared.next_deadline(),
        }
    }

    /// A snapshot, when enough happened since the last.
    pub(crate) fn snapshot(&self, head: Head, last: Sequence) -> Option<Snapshot> {
        let weight = match self {
            Self::Registry(registry) => registry.weight(),
            Self::Shared(Some(shared)) => shared.weight(),
            Self::Shared(None) => return None,
        };
        let due = SNAPSHOT_EVERY.max(2 * u64::try_from(weight).unwrap_or(u64::MAX / 2));
        (head.sequence.get() - last.get() >= due).then(|| self.snapshot_now(head)).flatten()
    }

    fn snapshot_now(&self, head: Head) -> Option<Snapshot> {
        let state = match self {
            Self::Registry(registry) => serde_json::to_vec(registry),
            Self::Shared(Some(shared)) => serde_json::to_vec(shared),
            Self::Shared(None) => return None,
        };
        let state = state.expect("states have a JSON form");
        (state.len() <= LARGEST_SNAPSHOT).then(|| Snapshot {
            form: FORM,
            head,
            state_hash: Hash::of(&state),
            state,
        })
    }
}

/// The hash of a state's snapshot form.
pub(crate) fn state_hash(state: &impl Serialize) -> Hash {
    Hash::of(&serde_json::to_vec(state).expect("states have a JSON form"))
}

/// Loads a shared arena.
///
/// # Errors
/// [`StorageError`], also for a stream that is not a shared arena's.
pub(crate) fn load_shared(
    storage: &dyn ArenaStorage,
    arena_id: ArenaId,
) -> Result<Option<Arc<ArenaState>>, StorageError> {
    let Some(stream) = storage.stream(arena_id)? else { return Ok(None) };
    let restored: Option<SharedArena> = restored(stream.snapshot.as_ref());
    let (stream, snapshot_at) = with_whole_tail(storage, arena_id, stream, restored.is_some())?;
    let head = end(&stream);
    let shared = replay(arena_id, restored, &stream.tail)?;
    Ok(shared.map(|shared| Arc::new(ArenaState { shared, head, snapshot_at })))
}

/// Folds events into a shared arena; `None` begins with the first.
///
/// # Errors
/// [`StorageError::Damaged`] when an event is not one of a shared arena.
pub(crate) fn replay(
    arena_id: ArenaId,
    from: Option<SharedArena>,
    events: &[StoredEvent],
) -> Result<Option<SharedArena>, StorageError> {
    events.iter().try_fold(from, |shared, stored| {
        let event: ArenaEvent = stored.decode()?;
        match shared {
            Some(mut shared) => {
                shared.evolve(&event);
                Ok(Some(shared))
            }
            None => Ok(SharedArena::begin(arena_id, &event)),
        }
    })
}

/// Loads the registry; an empty one when the store is new.
///
/// # Errors
/// [`StorageError`].
pub(crate) fn load_registry(storage: &dyn ArenaStorage) -> Result<RegistryState, StorageError> {
    let stream =
        storage.stream(ArenaId::SYSTEM)?.unwrap_or(StoredStream { snapshot: None, tail: Vec::new() });
    let restored: Option<Registry> = restored(stream.snapshot.as_ref());
    let (stream, snapshot_at) = with_whole_tail(storage, ArenaId::SYSTEM, stream, restored.is_some())?;
    let mut registry = restored.unwrap_or_default();
    for stored in &stream.tail {
        registry.evolve(&stored.decode()?);
    }
    Ok(RegistryState { registry, head: end(&stream), snapshot_at })
}

/// A snapshot of an older program's form is not read: the events say the same.
fn restored<T: serde::de::DeserializeOwned>(snapshot: Option<&Snapshot>) -> Option<T> {
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
            Ok((StoredStream { snapshot: None, tail }, Sequence::ZERO))
        }
        None => Ok((stream, Sequence::ZERO)),
    }
}

fn end(stream: &StoredStream) -> Head {
    let snapshot = stream.snapshot.as_ref().map_or(START, |snapshot| snapshot.head);
    stream.tail.last().map_or(snapshot, StoredEvent::head)
}
