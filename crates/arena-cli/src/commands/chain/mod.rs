//! `arena chain`: contests whose money is on Solana, with a wallet's key and a node's address; asks no server.

#[cfg(feature = "solana")]
mod act;
#[cfg(feature = "solana")]
mod answers;
#[cfg(feature = "solana")]
mod contest;
#[cfg(feature = "solana")]
mod exits;
mod localnet;
#[cfg(feature = "solana")]
pub(crate) mod reach;
#[cfg(feature = "solana")]
mod rounds;
#[cfg(feature = "solana")]
mod settle;
#[cfg(feature = "solana")]
mod text;
#[cfg(feature = "solana")]
mod treasury;

#[cfg(not(feature = "solana"))]
use std::ffi::OsString;

use clap::{Args, Subcommand};

use crate::{args::Global, failure::Failure, output::Output};

/// Contests on Solana.
#[derive(Args, Debug)]
pub(crate) struct Chain {
    #[cfg(feature = "solana")]
    #[command(flatten)]
    reach: reach::Reach,
    #[command(subcommand)]
    verb: Verb,
}

/// What can be done on the chain.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Start a local chain with the program deployed and a test mint, by the program `arena-localnet`
    Localnet(localnet::Localnet),
    #[cfg(feature = "solana")]
    #[command(flatten)]
    Ask(Ask),
    #[cfg(not(feature = "solana"))]
    #[command(external_subcommand)]
    Left(#[expect(dead_code, reason = "clap wants a place for what is not read")] Vec<OsString>),
}

/// What is asked of the chain.
#[cfg(feature = "solana")]
#[derive(Debug, Subcommand)]
enum Ask {
    /// Initialise the protocol, as who deployed the program; open the treasury of a mint, as anyone
    Init(treasury::Init),
    /// Register the wallet as an agent
    Register(act::Register),
    /// Show the profile of a wallet
    Profile(act::Profile),
    /// Make, show and list contests
    #[command(subcommand)]
    Contest(contest::Contest),
    /// Enter and pay the fee
    Enter(act::Enter),
    /// Leave before the start; the fee is back at once
    Leave(act::Of),
    /// Start, as the oracle: nobody enters or leaves any more
    Start(act::Of),
    /// Submit the next round, as the oracle, in as many pages as it takes
    Submit(rounds::Submit),
    /// End it by the rounds, as the oracle: standings, prizes, fees
    Finalize(rounds::Finalize),
    /// Have what is owed paid to its owner, as anyone: a prize, a fee, the bond, or everything
    Claim(settle::Claim),
    /// Have an entry fee paid back, as anyone
    Refund(settle::Refund),
    /// Call it off before the start, as the creator
    Cancel(act::Of),
    /// End it after the oracle timed out, as anyone
    Abandon(act::Of),
    /// Close a contest that owes nothing, and its entries: the rent goes back to who paid it
    Close(act::Of),
    /// Look into the treasury, take out of it, hand it on
    #[command(subcommand)]
    Treasury(treasury::Treasury),
    /// Say what a wallet can get out of the chain, from when on, and how; with --take, take it
    Exits(exits::Exits),
    /// Read what happened to a contest
    Events(act::Of),
}

impl Chain {
    /// Does it.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        match self.verb {
            Verb::Localnet(verb) => verb.run(global, output),
            #[cfg(feature = "solana")]
            Verb::Ask(ask) => ask.run(&self.reach.open(global, output)?).await,
            #[cfg(not(feature = "solana"))]
            Verb::Left(_) => Err(left_out()),
        }
    }
}

/// This `arena` cannot speak to the chain.
#[cfg(not(feature = "solana"))]
pub(crate) fn left_out() -> Failure {
    let detail = "this arena was built without its client of Solana; build it with `cargo build --release --features solana`";
    Failure::new(crate::exit::Exit::Refused, "left_out", detail)
}

#[cfg(feature = "solana")]
impl Ask {
    async fn run(self, session: &reach::Session) -> Result<(), Failure> {
        // Making a contest takes terms from a file, and asks once it has read them.
        if !matches!(self, Self::Contest(_)) && session.is_answered(format!("{self:?}")).await? {
            return Ok(());
        }
        match self {
            Self::Init(verb) => verb.run(session).await,
            Self::Register(verb) => verb.run(session).await,
            Self::Profile(verb) => verb.run(session).await,
            Self::Contest(verb) => verb.run(session).await,
            Self::Enter(verb) => verb.run(session).await,
            Self::Leave(of) => act::leave(of, session).await,
            Self::Start(of) => act::start(of, session).await,
            Self::Submit(verb) => verb.run(session).await,
            Self::Finalize(verb) => verb.run(session).await,
            Self::Claim(verb) => verb.run(session).await,
            Self::Refund(verb) => verb.run(session).await,
            Self::Cancel(of) => act::cancel(of, session).await,
            Self::Abandon(of) => act::abandon(of, session).await,
            Self::Close(of) => settle::close(of, session).await,
            Self::Treasury(verb) => verb.run(session).await,
            Self::Exits(verb) => verb.run(session).await,
            Self::Events(of) => act::events(of, session).await,
        }
    }
}
