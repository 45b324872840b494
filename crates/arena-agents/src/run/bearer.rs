//! The tokens of one attempt: a handle for the arena, the step and what the agent's role needs, which the run keeps; and for the
//! process a child of it that can do less.
//!
//! Each attempt has a handle of its own, so that revoking it ends what a process of this attempt may do and nothing else: one
//! child alone cannot be revoked.

use std::time::Duration;

use arena_api::{
    client::Client,
    handles::CreateHandle,
    narrow::{Narrowing, NotNarrowed, narrow},
    steps::Claim,
};
use arena_core::{
    AgentId, HandleId, HandlePermissions, Millis, StepNumber, Timestamp,
    collaboration::{Permission, Role},
};
use parking_lot::Mutex;

use super::{
    error::{Doing, RunError},
    site::Site,
};

/// How much longer than its process a handle lives, for what comes before and after.
const AFTERWARDS: Duration = Duration::from_secs(10 * 60);
/// How much longer than it may run a process's own token lives, for what comes before.
const BEFORE: Duration = Duration::from_secs(60);
/// What work on a step may take: not to lead the arena, and so not to approve its own work either.
const WORK: HandlePermissions =
    HandlePermissions::NONE.with(Permission::Read).with(Permission::Write).with(Permission::Share);

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

    fn token(&self) -> String {
        self.current.lock().token.clone()
    }

    /// A token for the agent's process, narrowed here: for work, and until its time is over. It ends with this one.
    pub(super) fn for_process(&self, claim: &Claim, time_limit: Duration) -> Result<String, NotNarrowed> {
        let may_run = u64::try_from(time_limit.saturating_add(BEFORE).as_millis()).unwrap_or(u64::MAX);
        // By the server's time, which the claim tells.
        let claimed_at = claim.expires_at.as_millis().saturating_sub(claim.lease_ms.get());
        let allowed = self.asked.permissions.unwrap_or(HandlePermissions::ALL);
        let by = Narrowing {
            permissions: Some(allowed.intersection(WORK)),
            step: None,
            expires_at: Some(Timestamp::from_millis(claimed_at.saturating_add(may_run))),
        };
        let own = self.token();
        match narrow(&own, by) {
            Ok(child) => Ok(child.token),
            // It ends sooner than the process may run, and allows no more than work takes.
            Err(NotNarrowed::Nothing) => Ok(own),
            Err(error) => Err(error),
        }
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
