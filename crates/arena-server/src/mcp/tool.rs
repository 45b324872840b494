//! What a tool is: its words, its schemas, whom it is for, and what it does.

use std::pin::Pin;

use arena_core::collaboration::Permission;
use rmcp::model::{JsonObject, Tool as Listed, ToolAnnotations};
use serde_json::{Value, json};

use super::caller::Caller;
use crate::error::Failure;

/// What a call comes to.
pub(super) type Answered = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;

/// A tool.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) about: &'static str,
    pub(super) audience: Audience,
    pub(super) effect: Effect,
    /// Whether a call says which arena it is about.
    pub(super) arena: Arena,
    pub(super) input: fn() -> Value,
    pub(super) output: fn() -> Value,
    pub(super) run: fn(Caller, JsonObject) -> Answered,
}

/// For whom a tool is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Whoever may do this in an arena.
    With(Permission),
    /// Agents with a token of their own, since it reaches beyond one arena.
    Agents,
    /// Agents with a token of their own who may coordinate.
    Founders,
    /// Agents with a token of their own, where there are contests.
    Contestants,
    /// The same, when they have made a contest or are its oracle.
    Hosts,
}

/// What a call does to the arena.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing.
    Reads,
    /// Something new at each call, unless repeated under its key; what was there stays.
    Adds,
    /// Something that a second call does not do again.
    Sets,
    /// The same, and it cannot be taken back, or takes something away.
    Ends,
}

/// Which arena a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arena {
    /// The named one; with a handle its own.
    Named,
    /// The named one, if one is named.
    Perhaps,
    /// None: it makes one, or lists them.
    None,
}

impl Tool {
    /// How it is listed for one whose token says the arena, or does not.
    pub(super) fn listed(&self, has_arena: bool) -> Listed {
        let mut input = (self.input)();
        self.complete(&mut input, has_arena);
        let object = |value| match value {
            Value::Object(object) => object,
            _ => JsonObject::new(),
        };
        let reads = self.effect == Effect::Reads;
        let annotations = ToolAnnotations::with_title(self.title).read_only(reads).open_world(false);
        let annotations = match self.effect {
            Effect::Reads => annotations,
            Effect::Adds => annotations.destructive(false).idempotent(false),
            Effect::Sets => annotations.destructive(false).idempotent(true),
            Effect::Ends => annotations.destructive(true).idempotent(true),
        };
        Listed::new(self.name, self.about, object(input))
            .with_title(self.title)
            .with_raw_output_schema(object((self.output)()).into())
            .with_annotations(annotations)
    }

    /// Adds what all tools take.
    fn complete(&self, input: &mut Value, has_arena: bool) {
        let names_arena = self.arena != Arena::None;
        if let Some(properties) = input.get_mut("properties").and_then(Value::as_object_mut) {
            if names_arena {
                properties.insert("arena".to_owned(), json!({"type": "string", "description": "arena id"}));
            }
            if self.effect != Effect::Reads {
                let about = "repeatable only with one: same key, same answer";
                properties.insert("key".to_owned(), json!({"type": "string", "description": about}));
            }
        }
        if self.arena == Arena::Named
            && !has_arena
            && let Some(required) = input.get_mut("required").and_then(Value::as_array_mut)
        {
            required.push(json!("arena"));
        }
    }
}
