//! What the program logs.

use arena_escrow_interface::events::{EventSpec, EVENTS};
use serde_json::{json, Value};

use crate::nodes;

/// A node for each event.
pub(crate) fn nodes() -> Vec<Value> {
    let node = |event: &EventSpec| {
        let tag = json!({
            "kind": "constantValueNode",
            "type": nodes::number("u8"),
            "value": nodes::number_value(u64::from(event.tag)),
        });
        json!({
            "kind": "eventNode",
            "name": nodes::name(event.name),
            "docs": nodes::docs(event.doc),
            "data": { "kind": "hiddenPrefixTypeNode", "type": data(event), "prefix": [tag] },
            "discriminators": [{ "kind": "constantDiscriminatorNode", "offset": 0, "constant": tag }],
        })
    };
    EVENTS.iter().map(node).collect()
}

/// All events as one type, for generators that make no code of event nodes.
pub(crate) fn as_one_type() -> Value {
    let variant = |event: &EventSpec| {
        json!({
            "kind": "enumStructVariantTypeNode",
            "name": nodes::name(event.name),
            "discriminator": event.tag,
            "struct": data(event),
        })
    };
    let variants: Vec<Value> = EVENTS.iter().map(variant).collect();
    json!({
        "kind": "definedTypeNode",
        "name": "escrowEvent",
        "docs": nodes::docs("What the program logs of each change, as one `sol_log_data` item."),
        "type": { "kind": "enumTypeNode", "variants": variants, "size": nodes::number("u8") },
    })
}

fn data(event: &EventSpec) -> Value {
    let fields: Vec<Value> = event.fields.iter().map(nodes::described).collect();
    nodes::structure(&fields)
}
