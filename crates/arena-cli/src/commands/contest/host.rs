//! `arena contest host`: the contest of a cup, from deposits to claimed prizes, with bots as processes.

use std::{env, path::PathBuf, time::Duration};

use arena_agents::{
    contest::{Cup, Ending, Host as CupHost, HostError, HostOptions, HostReport, Show},
    stop_signal,
};
use clap::{Args, ValueEnum};

use crate::{
    args::Global, connection::Connection, exit::Exit, failure::Failure, output::Output, paint::plain,
};

/// Between two rounds, where somebody watches the game itself.
const WATCHED_PACE_MS: u64 = 70;

/// What to host.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena contest host examples/cup.toml\nKilled and started again with the same file, it goes on where it stopped."
)]
pub(crate) struct Host {
    /// The cup, a TOML file
    cup: PathBuf,
    /// Write the receipt here; otherwise beside the host's state
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Keep the host's state under this folder; otherwise under `hosting` in the data folder
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Begin a new contest, although one of this cup is under way
    #[arg(long = "new")]
    anew: bool,
    /// The least time each round takes, in milliseconds; 70 where the game is drawn, else 0
    #[arg(long, value_name = "MS")]
    pace: Option<u64>,
    /// Where the money is: in the embedded ledger, or on Solana with the embedded contest as its mirror
    #[arg(long, value_enum, default_value_t = Settlement::Embedded)]
    settlement: Settlement,
    #[cfg(feature = "solana")]
    #[command(flatten)]
    solana: OnSolana,
}

/// Where a contest's money is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Settlement {
    /// In the embedded ledger.
    Embedded,
    /// On Solana.
    Solana,
}

/// What settling on Solana takes.
#[cfg(feature = "solana")]
#[derive(Args, Debug)]
struct OnSolana {
    #[command(flatten)]
    reach: crate::commands::chain::reach::Reach,
    /// What the money is, with --settlement solana: the address of a mint
    #[arg(long, value_name = "ADDRESS", help_heading = "Chain")]
    mint: Option<arena_chain::Address>,
}

#[cfg(feature = "solana")]
impl OnSolana {
    /// Ready to settle.
    fn open(&self) -> Result<arena_agents::contest::Solana, Failure> {
        let mint = self.mint.ok_or_else(|| {
            Failure::new(Exit::Usage, "usage", "--settlement solana takes the address of a mint with --mint")
        })?;
        let key = arena_chain::read_keypair(&self.reach.key_file())?;
        Ok(arena_agents::contest::Solana { chain: self.reach.chain()?, key: key.into(), mint })
    }
}

impl Host {
    /// Hosts it; exits with 1 unless the game was played to its end.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        // A cup that is wrong is refused before anything is made.
        let cup = Cup::load(&self.cup).map_err(HostError::from)?;
        let show = if output.is_json() { Show::silent() } else { Show::automatic() };
        let pace = self.pace.unwrap_or(if show.is_watched() { WATCHED_PACE_MS } else { 0 });
        let program = env::current_exe().map_err(|error| Failure::file("find", "arena".as_ref(), &error))?;
        let options = HostOptions {
            state: self.state.clone().unwrap_or_else(|| global.data.join("hosting")),
            program,
            receipt: self.receipt.clone(),
            anew: self.anew,
            pace: Duration::from_millis(pace),
        };
        #[cfg(feature = "solana")]
        let money = (self.settlement == Settlement::Solana).then(|| self.solana.open()).transpose()?;
        #[cfg(not(feature = "solana"))]
        if self.settlement == Settlement::Solana {
            return Err(crate::commands::chain::left_out());
        }
        let mut connection = Connection::open(global, true).await?;
        connection.announce(&global.data)?;
        let again = format!("`arena contest host {}` with the same options goes on", cup.file.display());
        let host = CupHost::open(&connection.client(), cup, options, show).map_err(Failure::from);
        #[cfg(feature = "solana")]
        let host = host.map(|host| match money {
            Some(money) => host.settled_on(money),
            None => host,
        });
        let done = match host {
            Ok(host) => hosted(host, again, output).await,
            Err(failure) => Err(failure),
        };
        connection.close().await;
        done
    }
}

async fn hosted(host: CupHost, again: String, output: Output) -> Result<(), Failure> {
    let report =
        host.drive(stop_signal()).await.map_err(|error| Failure::from(error).with_hint(again.clone()))?;
    output.answer(&report, |report: &HostReport| plain(&report.to_string()))?;
    let refused = |code, detail: &str| Err(Failure::new(Exit::Refused, code, detail));
    match report.outcome {
        Ending::Finished => Ok(()),
        Ending::Cancelled => {
            refused("cancelled", "the contest was cancelled, and no game was played to its end")
        }
        Ending::Abandoned => {
            refused("abandoned", "the contest was abandoned, and no game was played to its end")
        }
        Ending::Interrupted => {
            refused("interrupted", "the host was interrupted").map_err(|failure| failure.with_hint(again))
        }
    }
}

impl From<HostError> for Failure {
    fn from(error: HostError) -> Self {
        let detail = error.to_string();
        match error {
            HostError::Server { doing, source } => Self::from(source).while_doing(&doing),
            #[cfg(feature = "solana")]
            HostError::Chain { doing, source } => Self::from(source).while_doing(&doing),
            HostError::Cup(_) => Self::new(Exit::Usage, "cup", detail),
            HostError::NoProgram { .. } => Self::new(Exit::Refused, "missing", detail),
            HostError::File { .. } | HostError::State { .. } => Self::new(Exit::Refused, "file", detail),
            HostError::Busy { .. } | HostError::Changed { .. } | HostError::SettledOtherwise { .. } => {
                Self::new(Exit::Conflict, "wrong_state", detail)
            }
            #[cfg(feature = "solana")]
            HostError::TokenFile { .. } => Self::new(Exit::Usage, "cup", detail),
            #[cfg(feature = "solana")]
            HostError::Intruded => Self::new(Exit::Conflict, "wrong_state", detail),
            HostError::NoToken { .. } => Self::new(Exit::Denied, "unauthenticated", detail),
            HostError::Receipt(_) | HostError::Diverged { .. } => Self::new(Exit::Damaged, "damaged", detail),
            HostError::Start { .. } | HostError::Rules(_) | HostError::NoRandomness(_) => {
                Self::new(Exit::Refused, "internal", detail)
            }
        }
    }
}
