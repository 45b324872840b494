//! `arena participant`: who takes part in an arena, and as what.

use arena_api::participants::{AddParticipant, ChangeRole, Participant as Member};
use arena_core::{AgentId, ArenaId, collaboration::Role};
use clap::Subcommand;

use crate::{failure::Failure, session::Session, text, values};

/// What can be done with participants.
#[derive(Debug, Subcommand)]
pub(crate) enum Participant {
    /// Join (name yourself) or invite an agent
    Add {
        /// The arena
        arena: ArenaId,
        /// Who
        agent: AgentId,
        /// As coordinator, worker or observer
        #[arg(long, value_parser = values::role, default_value = "worker")]
        role: Role,
    },
    /// Give a participant another role
    Role {
        /// The arena
        arena: ArenaId,
        /// Whose
        agent: AgentId,
        /// coordinator, worker or observer
        #[arg(value_parser = values::role)]
        role: Role,
    },
    /// Leave (name yourself) or remove a participant; its claims are released
    Remove {
        /// The arena
        arena: ArenaId,
        /// Who
        agent: AgentId,
    },
    /// List participants
    List {
        /// The arena
        arena: ArenaId,
    },
}

impl Participant {
    /// Does it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let client = &session.client;
        match self {
            Self::Add { arena, agent, role } => {
                let asked = AddParticipant { agent_id: agent, role };
                let member = session.write(client.add_participant(arena, &asked)).await?;
                session.output.answer(&member, takes_part)
            }
            Self::Role { arena, agent, role } => {
                let member = session.write(client.change_role(arena, &agent, &ChangeRole { role })).await?;
                session.output.answer(&member, takes_part)
            }
            Self::Remove { arena, agent } => {
                let arena = session.write(client.remove_participant(arena, &agent)).await?;
                session.output.answer(&arena, |_| format!("{agent} no longer takes part\n"))
            }
            Self::List { arena } => {
                let arena = session.read(client.arena(arena)).await?;
                session.output.answer(&arena.participants, |members| text::arena::participants(members))
            }
        }
    }
}

fn takes_part(member: &Member) -> String {
    format!("{} takes part as {}\n", member.agent_id, member.role)
}
