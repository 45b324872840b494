//! Steps as a coordinator plans them: add, edit, adopt.

use arena_api::steps::{AddSteps, AdoptResult, EditStep, NewStep};
use arena_core::{
    ArenaId, Fence, Millis, StepNumber,
    collaboration::{ArtifactName, Assignee, Evidence},
};
use clap::Args;

use super::claim::outcome;
use crate::{
    failure::Failure,
    session::Session,
    text,
    values::{self, Source},
};

/// One step of one arena.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Target {
    /// The arena
    pub(crate) arena: ArenaId,
    /// The step's number
    #[arg(value_parser = values::step_number)]
    pub(crate) step: StepNumber,
}

/// What `add` and `edit` say about a step besides its title.
#[derive(Args, Debug)]
pub(crate) struct Fields {
    /// The whole task
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Steps that must be completed or cancelled first, such as 1,2
    #[arg(long, value_name = "STEPS", value_delimiter = ',', value_parser = values::step_number)]
    depends_on: Option<Vec<StepNumber>>,
    /// Who it is for: an agent, role:worker or role:coordinator
    #[arg(long)]
    assignee: Option<Assignee>,
    /// The lease a claim gets unless it asks for another
    #[arg(long, value_name = "LENGTH", value_parser = values::length)]
    lease: Option<Millis>,
    /// How often it may be tried
    #[arg(long, value_name = "NUMBER")]
    max_attempts: Option<u32>,
    /// An artifact that must be there before it can be completed
    #[arg(long = "needs-artifact", value_name = "NAME")]
    needs_artifacts: Vec<ArtifactName>,
    /// A coordinator must approve it before it can be completed
    #[arg(long)]
    needs_approval: bool,
}

/// New steps.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The arena
    arena: ArenaId,
    /// What is to be done, in a line
    #[arg(required_unless_present = "file")]
    title: Option<String>,
    #[command(flatten)]
    fields: Fields,
    /// Steps as a JSON list, as in `POST /v1/arenas/{id}/steps` (`-`: standard input)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "Fields"])]
    file: Option<Source>,
}

/// A changed step.
#[derive(Args, Debug)]
pub(crate) struct Edit {
    #[command(flatten)]
    target: Target,
    /// A new title
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    fields: Fields,
}

/// A late result.
#[derive(Args, Debug)]
pub(crate) struct Adopt {
    #[command(flatten)]
    target: Target,
    /// The late claim's fence
    #[arg(long, value_parser = values::fence)]
    fence: Fence,
}

impl Fields {
    /// The evidence, when any is asked for.
    fn evidence(&mut self) -> Option<Evidence> {
        let evidence =
            Evidence { artifacts: std::mem::take(&mut self.needs_artifacts), approval: self.needs_approval };
        (!evidence.is_empty()).then_some(evidence)
    }
}

impl Add {
    /// Adds them.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let arena = self.arena;
        let asked = AddSteps { steps: self.steps()? };
        let added = session.write(session.client.add_steps(arena, &asked)).await?;
        session.output.answer(&added, |added| text::step::board(&added.steps))
    }

    fn steps(mut self) -> Result<Vec<NewStep>, Failure> {
        if let Some(file) = &self.file {
            return file.json();
        }
        let evidence = self.fields.evidence();
        let Fields { description, depends_on, assignee, lease, max_attempts, .. } = self.fields;
        Ok(vec![NewStep {
            description: description.map(Into::into),
            depends_on: depends_on.unwrap_or_default(),
            assignee,
            lease_ms: lease,
            max_attempts,
            evidence,
            ..NewStep::new(&self.title.unwrap_or_default())
        }])
    }
}

impl Edit {
    /// Changes it.
    pub(crate) async fn run(mut self, session: &Session) -> Result<(), Failure> {
        let evidence = self.fields.evidence();
        let Fields { description, depends_on, assignee, lease, max_attempts, .. } = self.fields;
        let asked = EditStep {
            title: self.title.map(Into::into),
            description: description.map(Into::into),
            depends_on,
            assignee,
            lease_ms: lease,
            max_attempts,
            evidence,
        };
        let Target { arena, step } = self.target;
        let step = session.write(session.client.edit_step(arena, step, &asked)).await?;
        session.output.answer(&step, text::step::full)
    }
}

impl Adopt {
    /// Adopts it.
    pub(crate) async fn run(self, session: &Session) -> Result<(), Failure> {
        let Target { arena, step } = self.target;
        let adopt = session.client.adopt(arena, step, &AdoptResult { fence: self.fence });
        let step = session.write(adopt).await?;
        session.output.answer(&step, outcome)
    }
}
