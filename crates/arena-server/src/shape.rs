//! How the runtime's values look on the wire.

pub(crate) mod contest;
pub(crate) mod ledger;
pub(crate) mod receipt;

use std::sync::Arc;

use arena_api::{
    agents::Profile,
    arenas::{Arena, Kind, Spent, State},
    artifacts::Artifact,
    events::Event,
    facts::Fact,
    messages::Message,
    participants::Participant,
    steps::{Orphan, Step},
};
use arena_core::{
    AgentId, ArenaEvent, SharedArena, StepNumber,
    collaboration::{self, ArtifactName, Budget},
};
use arena_runtime::{
    ArenaState, StoredEvent,
    storage::{ArtifactRow, FactRow},
};
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
        last_failure: step.last_failure.as_ref().map(|failure| failure.reason.clone()),
        failed_by: step.last_failure.as_ref().map(|failure| failure.agent_id.clone()),
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
            sequence: orphan.sequence,
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
        author: one.author.clone(),
        step: one.step,
        updated_at: one.updated_at,
    }
}

/// The headers of an artifact's bytes that say which version they are.
pub(crate) fn artifact_headers(row: &ArtifactRow) -> [(&'static str, String); 5] {
    [
        ("artifact-version", row.version.to_string()),
        ("artifact-sha256", row.sha256.to_string()),
        ("artifact-kind", row.kind.to_string()),
        ("artifact-author", row.author.to_string()),
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
    Profile {
        agent_id: profile.agent_id,
        name: profile.name,
        registered_at: profile.registered_at,
        entered: profile.counters.entered,
        completed: profile.counters.completed,
        wins: profile.counters.wins,
        top_three: profile.counters.top_three,
        eliminations: profile.counters.eliminations,
        earnings: profile.counters.earnings,
    }
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

/// What was said, from its stored event.
pub(crate) fn message(stored: &StoredEvent) -> Option<Message> {
    match stored.decode().ok()? {
        ArenaEvent::MessageSent { to, body } => Some(said(stored, to, body)),
        _ => None,
    }
}

pub(crate) fn said(stored: &StoredEvent, to: Vec<AgentId>, body: Arc<str>) -> Message {
    Message {
        sequence: stored.sequence,
        agent_id: stored.actor.clone(),
        to,
        body,
        sent_at: stored.recorded_at,
    }
}
