//! `arena handle`: narrow tokens for one agent in one arena.

mod narrow;

use arena_api::handles::{CreateHandle, IssuedHandle};
use arena_core::{AgentId, ArenaId, HandleId, Millis, StepNumber, collaboration::Permission};
use clap::{Args, Subcommand};

use crate::{
    args::Global, connection::Connection, failure::Failure, output::Output, session::Session, text::moment,
    values,
};

/// What can be done with handles.
#[derive(Debug, Subcommand)]
pub(crate) enum Handle {
    /// Make a token that can do less out of one; asks no server
    Narrow(narrow::Narrow),
    #[command(flatten)]
    Ask(Ask),
}

/// What is asked of a server.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Issue a token that acts as one participant, and at most so
    Issue(Issue),
    /// Revoke a handle, and every token that was narrowed from it
    Revoke {
        /// The arena
        arena: ArenaId,
        /// The handle's id
        handle: HandleId,
    },
}

/// A new handle.
#[derive(Args, Debug)]
pub(crate) struct Issue {
    /// The arena
    arena: ArenaId,
    /// The participant that its bearer acts as
    agent: AgentId,
    /// What it allows at most: read, write, share, coordinate; all unless said
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = values::permission)]
    permissions: Vec<Permission>,
    /// The only step it is good for
    #[arg(long, value_parser = values::step_number)]
    step: Option<StepNumber>,
    /// How long it is good
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    ttl: Option<Millis>,
}

impl Handle {
    /// Does it.
    pub(crate) async fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        match self {
            Self::Narrow(verb) => verb.run(global, output),
            Self::Ask(ask) => {
                let connection = Connection::open(global, false).await?;
                let done = ask.run(&Session::new(&connection, global, output)).await;
                connection.close().await;
                done
            }
        }
    }
}

impl Ask {
    async fn run(self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Issue(Issue { arena, agent, permissions, step, ttl }) => {
                let permissions = (!permissions.is_empty()).then(|| permissions.into_iter().collect());
                let asked = CreateHandle { agent_id: agent, permissions, step, ttl_ms: ttl };
                let issued = session.write(session.client.create_handle(arena, &asked)).await?;
                session.output.answer(&issued, issued_text)
            }
            Self::Revoke { arena, handle } => {
                let revoked = session.write(session.client.revoke_handle(arena, handle)).await?;
                session.output.answer(&revoked, |revoked| format!("revoked {}\n", revoked.handle))
            }
        }
    }
}

fn issued_text(issued: &IssuedHandle) -> String {
    format!("handle {} until {}\n{}\n", issued.handle, moment(issued.expires_at), issued.token)
}
