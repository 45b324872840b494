//! Describes the escrow program to generators of clients: a Codama tree made of the interface's tables.

mod accounts;
mod errors;
mod events;
mod instructions;
mod nodes;
mod pdas;
mod samples;

use arena_escrow_interface::LOCAL_PROGRAM_ID;
use serde_json::{json, Value};

pub use samples::samples;

/// Where the tree is kept, and what it is made of.
pub const IDL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/arena_escrow.json");

/// Where the samples are kept.
pub const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/accounts.json");

/// The version of the tree's form.
const FORM: &str = "1.7.0";

/// The program as a Codama root node.
#[must_use]
pub fn root() -> Value {
    let pdas: Vec<Value> = pdas::all().iter().map(pdas::Pda::node).collect();
    json!({
        "kind": "rootNode",
        "standard": "codama",
        "version": FORM,
        "program": {
            "kind": "programNode",
            "name": "arenaEscrow",
            "docs": nodes::docs("The money of Arena's contests. The address is that of a local chain; a deployment has its own."),
            "publicKey": nodes::address(LOCAL_PROGRAM_ID),
            "version": env!("CARGO_PKG_VERSION"),
            "accounts": accounts::nodes(),
            "instructions": instructions::nodes(),
            "definedTypes": [nodes::mark(), events::as_one_type()],
            "pdas": pdas,
            "events": events::nodes(),
            "errors": errors::nodes(),
            "constants": [],
        },
        "additionalPrograms": [],
    })
}

/// A value as it stands in a file.
#[must_use]
pub fn text(value: &Value) -> String {
    format!("{value:#}\n")
}
