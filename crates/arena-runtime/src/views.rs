//! The derived rows that change with an event.

use arena_core::{ArenaEvent, ArenaId, SharedArena, collaboration::Status};

use crate::{
    record::StoredEvent,
    storage::{ArtifactRow, FactRow, ViewChange},
};

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
        step: *step,
        updated_at: *timestamp,
    }))
}
