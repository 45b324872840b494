//! The terms of a contest: as they are asked for, and as they stand frozen.

use std::fmt;

use arena_core::{AgentId, Hash, amount::Amount, contest as core};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// Basis points of one percent.
const BPS_OF_PERCENT: u16 = 100;

/// The terms of a contest as they are asked for. The split is given once: in percents or in basis points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTerms {
    /// What an entry costs.
    #[schema(value_type = schema::Amount)]
    pub entry_fee: Amount,
    /// What the creator locks until the contest is over.
    #[schema(value_type = schema::Amount)]
    pub bond: Amount,
    /// How many entrants it takes to start: 2 to `max_agents`.
    #[schema(minimum = 2, maximum = 10_000)]
    pub min_agents: u32,
    /// How many entrants there may be: 2 to 10,000.
    #[schema(minimum = 2, maximum = 10_000)]
    pub max_agents: u32,
    /// The share of each place in whole percents, 1 to 10 places, 100 in sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 10)]
    pub prize_split: Option<Vec<u16>>,
    /// The share of each place in basis points, 1 to 10 places, 10,000 in sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 10)]
    pub prize_split_bps: Option<Vec<u16>>,
    /// The creator's share of the pot in basis points: 0 to 2,000.
    #[schema(minimum = 0, maximum = 2_000)]
    pub creator_fee_bps: u16,
    /// How often a round is due, in seconds: 10 to 86,400. Twice as long without one, and anyone may abandon.
    #[schema(minimum = 10, maximum = 86_400)]
    pub elimination_interval_s: u32,
    /// How long it is meant to take, in seconds: 1 to 2,592,000. It triggers nothing.
    #[schema(minimum = 1, maximum = 2_592_000)]
    pub duration_s: u32,
    /// What an action looks like; at most 256 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 256)]
    pub action_schema: Option<String>,
    /// The hash of the rules of the game.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub rules_hash: Option<Hash>,
    /// The hash of the seed that finalizing reveals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub seed_commitment: Option<Hash>,
    /// Who starts, submits and finalizes; the creator unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub oracle: Option<AgentId>,
    /// Whether creator and oracle may enter; not unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creator_may_enter: Option<bool>,
    /// What an agent must have behind it to enter; nothing unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gates: Option<Gates>,
}

/// What an agent must have behind it to enter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gates {
    /// Contests that were finished with it.
    #[serde(default)]
    pub min_completed: u32,
    /// Contests that it has won.
    #[serde(default)]
    pub min_wins: u32,
    /// Seconds since it registered.
    #[serde(default)]
    #[schema(value_type = schema::Count)]
    pub min_age_s: u64,
}

/// The terms of a contest as they stand: frozen, and their hash in every entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// What an entry costs.
    #[schema(value_type = schema::Amount)]
    pub entry_fee: Amount,
    /// What the creator has locked.
    #[schema(value_type = schema::Amount)]
    pub bond: Amount,
    /// How many entrants it takes to start.
    pub min_agents: u32,
    /// How many entrants there may be.
    pub max_agents: u32,
    /// The share of each place in percents, when all are whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prize_split: Option<Vec<u16>>,
    /// The share of each place in basis points.
    pub prize_split_bps: Vec<u16>,
    /// The creator's share of the pot in basis points.
    pub creator_fee_bps: u16,
    /// How often a round is due, in seconds.
    pub elimination_interval_s: u32,
    /// How long it is meant to take, in seconds.
    pub duration_s: u32,
    /// What an action looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_schema: Option<String>,
    /// The hash of the rules of the game.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub rules_hash: Option<Hash>,
    /// The hash of the seed that finalizing reveals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub seed_commitment: Option<Hash>,
    /// Who starts, submits and finalizes, when it is not the creator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::AgentId>)]
    pub oracle: Option<AgentId>,
    /// Whether creator and oracle may enter.
    pub creator_may_enter: bool,
    /// What an agent must have behind it to enter.
    pub gates: Gates,
}

/// Terms that say too much or too little about the split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnclearSplit {
    /// The field at fault, such as `prize_split[0]`.
    pub field: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for UnclearSplit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

impl std::error::Error for UnclearSplit {}

impl NewTerms {
    /// The split in basis points.
    fn split_bps(&self) -> Result<Vec<u16>, UnclearSplit> {
        let unclear = |field: &str, reason| UnclearSplit { field: field.to_owned(), reason };
        match (&self.prize_split, &self.prize_split_bps) {
            (Some(_), Some(_)) => Err(unclear(
                "prize_split_bps",
                "the split is given once; send prize_split or prize_split_bps",
            )),
            (None, None) => {
                Err(unclear("prize_split", "send the share of each place in percents, such as [60, 40]"))
            }
            (None, Some(bps)) => Ok(bps.clone()),
            (Some(percents), None) => {
                let of_one = |(index, percent): (usize, &u16)| {
                    percent.checked_mul(BPS_OF_PERCENT).ok_or_else(|| {
                        unclear(&format!("prize_split[{index}]"), "a share is at most 100 percent")
                    })
                };
                percents.iter().enumerate().map(of_one).collect()
            }
        }
    }
}

