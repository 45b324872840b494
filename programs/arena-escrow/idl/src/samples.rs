//! An account of each kind, with what the Rust readers see in it: what a generated client's decoders are held against.

use std::fmt::Write;

use arena_escrow_interface::{
    accounts::{Contest, Entry, Profile, Protocol},
    layout::{AccountSpec, VERSION},
    Key,
};
use serde_json::{json, Map, Value};

use crate::nodes;

/// Each kind of account: its bytes, no two fields alike, and its fields as the reader gives them.
#[must_use]
pub fn samples() -> Value {
    /// Reads a sample through the reader's own functions.
    macro_rules! sample {
        ($kind:ident: $($field:ident),+ $(,)?) => {{
            let bytes = bytes(&$kind::SPEC);
            let account = $kind::read(&bytes).expect("the bytes begin as this kind does");
            let mut fields = Map::new();
            $(fields.insert(nodes::name(stringify!($field)), account.$field().shown());)+
            // The kind and the version have no reader: they are what makes the bytes an account.
            assert_eq!(fields.len() + 2, $kind::SPEC.fields.len(), "a field of {} is not read", stringify!($kind));
            json!({ "name": nodes::name(stringify!($kind)), "bytes": hex(&bytes), "fields": fields })
        }};
    }
    json!([
        sample!(Protocol: bump, authority, withdrawals),
        sample!(Profile: bump, name_length, agent, name, registered_at_ms, entered, completed, wins, top_three, eliminations, earnings),
        sample!(Contest: bump, status, escrow_bump, bond_bump, creator_may_enter, bond_fate, protocol_fee_paid, creator_fee_paid, places, has_rules_hash, has_seed_commitment, decimals, id, creator, oracle, mint, token_program, escrow, bond_vault, treasury, terms_hash, rules_hash, seed_commitment, entry_fee, bond, min_agents, max_agents, prize_split_bps, creator_fee_bps, elimination_interval_s, duration_s, min_completed, min_wins, min_age_s, created_at_ms, started_at_ms, last_submission_at_ms, ended_at_ms, pot, escrow_due, entrants, alive, last_number, open_entries, rounds, open_pages, last_page_round, last_page, last_page_hash, actions_root, placed, placed_tied, placed_round, placed_number, placed_score, protocol_fee, creator_fee, prizes, tied, title_length, action_schema_length, title, action_schema),
        sample!(Entry: bump, is_paid, is_recorded, contest, agent, terms_hash, number, eliminated_round, scored_round, standing, before, score, amount, entered_at_ms),
    ])
}

/// Bytes that differ from one to the next, after the header of a kind.
fn bytes(spec: &AccountSpec) -> Vec<u8> {
    let mut bytes: Vec<u8> = (0..spec.size).map(|place| (place * 37 + 11).to_le_bytes()[0] ^ 0x5A).collect();
    if let [kind, version, ..] = bytes.as_mut_slice() {
        *kind = spec.kind as u8;
        *version = VERSION;
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes all that is written to it");
        text
    })
}

/// How a value stands in JSON: numbers that every language holds exactly as numbers, larger ones as text.
trait Shown {
    fn shown(&self) -> Value;
}

macro_rules! shown {
    ($($ty:ty: $value:ident => $shown:expr;)+) => { $(
        impl Shown for $ty {
            fn shown(&self) -> Value {
                let $value = self;
                json!($shown)
            }
        }
    )+ };
}
shown! {
    u8: value => value;
    u16: value => value;
    u32: value => value;
    u64: value => value.to_string();
    i64: value => value.to_string();
    Key: value => bs58::encode(value.0).into_string();
}

/// Bytes as hexadecimal digits.
impl<const N: usize> Shown for [u8; N] {
    fn shown(&self) -> Value {
        json!(hex(self))
    }
}

/// A list of numbers.
macro_rules! lists {
    ($($number:ty),+) => { $(
        impl<const N: usize> Shown for [$number; N] {
            fn shown(&self) -> Value {
                self.iter().map(Shown::shown).collect()
            }
        }
    )+ };
}
lists!(u16, u32, u64);
