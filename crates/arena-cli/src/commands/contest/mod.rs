//! `arena contest`: hosting contests, and playing in them.

mod bot;
mod host;

use clap::Subcommand;

use crate::{args::Global, failure::Failure, output::Output};

/// What can be done with contests.
#[derive(Debug, Subcommand)]
pub(crate) enum Contest {
    /// Host a cup: its contest from deposits to claimed prizes, with bots as processes
    Host(host::Host),
    /// Play a game by a built-in strategy, as a bot that a host starts
    Bot(bot::Bot),
}

impl Contest {
    /// Does it.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        match self {
            Self::Host(verb) => verb.run(global, output).await,
            Self::Bot(verb) => verb.run(output),
        }
    }
}
