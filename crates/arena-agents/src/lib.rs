//! Runs agents as processes: a [`Plan`] names a goal, agents and steps; a [`Run`] makes the arena, starts a process for each
//! ready step and seals what came out.
//!
//! Everything that happens to the arena goes through its HTTP API, so a run is a client like any other: it can be
//! killed at any moment and resumed from the arena alone.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use arena_agents::{Plan, Progress, Run, RunOptions, stop_signal};
//! use arena_api::client::Client;
//!
//! let client = Client::new("http://127.0.0.1:7171", "TOKEN")?;
//! let variables = [("folder".to_owned(), "src".to_owned())].into();
//! let plan = Plan::load("examples/source-report.toml".as_ref(), variables)?;
//! let run = Run::start(&client, plan, RunOptions::default(), Progress::automatic()).await?;
//! println!("resume with: arena run --resume {}", run.arena_id());
//! let report = run.drive(stop_signal()).await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```

mod clock;
pub mod contest;
mod plan;
mod process;
mod progress;
mod report;
mod run;
mod spell;
mod stop;

pub use plan::{Plan, PlanAgent, PlanError, PlanSource, PlanStep, Problem};
pub use progress::Progress;
pub use report::{Outcome, ReportedArtifact, ReportedStep, RunReport, RunResult};
pub use run::{Missing, Run, RunError, RunOptions};
pub use stop::stop_signal;
