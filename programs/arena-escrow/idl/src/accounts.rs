//! The program's accounts.

use arena_escrow_interface::{
    accounts::ACCOUNTS,
    layout::{AccountSpec, VERSION},
};
use serde_json::{json, Value};

use crate::{nodes, pdas};

/// A node for each kind.
pub(crate) fn nodes() -> Vec<Value> {
    ACCOUNTS.iter().map(node).collect()
}

fn node(spec: &AccountSpec) -> Value {
    let mut end = 0;
    let fields: Vec<Value> = spec
        .fields
        .iter()
        .map(|(offset, field)| {
            assert_eq!(*offset, end, "{}.{} does not follow the field before it", spec.name, field.name);
            end = offset + size(field.ty);
            let node = nodes::described(field);
            let fixed = match field.name {
                "kind" => Some(u64::from(spec.kind as u8)),
                "version" => Some(u64::from(VERSION)),
                _ => None,
            };
            let Some(value) = fixed else { return node };
            let node = nodes::with(node, "defaultValue", nodes::number_value(value));
            nodes::with(node, "defaultValueStrategy", json!("omitted"))
        })
        .collect();
    assert_eq!(end, spec.size, "{} has bytes that no field names", spec.name);
    let name = nodes::name(spec.name);
    let node = json!({
        "kind": "accountNode",
        "name": name,
        "docs": [],
        "size": spec.size,
        "data": nodes::structure(&fields),
        "discriminators": [
            { "kind": "fieldDiscriminatorNode", "name": "kind", "offset": 0 },
            { "kind": "sizeDiscriminatorNode", "size": spec.size },
        ],
    });
    if pdas::all().iter().any(|pda| pda.name == name) {
        nodes::with(node, "pda", json!({ "kind": "pdaLinkNode", "name": name }))
    } else {
        node
    }
}

/// Bytes of a type that always takes as many.
fn size(ty: arena_escrow_interface::wire::Type) -> usize {
    use arena_escrow_interface::wire::Type;
    match ty {
        Type::U8 | Type::Bool => 1,
        Type::U16 => 2,
        Type::U32 => 4,
        Type::U64 | Type::I64 => 8,
        Type::Key => 32,
        Type::Bytes(size) => size,
        Type::Numbers { width, count } => width * count,
        Type::Text | Type::OptionText | Type::OptionHash | Type::OptionKey | Type::Shares | Type::Marks => {
            unreachable!("an account has no field whose length varies")
        }
    }
}
