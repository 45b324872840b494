//! How the runtime's values look on the wire, and how a command's answer is rendered.

use std::sync::Arc;

use arena_api::{
    agents::Profile,
    arenas::{Arena, Kind, Spent, State},
    artifacts::Artifact,
    events::Event,
    facts::Fact,
    messages::Message,
    participants::Participant,
    steps::{AddedSteps, Claim, Orphan, Step},
};
use arena_core::{
    AgentId, ArenaEvent, SharedArena, StepNumber,
    collaboration::{self, ArtifactName, Budget},
};
use arena_runtime::{
    Applied, ArenaState, StoredEvent,
    storage::{ArtifactRow, FactRow},
};
use serde::Serialize;
use serde_json::value::RawValue;

/// An arena.
pub(crate) fn arena(shared: &SharedArena) -> Arena {
    let spent = shared.spent();
    Arena {
        arena_id: shared.arena_id(),
        kind: Kind::Shared,
        status: shared.status(),
        goal: shared.goal().clone(),
        strategy: shared.strategy(),
        open: shared.is_open(),
        sequence: shared.sequence(),
        completed_steps: shared.completed_steps(),
        total_steps: shared.total_steps(),
        participants: shared.participants().map(|(agent_id, one)| participant(agent_id, one)).collect(),
        created_by: shared.created_by().clone(),
        created_at: shared.created_at(),
        activated_at: shared.activated_at(),
        settle_grace_ms: shared.settle_grace(),
        settle_deadline: shared.settle_deadline(),
        budget: Some(shared.budget()).filter(|budget| *budget != Budget::default()),
        spent: Spent { attempts: spent.attempts, cost: spent.cost },
        report_hash: shared.report_hash(),
    }
}

/// An arena and its steps.
pub(crate) fn state(state: &ArenaState) -> State {
    State { arena: arena(&state.shared), steps: state.shared.steps().map(step).collect() }
}

/// A participant.
pub(crate) fn participant(agent_id: &AgentId, one: &collaboration::Participant) -> Participant {
    Participant {
        agent_id: agent_id.clone(),
        role: one.role,
        joined_at: one.joined_at,
        completed_steps: one.completed_steps,
    }
}

/// A step, without its result and late results.
pub(crate) fn step(step: &collaboration::Step) -> Step {
    let claim = step.claim.as_ref();
    let completed = step.completed.as_ref();
    Step {
        step: step.number,
        title: step.title.clone(),
        description: step.description.clone(),
        status: step.status,
        depends_on: step.depends_on.clone(),
        assignee: step.assignee.clone(),
        holder: claim.map(|claim| claim.agent_id.clone()),
        fence: claim.map(|claim| claim.fence),
        expires_at: claim.map(|claim| claim.expires_at),
        lease_ms: step.lease_ms,
        attempts: step.attempts,
        max_attempts: step.max_attempts,
        evidence: Some(step.evidence.as_ref()).filter(|evidence| !evidence.is_empty()).cloned(),
        approved_by: step.approved_by.clone(),
        completed_by: completed.map(|done| done.agent_id.clone()),
        completed_at: completed.map(|done| done.at),
        result: None,
        cost: step.cost,
        last_failure: step.last_failure.clone(),
        orphans: Vec::new(),
    }
}

/// The late results of a step.
pub(crate) fn orphans(shared: &SharedArena, step: StepNumber) -> Vec<Orphan> {
    let of_step = shared.orphans().filter(|orphan| orphan.step == step);
    of_step
        .map(|orphan| Orphan {
            fence: orphan.fence,
            agent_id: orphan.agent_id.clone(),
            adopted: orphan.adopted,
        })
        .collect()
}

/// A version of an artifact.
pub(crate) fn artifact(name: &ArtifactName, one: &collaboration::Artifact) -> Artifact {
    Artifact {
        name: name.clone(),
        version: one.version,
        sha256: one.sha256,
        size: one.size,
        kind: one.kind,
        media_type: one.media_type.clone(),
        slot: one.slot.clone(),
        step: one.step,
        updated_at: one.updated_at,
    }
}

/// The headers of an artifact's bytes that say which version they are.
pub(crate) fn artifact_headers(row: &ArtifactRow) -> [(&'static str, String); 4] {
    [
        ("artifact-version", row.version.to_string()),
        ("artifact-sha256", row.sha256.to_string()),
        ("artifact-kind", row.kind.to_string()),
        ("etag", format!("\"{}\"", row.sha256)),
    ]
}

/// A fact as it stands.
pub(crate) fn fact(row: FactRow) -> Fact {
    Fact {
        key: row.key,
        version: row.version,
        content: row.content.into(),
        confidence: row.confidence,
        tags: row.tags,
        author: row.author,
        updated_at: row.updated_at,
    }
}

/// A registered agent.
pub(crate) fn profile(profile: arena_runtime::Profile) -> Profile {
    Profile { agent_id: profile.agent_id, name: profile.name, registered_at: profile.registered_at }
}

/// An event, its fields exactly as they are stored.
pub(crate) fn event(stored: StoredEvent) -> Event {
    Event {
        arena_id: stored.arena_id,
        sequence: stored.sequence,
        position: stored.position,
        kind: stored.kind,
        actor: stored.actor.to_string(),
        recorded_at: stored.recorded_at,
        data: RawValue::from_string(stored.payload).unwrap_or_default(),
        command_id: stored.command_id,
        previous_hash: stored.previous_hash,
        hash: stored.hash,
    }
}

/// What was said, from its event.
pub(crate) fn message(stored: &StoredEvent) -> Option<Message> {
    match stored.decode().ok()? {
        ArenaEvent::MessageSent { to, body } => Some(said(stored, to, body)),
        _ => None,
    }
}

fn said(stored: &StoredEvent, to: Vec<AgentId>, body: Arc<str>) -> Message {
    Message {
        sequence: stored.sequence,
        agent_id: stored.actor.clone(),
        to,
        body,
        sent_at: stored.recorded_at,
    }
}

/// Renderers of answers. Each makes nothing of a command that changed nothing it speaks of: then the handler looks.
pub(crate) mod render {
    use super::{
        AddedSteps, Applied, ArenaEvent, Claim, Fact, Serialize, StepNumber, artifact, participant, said,
        step,
    };

    fn bytes(value: &impl Serialize) -> Vec<u8> {
        serde_json::to_vec(value).unwrap_or_default()
    }

    fn some(value: Option<impl Serialize>) -> Vec<u8> {
        value.map(|value| bytes(&value)).unwrap_or_default()
    }

    /// The arena as it is after the command.
    pub(crate) fn arena(applied: &Applied) -> Vec<u8> {
        bytes(&super::arena(&applied.state))
    }

    /// The step that the command's last event is about.
    pub(crate) fn changed_step(applied: &Applied) -> Vec<u8> {
        let number = applied.changes.last().and_then(step_of);
        some(number.and_then(|number| applied.state.step(number)).map(step))
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
            ArenaEvent::ArtifactPut { name, .. } => {
                applied.state.artifact(name).map(|one| artifact(name, one))
            }
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
}
