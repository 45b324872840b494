//! Checks a receipt with nothing but the receipt: its bytes, its events, what the rules make of them, the money, and the game.
//!
//! The checks run from the ground up, and the first thing that does not fit is named: each byte is the one that must stand there
//! for the receipt's own hash; the events are chained by their hashes; the rules decide the same events again; entries, rounds,
//! standings, obligations and transfers are those of the events; and the game, played again from the seed and the recorded actions,
//! gives the same scores and eliminations.

mod chain;
mod game;
mod money;
mod outcome;
mod rules;
#[cfg(test)]
mod tests;

use std::fmt;

use arena_api::receipt::Receipt;
use arena_core::{ArenaId, Hash, Sequence, contest::Status};
use serde::Serialize;

use crate::spell::in_line;

/// The first thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
#[error("{}: {}", in_line(.place), in_line(.reason))]
pub struct Divergence {
    /// Where: `file`, `terms`, `event 7`, `round 3`, `transfer 12`.
    pub place: String,
    /// What.
    pub reason: String,
}

impl Divergence {
    fn at(place: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { place: place.into(), reason: reason.into() }
    }
}

/// What a receipt that fits was checked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// The contest.
    pub arena_id: ArenaId,
    /// What it is called.
    pub title: String,
    /// How it ended.
    pub status: Status,
    /// How many events were checked.
    pub events: usize,
    /// How many transfers were checked.
    pub transfers: usize,
    /// How many rounds were checked.
    pub rounds: usize,
    /// The game that was played again; absent when the terms name none that this version knows, or it did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub game: Option<&'static str>,
    /// The number of the last event, and its hash: what to keep elsewhere.
    pub sequence: Sequence,
    /// The hash of the last event.
    pub head: Hash,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { arena_id, title, status, events, transfers, rounds, sequence, head, .. } = self;
        writeln!(f, "{} (contest {arena_id}), {status}", in_line(title))?;
        write!(f, "{events} events, {rounds} rounds and {transfers} transfers fit together")?;
        match self.game {
            Some(game) => writeln!(f, "; {game} was played again to the same end")?,
            None => writeln!(f, "; there was no game to play again")?,
        }
        writeln!(f, "head {arena_id}:{sequence}:{head}")
    }
}

/// A head that was noted elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotedHead {
    /// The contest.
    pub arena_id: ArenaId,
    /// The event.
    pub sequence: Sequence,
    /// Its hash.
    pub hash: Hash,
}

/// Checks the bytes of a receipt; `noted` heads of its contest have to stand in it.
///
/// # Errors
///
/// The first [`Divergence`].
pub fn check<'n>(file: &[u8], noted: impl IntoIterator<Item = &'n NotedHead>) -> Result<Checked, Divergence> {
    let receipt = Receipt::open(file).map_err(|wrong| Divergence::at("file", wrong.to_string()))?;
    let events = chain::checked(&receipt)?;
    for head in noted {
        chain::holds(&receipt, head)?;
    }
    let contest = rules::replayed(&receipt, &events)?;
    outcome::check(&receipt, &contest)?;
    outcome::check_rounds(&receipt, &events)?;
    money::check(&receipt, &events)?;
    let game = game::check(&receipt)?;
    Ok(Checked {
        arena_id: receipt.arena_id,
        title: receipt.title,
        status: receipt.status,
        events: events.len(),
        transfers: receipt.transfers.len(),
        rounds: receipt.rounds.len(),
        game,
        sequence: receipt.head.sequence,
        head: receipt.head.hash,
    })
}
