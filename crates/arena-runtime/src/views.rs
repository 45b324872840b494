//! The derived rows that change with an event.

use arena_core::{
    AgentId, ArenaEvent, ArenaId, SharedArena,
    collaboration::Status,
    contest::{Contest, ContestEvent, CounterChange, counted, posting},
    ledger::Posting,
    registry::RegistryEvent,
};

use crate::{
    record::StoredEvent,
    storage::{ArtifactRow, FactRow, TransferRow, ViewChange},
};

/// What one event changes beside its stream.
#[derive(Clone, Debug, Default)]
pub(crate) struct Folded {
    /// A row of the lists.
    pub(crate) listed: Option<ViewChange>,
    /// Its transfer; the balances follow from all transfers.
    pub(crate) transfer: Option<TransferRow>,
    /// Whose counters it moves.
    pub(crate) counted: Vec<(AgentId, CounterChange)>,
}

impl Folded {
    /// Of an event of a shared arena; `after` is the state it led to.
    pub(crate) fn of_shared(stored: &StoredEvent, event: &ArenaEvent, after: &SharedArena) -> Self {
        Self { listed: change(stored, event, after), ..Self::default() }
    }

    /// Of an event of a contest.
    pub(crate) fn of_contest(stored: &StoredEvent, event: &ContestEvent, after: &Contest) -> Self {
        Self {
            listed: listed(event, after),
            transfer: of_contest(stored, event),
            counted: counted(after, event),
        }
    }

    /// Of an event of the registry.
    pub(crate) fn of_registry(stored: &StoredEvent, event: &RegistryEvent) -> Self {
        Self { transfer: of_registry(stored, event), ..Self::default() }
    }

    /// The rows that follow from the event alone.
    pub(crate) fn rows(self) -> impl Iterator<Item = ViewChange> {
        self.listed.into_iter().chain(self.transfer.map(ViewChange::Transfer))
    }
}

/// What an event of a contest changes in the lists.
pub(crate) fn listed(event: &ContestEvent, after: &Contest) -> Option<ViewChange> {
    match event {
        ContestEvent::ContestCreated { .. }
        | ContestEvent::ContestStarted { .. }
        | ContestEvent::RoundPageSubmitted { .. }
        | ContestEvent::RoundCompleted { .. }
        | ContestEvent::ContestFinalized { .. }
        | ContestEvent::ContestCancelled { .. }
        | ContestEvent::ContestAbandoned { .. } => {
            Some(ViewChange::Contest { arena_id: after.arena_id(), status: after.status() })
        }
        ContestEvent::AgentEntered { agent_id, .. } => {
            Some(ViewChange::Entered { arena_id: after.arena_id(), agent_id: agent_id.clone() })
        }
        ContestEvent::EntryWithdrawn { agent_id, .. } => {
            Some(ViewChange::Withdrawn { arena_id: after.arena_id(), agent_id: agent_id.clone() })
        }
        ContestEvent::RoundActionsStored { .. } | ContestEvent::ObligationPaid { .. } => None,
    }
}

/// The transfer that an event of a contest makes.
pub(crate) fn of_contest(stored: &StoredEvent, event: &ContestEvent) -> Option<TransferRow> {
    posting(stored.arena_id, event).map(|posting| transfer(stored, posting, Some(stored.arena_id), None))
}

/// The transfer that an event of the registry makes.
pub(crate) fn of_registry(stored: &StoredEvent, event: &RegistryEvent) -> Option<TransferRow> {
    let reference = match event {
        RegistryEvent::Deposited { reference, .. } | RegistryEvent::Withdrawn { reference, .. } => reference,
        RegistryEvent::AgentRegistered { .. }
        | RegistryEvent::AgentTokenReplaced { .. }
        | RegistryEvent::AgentRemoved { .. }
        | RegistryEvent::HandleIssued { .. }
        | RegistryEvent::HandleRevoked { .. } => return None,
    };
    Some(transfer(stored, event.posting()?, None, Some(reference.clone())))
}

fn transfer(
    stored: &StoredEvent,
    posting: Posting,
    arena_id: Option<ArenaId>,
    reference: Option<String>,
) -> TransferRow {
    let Posting { debit, credit, amount, reason } = posting;
    TransferRow { transfer: stored.position, debit, credit, amount, reason, arena_id, reference }
}

/// What an event of a shared arena changes in the lists; `after` is the state it led to.
pub(crate) fn change(stored: &StoredEvent, event: &ArenaEvent, after: &SharedArena) -> Option<ViewChange> {
    let arena_id = stored.arena_id;
    let listed = |status: Status| Some(ViewChange::Arena { arena_id, status, open: after.is_open() });
    match event {
        ArenaEvent::ArenaCreated { .. } => listed(Status::Created),
        ArenaEvent::ArenaActivated { .. } => listed(Status::Active),
        ArenaEvent::SettlingStarted { .. } => listed(Status::Settling),
        ArenaEvent::ArenaArchived { .. } => listed(Status::Archived),
        ArenaEvent::AgentJoined { agent_id, .. } => {
            Some(ViewChange::Joined { arena_id, agent_id: agent_id.clone() })
        }
        ArenaEvent::AgentLeft { agent_id, .. } => {
            Some(ViewChange::Left { arena_id, agent_id: agent_id.clone() })
        }
        ArenaEvent::ArtifactPut { .. } => artifact(arena_id, event, after),
        ArenaEvent::FactPut { key, version, content, confidence, tags, agent_id, .. } => {
            Some(ViewChange::Fact(FactRow {
                arena_id,
                key: key.clone(),
                version: *version,
                content: content.as_ref().to_owned(),
                confidence: *confidence,
                tags: tags.clone(),
                author: agent_id.clone(),
                updated_at: stored.recorded_at,
            }))
        }
        ArenaEvent::RoleChanged { .. }
        | ArenaEvent::GoalUpdated { .. }
        | ArenaEvent::StepsAdded { .. }
        | ArenaEvent::StepChanged { .. }
        | ArenaEvent::StepCancelled { .. }
        | ArenaEvent::StepClaimed { .. }
        | ArenaEvent::LeaseRenewed { .. }
        | ArenaEvent::StepReleased { .. }
        | ArenaEvent::LeaseExpired { .. }
        | ArenaEvent::LeaseRevoked { .. }
        | ArenaEvent::StepApproved { .. }
        | ArenaEvent::StepCompleted { .. }
        | ArenaEvent::ResultOrphaned { .. }
        | ArenaEvent::ResultAdopted { .. }
        | ArenaEvent::StepFailed { .. }
        | ArenaEvent::StepReopened { .. }
        | ArenaEvent::MessageSent { .. } => None,
    }
}

fn artifact(arena_id: ArenaId, event: &ArenaEvent, after: &SharedArena) -> Option<ViewChange> {
    let ArenaEvent::ArtifactPut { name, version, sha256, size, kind, media_type, agent_id, step, timestamp } =
        event
    else {
        return None;
    };
    // Another participant's version stays in the slot that first wrote the name.
    let slot = after.artifact(name).map(|artifact| &artifact.slot);
    Some(ViewChange::Artifact(ArtifactRow {
        arena_id,
        name: name.clone(),
        version: *version,
        sha256: *sha256,
        size: *size,
        kind: *kind,
        media_type: media_type.as_ref().to_owned(),
        slot: slot.unwrap_or(agent_id).clone(),
        author: agent_id.clone(),
        step: *step,
        updated_at: *timestamp,
    }))
}
