//! What a process is given: its command, its environment, its folders.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use arena_api::steps::Claim;
use tempfile::TempDir;

use super::{bearer::Bearer, error::RunError, outputs, site::Site};
use crate::{
    plan::PlanAgent,
    process::{self, Job},
};

/// The folders of one attempt; they are removed when it is over.
#[derive(Debug)]
pub(super) struct Folders {
    /// What the dependencies left, a folder each.
    pub(super) inputs: PathBuf,
    /// What the process leaves, to become artifacts.
    pub(super) outputs: PathBuf,
    /// Where the process may say what it cost.
    pub(super) cost: PathBuf,
    _root: TempDir,
}

impl Folders {
    /// Makes them, empty, in the run's folder.
    pub(super) fn make(run: &Path) -> Result<Self, RunError> {
        let failed = |source| RunError::File { path: run.to_owned(), source };
        let root = tempfile::Builder::new().prefix("step-").tempdir_in(run).map_err(failed)?;
        let [inputs, outputs, cost] = ["inputs", "outputs", "cost"].map(|name| root.path().join(name));
        for folder in [&inputs, &outputs] {
            fs::create_dir(folder).map_err(|source| RunError::File { path: folder.clone(), source })?;
        }
        Ok(Self { inputs, outputs, cost, _root: root })
    }
}

/// The process for a claim, or why there cannot be one.
pub(super) fn job(
    site: &Site,
    agent: &PlanAgent,
    bearer: &Bearer<'_>,
    claim: &Claim,
    attempt: u32,
    time_limit: Duration,
    folders: &Folders,
) -> Result<Job, String> {
    let directory = agent.directory.as_ref().unwrap_or(&site.plan.directory);
    let words = site.command(claim.step, agent).unwrap_or_default();
    let (program, arguments) = words.split_first().ok_or("neither the step nor its agent has a command")?;
    let program_file = process::find_program(program, directory).ok_or_else(|| {
        format!("there is no program {program} here; install it, or put another command in the plan")
    })?;
    let token = bearer.for_process().map_err(|error| format!("its token cannot be narrowed: {error}"))?;
    let prompt = fill(claim.description.as_deref().unwrap_or(&claim.title), folders);
    let is_argument = arguments.iter().any(|argument| argument.contains("{prompt}"));
    let text = |value: &str| OsString::from(value);
    let own: [(&str, OsString); 13] = [
        ("ARENA_URL", text(site.client.url())),
        ("ARENA_TOKEN", token.into()),
        ("ARENA_ID", site.arena_id.to_string().into()),
        ("ARENA_GOAL", text(&site.plan.goal)),
        ("ARENA_AGENT", text(agent.name.as_str())),
        ("ARENA_STEP", claim.step.to_string().into()),
        ("ARENA_STEP_NAME", site.step_name(claim.step).into()),
        ("ARENA_FENCE", claim.fence.to_string().into()),
        ("ARENA_ATTEMPT", attempt.to_string().into()),
        ("ARENA_PROMPT", text(&prompt)),
        ("ARENA_INPUTS", folders.inputs.clone().into()),
        ("ARENA_OUTPUTS", folders.outputs.clone().into()),
        ("ARENA_COST_FILE", folders.cost.clone().into()),
    ];
    let chosen = agent.environment.iter().map(|(name, value)| (name.clone(), text(value)));
    Ok(Job {
        program: program_file,
        arguments: arguments
            .iter()
            .map(|argument| fill(argument, folders).replace("{prompt}", &prompt))
            .collect(),
        directory: directory.clone(),
        environment: chosen.chain(own.map(|(name, value)| (name.to_owned(), value))).collect(),
        stdin: if is_argument { String::new() } else { prompt },
        time_limit,
        stdout_bytes: outputs::stdout_bytes(),
    })
}

/// Puts the folders in their places.
fn fill(text: &str, folders: &Folders) -> String {
    let path = |path: &Path| path.display().to_string();
    text.replace("{inputs}", &path(&folders.inputs)).replace("{outputs}", &path(&folders.outputs))
}
