//! Which tools a caller is shown: those that it may use somewhere.

use arena_core::{
    HandlePermissions,
    collaboration::{Permission, Status},
    contest,
};
use arena_runtime::{ArenaManager, ArenaQuery, ContestQuery, Principal, RuntimeError};

use super::tool::Audience;

/// How many are looked at at once.
const PAGE: usize = 100;

/// What a caller may do somewhere.
pub(super) struct View {
    permissions: HandlePermissions,
    /// Whether the token is good for more than one arena.
    is_free: bool,
    /// Whether it takes part in no arena yet.
    is_new: bool,
    sees_contests: bool,
    hosts: bool,
}

impl View {
    /// What `principal` may do, as its arenas and contests stand.
    pub(super) async fn of(manager: &ArenaManager, principal: &Principal) -> Result<Self, RuntimeError> {
        match principal {
            Principal::Handle(grant) => {
                let shared = manager.arena(principal, grant.arena_id).await?.shared.clone();
                let live =
                    shared.participant(&grant.agent_id).map(|one| HandlePermissions::of_role(one.role));
                let live = live.unwrap_or(HandlePermissions::NONE.with(Permission::Read));
                let permissions = live.intersection(grant.permissions);
                Ok(Self { permissions, is_free: false, is_new: false, sees_contests: false, hosts: false })
            }
            Principal::Operator => Ok(Self {
                permissions: HandlePermissions::ALL,
                is_free: true,
                is_new: false,
                sees_contests: true,
                hosts: true,
            }),
            Principal::Agent(_) => {
                let parts = parts(manager, principal).await?;
                Ok(Self {
                    permissions: parts.unwrap_or(HandlePermissions::ALL),
                    is_free: true,
                    is_new: parts.is_none(),
                    sees_contests: sees_contests(manager, principal).await?,
                    hosts: hosts(manager, principal).await?,
                })
            }
        }
    }

    /// Whether a tool for `audience` is shown.
    pub(super) fn shows(&self, audience: Audience) -> bool {
        match audience {
            Audience::With(permission) => self.permissions.allows(permission),
            Audience::Agents => self.is_free,
            Audience::Founders => {
                self.is_free && (self.is_new || self.permissions.allows(Permission::Coordinate))
            }
            Audience::Contestants => self.sees_contests,
            Audience::Hosts => self.hosts,
        }
    }

    /// Whether the token says which arena.
    pub(super) const fn has_arena(&self) -> bool {
        !self.is_free
    }
}

/// What the agent may do in the arenas that are not archived, in all; `None` when it takes part in none.
async fn parts(
    manager: &ArenaManager,
    principal: &Principal,
) -> Result<Option<HandlePermissions>, RuntimeError> {
    let agent_id = principal.agent_id();
    let mut all: Option<HandlePermissions> = None;
    for status in [Status::Active, Status::Created, Status::Settling] {
        let mut after = None;
        loop {
            let (status, agent) = (Some(status), Some(agent_id.clone()));
            let page = manager.arenas(principal, ArenaQuery { status, agent, after, limit: PAGE }).await?;
            for state in &page.items {
                let role = state.shared.participant(&agent_id).map(|one| one.role);
                let granted = role.map_or(HandlePermissions::NONE, HandlePermissions::of_role);
                all = Some(granted.iter().chain(all.into_iter().flat_map(HandlePermissions::iter)).collect());
            }
            after = page.items.last().map(|state| state.shared.arena_id());
            if all == Some(HandlePermissions::ALL) || !page.more {
                break;
            }
        }
    }
    Ok(all)
}

/// Whether there is a contest at all.
async fn sees_contests(manager: &ArenaManager, principal: &Principal) -> Result<bool, RuntimeError> {
    let query = ContestQuery { limit: 1, ..ContestQuery::default() };
    Ok(!manager.contests(principal, query).await?.items.is_empty())
}

/// Whether the agent has made a contest that is not over, or is its oracle.
async fn hosts(manager: &ArenaManager, principal: &Principal) -> Result<bool, RuntimeError> {
    let agent_id = principal.agent_id();
    for status in [contest::Status::Registration, contest::Status::Active, contest::Status::Eliminating] {
        let mut after = None;
        loop {
            let query = ContestQuery { status: Some(status), after, limit: PAGE, ..ContestQuery::default() };
            let page = manager.contests(principal, query).await?;
            let is_host =
                |contest: &contest::Contest| *contest.creator() == agent_id || *contest.oracle() == agent_id;
            if page.items.iter().any(|state| is_host(&state.contest)) {
                return Ok(true);
            }
            after = page.items.last().map(|state| state.contest.arena_id());
            if !page.more {
                break;
            }
        }
    }
    Ok(false)
}
