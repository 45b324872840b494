//! What changes something: every method ends in the committer's queue.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaConfig, ArenaId, Fence, HandleId, HandlePermissions, Hash, Millis, StepNumber, Timestamp,
    collaboration::{ArtifactKind, ArtifactName, Command},
    handles::Grant,
    registry::RegistryCommand,
};
use bytes::Bytes;

use crate::{
    ask::{Applied, Ask, Render, Reply},
    batch::{Done, Job},
    error::RuntimeError,
    ids,
    manager::ArenaManager,
    query::Profile,
    tokens::{AGENT, Principal, token_hash},
};

/// How long a handle is good for when nobody says otherwise.
const DEFAULT_HANDLE_LIFE: Millis = Millis::from_secs(24 * 60 * 60);
/// The longest life of a handle.
const LONGEST_HANDLE_LIFE: Millis = Millis::from_secs(30 * 24 * 60 * 60);

/// An artifact to put.
#[derive(Clone, Debug)]
pub struct NewArtifact {
    /// Its name.
    pub name: ArtifactName,
    /// The claim it is put under.
    pub claim: Option<(StepNumber, Fence)>,
    /// The version it must follow; 0: it must not exist.
    pub expected_version: Option<u64>,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its media type.
    pub media_type: Arc<str>,
    /// Its bytes.
    pub bytes: Bytes,
}

/// A handle to give out.
#[derive(Clone, Debug)]
pub struct NewHandle {
    /// The agent it acts as.
    pub agent_id: AgentId,
    /// What it may do at most; all that the agent's role allows when absent.
    pub permissions: Option<HandlePermissions>,
    /// The only step it may work on.
    pub step: Option<StepNumber>,
    /// For how long: 1 s to 30 days, 24 h when absent.
    pub ttl: Option<Millis>,
}

/// An agent's token, shown once.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// Whose it is.
    pub agent_id: AgentId,
    /// The token.
    pub token: String,
}

/// A handle's token, shown once.
#[derive(Clone, Debug)]
pub struct IssuedHandle {
    /// By which it is revoked.
    pub handle: HandleId,
    /// The token.
    pub token: String,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

impl ArenaManager {
    /// Makes a shared arena.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn create_arena(
        &self,
        ask: Ask,
        config: ArenaConfig,
        render: Render,
    ) -> Result<Reply, RuntimeError> {
        config.check(&self.shared().limits)?;
        let job = Job::Create { config: Box::new(config), render };
        self.answered(ask, job, render).await
    }

