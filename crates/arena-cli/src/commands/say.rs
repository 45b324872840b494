//! `arena say`: sends a message.

use arena_api::messages::SendMessage;
use arena_core::{AgentId, ArenaId};
use clap::Args;

use crate::{failure::Failure, session::Session};

/// A message.
#[derive(Args, Debug)]
pub(crate) struct Say {
    /// The arena
    arena: ArenaId,
    /// The text
    body: String,
    /// Whom it addresses; it hides from nobody
    #[arg(long, value_name = "AGENT")]
    to: Vec<AgentId>,
}

impl Say {
    /// Sends it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let asked = SendMessage { to: self.to, body: self.body.into() };
        let message = session.write(session.client.send_message(self.arena, &asked)).await?;
        session.output.answer(&message, |message| format!("said as number {}\n", message.sequence))
    }
}
