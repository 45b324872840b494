//! The built-in bots: what `arena contest bot GAME --strategy NAME` plays, decided from the turn alone, so that a bot that is
//! started again plays on as if nothing had been.

mod chance;
mod dilemma;
mod rock_paper_scissors;
mod snakes;

use std::io::{BufRead, Write};

use serde_json::Value;

use super::bots::{Message, Ready, Reply, Turn};

/// Decides a turn.
pub type Decide = fn(&Turn) -> Result<Value, serde_json::Error>;

/// A strategy that comes with Arena.
#[derive(Clone, Copy, Debug)]
pub struct Strategy {
    /// The game it plays.
    pub game: &'static str,
    /// Its name, unique in the game.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub about: &'static str,
    decide: Decide,
}

/// All of them, by game; the strongest of a game comes first.
pub const STRATEGIES: [Strategy; 15] = [
    rock_paper_scissors::PATTERN,
    rock_paper_scissors::FREQUENCY,
    rock_paper_scissors::RANDOM,
    rock_paper_scissors::CYCLE,
    snakes::HUNTER,
    snakes::SPACE,
    snakes::FORAGER,
    snakes::RANDOM,
    dilemma::TIT_FOR_TAT,
    dilemma::GENEROUS,
    dilemma::PAVLOV,
    dilemma::GRUDGER,
    dilemma::COOPERATOR,
    dilemma::DEFECTOR,
    dilemma::RANDOM,
];

impl Strategy {
    /// The one of a game with this name.
    #[must_use]
    pub fn find(game: &str, name: &str) -> Option<Self> {
        STRATEGIES.into_iter().find(|strategy| strategy.game == game && strategy.name == name)
    }

    /// The names of a game's strategies.
    pub fn names(game: &str) -> impl Iterator<Item = &'static str> {
        STRATEGIES.into_iter().filter(move |strategy| strategy.game == game).map(|strategy| strategy.name)
    }

    /// Plays by it: reads messages from `input` and answers on `output` until it is over.
    ///
    /// # Errors
    ///
    /// When a message cannot be read, or an answer cannot be written.
    pub fn play(self, input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
        for line in input.lines() {
            match serde_json::from_str(&line?)? {
                Message::Hello(_) => answer(&mut output, &Ready { ready: true })?,
                Message::Turn(turn) => {
                    let action = (self.decide)(&turn)?;
                    answer(&mut output, &Reply { round: turn.round, action })?;
                }
                Message::Over(_) => break,
            }
        }
        Ok(())
    }

    /// What it does in a turn.
    ///
    /// # Errors
    ///
    /// When the turn is none of its game.
    pub fn decide(self, turn: &Turn) -> Result<Value, serde_json::Error> {
        (self.decide)(turn)
    }
}

fn answer(output: &mut impl Write, said: &impl serde::Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *output, said)?;
    output.write_all(b"\n")?;
    output.flush()
}
