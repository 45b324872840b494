//! How the runtime's things look to a language model: short, and with every text that an agent wrote marked.

use arena_api::{artifacts::Artifact, steps::Step};
use arena_core::{SharedArena, StepNumber, collaboration};
use serde_json::{Value, json};

use super::{marked, schema};

/// The bytes of a text that is shown in passing.
pub(super) const LINE: usize = 160;

/// A step in a line.
pub(super) fn step_line(number: StepNumber, title: &str) -> Value {
    marked::thing(marked::coordinators(), json!({"step": number, "title": title}))
}

/// The schema of a step in a line.
pub(super) fn step_line_schema() -> Value {
    schema::thing(json!({"step": schema::count(), "title": schema::text()}))
}

/// A step, with the texts of its coordinators marked as a whole and those of others by themselves.
pub(super) fn step(shared: &SharedArena, step: &Step) -> Value {
    let author = |agent_id| marked::author(shared, agent_id);
    let result = step.result.as_deref().zip(step.completed_by.as_ref());
    let orphans = step.orphans.iter().map(
        |orphan| json!({"fence": orphan.fence, "from": author(&orphan.agent_id), "adopted": orphan.adopted}),
    );
    let orphans: Vec<Value> = orphans.collect();
    let failed_by = step.failed_by.as_ref().map_or_else(|| json!({"role": "worker"}), author);
    let failure = step.last_failure.as_deref().map(|why| marked::text(failed_by, why));
    marked::thing(
        marked::coordinators(),
        json!({
            "step": step.step,
            "title": step.title,
            "description": step.description,
            "status": step.status,
            "depends_on": Some(&step.depends_on).filter(|steps| !steps.is_empty()),
            "assignee": step.assignee,
            "evidence": step.evidence,
            "approved_by": step.approved_by,
            "holder": step.holder,
            "fence": step.fence,
            "expires_at": step.expires_at,
            "attempts": step.attempts,
            "max_attempts": step.max_attempts,
            "completed_by": step.completed_by,
            "result": result.map(|(text, agent_id)| marked::text(author(agent_id), text)),
            "last_failure": failure,
            "orphans": Some(orphans).filter(|orphans| !orphans.is_empty()),
        }),
    )
}

/// The schema of a step.
pub(super) fn step_schema() -> Value {
    schema::thing(json!({
        "step": schema::count(),
        "title": schema::text(),
        "description": schema::text(),
        "status": schema::text(),
        "fence": schema::count(),
        "expires_at": schema::text(),
        "evidence": schema::object(),
        "result": schema::object(),
    }))
}

/// An artifact, without its bytes.
pub(super) fn artifact(shared: &SharedArena, one: &Artifact) -> Value {
    marked::thing(
        marked::author(shared, &one.author),
        json!({
            "name": one.name,
            "version": one.version,
            "size": one.size,
            "sha256": one.sha256,
            "kind": one.kind,
            "media_type": one.media_type,
            "step": one.step,
        }),
    )
}

/// At most `bytes` of a text, cut between characters, and whether that is less than all.
pub(super) fn shortened(text: &str, bytes: usize) -> (&str, bool) {
    let end = text.floor_char_boundary(bytes.min(text.len()));
    (text.get(..end).unwrap_or_default(), end < text.len())
}

/// The names of the artifacts that were put under a claim of a step.
pub(super) fn artifacts_of(shared: &SharedArena, step: &collaboration::Step) -> Vec<Value> {
    const MOST: usize = 16;
    let of_step = shared.artifacts().filter(|(_, one)| one.step == Some(step.number));
    of_step.take(MOST).map(|(name, _)| json!(name)).collect()
}
