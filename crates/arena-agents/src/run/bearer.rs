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
use crate::clock::Stopwatch;

/// How much longer than its process a handle lives, for what comes before and after.
const AFTERWARDS: Duration = Duration::from_secs(10 * 60);
/// How much longer than it may run a process's own token lives, for what comes before. What takes longer, such as inputs to be
/// read, is not taken from the process: it gets a handle that was issued then.
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
    expires_at: Timestamp,
    since: Stopwatch,
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
        let asked = CreateHandle {
            agent_id: agent_id.clone(),
            permissions: Some(HandlePermissions::of_role(role)),
            step: Some(step),
            ttl_ms: Some(life(time_limit)),
        };
        let current = Mutex::new(Self::one(site, &asked).await?);
        Ok(Self { site, asked, current })
    }

    async fn one(site: &Site, asked: &CreateHandle) -> Result<Issued, RunError> {
        let since = Stopwatch::start();
        let issued = site.client.create_handle(site.arena_id, asked).await;
        let issued = issued.doing(|| format!("get a token for {}", asked.agent_id))?;
        let client = site.client.with_token(&issued.token);
        Ok(Issued {
            handle: issued.handle,
            token: issued.token,
            expires_at: issued.expires_at,
            since,
            client,
        })
    }

    /// Whose it is.
    pub(super) fn agent_id(&self) -> &AgentId {
        &self.asked.agent_id
    }

    /// Speaks as the agent.
    pub(super) fn client(&self) -> Client {
        self.current.lock().client.clone()
    }

    /// Sees to it that a process that begins now has all its time: a handle of long ago is replaced, and ends by itself.
    pub(super) async fn begin_process(&self) -> Result<(), RunError> {
        let waited = self.current.lock().since.elapsed();
        if has_time(waited) { Ok(()) } else { self.replace().await }
    }

    /// A token for the agent's process, narrowed here: for work, and until its time is over. It ends with this one.
    pub(super) fn for_process(&self) -> Result<String, NotNarrowed> {
        let Issued { token, expires_at, .. } = self.current.lock().clone();
        let allowed = self.asked.permissions.unwrap_or(HandlePermissions::ALL);
        let by = Narrowing {
            permissions: Some(allowed.intersection(WORK)),
            step: None,
            expires_at: Some(process_ends(expires_at)),
        };
        Ok(narrow(&token, by)?.token)
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

/// How long a handle is good for a process of at most `time_limit`.
fn life(time_limit: Duration) -> Millis {
    millis(time_limit.saturating_add(AFTERWARDS))
}

/// When the token ends of a process whose handle ends then, by the server's time as that is.
fn process_ends(handle_ends: Timestamp) -> Timestamp {
    let earlier = millis(AFTERWARDS.saturating_sub(BEFORE));
    Timestamp::from_millis(handle_ends.as_millis().saturating_sub(earlier.get()))
}

/// Whether a process that begins so long after its handle was issued has all its time.
fn has_time(waited: Duration) -> bool {
    waited <= BEFORE
}

fn millis(length: Duration) -> Millis {
    Millis::new(u64::try_from(length.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_has_all_its_time_however_long_its_inputs_took() {
        let time_limit = Duration::from_secs(30 * 60);
        for waited in [0, 59, 60, 61, 540, 3_600].map(Duration::from_secs) {
            let begins = Timestamp::from_millis(0).plus(millis(waited));
            // Too old a handle is replaced by one of now.
            let issued = if has_time(waited) { Timestamp::from_millis(0) } else { begins };
            let handle_ends = issued.plus(life(time_limit));
            let ends = process_ends(handle_ends);
            assert!(ends >= begins.plus(millis(time_limit)), "{waited:?}");
            assert!(ends <= begins.plus(millis(time_limit + BEFORE)) && ends < handle_ends, "{waited:?}");
        }
    }
}
