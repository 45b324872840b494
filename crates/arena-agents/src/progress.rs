//! Shows how a run goes: a bar and the running steps on a terminal, plain lines elsewhere, or nothing.

mod bars;

use std::{fmt, io::IsTerminal, time::Duration};

use arena_core::{AgentId, ArenaId, StepNumber};

use crate::spell;
use bars::Bars;

/// Something that happened in a run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening<'a> {
    /// It has an arena, and begins or goes on.
    Begun { arena_id: ArenaId, goal: &'a str },
    /// So many steps are completed.
    Counted { completed: u32, total: u32 },
    /// A process was started.
    StepStarted { step: StepNumber, title: &'a str, agent: &'a AgentId, attempt: u32 },
    /// A step is completed.
    StepCompleted { step: StepNumber, title: &'a str, elapsed: Duration },
    /// An attempt failed; `again`: the step will be tried again.
    StepFailed { step: StepNumber, title: &'a str, reason: &'a str, attempt: u32, of: u32, again: bool },
    /// A step is no longer worked on, and neither completed nor failed.
    StepLeft { step: StepNumber },
    /// The run was told to stop.
    Stopping,
    /// Nothing happens any more.
    Ended,
}

impl fmt::Display for Happening<'_> {
    /// The line that says it; nothing for what needs none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begun { arena_id, goal } => write!(f, "arena {arena_id}: {goal}"),
            Self::StepStarted { step, title, agent, attempt: 1 } => {
                write!(f, "step {step} started by {agent}: {title}")
            }
            Self::StepStarted { step, title, agent, attempt } => {
                write!(f, "step {step} started by {agent}, attempt {attempt}: {title}")
            }
            Self::StepCompleted { step, title, elapsed } => {
                write!(f, "step {step} completed in {}: {title}", spell::duration(*elapsed))
            }
            Self::StepFailed { step, title, reason, attempt, of, again } => {
                let next = if *again { "will be tried again" } else { "failed for good" };
                write!(f, "step {step} failed (attempt {attempt} of {of}, {next}): {title}: {reason}")
            }
            Self::Stopping => f.write_str("stopping: processes are ended and their steps given back"),
            Self::Counted { .. } | Self::StepLeft { .. } | Self::Ended => Ok(()),
        }
    }
}

/// Where it is shown how a run goes; always on the standard error, so that the standard output is the report's.
#[derive(Debug)]
pub struct Progress(Shown);

#[derive(Debug)]
enum Shown {
    Not,
    Lines,
    Bars(Bars),
}

impl Progress {
    /// Nothing is shown.
    #[must_use]
    pub fn silent() -> Self {
        Self(Shown::Not)
    }

    /// A line for each thing that happens.
    #[must_use]
    pub fn lines() -> Self {
        Self(Shown::Lines)
    }

    /// A bar and the running steps when the standard error is a terminal, lines otherwise.
    #[must_use]
    pub fn automatic() -> Self {
        if std::io::stderr().is_terminal() { Self(Shown::Bars(Bars::new())) } else { Self::lines() }
    }

    /// Shows what happened.
    pub(crate) fn show(&self, happening: &Happening<'_>) {
        match &self.0 {
            Shown::Not => {}
            Shown::Lines => {
                let line = happening.to_string();
                if !line.is_empty() {
                    eprintln!("{}", spell::plain(&line));
                }
            }
            Shown::Bars(bars) => bars.show(happening),
        }
    }

    /// Shows something that a person should know.
    pub(crate) fn note(&self, text: &str) {
        match &self.0 {
            Shown::Not => {}
            Shown::Lines => eprintln!("{}", spell::plain(text)),
            Shown::Bars(bars) => bars.line(text),
        }
    }
}
