//! A process that is talked to line by line for as long as it runs, and that ends with its group.

use std::{ffi::OsString, io, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, ChildStdin, ChildStdout, Command},
    time,
};

use super::{START, STDERR_BYTES, Tail, capture::Capture, group::Group, guard::Guard};

/// How long a process may take to end after its input was closed.
const FAREWELL: Duration = Duration::from_millis(500);

/// The most that a pipe holds when nobody made it larger.
const PIPE_BYTES: usize = 64 << 10;

/// What is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Speaker {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    /// Added to this process's own environment, which is passed on without the names in `hidden`.
    pub(crate) environment: Vec<(String, OsString)>,
    pub(crate) hidden: &'static [&'static str],
    /// The longest line that is read.
    pub(crate) line_bytes: usize,
}

/// Why there is no next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoLine {
    /// The process closed its output, or is gone.
    Closed,
    /// The line is longer than one may be.
    TooLong,
}

/// A process that runs.
#[derive(Debug)]
pub(crate) struct Talk {
    child: Child,
    group: Group,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<Capture<Tail>>,
    /// What was read and is not yet a line.
    read: Vec<u8>,
    line_bytes: usize,
}

impl Talk {
    /// Starts it; the guard knows of it before it does anything.
    ///
    /// # Errors
    ///
    /// When this machine cannot, or the program is not there any more.
    pub(crate) async fn start(speaker: &Speaker, guard: &Guard) -> io::Result<Self> {
        // The shell that becomes the program would only end, as if the program had.
        if !speaker.program.is_file() {
            let gone = format!("{} is gone", speaker.program.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, gone));
        }
        let mut command = Command::new("/bin/sh");
        command.args(["-c", START, "arena-start"]).arg(&speaker.program).args(&speaker.arguments);
        for name in speaker.hidden {
            command.env_remove(name);
        }
        command.envs(speaker.environment.iter().cloned()).current_dir(&speaker.directory);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.process_group(0);
        let mut child = command.spawn()?;
        let group = Group::of(&child);
        let stderr = Capture::start(child.stderr.take(), Tail::of(STDERR_BYTES));
        let mut talk = Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            stderr: Some(stderr),
            read: Vec::new(),
            line_bytes: speaker.line_bytes,
            child,
            group,
        };
        guard.add(&talk.group).await;
        talk.write("").await?;
        Ok(talk)
    }

    /// Writes a line.
    ///
    /// # Errors
    ///
    /// When the process does not take it any more.
    pub(crate) async fn write(&mut self, line: &str) -> io::Result<()> {
        let Some(stdin) = self.stdin.as_mut() else { return Err(io::ErrorKind::BrokenPipe.into()) };
        stdin.write_all(format!("{line}\n").as_bytes()).await?;
        stdin.flush().await
    }

    /// The next line without its end; when this is dropped halfway, nothing that was read is lost.
    pub(crate) async fn next_line(&mut self) -> Result<Vec<u8>, NoLine> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.read.drain(..=end).collect();
                line.pop();
                return if line.len() > self.line_bytes { Err(NoLine::TooLong) } else { Ok(line) };
            }
            if self.read.len() > self.line_bytes {
                return Err(NoLine::TooLong);
            }
            let Some(stdout) = self.stdout.as_mut() else { return Err(NoLine::Closed) };
            tokio::select! {
                biased;
                read = stdout.read_buf(&mut self.read) => {
                    if !matches!(read, Ok(1..)) {
                        return Err(NoLine::Closed);
                    }
                }
                // A child of its own may hold the pipe open: what the process had written is all that counts.
                _ = self.child.wait() => self.read_the_rest(),
            }
        }
    }

    /// Takes what is in the pipe of a process that ended, waiting for no more.
    fn read_the_rest(&mut self) {
        let Some(stdout) = self.stdout.take() else { return };
        let mut chunk = [0; 4 << 10];
        let most = self.read.len().saturating_add(PIPE_BYTES);
        while self.read.len() < most {
            match rustix::io::read(&stdout, &mut chunk) {
                Ok(length @ 1..) => self.read.extend(chunk.iter().take(length)),
                Err(rustix::io::Errno::INTR) => {}
                Ok(0) | Err(_) => return,
            }
        }
    }

    /// Ends it, at once or after it had a moment to end by itself; returns the end of what it wrote to its standard error.
    pub(crate) async fn end(mut self, guard: &Guard, farewell: Farewell) -> String {
        self.stdin = None;
        if farewell == Farewell::Moment {
            let _ = time::timeout(FAREWELL, self.child.wait()).await;
        }
        self.group.kill();
        let _ = self.child.wait().await;
        guard.remove(&self.group).await;
        match self.stderr.take() {
            Some(stderr) => stderr.finish().await.text(),
            None => String::new(),
        }
    }
}

/// How a process is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// It is killed.
    None,
    /// Its input is closed, and it has a moment to end.
    Moment,
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.group.kill();
    }
}
