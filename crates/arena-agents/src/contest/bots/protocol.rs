//! What host and bot say to each other: JSON objects, one a line.

use std::collections::BTreeMap;

use arena_core::{AgentId, ArenaId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// What a bot is told.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Message {
    /// First of all; the bot answers [`Ready`].
    Hello(Hello),
    /// It is the bot's turn; it answers [`Reply`].
    Turn(Turn),
    /// The bot is out, or the game is over; nothing is answered, and the input is closed.
    Over(Over),
}

/// Who plays what.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL`].
    pub protocol: u32,
    /// The game and its parameters.
    pub rules: Value,
    /// The contest.
    pub arena_id: ArenaId,
    /// The bot's own name.
    pub you: AgentId,
    /// All players in entry order.
    pub players: Vec<AgentId>,
    /// The time bank at the start of the game.
    pub bank_ms: u64,
    /// What is added to it at each turn.
    pub increment_ms: u64,
}

/// A turn, with everything that is needed to decide it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Turn {
    /// Which round, from 1.
    pub round: u32,
    /// The bot's own name.
    pub you: AgentId,
    /// A number below 2^53 from the game's seed: the same when the same turn is asked again.
    pub random: u64,
    /// How long the bot may think now.
    pub bank_ms: u64,
    /// What it may do.
    pub choices: Value,
    /// What it sees.
    pub observation: Value,
}

/// How it ended for the bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Over {
    /// The last round that was played.
    pub round: u32,
    /// Whether the bot was eliminated.
    pub eliminated: bool,
    /// The scores of that round, by name.
    pub scores: BTreeMap<AgentId, i64>,
}

/// A bot's answer to [`Hello`].
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Ready {
    /// Always true.
    pub ready: bool,
}

/// A bot's answer to [`Turn`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reply {
    /// The round it answers; answers to earlier rounds are passed over.
    pub round: u32,
    /// What the bot does.
    pub action: Value,
}
