//! Games: deterministic, each round decided by the rules, the players in entry order, the seed and the actions alone.
//!
//! [`Rules`] name a game with its parameters as one canonical JSON text, which stands in the contest's terms; whoever has that
//! text, the seed and the recorded actions plays the same game again. Nobody is eliminated in a round that would
//! eliminate everyone: those players tie, and the game is over.

mod dice;
mod dilemma;
#[cfg(test)]
mod replays;
mod rock_paper_scissors;
mod rules;
mod seed;
mod snakes;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

pub use dice::Dice;
pub use dilemma::Dilemma;
pub use rock_paper_scissors::RockPaperScissors;
pub use rules::{Rules, RulesError};
pub use seed::{BadSeed, NoRandomness, Seed};
pub use snakes::{Cell, Direction, Snakes, Zone};

/// A player: the place of its entry, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Player(pub usize);

/// What each player does in a round; a player that is left out forfeits its move.
pub type Actions = BTreeMap<Player, Value>;

/// A game that is being played.
pub trait Game: fmt::Debug + Send + Sync {
    /// How many rounds were played.
    fn round(&self) -> u32;

    /// Whether no further round is played.
    fn is_finished(&self) -> bool;

    /// Who still plays, in entry order.
    fn alive(&self) -> Vec<Player>;

    /// Everything that a player may know before the next round: enough to go on without having seen the earlier ones.
    fn observation(&self, player: Player) -> Value;

    /// What a player may do in the next round, as it is told to it.
    fn choices(&self, player: Player) -> Value;

    /// Whether a player may do this in the next round.
    ///
    /// # Errors
    ///
    /// [`Illegal`], saying what would have been legal.
    fn check(&self, player: Player, action: &Value) -> Result<(), Illegal>;

    /// Plays a round. Actions that are missing or illegal are forfeited moves, whose effect each game defines; a finished
    /// game stays as it is.
    fn play(&mut self, actions: &Actions) -> Outcome;

    /// How it looks, for a game with something to look at.
    fn picture(&self) -> Option<String>;
}

/// What a round came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Who is out, in entry order; never everyone who was alive.
    pub eliminated: Vec<Player>,
    /// The scores of those who were alive when the round began.
    pub scores: BTreeMap<Player, i64>,
    /// Whether it was the last round.
    pub finished: bool,
}

/// An action that is against the rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Illegal(pub String);

impl Illegal {
    /// An action that is not one of a list of words.
    fn none_of(words: &[&str]) -> Self {
        Self(format!("the action is none of {}", words.join(", ")))
    }
}
