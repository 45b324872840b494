//! The verbs, a file each: what a verb takes, what it does, how its answer is said.

pub(crate) mod agent;
pub(crate) mod artifact;
pub(crate) mod backup;
pub(crate) mod bench;
pub(crate) mod chain;
pub(crate) mod completions;
pub(crate) mod connect;
pub(crate) mod contest;
pub(crate) mod create;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod fact;
pub(crate) mod goal;
pub(crate) mod handle;
pub(crate) mod import;
pub(crate) mod ledger;
pub(crate) mod lifecycle;
pub(crate) mod list;
pub(crate) mod mcp;
pub(crate) mod messages;
pub(crate) mod open;
pub(crate) mod participant;
pub(crate) mod prove;
pub(crate) mod report;
pub(crate) mod restore;
pub(crate) mod run;
pub(crate) mod say;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod step;
pub(crate) mod verify;
pub(crate) mod watch;
pub(crate) mod why;

use rustix::{fs::Mode, process::umask};

use crate::{
    args::{Ask, Global, Store},
    failure::Failure,
    output::Output,
    session::Session,
};

impl Ask {
    /// Whether it makes sense on a data folder that does not exist yet.
    pub(crate) const fn may_make_store(&self) -> bool {
        matches!(self, Self::Agent(agent::Agent::Register(_)) | Self::Create(_))
    }

    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Agent(verb) => verb.run(session).await,
            Self::Create(verb) => verb.run(session).await,
            Self::List(verb) => verb.run(session).await,
            Self::Show(verb) => verb.run(session).await,
            Self::Watch(verb) => verb.run(session).await,
            Self::Activate(verb) => verb.run(session).await,
            Self::Participant(verb) => verb.run(session).await,
            Self::Goal(verb) => verb.run(session).await,
            Self::Step(verb) => verb.run(session).await,
            Self::Artifact(verb) => verb.run(session).await,
            Self::Fact(verb) => verb.run(session).await,
            Self::Say(verb) => verb.run(session).await,
            Self::Messages(verb) => verb.run(session).await,
            Self::Events(verb) => verb.run(session).await,
            Self::Why(verb) => verb.run(session).await,
            Self::Settle(verb) => verb.run(session).await,
            Self::Archive(verb) => verb.run(session).await,
            Self::Report(verb) => verb.run(session).await,
            Self::Ledger(verb) => verb.run(session).await,
        }
    }
}

impl Store {
    /// Does it; what it makes, a copy of everything that was said, is its owner's to read.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        umask(Mode::RWXG | Mode::RWXO);
        match self {
            Self::Verify(verb) => verb.run(global, output),
            Self::Export(verb) => verb.run(global, output),
            Self::Import(verb) => verb.run(global, output),
            Self::Backup(verb) => verb.run(global, output),
            Self::Restore(verb) => verb.run(global, output),
            Self::Doctor(verb) => verb.run(global, output),
        }
    }
}
