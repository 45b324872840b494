//! The words that the tools' schemas are put together from: short, since every agent pays for them.

use serde_json::{Map, Value, json};

use super::marked;

/// What a call hands in.
pub(super) fn input(properties: Value, required: &[&str]) -> Value {
    let mut schema = output(properties, required);
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    schema
}

/// What a call answers.
pub(super) fn output(properties: Value, required: &[&str]) -> Value {
    let mut schema = object();
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("properties".to_owned(), properties);
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// A page of things.
pub(super) fn page(of: Value) -> Value {
    output(json!({"items": list(of), "next_cursor": text()}), &["items"])
}

/// A thing with texts by one author.
pub(super) fn thing(properties: Value) -> Value {
    let mut all = Map::new();
    all.insert("from".to_owned(), marked::from_schema());
    all.insert("untrusted".to_owned(), json!({"const": true}));
    if let Value::Object(properties) = properties {
        all.extend(properties);
    }
    output(Value::Object(all), &["from", "untrusted"])
}

/// A list.
pub(super) fn list(of: Value) -> Value {
    let mut schema = json!({"type": "array"});
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("items".to_owned(), of);
    }
    schema
}

/// A text.
pub(super) fn text() -> Value {
    json!({"type": "string"})
}

/// A text, and what it is.
pub(super) fn said(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

/// One of some words.
pub(super) fn word(words: &[&str]) -> Value {
    json!({"enum": words})
}

/// A whole number from 0.
pub(super) fn count() -> Value {
    json!({"type": "integer", "minimum": 0})
}

/// A whole number from 0, and what it is.
pub(super) fn counted(about: &str) -> Value {
    json!({"type": "integer", "minimum": 0, "description": about})
}

/// Yes or no.
pub(super) fn yes_or_no() -> Value {
    json!({"type": "boolean"})
}

/// An object whose fields the answer explains.
pub(super) fn object() -> Value {
    json!({"type": "object"})
}
