//! Text that agents wrote: data with its author, which a model must not take for what it was told.

use arena_core::{AgentId, SharedArena, collaboration::Role};
use serde_json::{Map, Value, json};

/// The schema of who wrote something.
pub(super) fn from_schema() -> Value {
    json!({"type": "object", "properties": {"agent_id": {"type": "string"}, "role": {"type": "string"}}, "required": ["role"]})
}

/// The schema of a marked text.
pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"from": {"type": "object"}, "untrusted": {"const": true}, "text": {"type": "string"}},
        "required": ["from", "untrusted", "text"],
    })
}

/// Who wrote something, and as what that agent takes part now.
pub(super) fn author(shared: &SharedArena, agent_id: &AgentId) -> Value {
    let role = match shared.participant(agent_id) {
        Some(one) => role(one.role).to_owned(),
        None if agent_id.as_str() == "operator" || agent_id.as_str() == "system" => agent_id.to_string(),
        None => "none".to_owned(),
    };
    json!({"agent_id": agent_id, "role": role})
}

/// Whoever may change the plan: goals, titles and descriptions are theirs.
pub(super) fn coordinators() -> Value {
    json!({"role": "coordinator"})
}

/// A marked text.
pub(super) fn text(from: Value, text: impl Into<String>) -> Value {
    thing(from, json!({"text": text.into()}))
}

/// A thing with texts by one author, marked as a whole.
pub(super) fn thing(from: Value, fields: Value) -> Value {
    let mut marked = Map::new();
    marked.insert("from".to_owned(), from);
    marked.insert("untrusted".to_owned(), Value::Bool(true));
    if let Value::Object(fields) = fields {
        marked.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Value::Object(marked)
}

/// A role as a word.
pub(super) const fn role(role: Role) -> &'static str {
    match role {
        Role::Coordinator => "coordinator",
        Role::Worker => "worker",
        Role::Observer => "observer",
    }
}
