//! What a handle's token grants.

use serde::{Deserialize, Serialize};

use super::caveat::Caveat;
use crate::{
    collaboration::HandlePermissions,
    ids::{AgentId, ArenaId, HandleId, StepNumber},
    time::Timestamp,
};

/// What a handle's token grants: upper bounds, met with the live role at each call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The handle's id, by which it is revoked, with all that was narrowed from it.
    pub handle: HandleId,
    /// The only arena.
    pub arena_id: ArenaId,
    /// The agent it acts as.
    pub agent_id: AgentId,
    /// What it may do at most.
    pub permissions: HandlePermissions,
    /// The only step it may work on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepNumber>,
    /// From when on it is void.
    pub expires_at: Timestamp,
}

impl Grant {
    /// What is left of it under a caveat, which only ever takes away; `None` when nothing is: no step is two steps.
    #[must_use]
    pub fn under(mut self, caveat: Caveat) -> Option<Self> {
        match caveat {
            Caveat::May(permissions) => self.permissions = self.permissions.intersection(permissions),
            Caveat::Step(step) => {
                if self.step.is_some_and(|only| only != step) {
                    return None;
                }
                self.step = Some(step);
            }
            Caveat::Until(end) => self.expires_at = self.expires_at.min(end),
        }
        Some(self)
    }

    /// What is left of it under all of them.
    #[must_use]
    pub fn under_all(self, caveats: &[Caveat]) -> Option<Self> {
        caveats.iter().try_fold(self, |grant, caveat| grant.under(*caveat))
    }
}
