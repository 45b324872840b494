//! One agent's permission-restricted view of one arena, for programs that embed Arena.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaId, CommandId, Fence, HandlePermissions, Hash, Millis, Sequence, StepNumber, Timestamp,
    collaboration::{ArtifactName, Command, FactKey, NewStep, Role},
    handles::Caveat,
};
use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ask::{Applied, Ask, Render, RequestKey},
    cache::ArenaState,
    error::RuntimeError,
    manager::ArenaManager,
    report::SealedReport,
    tokens::Principal,
    writing::NewArtifact,
};

/// One agent's view of one arena. What it may do is its `permissions` met with the agent's live role at each call.
///
/// ```
/// use arena_runtime::{ArenaConfig, ArenaManager, Options, collaboration::Role};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let manager = ArenaManager::open(Options::in_memory())?;
/// let arena_id = manager.create(ArenaConfig::new("count words")).await?;
/// let coordinator = manager.operator(arena_id);
/// coordinator.add_step("count chapter one").await?;
/// coordinator.activate().await?;
///
/// let claim = coordinator.claim(None, None).await?.expect("a step is ready");
/// coordinator.complete(claim.step, claim.fence, Some("1,024 words")).await?;
/// coordinator.settle().await?;
/// coordinator.archive().await?;
/// assert_eq!(coordinator.report().await?.report.counts.completed_steps, 1);
/// # manager.shutdown().await;
/// # Ok::<(), arena_runtime::RuntimeError>(()) }).unwrap();
/// ```
#[derive(Clone)]
pub struct ArenaHandle {
    manager: ArenaManager,
    principal: Principal,
    /// The arena.
    pub arena_id: ArenaId,
    /// What it may do at most.
    pub permissions: HandlePermissions,
    command_id: Option<CommandId>,
}

/// A claim that was won.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimedStep {
    /// The step.
    pub step: StepNumber,
    /// The claim's number, which every write under it carries.
    pub fence: Fence,
    /// When the lease ends.
    pub expires_at: Timestamp,
}

impl ArenaHandle {
    pub(crate) fn new(manager: ArenaManager, principal: Principal, arena_id: ArenaId) -> Self {
        let permissions = match &principal {
            Principal::Operator | Principal::Agent(_) => HandlePermissions::ALL,
            Principal::Handle(grant) => grant.permissions,
        };
        Self { manager, principal, arena_id, permissions, command_id: None }
    }

    /// The same view for one command that carries a key: repeated, it answers as it did first and does nothing.
    /// Another command through it is refused as `idempotency_mismatch`.
    #[must_use]
    pub fn with_command_id(&self, command_id: CommandId) -> Self {
        Self { command_id: Some(command_id), ..self.clone() }
    }

    /// The same view with less: what a token of the same handle with these caveats would allow. `None` when nothing would
    /// be left (no step is two steps), and for a view that comes from no handle: issue one first.
    #[must_use]
    pub fn narrowed(&self, caveats: &[Caveat]) -> Option<Self> {
        let principal = match &self.principal {
            Principal::Handle(grant) => Principal::Handle(grant.clone().under_all(caveats)?),
            Principal::Operator | Principal::Agent(_) => return None,
        };
        Some(Self::new(self.manager.clone(), principal, self.arena_id))
    }

    /// The agent that acts.
    #[must_use]
    pub fn agent_id(&self) -> AgentId {
        self.principal.agent_id()
    }

    /// Gives any command; answers the arena's sequence after it (`None` for a repetition).
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit(&self, command: Command) -> Result<Option<Sequence>, RuntimeError> {
        let ask = self.ask(&command);
        Ok(self.manager.submit(ask, self.arena_id, command, |_| Vec::new()).await?.sequence)
    }

    async fn ask_for<T: DeserializeOwned>(
        &self,
        command: Command,
        render: Render,
    ) -> Result<T, RuntimeError> {
        let ask = self.ask(&command);
        let reply = self.manager.submit(ask, self.arena_id, command, render).await?;
        serde_json::from_slice(&reply.body)
            .map_err(|_| RuntimeError::Internal("an answer was kept in another form"))
    }

    fn ask(&self, command: &Command) -> Ask {
        self.ask_about("command", &format!("{command:?}"))
    }

    fn ask_about(&self, what: &str, asked: &str) -> Ask {
        let key = self.command_id.clone().map(|id| RequestKey {
            id,
            operation: format!("rust {what} {}", self.arena_id),
            fingerprint: Hash::of(asked.as_bytes()),
        });
        Ask { principal: self.principal.clone(), if_match: None, key }
    }

