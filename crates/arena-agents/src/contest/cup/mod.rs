//! A cup: what `arena contest host` is to host, read from TOML and checked whole before anything is made.

mod check;
mod error;
mod file;
#[cfg(test)]
mod tests;

use std::{
    fs,
    path::{Path, PathBuf},
};

use arena_api::terms::NewTerms;
use arena_core::{AgentId, Hash};

pub use error::CupError;

use super::{
    bots::TimeControl,
    games::{Rules, Seed},
    strategies::Strategy,
};

/// A checked cup.
#[derive(Clone, Debug)]
pub struct Cup {
    /// Its file, absolute.
    pub file: PathBuf,
    /// What the contest is called.
    pub title: String,
    /// The game.
    pub rules: Rules,
    /// The seed, when the file fixes it; else a new one is drawn for each contest.
    pub seed: Option<Seed>,
    /// Whether the host pays bond and entry fees into the wallets first, which takes the operator's token.
    pub fund: bool,
    /// The terms, all but the commitment to the seed.
    pub terms: NewTerms,
    /// How much time bots have.
    pub time: TimeControl,
    /// The bots, in the order in which they enter.
    pub bots: Vec<CupBot>,
}

/// An entrant that the host plays for.
#[derive(Clone, Debug)]
pub struct CupBot {
    /// Whose moves these are: an agent, registered when it is not known.
    pub name: AgentId,
    /// Where its moves come from.
    pub mover: Mover,
    /// A file with the agent's token, for an agent that was registered by somebody else.
    pub token_file: Option<PathBuf>,
}

/// Where moves come from.
#[derive(Clone, Debug)]
pub enum Mover {
    /// A strategy that comes with Arena.
    BuiltIn(Strategy),
    /// A program and its arguments, started in the folder of the cup's file.
    Command(Vec<String>),
}

impl Cup {
    /// Reads and checks a cup.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, and with the first mistake in it.
    pub fn load(path: &Path) -> Result<Self, CupError> {
        let unreadable = |source| CupError::Unreadable { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let file = path.canonicalize().map_err(unreadable)?;
        check::check(&path.display().to_string(), file, &text)
    }

    /// The folder of its file, where commands are started.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.parent().unwrap_or_else(|| Path::new("/"))
    }

    /// A hash of all that must stay as it is while a contest of this cup is under way; commands and times may change.
    #[must_use]
    pub fn identity(&self) -> Hash {
        let names: Vec<&AgentId> = self.bots.iter().map(|bot| &bot.name).collect();
        let seed = self.seed.as_ref().map(Seed::commitment);
        let all = serde_json::to_vec(&(&self.title, self.rules.text(), seed, &self.terms, names));
        Hash::of(&all.unwrap_or_default())
    }
}
