//! The token of one claim: a handle narrowed to the arena, the step and what the agent's role needs.

use std::time::Duration;

use arena_api::{client::Client, handles::CreateHandle};
use arena_core::{AgentId, HandleId, HandlePermissions, Millis, StepNumber, collaboration::Role};
use parking_lot::Mutex;

use super::{
    error::{Doing, RunError},
    site::Site,
};

/// How much longer than its process a token lives, for what comes after.
const AFTERWARDS: Duration = Duration::from_secs(10 * 60);

/// A handle of one agent for one step, replaced when it has ended.
#[derive(Debug)]
pub(super) struct Bearer<'a> {
    site: &'a Site,
    asked: CreateHandle,
    current: Mutex<Issued>,
}

#[derive(Clone, Debug)]
struct Issued {
    handle: HandleId,
    token: String,
    client: Client,
}

impl<'a> Bearer<'a> {
    /// Has a handle issued, good for a process of at most `time_limit`.
    pub(super) async fn issue(
        site: &'a Site,
        agent_id: &AgentId,
        role: Role,
        step: StepNumber,
        time_limit: Duration,
    ) -> Result<Self, RunError> {
        let life = u64::try_from(time_limit.saturating_add(AFTERWARDS).as_millis()).unwrap_or(u64::MAX);
        let asked = CreateHandle {
            agent_id: agent_id.clone(),
            permissions: Some(HandlePermissions::of_role(role)),
            step: Some(step),
            ttl_ms: Some(Millis::new(life)),
        };
        let current = Mutex::new(Self::one(site, &asked).await?);
        Ok(Self { site, asked, current })
    }

    async fn one(site: &Site, asked: &CreateHandle) -> Result<Issued, RunError> {
        let issued = site.client.create_handle(site.arena_id, asked).await;
        let issued = issued.doing(|| format!("get a token for {}", asked.agent_id))?;
        let client = site.client.with_token(&issued.token);
        Ok(Issued { handle: issued.handle, token: issued.token, client })
    }

    /// Whose it is.
    pub(super) fn agent_id(&self) -> &AgentId {
        &self.asked.agent_id
    }

    /// Speaks as the agent.
    pub(super) fn client(&self) -> Client {
        self.current.lock().client.clone()
    }

    /// The token, for the agent's process.
    pub(super) fn token(&self) -> String {
        self.current.lock().token.clone()
    }

    /// A name for the first request under it, which no other request ever has.
    pub(super) fn unique(&self) -> String {
        self.current.lock().handle.to_string()
    }

    /// Has another handle issued, because the current one has ended.
    pub(super) async fn replace(&self) -> Result<(), RunError> {
        let issued = Self::one(self.site, &self.asked).await?;
        *self.current.lock() = issued;
        Ok(())
    }

    /// Revokes it; one that cannot be revoked now ends by itself.
    pub(super) async fn revoke(&self) {
        let handle = self.current.lock().handle;
        let _ = self.site.client.revoke_handle(self.site.arena_id, handle).await;
    }
}
