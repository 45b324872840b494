//! Whom an obligation is owed to.

use alloc::string::String;
use core::{fmt, str::FromStr};

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{AgentId, InvalidId};

/// The word of the payee that is no agent.
const TREASURY: &str = "treasury";

/// Whom an obligation is owed to: an agent's id, or `treasury`, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payee {
    /// An agent; `treasury` is nobody's id.
    Agent(AgentId),
    /// The treasury.
    Treasury,
}

impl FromStr for Payee {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text == TREASURY {
            return Ok(Self::Treasury);
        }
        text.parse()
            .map(Self::Agent)
            .map_err(|_| InvalidId { expected: "a payee is an agent id or treasury" })
    }
}

impl fmt::Display for Payee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(agent_id) => fmt::Display::fmt(agent_id, f),
            Self::Treasury => f.write_str(TREASURY),
        }
    }
}

impl Serialize for Payee {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Payee {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
