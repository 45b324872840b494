//! The terms of a contest: frozen when it is made, and bound by a hash that every entry holds.

use alloc::{format, string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    bounds::{self, Bounded, Field},
    rejection::{invalid, Rejection},
    types::Gates,
};
use crate::{amount::Amount, hash::Hash, ids::AgentId};

/// What the binary form of terms begins with.
const DOMAIN: &[u8] = b"arena.contest.terms.1";

/// The frozen configuration of a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// What an agent pays to enter.
    pub entry_fee: Amount,
    /// What the creator puts up.
    pub bond: Amount,
    /// With fewer entrants it cannot start.
    pub min_agents: u32,
    /// More cannot enter.
    pub max_agents: u32,
    /// The share of each prize place, in basis points: 10,000 together.
    pub prize_split_bps: Vec<u16>,
    /// The creator's part of the pot, in basis points.
    pub creator_fee_bps: u16,
    /// Twice this after the last round the oracle is timed out.
    pub elimination_interval_s: u32,
    /// How long it is meant to take; it triggers nothing by itself.
    pub duration_s: u32,
    /// What the actions look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_schema: Option<String>,
    /// The hash of the rules of its game.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_hash: Option<Hash>,
    /// The hash of the seed that finalizing reveals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_commitment: Option<Hash>,
    /// Who starts, submits and finalizes; the creator when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oracle: Option<AgentId>,
    /// Whether creator and oracle may enter.
    pub creator_may_enter: bool,
    /// Who may enter.
    #[serde(default, skip_serializing_if = "asks_for_nothing")]
    pub gates: Gates,
}

fn asks_for_nothing(gates: &Gates) -> bool {
    *gates == Gates::default()
}

impl Terms {
    /// Checks every bound, so that nothing can overflow later.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] for the first field that is out of its bounds.
    pub fn check(&self) -> Result<(), Rejection> {
        let bounded = Bounded {
            max_agents: self.max_agents,
            entry_fee: self.entry_fee.get(),
            bond: self.bond.get(),
            min_agents: self.min_agents,
            prize_split_bps: &self.prize_split_bps,
            creator_fee_bps: self.creator_fee_bps,
            elimination_interval_s: self.elimination_interval_s,
            duration_s: self.duration_s,
            action_schema: self.action_schema.as_deref().unwrap_or_default(),
            min_age_s: self.gates.min_age_s,
        };
        match bounded.first_out() {
            None => Ok(()),
            Some(field) => Err(out_of_bounds(field)),
        }
    }

    /// The SHA-256 of the binary form.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&self.encode())
    }

    /// The one binary form: a domain tag, then each field in order; integers big endian in their own width; a list after its
    /// length (u32); an optional field after a byte that says whether it is there; a text after its length (u32).
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = DOMAIN.to_vec();
        bytes.extend(self.entry_fee.get().to_be_bytes());
        bytes.extend(self.bond.get().to_be_bytes());
        bytes.extend(self.min_agents.to_be_bytes());
        bytes.extend(self.max_agents.to_be_bytes());
        bytes.extend(length(self.prize_split_bps.len()));
        bytes.extend(self.prize_split_bps.iter().flat_map(|share| share.to_be_bytes()));
        bytes.extend(self.creator_fee_bps.to_be_bytes());
        bytes.extend(self.elimination_interval_s.to_be_bytes());
        bytes.extend(self.duration_s.to_be_bytes());
        optional(&mut bytes, self.action_schema.as_deref(), text);
        optional(&mut bytes, self.rules_hash.as_ref(), |bytes, hash| bytes.extend(hash.as_bytes()));
        optional(&mut bytes, self.seed_commitment.as_ref(), |bytes, hash| bytes.extend(hash.as_bytes()));
        optional(&mut bytes, self.oracle.as_ref().map(AgentId::as_str), text);
        bytes.push(u8::from(self.creator_may_enter));
        bytes.extend(self.gates.min_completed.to_be_bytes());
        bytes.extend(self.gates.min_wins.to_be_bytes());
        bytes.extend(self.gates.min_age_s.to_be_bytes());
        bytes
    }
}

fn optional<T>(bytes: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    bytes.push(u8::from(value.is_some()));
    if let Some(value) = value {
        write(bytes, value);
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(length(text.len()));
    bytes.extend(text.as_bytes());
}

/// A length as four bytes.
pub(super) fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

/// Says of a field what its bounds are.
fn out_of_bounds(field: Field) -> Rejection {
    let (name, reason) = match field {
        Field::MaxAgents => ("max_agents", format!("is {} to {}", bounds::MIN_AGENTS, bounds::MAX_AGENTS)),
        Field::EntryFee => ("entry_fee", format!("times max_agents is at most {}", Amount::MAX)),
        Field::Bond => ("bond", format!("is at most {}", Amount::MAX)),
        Field::MinAgents => ("min_agents", format!("is {} to max_agents", bounds::MIN_AGENTS)),
        Field::PrizeSplitBps => (
            "prize_split_bps",
            format!("has 1 to {} places, 10000 basis points together", bounds::MAX_PLACES),
        ),
        Field::CreatorFeeBps => ("creator_fee_bps", format!("is at most {}", bounds::MAX_CREATOR_FEE_BPS)),
        Field::EliminationIntervalS => {
            ("elimination_interval_s", format!("is {} to {}", bounds::MIN_INTERVAL_S, bounds::MAX_INTERVAL_S))
        }
        Field::DurationS => {
            ("duration_s", format!("is {} to {}", bounds::MIN_DURATION_S, bounds::MAX_DURATION_S))
        }
        Field::ActionSchema => {
            ("action_schema", format!("has at most {} bytes", bounds::ACTION_SCHEMA_BYTES))
        }
        Field::MinAgeS => ("gates.min_age_s", format!("is at most {}", bounds::MAX_AGE_S)),
    };
    invalid(&format!("terms.{name}"), &reason)
}
