//! `arena run`: a plan's agents as processes, its steps in order, and a report at the end.

use std::{collections::BTreeMap, path::PathBuf};

use arena_agents::{Outcome, Plan, Progress, Run as PlanRun, RunError, RunOptions, RunReport, stop_signal};
use arena_api::client::Client;
use arena_core::ArenaId;
use clap::Args;

use crate::{
    args::Global,
    connection::Connection,
    exit::Exit,
    failure::Failure,
    output::Output,
    paint::{self, paint, plain},
    values::Setting,
};

/// What to run.
#[derive(Args, Debug)]
#[command(after_help = "Example: arena run examples/source-report.toml --set folder=src")]
pub(crate) struct Run {
    /// The plan, a TOML file
    #[arg(required_unless_present = "resume")]
    plan: Option<PathBuf>,
    /// Set a variable of the plan
    #[arg(long = "set", value_name = "NAME=VALUE", conflicts_with = "resume")]
    settings: Vec<Setting>,
    /// Go on with a run that was interrupted or killed
    #[arg(long, value_name = "ARENA", conflicts_with = "plan")]
    resume: Option<ArenaId>,
    /// How many processes may run at once, in place of what the plan says
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    parallel: Option<u16>,
    /// When steps fail, leave the arena open, so that they can be opened again and the run resumed
    #[arg(long)]
    keep_open: bool,
}

impl Run {
    /// Runs it; exits with 1 unless every step was completed.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        // A plan that is wrong is refused before anything is made.
        let begin = match (self.resume, &self.plan) {
            (Some(arena), _) => Begin::Resume(arena),
            (None, plan) => {
                let settings: BTreeMap<_, _> =
                    self.settings.into_iter().map(|one| (one.name, one.value)).collect();
                let plan = Plan::load(plan.as_deref().unwrap_or_else(|| "".as_ref()), settings);
                Begin::Plan(Box::new(plan.map_err(RunError::from)?))
            }
        };
        let options = RunOptions { parallel: self.parallel.map(usize::from), keep_open: self.keep_open };
        let mut connection = Connection::open(global, matches!(begin, Begin::Plan(_))).await?;
        connection.announce(&global.data)?;
        let done = begin.drive(&connection.client(), options, output).await;
        connection.close().await;
        done
    }
}

/// How a run comes to its arena.
enum Begin {
    Plan(Box<Plan>),
    Resume(ArenaId),
}

impl Begin {
    async fn drive(self, client: &Client, options: RunOptions, output: Output) -> Result<(), Failure> {
        let progress = if output.is_json() { Progress::silent() } else { Progress::automatic() };
        let run = match self {
            Self::Plan(plan) => PlanRun::start(client, *plan, options, progress).await?,
            Self::Resume(arena) => PlanRun::resume(client, arena, options, progress).await?,
        };
        let resume = format!("`arena run --resume {}` goes on", run.arena_id());
        let report =
            run.drive(stop_signal()).await.map_err(|error| Failure::from(error).with_hint(resume.clone()))?;
        output.answer(&report, text)?;
        match report.outcome {
            Outcome::Completed => Ok(()),
            Outcome::Failed => Err(Failure::new(Exit::Refused, "run_failed", "not every step was completed")),
            Outcome::BudgetSpent => Err(Failure::new(
                Exit::Refused,
                "budget_spent",
                "the budget was spent before every step was completed",
            )),
            Outcome::Interrupted => {
                Err(Failure::new(Exit::Refused, "interrupted", "the run was interrupted").with_hint(resume))
            }
        }
    }
}

/// The report, and what the plan names as its result.
fn text(report: &RunReport) -> String {
    let mut text = plain(&report.to_string());
    if let Some(result) = &report.result {
        let name = paint(paint::STRONG, plain(result.artifact.as_str()));
        text.push_str(&format!("\n{name}\n\n{}\n", plain(&result.text).trim_end()));
    }
    text
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Server { doing, source } => Self::from(source).while_doing(&doing),
            RunError::Plan(_) => Self::new(Exit::Usage, "plan", error.to_string()),
            RunError::Missing(_) => Self::new(Exit::Refused, "missing", error.to_string()),
            RunError::NoPlan { .. } | RunError::UnreadablePlan { .. } => {
                Self::new(Exit::Refused, "no_plan", error.to_string())
            }
            RunError::File { .. } => Self::new(Exit::Refused, "file", error.to_string()),
        }
    }
}
