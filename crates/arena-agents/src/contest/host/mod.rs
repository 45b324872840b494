//! The host: makes the contest of a cup, lets its bots play, and pays everyone out. It is the contest's oracle.
//!
//! Everything it does to the contest goes through the HTTP API under keys that a second host of the same run repeats, and every
//! round is on disk before it goes in: killed at any moment and started again, it goes on with the same seed at the same round.

mod begin;
mod crew;
mod durable;
mod entries;
mod error;
mod report;
mod rounds;
mod settle;
mod show;
#[cfg(feature = "solana")]
mod solana;
mod state;

use std::{
    env,
    path::{Path, PathBuf},
    time::Duration,
};

use arena_api::{
    Code,
    client::{Client, Error},
};
use arena_core::{ArenaId, Hash, contest::Status};

pub use error::HostError;
pub use report::{BotWallet, ChainSide, Ending, HostReport, HostedBot, Paid, Unpaid};
pub use show::Show;
#[cfg(feature = "solana")]
pub use solana::Solana;

use self::{error::Doing, show::Happening, state::State};
use super::cup::Cup;
use crate::process::Guard;

/// How long a server may be away before the host gives up and leaves a resumable contest.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whom the operator's token acts as.
const OPERATOR: &str = "operator";

/// Why a contest whose registration ran out cannot be played any more.
const EXPIRED: &str = "registration was over before it could be started";

/// How a cup is hosted.
#[derive(Clone, Debug)]
pub struct HostOptions {
    /// The folder under which the state of cups is kept, such as `.arena/hosting`.
    pub state: PathBuf,
    /// The program whose `contest bot` verb plays the built-in strategies: `arena` itself.
    pub program: PathBuf,
    /// Where the receipt goes; beside the state when absent.
    pub receipt: Option<PathBuf>,
    /// Begin a new contest, although one of this cup is under way.
    pub anew: bool,
    /// The least time that each round takes, for people to watch.
    pub pace: Duration,
}

/// A cup that is being hosted.
#[derive(Debug)]
pub struct Host {
    client: Client,
    cup: Cup,
    options: HostOptions,
    state: State,
    show: Show,
    guard: Guard,
    /// Where the money is, when it is not in the embedded ledger.
    #[cfg(feature = "solana")]
    money: Option<solana::OnChain>,
}

impl Host {
    /// Takes up a cup: the contest of it that is under way, or a new one. Nothing is made on the server yet.
    ///
    /// # Errors
    ///
    /// When a program of the cup is not on this machine, when the state cannot be kept, or when another host is at work on it.
    pub fn open(client: &Client, cup: Cup, options: HostOptions, show: Show) -> Result<Self, HostError> {
        crew::check_programs(&cup)?;
        let state = State::open(&options.state, &folder_name(&cup.file), &cup, options.anew)?;
        let guard = Guard::start().map_err(|source| HostError::File { path: env::temp_dir(), source })?;
        Ok(Self {
            client: client.with_patience(PATIENCE),
            cup,
            options,
            state,
            show,
            guard,
            #[cfg(feature = "solana")]
            money: None,
        })
    }

    /// The contest, once it is made.
    #[must_use]
    pub fn arena_id(&self) -> Option<ArenaId> {
        self.state.arena_id()
    }

    /// Hosts it to its end. When `stop` resolves, the bots are ended and the contest is left to be gone on with.
    ///
    /// # Errors
    ///
    /// When the server refuses or is away for long, and when this machine fails; the contest is left to be gone on with, too.
    pub async fn drive(mut self, stop: impl Future<Output = ()>) -> Result<HostReport, HostError> {
        let driven = tokio::select! {
            report = self.hosted() => report,
            () = stop => Ok(HostReport::interrupted(self.state.arena_id(), &self.cup.title)),
        };
        #[cfg(feature = "solana")]
        let driven = driven.and_then(|report| Ok(HostReport { chain: self.chain_side()?, ..report }));
        self.show.that(&Happening::Ended);
        self.guard.close().await;
        driven
    }

    async fn hosted(&mut self) -> Result<HostReport, HostError> {
        #[cfg(feature = "solana")]
        let place = self.place().await?;
        #[cfg(not(feature = "solana"))]
        let place = None;
        self.state.settle(place)?;
        let going_on = self.state.arena_id().is_some();
        if !going_on {
            self.prepared().await?;
        }
        #[cfg(feature = "solana")]
        if let Some(over) = self.opened_on_chain().await? {
            return self.never_played(over).await;
        }
        let arena_id = self.contest_made().await?;
        self.show.that(&Happening::Begun { arena_id, title: &self.cup.title, going_on });
        let mut status = self.status(arena_id).await?;
        let mut why = None;
        if status == Status::Registration {
            (status, why) = self.started(arena_id).await?;
        }
        let goes_on = matches!(status, Status::Active | Status::Eliminating);
        #[cfg(feature = "solana")]
        let goes_on = goes_on || self.goes_on_on_chain().await?;
        let faults = if goes_on { self.all_rounds(arena_id).await? } else { self.recorded_faults()? };
        if goes_on {
            self.finalized(arena_id).await?;
        }
        let report = self.paid_out(arena_id, faults, why).await?;
        self.state.set_done()?;
        Ok(report)
    }

    /// Enters the bots and starts; a contest that can never be played is cancelled instead, which gives bond and fees back. Says how
    /// it then stands, and why it was cancelled.
    async fn started(&self, arena_id: ArenaId) -> Result<(Status, Option<String>), HostError> {
        let mut why = self.all_entered(arena_id).await?;
        if why.is_none() {
            let started = self.client.start_contest(arena_id).key(self.key("start")).await;
            if started.as_ref().err().and_then(Error::code) != Some(Code::RegistrationExpired) {
                return Ok((started.doing(|| "start the contest".into())?.status, None));
            }
            why = Some(EXPIRED.to_owned());
        }
        let cancelled = self.client.cancel_contest(arena_id).key(self.key("cancel"));
        Ok((cancelled.await.doing(|| "cancel the contest".into())?.status, why))
    }

    /// The key of a write: the same for the same write of this run, and of no other.
    fn key(&self, write: &str) -> String {
        #[cfg(feature = "solana")]
        if let Some(key) = self.chain_key(write) {
            return key;
        }
        self.state.key(write)
    }

    /// Whether the money is in the embedded ledger alone.
    const fn is_embedded(&self) -> bool {
        #[cfg(feature = "solana")]
        return self.money.is_none();
        #[cfg(not(feature = "solana"))]
        true
    }

    /// Whether a mirror does not take what the chain took, since its clock ran out: that counts all the same.
    fn is_written_off<T>(&self, written: &Result<T, Error>) -> bool {
        let code = written.as_ref().err().and_then(Error::code);
        !self.is_embedded() && matches!(code, Some(Code::OracleTimedOut | Code::WrongState))
    }

    async fn status(&self, arena_id: ArenaId) -> Result<Status, HostError> {
        Ok(self.client.contest(arena_id).await.doing(|| "read the contest".into())?.status)
    }
}

/// The name of the folder of a cup's state: cups of the same name in different folders have one each.
fn folder_name(file: &Path) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let hash = Hash::of(file.as_os_str().as_encoded_bytes()).to_string();
    format!("{stem}-{}", hash.chars().take(8).collect::<String>())
}
