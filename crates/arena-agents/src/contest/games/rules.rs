//! Which game is played and how: a game's name and parameters as one canonical JSON text of at most 256 bytes.

use arena_core::{AgentId, Hash};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Dilemma, Game, RockPaperScissors, Seed, Snakes, dilemma::DilemmaRules,
    rock_paper_scissors::RockPaperScissorsRules, snakes::SnakesRules,
};

/// The most that the text may take: what a contest's `action_schema` holds.
const MOST_BYTES: usize = 256;

/// A game and its parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "game", rename_all = "kebab-case")]
pub enum Rules {
    /// Everyone against everyone, the lowest out after each stage.
    RockPaperScissors(RockPaperScissorsRules),
    /// Snakes on a shrinking grid; the last alive wins.
    Snakes(SnakesRules),
    /// The iterated prisoner's dilemma, everyone against everyone.
    PrisonersDilemma(DilemmaRules),
}

/// Why a game cannot be played so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesError {
    /// It is not the name of a game with parameters that the game has.
    #[error("{0}; the games are rock-paper-scissors, snakes and prisoners-dilemma")]
    Unknown(String),
    /// The text is not the one canonical form of what it says.
    #[error("the rules are not in canonical form, which is {0}")]
    NotCanonical(String),
    /// A parameter is out of its bounds.
    #[error("{field} is {value}, and is between {least} and {most}")]
    OutOfBounds {
        /// Which.
        field: &'static str,
        /// What it is.
        value: u32,
        /// The least it may be.
        least: u32,
        /// The most it may be.
        most: u32,
    },
    /// Too few or too many play.
    #[error("{players} players cannot play this game; it is for 2 to {most}")]
    Players {
        /// How many there are.
        players: usize,
        /// The most there may be.
        most: usize,
    },
}

impl Rules {
    /// Takes the rules as a host writes them, parameters left out standing at their defaults.
    ///
    /// # Errors
    ///
    /// When there is no such game, or a parameter is out of bounds.
    pub fn from_value(value: Value) -> Result<Self, RulesError> {
        let rules: Self =
            serde_json::from_value(value).map_err(|error| RulesError::Unknown(error.to_string()))?;
        match &rules {
            Self::RockPaperScissors(rules) => rules.check()?,
            Self::Snakes(rules) => rules.check()?,
            Self::PrisonersDilemma(rules) => rules.check()?,
        }
        let text = rules.text();
        if text.len() > MOST_BYTES {
            return Err(RulesError::Unknown(format!("the rules take more than {MOST_BYTES} bytes")));
        }
        Ok(rules)
    }

    /// Reads the text of a contest's terms, which has to be the canonical one.
    ///
    /// # Errors
    ///
    /// When it is not, or as [`Rules::from_value`].
    pub fn parse(text: &str) -> Result<Self, RulesError> {
        let value = serde_json::from_str(text).map_err(|error| RulesError::Unknown(error.to_string()))?;
        let rules = Self::from_value(value)?;
        let canonical = rules.text();
        if canonical == text { Ok(rules) } else { Err(RulesError::NotCanonical(canonical)) }
    }

    /// Whether a text is JSON that names one of the games, whatever else it says.
    #[must_use]
    pub fn names_a_game(text: &str) -> bool {
        let value: Option<Value> = serde_json::from_str(text).ok();
        let name = value.as_ref().and_then(|value| value.get("game")?.as_str());
        // Every parameter may be left out, so that the name alone says whether there is such a game.
        name.is_some_and(|name| Self::from_value(json!({ "game": name })).is_ok())
    }

    /// The canonical JSON text (RFC 8785), every parameter included: a contest's `action_schema`.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json_canonicalizer::to_string(self).expect("rules are names and whole numbers")
    }

    /// The SHA-256 of the text: a contest's `rules_hash`.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.text().as_bytes())
    }

    /// The game's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RockPaperScissors(_) => "rock-paper-scissors",
            Self::Snakes(_) => "snakes",
            Self::PrisonersDilemma(_) => "prisoners-dilemma",
        }
    }

    /// The most players it is for.
    #[must_use]
    pub fn most_players(&self) -> usize {
        match self {
            Self::RockPaperScissors(_) => RockPaperScissors::MOST_PLAYERS,
            Self::Snakes(_) => Snakes::MOST_PLAYERS,
            Self::PrisonersDilemma(_) => Dilemma::MOST_PLAYERS,
        }
    }

    /// Whether so many can play it.
    ///
    /// # Errors
    ///
    /// When they are too few or too many.
    pub fn check_players(&self, players: usize) -> Result<(), RulesError> {
        let most = self.most_players();
        if (2..=most).contains(&players) { Ok(()) } else { Err(RulesError::Players { players, most }) }
    }

    /// Begins a game among `players`, named in entry order.
    ///
    /// # Errors
    ///
    /// When there are too few or too many of them.
    pub fn begin(&self, players: &[AgentId], seed: &Seed) -> Result<Box<dyn Game>, RulesError> {
        self.check_players(players.len())?;
        Ok(match self {
            Self::RockPaperScissors(rules) => Box::new(RockPaperScissors::begin(rules.clone(), players)),
            Self::Snakes(rules) => Box::new(Snakes::begin(rules.clone(), players, seed)),
            Self::PrisonersDilemma(rules) => Box::new(Dilemma::begin(rules.clone(), players)),
        })
    }
}

/// Checks a parameter's bounds.
pub(super) fn within(field: &'static str, value: u32, least: u32, most: u32) -> Result<(), RulesError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(RulesError::OutOfBounds { field, value, least, most })
    }
}

/// The only version of each game so far.
pub(super) fn first_version() -> u32 {
    1
}
