//! Everything of an ended contest, as of one moment: what its receipt is made of.

use std::collections::BTreeMap;

use arena_core::{
    ArenaId,
    contest::{Contest, Rejection, Status},
};
use bytes::Bytes;

use crate::{
    accounts::of_contest,
    error::{RuntimeError, StorageError},
    manager::ArenaManager,
    record::StoredEvent,
    storage::{ArenaStorage, EventFilter, TransferRow},
    stream::replay,
    tokens::Principal,
};

/// What an event says in a receipt beside its payload: two hashes, its place, who caused it, and its transfer.
const BESIDE_PAYLOAD: u64 = 512;

/// What the receipt of a contest is made of; all as of its last event.
#[derive(Clone, Debug)]
pub struct ReceiptParts {
    /// The contest, as its events give it.
    pub state: Contest,
    /// All of its events, with their hashes.
    pub events: Vec<StoredEvent>,
    /// The actions that were stored, by round.
    pub actions: BTreeMap<u32, Bytes>,
    /// All that was moved in or out of it.
    pub transfers: Vec<TransferRow>,
}

impl ArenaManager {
    /// About how many bytes the receipt of a contest that has ended will have: its actions, and its events, of which each
    /// says a few hundred bytes beside its payload. Costs no more memory than to know it.
    ///
    /// # Errors
    /// `wrong_state` before it has.
    pub async fn receipt_size(&self, principal: &Principal, arena_id: ArenaId) -> Result<u64, RuntimeError> {
        let state = self.contest(principal, arena_id).await?;
        over(state.contest.status())?;
        let kept = state.contest.rounds().filter_map(|round| round.actions).map(|stored| stored.size);
        let actions = kept.fold(0, u64::saturating_add);
        let (events, bytes) = self.reading(move |storage| storage.size_of_events(arena_id)).await?;
        Ok(actions.saturating_add(bytes).saturating_add(events.saturating_mul(BESIDE_PAYLOAD)))
    }

    /// Everything of a contest that has ended.
    ///
    /// # Errors
    /// `wrong_state` before it has.
    pub async fn receipt(
        &self,
        principal: &Principal,
        arena_id: ArenaId,
    ) -> Result<ReceiptParts, RuntimeError> {
        let current = self.contest(principal, arena_id).await?.contest.status();
        over(current)?;
        let parts = self.reading(move |storage| parts(storage, arena_id)).await?;
        parts.ok_or_else(|| Rejection::NotFound { what: "contest" }.into())
    }
}

/// Only what has ended has a receipt.
fn over(current: Status) -> Result<(), Rejection> {
    if current.is_terminal() {
        return Ok(());
    }
    let expected = Status::ALL.into_iter().filter(|status| status.is_terminal()).collect();
    Err(Rejection::WrongStatus { current, expected })
}

/// Nothing is ever changed or taken away, so what belongs to the events read first is there afterwards.
fn parts(storage: &dyn ArenaStorage, arena_id: ArenaId) -> Result<Option<ReceiptParts>, StorageError> {
    let all = EventFilter { limit: usize::MAX >> 1, ..EventFilter::default() };
    let (events, _) = storage.events(arena_id, &all)?;
    let Some(state) = replay::<Contest>(arena_id, None, &events)? else { return Ok(None) };
    let Some(last) = events.last().map(|event| event.position) else { return Ok(None) };
    let mut transfers = storage.transfers(&of_contest(arena_id))?;
    transfers.retain(|transfer| transfer.transfer <= last);
    let mut actions = BTreeMap::new();
    for round in state.rounds() {
        let Some(kept) = round.actions else { continue };
        let bytes = storage.blob(&kept.sha256)?.ok_or_else(|| StorageError::Damaged {
            arena_id,
            sequence: state.sequence(),
            reason: format!("the actions of round {} are missing", round.round),
        })?;
        actions.insert(round.round, Bytes::from(bytes));
    }
    Ok(Some(ReceiptParts { state, events, actions, transfers }))
}