impl TryFrom<NewTerms> for core::Terms {
    type Error = UnclearSplit;

    fn try_from(asked: NewTerms) -> Result<Self, UnclearSplit> {
        Ok(Self {
            prize_split_bps: asked.split_bps()?,
            entry_fee: asked.entry_fee,
            bond: asked.bond,
            min_agents: asked.min_agents,
            max_agents: asked.max_agents,
            creator_fee_bps: asked.creator_fee_bps,
            elimination_interval_s: asked.elimination_interval_s,
            duration_s: asked.duration_s,
            action_schema: asked.action_schema,
            rules_hash: asked.rules_hash,
            seed_commitment: asked.seed_commitment,
            oracle: asked.oracle,
            creator_may_enter: asked.creator_may_enter.unwrap_or_default(),
            gates: asked.gates.unwrap_or_default().into(),
        })
    }
}

impl From<&core::Terms> for Terms {
    fn from(terms: &core::Terms) -> Self {
        Self {
            entry_fee: terms.entry_fee,
            bond: terms.bond,
            min_agents: terms.min_agents,
            max_agents: terms.max_agents,
            prize_split: percents(&terms.prize_split_bps),
            prize_split_bps: terms.prize_split_bps.clone(),
            creator_fee_bps: terms.creator_fee_bps,
            elimination_interval_s: terms.elimination_interval_s,
            duration_s: terms.duration_s,
            action_schema: terms.action_schema.clone(),
            rules_hash: terms.rules_hash,
            seed_commitment: terms.seed_commitment,
            oracle: terms.oracle.clone(),
            creator_may_enter: terms.creator_may_enter,
            gates: terms.gates.into(),
        }
    }
}

/// The terms that the rules know: their hash is that of the contest.
impl From<&Terms> for core::Terms {
    fn from(terms: &Terms) -> Self {
        Self {
            entry_fee: terms.entry_fee,
            bond: terms.bond,
            min_agents: terms.min_agents,
            max_agents: terms.max_agents,
            prize_split_bps: terms.prize_split_bps.clone(),
            creator_fee_bps: terms.creator_fee_bps,
            elimination_interval_s: terms.elimination_interval_s,
            duration_s: terms.duration_s,
            action_schema: terms.action_schema.clone(),
            rules_hash: terms.rules_hash,
            seed_commitment: terms.seed_commitment,
            oracle: terms.oracle.clone(),
            creator_may_enter: terms.creator_may_enter,
            gates: terms.gates.into(),
        }
    }
}

/// The shares in percents, when all are whole.
fn percents(bps: &[u16]) -> Option<Vec<u16>> {
    let whole = |share: &u16| share.is_multiple_of(BPS_OF_PERCENT).then_some(share / BPS_OF_PERCENT);
    bps.iter().map(whole).collect()
}

impl From<Gates> for core::Gates {
    fn from(gates: Gates) -> Self {
        Self { min_completed: gates.min_completed, min_wins: gates.min_wins, min_age_s: gates.min_age_s }
    }
}

impl From<core::Gates> for Gates {
    fn from(gates: core::Gates) -> Self {
        Self { min_completed: gates.min_completed, min_wins: gates.min_wins, min_age_s: gates.min_age_s }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(split: &str) -> NewTerms {
        let text = format!(
            "{{\"entry_fee\":5,\"bond\":0,\"min_agents\":2,\"max_agents\":8,\"creator_fee_bps\":0,\
             \"elimination_interval_s\":60,\"duration_s\":60{split}}}"
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_split_is_given_once() {
        for (split, field) in [
            ("", "prize_split"),
            (",\"prize_split\":[100],\"prize_split_bps\":[10000]", "prize_split_bps"),
            (",\"prize_split\":[60,656]", "prize_split[1]"),
        ] {
            assert_eq!(core::Terms::try_from(asked(split)).unwrap_err().field, field);
        }
        let percents = core::Terms::try_from(asked(",\"prize_split\":[60,40]")).unwrap();
        let bps = core::Terms::try_from(asked(",\"prize_split_bps\":[6000,4000]")).unwrap();
        assert_eq!(percents, bps);
    }

    #[test]
    fn percents_are_shown_when_all_are_whole() {
        let shown = |bps: &str| {
            let terms = core::Terms::try_from(asked(&format!(",\"prize_split_bps\":{bps}"))).unwrap();
            Terms::from(&terms)
        };
        assert_eq!(shown("[6000,4000]").prize_split, Some(vec![60, 40]));
        assert_eq!(shown("[6050,3950]").prize_split, None);
        assert_eq!(shown("[6050,3950]").prize_split_bps, [6050, 3950]);
    }

    #[test]
    fn what_is_shown_hashes_as_what_was_asked() {
        let terms =
            core::Terms::try_from(asked(",\"prize_split\":[100],\"gates\":{\"min_wins\":1}")).unwrap();
        assert_eq!(core::Terms::from(&Terms::from(&terms)), terms);
    }
}
