//! The numbers that the program refuses with.

use arena_core::contest::Code;
use arena_escrow_interface::{Error, Fault};
use serde_json::{json, Value};

use crate::nodes;

/// A node for each error: the rules' codes, then the faults of accounts. The message is the stable word.
pub(crate) fn nodes() -> Vec<Value> {
    let rules = Code::ALL.iter().map(|code| Error::Rule(*code));
    let faults = Fault::ALL.iter().map(|fault| Error::Account(*fault));
    rules.chain(faults).map(node).collect()
}

fn node(error: Error) -> Value {
    let word = error.as_str();
    json!({
        "kind": "errorNode",
        "name": nodes::name(word),
        "code": error.number(),
        "message": word,
        "docs": [],
    })
}
