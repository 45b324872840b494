//! How the chain's accounts are shown as JSON: snake_case, addresses in base 58, hashes in hexadecimal, times in RFC 3339.

use std::fmt;

use arena_core::{
    Hash, Timestamp,
    contest::{Gates, PayoutKind, Status},
};
use arena_escrow_interface::{
    Key,
    accounts::BondFate,
    events::{EVENTS, Event},
    wire::{Reader, Type, Wire},
};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use solana_address::Address;

use crate::accounts::{HeldContest, HeldEntry, HeldProfile, HeldProtocol};

/// Writes an address in base 58.
pub(crate) fn address<S: Serializer>(address: &Address, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(address)
}

/// Writes the word of a value.
pub(crate) fn display<S: Serializer>(value: &impl fmt::Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// The terms of a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the embedded terms, with a mint")]
pub struct ShownTerms {
    #[serde(serialize_with = "address")]
    pub mint: Address,
    pub decimals: u8,
    pub entry_fee: u64,
    pub bond: u64,
    pub min_agents: u32,
    pub max_agents: u32,
    pub prize_split_bps: Vec<u16>,
    pub creator_fee_bps: u16,
    pub elimination_interval_s: u32,
    pub duration_s: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_hash: Option<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed_commitment: Option<Hash>,
    pub creator_may_enter: bool,
    pub gates: Gates,
}

/// A contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct ShownContest {
    #[serde(serialize_with = "address")]
    pub contest: Address,
    pub status: Status,
    pub title: String,
    pub terms: ShownTerms,
    pub terms_hash: Hash,
    #[serde(serialize_with = "address")]
    pub creator: Address,
    #[serde(serialize_with = "address")]
    pub oracle: Address,
    pub entrants: u32,
    pub alive: u32,
    pub round: u32,
    pub pot: u64,
    /// What is still to be paid out of the escrow.
    pub escrow_due: u64,
    pub bond_fate: &'static str,
    pub created_at: Timestamp,
    pub registration_ends_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct ShownEntry {
    #[serde(serialize_with = "address")]
    pub agent: Address,
    #[serde(serialize_with = "address")]
    pub contest: Address,
    pub number: u32,
    pub amount: u64,
    pub alive: bool,
    pub score: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eliminated_round: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<u32>,
    /// What it is or was owed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owed: Option<ShownOwed>,
    pub terms_hash: Hash,
}

/// What an entry is or was owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct ShownOwed {
    pub kind: PayoutKind,
    pub amount: u64,
    pub paid: bool,
}

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the fields are the words of the glossary")]
pub struct ShownProfile {
    #[serde(serialize_with = "address")]
    pub agent: Address,
    pub name: String,
    pub registered_at: Timestamp,
    pub entered: u32,
    pub completed: u32,
    pub wins: u32,
    pub top_three: u32,
    pub eliminations: u32,
    pub earnings: u64,
}

/// The protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownProtocol {
    /// The program.
    #[serde(serialize_with = "address")]
    pub program: Address,
    /// The wallet that takes out of the treasury.
    #[serde(serialize_with = "address")]
    pub authority: Address,
    /// How often something was taken out.
    pub withdrawals: u64,
}

impl From<&HeldContest> for ShownContest {
    fn from(held: &HeldContest) -> Self {
        let view = held.view();
        let at = |ms: u64| (ms > 0).then(|| Timestamp::from_millis(ms));
        let hash = |has: u8, bytes: [u8; 32]| (has != 0).then(|| Hash::from_bytes(bytes));
        let plays = matches!(held.status(), Status::Active | Status::Eliminating);
        Self {
            contest: held.address,
            status: held.status(),
            title: held.title(),
            terms: ShownTerms {
                mint: held.mint(),
                decimals: view.decimals(),
                entry_fee: view.entry_fee(),
                bond: view.bond(),
                min_agents: view.min_agents(),
                max_agents: view.max_agents(),
                prize_split_bps: held.prize_split_bps(),
                creator_fee_bps: view.creator_fee_bps(),
                elimination_interval_s: view.elimination_interval_s(),
                duration_s: view.duration_s(),
                action_schema: held.action_schema(),
                rules_hash: hash(view.has_rules_hash(), view.rules_hash()),
                seed_commitment: hash(view.has_seed_commitment(), view.seed_commitment()),
                creator_may_enter: view.creator_may_enter() != 0,
                gates: view.gates(),
            },
            terms_hash: Hash::from_bytes(view.terms_hash()),
            creator: held.creator(),
            oracle: held.oracle(),
            entrants: view.entrants(),
            alive: view.alive(),
            round: view.rounds(),
            pot: view.pot(),
            escrow_due: view.escrow_due(),
            bond_fate: bond_fate(view.bond_fate()),
            created_at: Timestamp::from_millis(view.created_at_ms()),
            registration_ends_at: Timestamp::from_millis(held.registration_ends_ms()),
            started_at: at(view.started_at_ms()),
            timeout_at: plays.then(|| Timestamp::from_millis(held.timeout_ms())),
            ended_at: at(view.ended_at_ms()),
        }
    }
}