    /// Begins work.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn activate(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Activate).await.map(|_| ())
    }

    /// Joins an open arena, or invites.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn add_participant(&self, agent_id: AgentId, role: Role) -> Result<(), RuntimeError> {
        self.submit(Command::AddParticipant { agent_id, role }).await.map(|_| ())
    }

    /// Adds a step with a title and answers its number.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn add_step(&self, title: &str) -> Result<StepNumber, RuntimeError> {
        let steps = self.add_steps(vec![NewStep::titled(title)]).await?;
        steps.first().copied().ok_or(RuntimeError::Internal("a step was added and has no number"))
    }

    /// Adds steps and answers their numbers.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn add_steps(&self, steps: Vec<NewStep>) -> Result<Vec<StepNumber>, RuntimeError> {
        self.ask_for(Command::AddSteps { steps }, added).await
    }

    /// Claims a step, or the next ready one; `None` when nothing is ready for this agent.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn claim(
        &self,
        step: Option<StepNumber>,
        lease: Option<Millis>,
    ) -> Result<Option<ClaimedStep>, RuntimeError> {
        self.ask_for(Command::ClaimStep { step, lease }, claimed).await
    }

    /// Extends a lease by the claim's own length.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn renew(&self, step: StepNumber, fence: Fence) -> Result<(), RuntimeError> {
        self.submit(Command::RenewLease { step, fence, lease: None }).await.map(|_| ())
    }

    /// Gives a claim back.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn release(&self, step: StepNumber, fence: Fence) -> Result<(), RuntimeError> {
        self.submit(Command::ReleaseStep { step, fence, reason: None }).await.map(|_| ())
    }

    /// Finishes a claimed step.
    ///
    /// # Errors
    /// [`RuntimeError`]; `stale_fence` when the lease has ended: the result is then kept for adoption.
    pub async fn complete(
        &self,
        step: StepNumber,
        fence: Fence,
        result: Option<&str>,
    ) -> Result<(), RuntimeError> {
        let result = result.map(Arc::from);
        self.submit(Command::CompleteStep { step, fence, result, cost: None }).await.map(|_| ())
    }

    /// Gives up an attempt.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn fail(&self, step: StepNumber, fence: Fence, reason: &str) -> Result<(), RuntimeError> {
        let reason = Some(Arc::from(reason));
        self.submit(Command::FailStep { step, fence, reason, cost: None }).await.map(|_| ())
    }

    /// Puts a version of an artifact, under a claim if there is one.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn put_artifact(
        &self,
        name: ArtifactName,
        claim: Option<(StepNumber, Fence)>,
        media_type: &str,
        bytes: Bytes,
    ) -> Result<(), RuntimeError> {
        let asked = format!("{name} {claim:?} {media_type} {}", Hash::of(&bytes));
        let ask = self.ask_about("artifact", &asked);
        let kind = arena_core::collaboration::ArtifactKind::File;
        let put =
            NewArtifact { name, claim, expected_version: None, kind, media_type: media_type.into(), bytes };
        self.manager.put_artifact(ask, self.arena_id, put, |_| Vec::new()).await.map(|_| ())
    }

    /// Puts a version of a fact.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn put_fact(&self, key: FactKey, content: &str) -> Result<(), RuntimeError> {
        let content = content.into();
        let tags = Vec::new();
        let put = Command::PutFact { key, content, confidence: None, tags, expected_version: None };
        self.submit(put).await.map(|_| ())
    }

    /// Says something.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn say(&self, body: &str) -> Result<(), RuntimeError> {
        self.submit(Command::SendMessage { to: Vec::new(), body: body.into() }).await.map(|_| ())
    }

    /// Begins to drain.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn settle(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Settle).await.map(|_| ())
    }

    /// Seals.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn archive(&self) -> Result<(), RuntimeError> {
        self.submit(Command::Archive).await.map(|_| ())
    }

    /// The arena as of now.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn state(&self) -> Result<Arc<ArenaState>, RuntimeError> {
        self.manager.arena(&self.principal, self.arena_id).await
    }

    /// The sealed report.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn report(&self) -> Result<SealedReport, RuntimeError> {
        self.manager.report(&self.principal, self.arena_id).await
    }
}

fn added(applied: &Applied) -> Vec<u8> {
    let numbers: Vec<StepNumber> = applied
        .changes
        .iter()
        .filter_map(|event| match event {
            arena_core::ArenaEvent::StepsAdded { first, steps } => Some((first, steps.len())),
            _ => None,
        })
        .flat_map(|(first, count)| {
            let first = first.get();
            (first..).take(count).filter_map(StepNumber::new)
        })
        .collect();
    json(&numbers)
}

fn claimed(applied: &Applied) -> Vec<u8> {
    let claim = applied.changes.iter().find_map(|event| match event {
        arena_core::ArenaEvent::StepClaimed { step, fence, expires_at, .. } => {
            Some(ClaimedStep { step: *step, fence: *fence, expires_at: *expires_at })
        }
        _ => None,
    });
    json(&claim)
}

fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("answers have a JSON form")
}
