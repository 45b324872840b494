//! Processes: each in a group of its own, with a time limit, captured output, and no way to outlive the run.

mod capture;
mod group;
mod guard;
mod program;
mod talk;

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt,
    process::{ChildStdin, Command},
    time,
};

use capture::Capture;
pub(crate) use capture::{Head, Tail};
pub(crate) use guard::Guard;
pub(crate) use program::find as find_program;
pub(crate) use talk::{Farewell, NoLine, Speaker, Talk};

use crate::clock::Stopwatch;

/// How long a process that was asked to end may take before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// How much of the standard error is kept.
const STDERR_BYTES: usize = 64 << 10;

/// Waits for a line, then becomes the program: so that the guard knows of a process before it does anything. When the run is killed
/// in between, no line comes, and nothing is started.
const START: &str = r#"read -r line && exec "$@""#;

/// What is to be started.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    /// Added to this process's own environment.
    pub(crate) environment: Vec<(String, OsString)>,
    /// Written to the standard input, which is then closed.
    pub(crate) stdin: String,
    pub(crate) time_limit: Duration,
    /// How much of the standard output is kept.
    pub(crate) stdout_bytes: usize,
}

/// How a process came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By itself.
    Exited(ExitStatus),
    /// It took longer than its limit and was killed.
    TimedOut,
    /// It was stopped from outside.
    Stopped,
}

/// A process that has ended, with all of its group.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) ending: Ending,
    pub(crate) stdout: Head,
    pub(crate) stderr: Tail,
    pub(crate) elapsed: Duration,
}

/// Runs `job` to its end, or until `stop` resolves; when this returns, no process of its group is left.
pub(crate) async fn run(job: Job, guard: &Guard, stop: impl Future<Output = ()>) -> io::Result<Ended> {
    let watch = Stopwatch::start();
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", START, "arena-start"])
        .arg(&job.program)
        .args(&job.arguments)
        .envs(job.environment)
        .current_dir(&job.directory);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command.process_group(0);
    let mut child = command.spawn()?;
    let group = group::Group::of(&child);
    guard.add(&group).await;
    let feeding = tokio::spawn(feed(child.stdin.take(), job.stdin));
    let stdout = Capture::start(child.stdout.take(), Head::of(job.stdout_bytes));
    let stderr = Capture::start(child.stderr.take(), Tail::of(STDERR_BYTES));

    let ending = tokio::select! {
        status = child.wait() => Ending::Exited(status?),
        () = time::sleep(job.time_limit) => Ending::TimedOut,
        () = stop => Ending::Stopped,
    };
    if !matches!(ending, Ending::Exited(_)) {
        group.ask_to_end();
        // Whether it ends in time or not, the group is killed below.
        let _ = time::timeout(GRACE, child.wait()).await;
    }
    group.kill();
    let _ = child.wait().await;
    guard.remove(&group).await;
    feeding.abort();
    Ok(Ended {
        ending,
        stdout: stdout.finish().await,
        stderr: stderr.finish().await,
        elapsed: watch.elapsed(),
    })
}

async fn feed(stdin: Option<ChildStdin>, text: String) {
    if let Some(mut stdin) = stdin {
        // A process that does not read its input is free to.
        let _ = stdin.write_all(b"\n").await;
        let _ = stdin.write_all(text.as_bytes()).await;
    }
}

#[cfg(test)]
mod tests;
