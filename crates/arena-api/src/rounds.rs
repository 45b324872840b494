//! Rounds: what the oracle submits, and what stands of it.

use std::{collections::BTreeMap, fmt};

use arena_core::{AgentId, Hash, Timestamp, contest as core, contest::Score};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error, MapAccess, Visitor},
};
use utoipa::ToSchema;

use crate::schema;

/// Submits a page of a round, by default all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitRound {
    /// The round: the last completed one and one more.
    pub round: u32,
    /// The page of the round, from 1; the next one unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Who is out from now on.
    #[serde(default)]
    #[schema(value_type = Vec<schema::AgentId>)]
    pub eliminated: Vec<AgentId>,
    /// New scores by agent; who is not named keeps the former one.
    #[serde(default, deserialize_with = "scores")]
    #[schema(value_type = schema::Scores)]
    pub scores: BTreeMap<AgentId, Score>,
    /// The Merkle root of the round's actions; with the last page only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub actions_root: Option<Hash>,
    /// Whether it completes the round; yes unless said.
    #[serde(default = "yes")]
    pub last: bool,
}

const fn yes() -> bool {
    true
}

impl SubmitRound {
    /// A whole round in one page that changes nothing.
    #[must_use]
    pub fn new(round: u32) -> Self {
        let (eliminated, scores) = (Vec::new(), BTreeMap::new());
        Self { round, page: None, eliminated, scores, actions_root: None, last: true }
    }
}

impl From<SubmitRound> for core::RoundPage {
    fn from(asked: SubmitRound) -> Self {
        Self {
            round: asked.round,
            page: asked.page,
            eliminated: asked.eliminated,
            scores: asked.scores,
            actions_root: asked.actions_root,
            last: asked.last,
        }
    }
}

/// Reads scores by agent. An agent that stands there twice is refused by name: which score counts would be a guess.
fn scores<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<AgentId, Score>, D::Error> {
    deserializer.deserialize_map(ByAgent)
}

struct ByAgent;

impl<'de> Visitor<'de> for ByAgent {
    type Value = BTreeMap<AgentId, Score>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of scores by agent")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut scores = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            let agent_id: AgentId =
                name.parse().map_err(|error| A::Error::custom(format!("unknown field `{name}`, {error}")))?;
            if scores.insert(agent_id, map.next_value()?).is_some() {
                return Err(A::Error::custom(format!("duplicate field `{name}`")));
            }
        }
        Ok(scores)
    }
}

/// A round, completed or open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Round {
    /// Its number, from 1.
    pub round: u32,
    /// How many pages it has so far.
    pub pages: u32,
    /// How many it eliminated so far.
    pub eliminated: u32,
    /// The Merkle root of its actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub actions_root: Option<Hash>,
    /// The hash of the stored bytes of its actions, once they are stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub actions_sha256: Option<Hash>,
    /// When it was completed; absent while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub completed_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SubmitRound, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_round_is_one_last_page_unless_it_says_otherwise() {
        assert_eq!(read("{\"round\":3}").unwrap(), SubmitRound::new(3));
        assert!(!read("{\"round\":3,\"last\":false}").unwrap().last);
    }

    #[test]
    fn an_agent_has_one_score() {
        let twice = read("{\"round\":1,\"scores\":{\"a\":1,\"a\":1}}").unwrap_err();
        assert!(twice.starts_with("duplicate field `a`"), "{twice}");
        let nobody = read("{\"round\":1,\"scores\":{\"A\":1}}").unwrap_err();
        assert!(nobody.starts_with("unknown field `A`"), "{nobody}");
        assert!(read("{\"round\":1,\"scores\":[]}").is_err());
    }

    #[test]
    fn a_score_is_exact_in_every_client_language() {
        for (score, good) in [
            ("-9007199254740991", true),
            ("9007199254740991", true),
            ("9007199254740992", false),
            ("-9007199254740992", false),
            ("1.5", false),
            ("\"1\"", false),
            ("null", false),
        ] {
            assert_eq!(
                read(&format!("{{\"round\":1,\"scores\":{{\"a\":{score}}}}}")).is_ok(),
                good,
                "{score}"
            );
        }
    }
}