    /// Makes a shared arena and answers its id.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn create_as(
        &self,
        principal: Principal,
        config: ArenaConfig,
    ) -> Result<ArenaId, RuntimeError> {
        let id_of: Render = |applied| applied.state.arena_id().as_bytes().to_vec();
        let reply = self.create_arena(Ask::by(principal), config, id_of).await?;
        let id = reply.body.try_into().map_err(|_| RuntimeError::Internal("an id has 16 bytes"))?;
        Ok(ArenaId::from_bytes(id))
    }

    /// Gives a command to a shared arena.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn submit(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        command: Command,
        render: Render,
    ) -> Result<Reply, RuntimeError> {
        command.check(&self.shared().limits)?;
        self.warm(arena_id).await?;
        self.answered(ask, Job::Shared { arena_id, command, bytes: None, render }, render).await
    }

    /// Puts a version of an artifact; its bytes are durable with the event that names them.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn put_artifact(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        put: NewArtifact,
        render: Render,
    ) -> Result<Reply, RuntimeError> {
        let command = Command::PutArtifact {
            name: put.name,
            claim: put.claim,
            expected_version: put.expected_version,
            kind: put.kind,
            media_type: put.media_type,
            sha256: Hash::of(&put.bytes),
            size: u64::try_from(put.bytes.len()).unwrap_or(u64::MAX),
        };
        command.check(&self.shared().limits)?;
        self.warm(arena_id).await?;
        self.answered(ask, Job::Shared { arena_id, command, bytes: Some(put.bytes), render }, render).await
    }

    async fn answered(&self, ask: Ask, job: Job, render: Render) -> Result<Reply, RuntimeError> {
        match self.send(ask, job)?.wait().await? {
            Done::Applied { applied, body } => {
                let body = body.unwrap_or_else(|| render(&applied));
                let Applied { head, events, .. } = *applied;
                Ok(Reply { body, sequence: Some(head.sequence), recorded: events.len(), replayed: false })
            }
            Done::Replayed(body) => Ok(Reply { body, sequence: None, recorded: 0, replayed: true }),
            Done::Registered | Done::Contest { .. } | Done::Transferred(_) => {
                Err(RuntimeError::Internal("something else answered for an arena"))
            }
        }
    }

    /// Registers an agent, and gives out its token.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn register_agent(
        &self,
        ask: Ask,
        agent_id: AgentId,
        name: Option<String>,
    ) -> Result<IssuedToken, RuntimeError> {
        let token = ids::secret(AGENT)?;
        let token_hash = Some(token_hash(&token));
        let command = RegistryCommand::RegisterAgent { agent_id: agent_id.clone(), name, token_hash };
        self.registered(ask, command).await?;
        Ok(IssuedToken { agent_id, token })
    }

    /// Replaces an agent's token; the old one is void.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn replace_token(&self, ask: Ask, agent_id: AgentId) -> Result<IssuedToken, RuntimeError> {
        let token = ids::secret(AGENT)?;
        let command =
            RegistryCommand::ReplaceToken { agent_id: agent_id.clone(), token_hash: token_hash(&token) };
        self.registered(ask, command).await?;
        Ok(IssuedToken { agent_id, token })
    }

    /// Removes an agent: its token is void and its id is never given again.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn remove_agent(&self, ask: Ask, agent_id: AgentId) -> Result<Profile, RuntimeError> {
        self.registered(ask, RegistryCommand::RemoveAgent { agent_id: agent_id.clone() }).await?;
        let registry = self.shared().registry.read().clone();
        let removed = registry.registry.agent(&agent_id).map(|agent| (agent_id, agent.clone()));
        let profile = self.profiles(removed.into_iter().collect()).await?.pop();
        profile.ok_or(RuntimeError::not_found("agent"))
    }

    /// Gives out a handle.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn issue_handle(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        new: NewHandle,
    ) -> Result<IssuedHandle, RuntimeError> {
        let life = new.ttl.unwrap_or(DEFAULT_HANDLE_LIFE);
        if !(Millis::from_secs(1)..=LONGEST_HANDLE_LIFE).contains(&life) {
            let reason = "a handle lives 1,000 to 2,592,000,000 ms".to_owned();
            return Err(
                arena_core::collaboration::Rejection::Invalid { field: "ttl_ms".to_owned(), reason }.into()
            );
        }
        let now = self.now();
        let grant = Grant {
            handle: self.shared().ids.handle(now)?,
            arena_id,
            agent_id: new.agent_id,
            permissions: new.permissions.unwrap_or(HandlePermissions::ALL),
            step: new.step,
            expires_at: now.plus(life),
        };
        let command = RegistryCommand::IssueHandle {
            handle: grant.handle,
            arena_id,
            agent_id: grant.agent_id.clone(),
            permissions: grant.permissions,
            step: grant.step,
            expires_at: grant.expires_at,
        };
        self.registered(ask, command).await?;
        let token = self.secrets().handles.sign(&grant);
        Ok(IssuedHandle { handle: grant.handle, token, expires_at: grant.expires_at })
    }

    /// Revokes a handle.
    ///
    /// # Errors
    /// [`RuntimeError`].
    pub async fn revoke_handle(
        &self,
        ask: Ask,
        arena_id: ArenaId,
        handle: HandleId,
    ) -> Result<(), RuntimeError> {
        self.registered(ask, RegistryCommand::RevokeHandle { handle, arena_id }).await
    }

    async fn registered(&self, ask: Ask, command: RegistryCommand) -> Result<(), RuntimeError> {
        self.send(ask, Job::Registry(command))?.wait().await.map(|_| ())
    }
}
