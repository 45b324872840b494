//! The nodes of a Codama tree that this program needs, as JSON values.

use arena_escrow_interface::wire::{FieldSpec, Key, Type};
use serde_json::{json, Value};

/// The defined type of one mark of a page.
pub(crate) const MARK: &str = "mark";

/// `max_agents` as `maxAgents`, `EnterContest` as `enterContest`: the form that all names of a tree have.
pub(crate) fn name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut starts_word = false;
    for letter in name.chars() {
        if letter == '_' {
            starts_word = true;
        } else if out.is_empty() {
            out.extend(letter.to_lowercase());
        } else if starts_word {
            out.extend(letter.to_uppercase());
            starts_word = false;
        } else {
            out.push(letter);
        }
    }
    out
}

/// What is said of a node.
pub(crate) fn docs(doc: &str) -> Value {
    json!([doc.trim()])
}

/// An address as people write it.
pub(crate) fn address(key: Key) -> String {
    bs58::encode(key.0).into_string()
}

/// What a page says of one entry.
pub(crate) fn mark() -> Value {
    let fields = [
        field("flags", &number("u8"), "1 when the round puts it out, plus 2 when it has a score."),
        field("score", &number("i64"), "The score; 0 when it has none."),
    ];
    json!({
        "kind": "definedTypeNode",
        "name": MARK,
        "docs": docs("What a page says of one entry."),
        "type": structure(&fields),
    })
}

/// A node with one member more.
pub(crate) fn with(mut node: Value, name: &str, value: Value) -> Value {
    if let Some(node) = node.as_object_mut() {
        node.insert(name.to_owned(), value);
    }
    node
}

/// A number, little endian.
pub(crate) fn number(format: &str) -> Value {
    json!({ "kind": "numberTypeNode", "format": format, "endian": "le" })
}

/// A number as a value.
pub(crate) fn number_value(value: u64) -> Value {
    json!({ "kind": "numberValueNode", "number": value })
}

/// So many bytes.
pub(crate) fn bytes(size: usize) -> Value {
    json!({ "kind": "fixedSizeTypeNode", "size": size, "type": { "kind": "bytesTypeNode" } })
}

/// A field of a structure.
pub(crate) fn field(name: &str, ty: &Value, doc: &str) -> Value {
    json!({ "kind": "structFieldTypeNode", "name": self::name(name), "docs": docs(doc), "type": ty })
}

/// A structure.
pub(crate) fn structure(fields: &[Value]) -> Value {
    json!({ "kind": "structTypeNode", "fields": fields })
}

/// A field as the interface describes it.
pub(crate) fn described(field: &FieldSpec) -> Value {
    self::field(field.name, &of(field.ty), field.doc)
}

/// The node of a type.
pub(crate) fn of(ty: Type) -> Value {
    match ty {
        Type::U8 => number("u8"),
        Type::U16 => number("u16"),
        Type::U32 => number("u32"),
        Type::U64 => number("u64"),
        Type::I64 => number("i64"),
        Type::Bool => json!({ "kind": "booleanTypeNode", "size": number("u8") }),
        Type::Key => json!({ "kind": "publicKeyTypeNode" }),
        Type::Bytes(size) => bytes(size),
        Type::Numbers { width, count } => {
            let item = number(&format!("u{}", width * 8));
            json!({ "kind": "arrayTypeNode", "item": item, "count": { "kind": "fixedCountNode", "value": count } })
        }
        Type::Text => json!({
            "kind": "sizePrefixTypeNode",
            "type": { "kind": "stringTypeNode", "encoding": "utf8" },
            "prefix": number("u16"),
        }),
        Type::OptionText => option(&of(Type::Text)),
        Type::OptionHash => option(&bytes(32)),
        Type::OptionKey => option(&of(Type::Key)),
        Type::Shares => counted(&number("u16")),
        Type::Marks => counted(&json!({ "kind": "definedTypeLinkNode", "name": MARK })),
    }
}

/// Something after a byte that says whether it is there; no bytes when it is not.
fn option(item: &Value) -> Value {
    json!({ "kind": "optionTypeNode", "fixed": false, "item": item, "prefix": number("u8") })
}

/// A list after its length in one byte.
fn counted(item: &Value) -> Value {
    let count = json!({ "kind": "prefixedCountNode", "prefix": number("u8") });
    json!({ "kind": "arrayTypeNode", "item": item, "count": count })
}
