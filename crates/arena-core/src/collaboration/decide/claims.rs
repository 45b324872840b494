//! Holding a step: claim, renew, release, fail.

use alloc::{sync::Arc, vec::Vec};

use super::{
    super::{
        events::ArenaEvent,
        rejection::Rejection,
        step::{Claim, Step},
        types::StepStatus,
        Outcome,
    },
    asking::Asking,
    Answer,
};
use crate::{
    ids::{Fence, StepNumber},
    time::Millis,
};

impl Asking<'_> {
    /// Claims the step named, or the next one that is ready for the caller; with none ready nothing happens.
    pub(super) fn claim_step(
        &self,
        step: Option<StepNumber>,
        lease: Option<Millis>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let (agent_id, role) = self.participant()?;
        let number = match step {
            Some(number) => {
                self.check_claimable(number)?;
                self.check_budget()?;
                number
            }
            None => {
                self.check_budget()?;
                match self.arena.next_ready(agent_id, role, self.context.caller.only_step()) {
                    Some(number) => number,
                    None => return Ok(Outcome::Accepted),
                }
            }
        };
        let lease_ms = lease.unwrap_or(self.step(number)?.lease_ms);
        events.push(ArenaEvent::StepClaimed {
            step: number,
            agent_id: agent_id.clone(),
            fence: self.arena.last_fence.next(),
            expires_at: self.now().plus(lease_ms),
            lease_ms,
        });
        Ok(Outcome::Accepted)
    }

    fn check_claimable(&self, number: StepNumber) -> Result<(), Rejection> {
        let (agent_id, role) = self.participant()?;
        let step = self.step(number)?;
        if let Some(assignee) = step.assignee.as_ref().filter(|assignee| !assignee.admits(agent_id, role)) {
            return Err(Rejection::NotAssigned { step: number, assignee: assignee.clone() });
        }
        if let Some(claim) = &step.claim {
            let (holder, expires_at) = (claim.agent_id.clone(), claim.expires_at);
            return Err(Rejection::AlreadyClaimed { step: number, holder, expires_at });
        }
        if step.status != StepStatus::Ready {
            let waiting_for = match step.status {
                StepStatus::Waiting => self.arena.open_dependencies(step),
                StepStatus::Ready
                | StepStatus::Claimed
                | StepStatus::Completed
                | StepStatus::Failed
                | StepStatus::Cancelled => Vec::new(),
            };
            return Err(Rejection::StepNotReady { step: number, current: step.status, waiting_for });
        }
        Ok(())
    }

    fn check_budget(&self) -> Result<(), Rejection> {
        match self.arena.spent_budget(self.now()) {
            None => Ok(()),
            Some((budget, limit, spent)) => Err(Rejection::BudgetSpent { budget, limit, spent }),
        }
    }

    pub(super) fn renew_lease(
        &self,
        number: StepNumber,
        fence: Fence,
        lease: Option<Millis>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let (step, claim) = self.held(number, fence)?;
        events.extend(self.renewal(step, claim, lease.unwrap_or(claim.lease_ms)));
        Ok(Outcome::Accepted)
    }

    pub(super) fn release_step(
        &self,
        number: StepNumber,
        fence: Fence,
        reason: Option<&Arc<str>>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let (_, claim) = self.held(number, fence)?;
        let agent_id = claim.agent_id.clone();
        events.push(ArenaEvent::StepReleased { step: number, agent_id, fence, reason: reason.cloned() });
        Ok(Outcome::Accepted)
    }

    pub(super) fn fail_step(
        &self,
        number: StepNumber,
        fence: Fence,
        reason: Option<&Arc<str>>,
        cost: Option<u64>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let (_, claim) = self.held(number, fence)?;
        self.arena.check_cost(cost)?;
        let agent_id = claim.agent_id.clone();
        events.push(ArenaEvent::StepFailed { step: number, agent_id, fence, reason: reason.cloned(), cost });
        Ok(Outcome::Accepted)
    }

    /// The claim that a write names, which must be the current one and the caller's.
    pub(super) fn held(&self, number: StepNumber, fence: Fence) -> Result<(&Step, &Claim), Rejection> {
        let step = self.step(number)?;
        let Some(claim) = step.claim_with(fence) else {
            let current = step.claim.as_ref().map(|claim| claim.fence);
            return Err(Rejection::StaleFence { step: number, given: fence, current, orphan: false });
        };
        if self.is_caller(&claim.agent_id) {
            Ok((step, claim))
        } else {
            Err(Rejection::NotHolder { step: number, holder: claim.agent_id.clone() })
        }
    }

    /// What a write under a claim does to its lease; nothing when it changes nothing.
    pub(super) fn renewal(&self, step: &Step, claim: &Claim, lease_ms: Millis) -> Option<ArenaEvent> {
        let wanted = self.now().plus(lease_ms);
        let expires_at = self.arena.settle_deadline.map_or(wanted, |deadline| deadline.min(wanted));
        (expires_at != claim.expires_at || lease_ms != claim.lease_ms).then(|| ArenaEvent::LeaseRenewed {
            step: step.number,
            agent_id: claim.agent_id.clone(),
            fence: claim.fence,
            expires_at,
            lease_ms,
        })
    }
}
