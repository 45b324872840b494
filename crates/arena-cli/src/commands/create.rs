//! `arena create`: makes an arena.

use arena_api::{
    arenas::{Arena, CreateArena},
    participants::AddParticipant,
    steps::NewStep,
};
use arena_core::{
    Millis,
    collaboration::{Budget, Strategy},
};
use clap::Args;

use crate::{
    failure::Failure,
    session::Session,
    values::{self, Member, Source},
};

/// A new arena.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena create \"Ship the parser\" --participant alice --step Write --step Test"
)]
pub(crate) struct Create {
    /// What it is for
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    goal: Option<String>,
    /// The whole request as JSON, as `POST /v1/arenas` takes it (`-`: standard input)
    #[arg(long, value_name = "FILE")]
    file: Option<Source>,
    /// Who may claim: peer (any worker) or pipeline (each step's assignee)
    #[arg(long, value_parser = values::strategy, default_value = "peer", conflicts_with = "file")]
    strategy: Strategy,
    /// Let any registered agent read it and join
    #[arg(long, conflicts_with = "file")]
    open: bool,
    /// Who takes part besides you; a worker unless said
    #[arg(long = "participant", value_name = "AGENT[:ROLE]", conflicts_with = "file")]
    participants: Vec<Member>,
    /// A step, by its title; each is independent (use `--steps` or `arena step add` for more)
    #[arg(long = "step", value_name = "TITLE", conflicts_with_all = ["file", "steps"])]
    titles: Vec<String>,
    /// Steps as a JSON list, as in `POST /v1/arenas` (`-`: standard input)
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    steps: Option<Source>,
    /// How long settling waits for open leases
    #[arg(long, value_parser = values::length, value_name = "LENGTH", conflicts_with = "file")]
    settle_grace: Option<Millis>,
    /// Claims it may spend
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    budget_attempts: Option<u64>,
    /// Time it may spend once active
    #[arg(long, value_parser = values::length, value_name = "LENGTH", conflicts_with = "file")]
    budget_duration: Option<Millis>,
    /// Cost it may spend, in units of your choice
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    budget_cost: Option<u64>,
    /// Begin work at once
    #[arg(long)]
    activate: bool,
}

impl Create {
    /// Makes the arena, and activates it when asked to.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let activate = self.activate;
        let asked = self.request()?;
        let mut arena = session.write(session.client.create_arena(&asked)).await?;
        if activate {
            arena = session.write(session.client.activate(arena.arena_id)).await?;
        }
        session.output.answer(&arena, created)
    }

    fn request(self) -> Result<CreateArena, Failure> {
        if let Some(file) = &self.file {
            return file.json();
        }
        let steps = match &self.steps {
            Some(source) => source.json()?,
            None => self.titles.iter().map(|title| NewStep::new(title)).collect(),
        };
        let budget = Budget {
            attempts: self.budget_attempts,
            duration_ms: self.budget_duration,
            cost: self.budget_cost,
        };
        let participant = |member: Member| AddParticipant { agent_id: member.agent_id, role: member.role };
        Ok(CreateArena {
            strategy: Some(self.strategy),
            open: Some(self.open),
            participants: self.participants.into_iter().map(participant).collect(),
            steps,
            settle_grace_ms: self.settle_grace,
            budget: (budget != Budget::default()).then_some(budget),
            ..CreateArena::new(&self.goal.unwrap_or_default())
        })
    }
}

fn created(arena: &Arena) -> String {
    format!("created {}, which is {} with {} steps\n", arena.arena_id, arena.status, arena.total_steps)
}
