//! `arena bench`: measures this machine in one run, rounds interleaved, each figure beside the limit it is held against.

mod bare;
pub(super) mod clock;
mod cup;
mod engine;
mod filling;
mod http;
mod ledger;
mod live;
mod load;
mod memory;
mod replay;
mod scale;
mod settle;
mod spread;
mod store;
mod text;

use std::{
    fmt::Display,
    io::{IsTerminal, stderr},
    time::Duration,
};

use clap::{Args, ValueEnum};
use serde::Serialize;

use self::{clock::Stopwatch, store::Folder};
use crate::{args::Global, exit::Exit, failure::Failure, output::Output};

/// Measurements of this machine and this disk.
#[derive(Args, Debug)]
#[command(after_help = "The stores that are measured are made under the data folder and removed afterwards.")]
pub(crate) struct Bench {
    /// Fewer and shorter rounds: under two minutes
    #[arg(long)]
    quick: bool,
    /// Only these parts; all when absent
    #[arg(long, value_enum, value_name = "PART", value_delimiter = ',')]
    only: Vec<Part>,
    /// How many follow a live stream at once, one run for each number
    #[arg(long, value_name = "NUMBER", value_delimiter = ',')]
    readers: Vec<u32>,
    /// Be those readers, as standard input says
    #[arg(long, hide = true)]
    as_readers: bool,
}

/// A part of the measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Commands a second beside a bare insert
    Engine,
    /// Durable commands a second over HTTP beside an empty POST
    Http,
    /// Transfers a second over many contests and in one, beside a bare insert
    Ledger,
    /// A contest of 2,000 entrants, from the first entry to the last payout
    Settle,
    /// Events a second folded from memory and from the disk
    Replay,
    /// Cost of a command and of a read beside ever more arenas
    Arenas,
    /// Readers of live streams: what reaches them, and what they cost the writer
    Live,
    /// Memory of arenas that nobody uses
    Memory,
}

/// How much is measured, and where it is said how far that is.
#[derive(Clone, Debug)]
struct Pace {
    rounds: usize,
    length: Duration,
    /// Arenas in the stores that are compared.
    sizes: Vec<usize>,
    /// How long filling one store may take.
    filling: Duration,
    idle_arenas: usize,
    quiet: bool,
    output: Output,
}

/// What was measured, and on what.
#[derive(Debug, Serialize)]
struct Figures {
    version: &'static str,
    cores: usize,
    quick: bool,
    /// How many rounds each median is of, and how long one took.
    rounds: usize,
    round_ms: u64,
    seconds: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    engine: Option<Vec<engine::Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Vec<http::Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<ledger::Ledger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settle: Option<settle::Settled>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<replay::Replay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arenas: Option<Vec<scale::Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<Vec<live::Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<memory::Memory>,
}

impl Bench {
    /// Measures, and prints what came out.
    pub(crate) async fn run(&self, global: &Global, output: Output) -> Result<(), Failure> {
        if self.as_readers {
            return live::read(output).await;
        }
        if cfg!(debug_assertions) {
            output.complain("warning: this is a debug build; `cargo xtask bench` makes a release build");
        }
        let root = Folder::new(&global.data, "bench")?;
        let root = root.path();
        let pace = if self.quick { Pace::quick(output) } else { Pace::whole(output) };
        let whole = Stopwatch::start();
        let wanted = |part| self.only.is_empty() || self.only.contains(&part);
        // What remembers most comes first measured, so that it begins with the least in memory.
        let memory = if wanted(Part::Memory) { Some(memory::run(root, &pace).await?) } else { None };
        let engine = if wanted(Part::Engine) { Some(engine::run(root, &pace).await?) } else { None };
        let http = if wanted(Part::Http) { Some(http::run(root, &pace).await?) } else { None };
        let ledger = if wanted(Part::Ledger) { Some(ledger::run(root, &pace).await?) } else { None };
        let settle = if wanted(Part::Settle) { Some(settle::run(root, &pace).await?) } else { None };
        let replay = if wanted(Part::Replay) { Some(replay::run(root, &pace).await?) } else { None };
        let arenas = if wanted(Part::Arenas) { Some(scale::run(root, &pace).await?) } else { None };
        let live = if wanted(Part::Live) { Some(live::run(root, &pace, &self.readers).await?) } else { None };
        let figures = Figures {
            version: env!("CARGO_PKG_VERSION"),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            quick: self.quick,
            rounds: pace.rounds,
            round_ms: u64::try_from(pace.length.as_millis()).unwrap_or(u64::MAX),
            seconds: whole.elapsed().as_secs(),
            engine,
            http,
            ledger,
            settle,
            replay,
            arenas,
            live,
            memory,
        };
        output.answer(&figures, text::text)
    }
}

impl Pace {
    fn quick(output: Output) -> Self {
        Self {
            rounds: 3,
            length: Duration::from_millis(800),
            sizes: vec![10, 10_000],
            filling: Duration::from_secs(20),
            idle_arenas: 10_000,
            quiet: !stderr().is_terminal(),
            output,
        }
    }

    fn whole(output: Output) -> Self {
        Self {
            rounds: 5,
            length: Duration::from_secs(2),
            sizes: vec![10, 10_000, 1_000_000],
            filling: Duration::from_secs(300),
            idle_arenas: 20_000,
            ..Self::quick(output)
        }
    }

    /// Says on a terminal what is being measured.
    fn say(&self, what: &str) {
        if !self.quiet {
            self.output.complain(what);
        }
    }
}

/// A measurement that could not be made.
fn failed(error: impl Display) -> Failure {
    Failure::new(Exit::Refused, "bench", format!("cannot measure: {error}"))
}
