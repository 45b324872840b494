//! The program's instructions, with each account that can be known from the others as a default.

use arena_escrow_interface::{
    instructions::{Holds, InstructionSpec, Place, Role, RoleSpec, Stored, INSTRUCTIONS},
    layout::Kind,
    terms::Terms,
    wire::{FieldSpec, Key},
    SYSTEM_PROGRAM, TOKEN_PROGRAM,
};
use serde_json::{json, Value};

use crate::{nodes, pdas};

/// The instruction whose arguments end with the terms.
const MAKES_TERMS: &str = "create_contest";

/// A node for each instruction.
pub(crate) fn nodes() -> Vec<Value> {
    INSTRUCTIONS.iter().map(node).collect()
}

fn node(spec: &InstructionSpec) -> Value {
    let terms = if spec.name == MAKES_TERMS { Terms::FIELDS } else { &[] };
    let tag = json!({
        "kind": "instructionArgumentNode",
        "name": "tag",
        "docs": nodes::docs("Which instruction it is."),
        "type": nodes::number("u8"),
        "defaultValue": nodes::number_value(u64::from(spec.tag)),
        "defaultValueStrategy": "omitted",
    });
    let arguments: Vec<Value> =
        std::iter::once(tag).chain(spec.args.iter().chain(terms).map(argument)).collect();
    let accounts: Vec<Value> = spec.accounts.iter().map(|account| self::account(spec, account)).collect();
    let rest: Vec<Value> = spec.rest.iter().map(remaining).collect();
    json!({
        "kind": "instructionNode",
        "name": nodes::name(spec.name),
        "docs": nodes::docs(spec.doc),
        "optionalAccountStrategy": "programId",
        "accounts": accounts,
        "arguments": arguments,
        "remainingAccounts": rest,
        "discriminators": [{ "kind": "fieldDiscriminatorNode", "name": "tag", "offset": 0 }],
    })
}

fn argument(field: &FieldSpec) -> Value {
    json!({
        "kind": "instructionArgumentNode",
        "name": nodes::name(field.name),
        "docs": nodes::docs(field.doc),
        "type": nodes::of(field.ty),
    })
}

fn remaining(rest: &RoleSpec) -> Value {
    json!({
        "kind": "instructionRemainingAccountsNode",
        "isOptional": true,
        "isSigner": rest.role.is_signer,
        "isWritable": rest.role.is_writable,
        "docs": nodes::docs(rest.doc),
        "value": { "kind": "argumentValueNode", "name": nodes::name(rest.name) },
    })
}

fn account(spec: &InstructionSpec, account: &RoleSpec) -> Value {
    let node = json!({
        "kind": "instructionAccountNode",
        "name": nodes::name(account.name),
        "isSigner": account.role.is_signer,
        "isWritable": account.role.is_writable,
        "docs": nodes::docs(account.doc),
    });
    match default(spec, account.role) {
        Some(value) => nodes::with(node, "defaultValue", value),
        None => node,
    }
}

/// Where an account is when nothing else is said.
fn default(spec: &InstructionSpec, role: Role) -> Option<Value> {
    let address = |name: &str, key: Key| {
        let key = nodes::address(key);
        Some(json!({ "kind": "publicKeyValueNode", "publicKey": key, "identifier": name }))
    };
    let derived = |pda: &str| Some(pda_value(spec, pda));
    match (role.holds, role.place) {
        (Holds::SystemProgram, _) => address("splSystem", SYSTEM_PROGRAM),
        (Holds::TokenProgram, _) => address("splToken", TOKEN_PROGRAM),
        (Holds::Account(Kind::Protocol), _) | (_, Place::Protocol) => derived("protocol"),
        (_, Place::Treasury | Place::Contest(Stored::Treasury)) => derived("treasury"),
        (Holds::Account(Kind::Profile), Place::OfSubject) | (_, Place::Profile) => derived("profile"),
        (_, Place::NewContest) => derived("contest"),
        (_, Place::Escrow | Place::Contest(Stored::Escrow)) => derived("escrow"),
        (_, Place::BondVault | Place::Contest(Stored::BondVault)) => derived("bond"),
        (Holds::EntryOrNothing | Holds::Account(Kind::Entry), Place::OfSubject | Place::InContest)
        | (_, Place::Entry) => derived("entry"),
        (_, Place::Associated) => derived("associatedTokens"),
        // Anywhere will do, and this is where wallets keep their tokens.
        (Holds::Tokens, Place::Anywhere) if subject(spec).is_some() => derived("associatedTokens"),
        (_, Place::ProgramData) => derived("programData"),
        (_, Place::Anywhere | Place::OfSubject | Place::InContest) => None,
        (_, Place::Contest(Stored::Creator | Stored::Mint | Stored::TokenProgram)) => None,
    }
}

/// A derived address, its values taken from the accounts and arguments of the instruction.
fn pda_value(spec: &InstructionSpec, name: &str) -> Value {
    let pda =
        pdas::all().into_iter().find(|pda| pda.name == name).expect("every default is a derived address");
    let seeds: Vec<Value> = pda
        .values
        .iter()
        .map(
            |(value, _)| json!({ "kind": "pdaSeedValueNode", "name": value, "value": value_of(spec, value) }),
        )
        .collect();
    json!({ "kind": "pdaValueNode", "pda": { "kind": "pdaLinkNode", "name": name }, "seeds": seeds })
}

/// What an instruction has for a value among seeds.
fn value_of(spec: &InstructionSpec, value: &str) -> Value {
    let account = |name: &str| json!({ "kind": "accountValueNode", "name": nodes::name(name) });
    if value == "id" {
        return json!({ "kind": "argumentValueNode", "name": "id" });
    }
    if matches!(value, "agent" | "creator" | "wallet") {
        return account(subject(spec).expect("what is derived for a wallet has one").name);
    }
    let snake = if value == "tokenProgram" { "token_program" } else { value };
    let named = spec.accounts.iter().find(|account| account.name == snake);
    account(named.expect("what is derived for an account has it").name)
}

/// The wallet that profile, entry and associated account belong to.
fn subject(spec: &InstructionSpec) -> Option<&RoleSpec> {
    spec.accounts.iter().find(|account| account.role.holds == Holds::Subject)
}
