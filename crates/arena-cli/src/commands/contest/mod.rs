//! `arena contest`: making contests, playing in them, hosting them, and getting the money out again.

mod bot;
mod create;
mod host;
mod oracle;
mod payout;
mod play;
mod read;
mod terms;
mod way_out;
mod whatif;

use clap::{Args, Subcommand};

use arena_core::ArenaId;

#[cfg(feature = "solana")]
pub(crate) use self::terms::TermsArgs;
use self::way_out::WayOut;
use crate::{
    args::Global, commands::events::Events, connection::Connection, failure::Failure, output::Output,
    session::Session, text,
};

/// What can be done with contests.
#[derive(Debug, Subcommand)]
pub(crate) enum Contest {
    /// Host a cup: its contest from deposits to claimed prizes, with bots as processes
    Host(Box<host::Host>),
    /// Play a game by a built-in strategy, as a bot that a host starts
    Bot(bot::Bot),
    /// Say what terms would pay, by outcome, and how long money can be held; asks no server
    Whatif(whatif::Whatif),
    #[command(flatten)]
    Ask(Ask),
}

/// What is asked of a server.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Make a contest and lock your bond; you are its creator
    Create(create::Create),
    /// List contests
    List(read::List),
    /// Show a contest: where it stands, its money, its terms
    Show(Of),
    /// Enter and pay the fee
    Enter(Of),
    /// Leave before the start; the fee is back at once
    Leave(play::Leave),
    /// Start, as the oracle: nobody enters or leaves any more
    Start(Of),
    /// Submit a page of the next round, as the oracle
    Submit(oracle::Submit),
    /// Store or print the actions of a round
    Actions(oracle::Actions),
    /// End it by the rounds, as the oracle: standings, prizes, fees
    Finalize(oracle::Finalize),
    /// Call it off before the start, as the creator: refunds and the bond are owed
    Cancel(Of),
    /// End it after the oracle timed out, as anyone: refunds are owed, the bond is the treasury's
    Abandon(Of),
    /// Have what is owed paid to its owner, as anyone
    Payout(payout::Payout),
    /// List entries in the order of entering
    Entries(read::Listing),
    /// List entries in the order of their places
    Standings(read::Listing),
    /// List rounds
    Rounds(read::Listing),
    /// List what the contest owes and owed
    Obligations(read::Listing),
    /// Read the journal of a contest
    Events(Events),
    /// Write the receipt of a contest that is over, which `arena verify` checks without a server
    Receipt(read::Receipt),
}

/// Which contest.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Of {
    /// The contest
    contest: ArenaId,
}

impl Contest {
    /// Does it.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        match self {
            Self::Host(verb) => verb.run(global, output).await,
            Self::Bot(verb) => verb.run(output),
            Self::Whatif(verb) => verb.run(output),
            Self::Ask(ask) => {
                let connection = Connection::open(global, ask.may_make_store()).await?;
                let done = ask.run(&Session::new(&connection, global, output)).await;
                connection.close().await;
                done
            }
        }
    }
}

impl Ask {
    /// Whether it makes sense on a data folder that does not exist yet.
    const fn may_make_store(&self) -> bool {
        matches!(self, Self::Create(_))
    }

    async fn run(self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        match self {
            Self::Create(verb) => verb.run(session).await,
            Self::List(verb) => verb.run(session).await,
            Self::Show(Of { contest }) => {
                let found = session.read(client.contest(contest)).await?;
                session.output.answer(&found, text::contest::page)
            }
            Self::Enter(Of { contest }) => play::enter(contest, session).await,
            Self::Leave(verb) => verb.run(session).await,
            Self::Start(Of { contest }) => session.changed(client.start_contest(contest)).await,
            Self::Submit(verb) => verb.run(session).await,
            Self::Actions(verb) => verb.run(session).await,
            Self::Finalize(verb) => verb.run(session).await,
            Self::Cancel(Of { contest }) => session.changed(client.cancel_contest(contest)).await,
            Self::Abandon(Of { contest }) => session.changed(client.abandon_contest(contest)).await,
            Self::Payout(verb) => verb.run(session).await,
            Self::Entries(verb) => verb.entries(session).await,
            Self::Standings(verb) => verb.standings(session).await,
            Self::Rounds(verb) => verb.rounds(session).await,
            Self::Obligations(verb) => verb.obligations(session).await,
            Self::Events(verb) => verb.of_contest(session).await,
            Self::Receipt(verb) => verb.run(session).await,
        }
    }
}

impl Session {
    /// Changes a contest, and says where it stands then.
    async fn changed(
        &self,
        call: arena_api::client::Call<arena_api::contests::Contest>,
    ) -> Result<(), Failure> {
        let contest = self.write(call).await?;
        self.output.answer(&contest, text::contest::outcome)
    }

    /// The caller's way out of a contest, to be told beside what was asked: not knowing it is no failure.
    async fn way_out(&self, contest: ArenaId) -> WayOut {
        let read = self.client.contest(contest).await;
        read.map_or_else(|_| WayOut::default(), |contest| WayOut::of(&contest))
    }
}
