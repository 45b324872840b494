//! The actions of a round as they are stored: a JSON line for each player, whose Merkle root goes in with the round.

use arena_core::{AgentId, ArenaId, Hash, contest::merkle};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::bots::{Answer, Fault};

/// What one player did in one round. Its line is canonical JSON (RFC 8785): one content, one spelling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionLine {
    /// The contest.
    pub arena_id: ArenaId,
    /// The round, from 1.
    pub round: u32,
    /// The player.
    pub agent_id: AgentId,
    /// What it did; absent when its move was forfeited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Value>,
    /// Why its move was forfeited; or, with an action, that the host was at fault and the bot was not charged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// What exactly was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl ActionLine {
    /// The line of an answer.
    #[must_use]
    pub fn new(arena_id: ArenaId, round: u32, agent_id: AgentId, answer: Answer) -> Self {
        let Answer { action, fault, reason } = answer;
        Self { arena_id, round, agent_id, action, fault, reason }
    }

    /// The line, without its end.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json_canonicalizer::to_string(self).expect("an action is JSON that was read before")
    }

    /// Reads a line.
    ///
    /// # Errors
    ///
    /// When it is not one in canonical form.
    pub fn parse(text: &str) -> Result<Self, String> {
        let line: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if line.text() == text { Ok(line) } else { Err("it is not canonical JSON".into()) }
    }

    /// Whether action and fault go together: an action unless the move was forfeited.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        match self.fault {
            None | Some(Fault::Host) => self.action.is_some(),
            Some(Fault::Illegal | Fault::Timeout | Fault::Crash | Fault::Absent) => self.action.is_none(),
        }
    }
}

/// The Merkle root of lines.
pub(super) fn root(lines: &[String]) -> Hash {
    merkle::root_of(lines.iter().map(String::as_bytes))
}

/// The bytes of a file of lines.
pub(super) fn bytes(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line.as_bytes(), b"\n"]).flatten().copied().collect()
}
