//! How the answers of commands are rendered. Each renderer makes nothing of a command that changed nothing it speaks of:
//! then the handler looks.

pub(crate) mod contest;

use arena_api::{
    facts::Fact,
    steps::{AddedSteps, Claim, Step},
};
use arena_core::{ArenaEvent, StepNumber};
use arena_runtime::Applied;
use serde::Serialize;

use crate::shape::{self, artifact, orphans, participant, said, step};

fn bytes(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

fn some(value: Option<impl Serialize>) -> Vec<u8> {
    value.map(|value| bytes(&value)).unwrap_or_default()
}

/// The arena as it is after the command.
pub(crate) fn arena(applied: &Applied) -> Vec<u8> {
    bytes(&shape::arena(&applied.state))
}

/// The step that the command's last event is about. An adopted text is not at hand here; the step has it when it is read.
pub(crate) fn changed_step(applied: &Applied) -> Vec<u8> {
    let last = applied.changes.last();
    let result = match last {
        Some(ArenaEvent::StepCompleted { result, .. }) => result.as_deref().map(str::to_owned),
        _ => None,
    };
    let changed = last.and_then(step_of).and_then(|number| applied.state.step(number));
    some(changed.map(|one| Step { result, orphans: orphans(&applied.state, one.number), ..step(one) }))
}

/// The steps that were added.
pub(crate) fn added_steps(applied: &Applied) -> Vec<u8> {
    let added = applied.changes.iter().rev().find_map(|event| match event {
        ArenaEvent::StepsAdded { first, steps } => Some((first.index(), steps.len())),
        _ => None,
    });
    some(added.map(|(first, count)| {
        AddedSteps {
            steps: (first..first.saturating_add(count))
                .filter_map(|index| StepNumber::new(u32::try_from(index).ok()?.checked_add(1)?))
                .filter_map(|number| applied.state.step(number))
                .map(step)
                .collect(),
        }
    }))
}

/// The claim that was made.
pub(crate) fn claim(applied: &Applied) -> Vec<u8> {
    some(applied.changes.last().and_then(|event| match event {
        ArenaEvent::StepClaimed { step, fence, expires_at, lease_ms, .. } => {
            let claimed = applied.state.step(*step)?;
            Some(Claim {
                step: *step,
                fence: *fence,
                expires_at: *expires_at,
                lease_ms: *lease_ms,
                title: claimed.title.clone(),
                description: claimed.description.clone(),
            })
        }
        _ => None,
    }))
}

/// The participant that joined or has another role.
pub(crate) fn changed_participant(applied: &Applied) -> Vec<u8> {
    some(applied.changes.last().and_then(|event| match event {
        ArenaEvent::AgentJoined { agent_id, .. } | ArenaEvent::RoleChanged { agent_id, .. } => {
            applied.state.participant(agent_id).map(|one| participant(agent_id, one))
        }
        _ => None,
    }))
}

/// The version of an artifact that was put. A renewed lease may stand after it.
pub(crate) fn put_artifact(applied: &Applied) -> Vec<u8> {
    some(applied.changes.iter().rev().find_map(|event| match event {
        ArenaEvent::ArtifactPut { name, .. } => applied.state.artifact(name).map(|one| artifact(name, one)),
        _ => None,
    }))
}

/// The version of a fact that was put.
pub(crate) fn put_fact(applied: &Applied) -> Vec<u8> {
    some(applied.changes.iter().zip(&applied.events).rev().find_map(|(event, stored)| match event {
        ArenaEvent::FactPut { key, version, content, confidence, tags, agent_id, .. } => Some(Fact {
            key: key.clone(),
            version: *version,
            content: content.clone(),
            confidence: *confidence,
            tags: tags.clone(),
            author: agent_id.clone(),
            updated_at: stored.recorded_at,
        }),
        _ => None,
    }))
}

/// What was said.
pub(crate) fn message(applied: &Applied) -> Vec<u8> {
    some(applied.changes.iter().zip(&applied.events).rev().find_map(|(event, stored)| match event {
        ArenaEvent::MessageSent { to, body } => Some(said(stored, to.clone(), body.clone())),
        _ => None,
    }))
}

/// The step that an event is about, when it is a command's own event and not a lease that ran out before it.
const fn step_of(event: &ArenaEvent) -> Option<StepNumber> {
    match event {
        ArenaEvent::StepChanged { step, .. }
        | ArenaEvent::StepCancelled { step }
        | ArenaEvent::StepClaimed { step, .. }
        | ArenaEvent::LeaseRenewed { step, .. }
        | ArenaEvent::StepReleased { step, .. }
        | ArenaEvent::StepApproved { step, .. }
        | ArenaEvent::StepCompleted { step, .. }
        | ArenaEvent::ResultAdopted { step, .. }
        | ArenaEvent::StepFailed { step, .. }
        | ArenaEvent::StepReopened { step } => Some(*step),
        ArenaEvent::ArenaCreated { .. }
        | ArenaEvent::ArenaActivated { .. }
        | ArenaEvent::AgentJoined { .. }
        | ArenaEvent::AgentLeft { .. }
        | ArenaEvent::RoleChanged { .. }
        | ArenaEvent::GoalUpdated { .. }
        | ArenaEvent::StepsAdded { .. }
        | ArenaEvent::LeaseExpired { .. }
        | ArenaEvent::LeaseRevoked { .. }
        | ArenaEvent::ResultOrphaned { .. }
        | ArenaEvent::ArtifactPut { .. }
        | ArenaEvent::FactPut { .. }
        | ArenaEvent::MessageSent { .. }
        | ArenaEvent::SettlingStarted { .. }
        | ArenaEvent::ArenaArchived { .. } => None,
    }
}