const fn bond_fate(number: u8) -> &'static str {
    if number == BondFate::Returned as u8 {
        "returned"
    } else if number == BondFate::Slashed as u8 {
        "slashed"
    } else {
        "held"
    }
}

impl ShownEntry {
    /// An entry, with what its contest owes it.
    #[must_use]
    pub fn of(held: &HeldEntry, contest: &HeldContest) -> Self {
        let view = held.view();
        let owed = contest.owed_to(held);
        Self {
            agent: held.agent(),
            contest: held.contest(),
            number: view.number(),
            amount: view.amount(),
            alive: view.out().is_none(),
            score: view.score(),
            eliminated_round: view.out(),
            standing: Some(view.standing()).filter(|standing| *standing > 0),
            owed: owed.map(|(kind, amount)| ShownOwed { kind, amount, paid: held.is_paid() }),
            terms_hash: Hash::from_bytes(view.terms_hash()),
        }
    }
}

impl From<&HeldProfile> for ShownProfile {
    fn from(held: &HeldProfile) -> Self {
        let (view, counters) = (held.view(), held.counters());
        Self {
            agent: crate::addresses::address(view.agent()),
            name: held.name(),
            registered_at: Timestamp::from_millis(view.registered_at_ms()),
            entered: counters.entered,
            completed: counters.completed,
            wins: counters.wins,
            top_three: counters.top_three,
            eliminations: counters.eliminations,
            earnings: counters.earnings,
        }
    }
}

impl ShownProtocol {
    /// The protocol of a program.
    #[must_use]
    pub fn of(held: &HeldProtocol, program: Address) -> Self {
        let view = held.view();
        let authority = crate::addresses::address(view.authority());
        Self { program, authority, withdrawals: view.withdrawals() }
    }
}

/// An event as JSON: its name as `type`, and its fields by the program's own table.
#[must_use]
pub fn shown_event(event: &Event) -> Value {
    let mut fields = Map::new();
    let mut room = [0; Event::MOST_BYTES];
    if let Some((tag, bytes)) = event.encode(&mut room).and_then(|bytes| bytes.split_first())
        && let Some(spec) = EVENTS.iter().find(|spec| spec.tag == *tag)
    {
        fields.insert("type".to_owned(), spec.name.into());
        let mut reader = Reader::new(bytes);
        for field in spec.fields {
            let Some(value) = value(field.ty, &mut reader) else { break };
            fields.insert(field.name.to_owned(), value);
        }
    }
    Value::Object(fields)
}

/// The next value of an event.
fn value(ty: Type, reader: &mut Reader<'_>) -> Option<Value> {
    Some(match ty {
        Type::U8 => u8::read(reader)?.into(),
        Type::U32 => u32::read(reader)?.into(),
        Type::U64 => u64::read(reader)?.into(),
        Type::I64 => i64::read(reader)?.into(),
        Type::Bool => bool::read(reader)?.into(),
        Type::Key => crate::addresses::address(Key::read(reader)?).to_string().into(),
        Type::Bytes(32) => hash(<[u8; 32]>::read(reader)?),
        Type::OptionHash => Option::<[u8; 32]>::read(reader)?.map_or(Value::Null, hash),
        _ => return None,
    })
}

fn hash(bytes: [u8; 32]) -> Value {
    Hash::from_bytes(bytes).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_an_event_is_shown_by_its_name() {
        let event = Event::RoundCompleted {
            contest: Key([1; 32]),
            round: 3,
            alive: 2,
            actions_root: Some([0xab; 32]),
            at_ms: 7,
        };
        let shown = shown_event(&event);
        assert_eq!(shown.get("type"), Some(&"round_completed".into()));
        assert_eq!(shown.get("round"), Some(&3.into()));
        assert_eq!(shown.get("actions_root"), Some(&"ab".repeat(32).into()));
        assert_eq!(shown.as_object().map(Map::len), Some(6));
    }

    #[test]
    fn no_event_has_a_field_that_cannot_be_shown() {
        for spec in EVENTS {
            for field in spec.fields {
                let bytes = [0; 64];
                assert!(value(field.ty, &mut Reader::new(&bytes)).is_some(), "{}.{}", spec.name, field.name);
            }
        }
    }
}
