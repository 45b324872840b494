//! How a step is completed: in time, too late, or by taking a late result as its own.

use alloc::{sync::Arc, vec::Vec};

use super::{
    super::{
        events::ArenaEvent, limits::Limits, rejection::Rejection, step::Step, types::StepStatus, Outcome,
    },
    asking::Asking,
    steps::{check_status, revocation, OPEN},
    Answer,
};
use crate::ids::{Fence, StepNumber};

impl Asking<'_> {
    /// Completes a held step once its evidence is there; without it the lease is renewed all the same.
    pub(super) fn complete_step(
        &self,
        number: StepNumber,
        fence: Fence,
        result: Option<&Arc<str>>,
        cost: Option<u64>,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let step = self.step(number)?;
        if step.status == StepStatus::Completed {
            let (current, expected) = (step.status, &[StepStatus::Claimed]);
            return Err(Rejection::WrongStepStatus { step: number, current, expected });
        }
        let (step, claim) = match self.held(number, fence) {
            Ok(held) => held,
            Err(stale @ Rejection::StaleFence { .. }) => {
                return self.complete_late(step, fence, result, cost, stale, events)
            }
            Err(other) => return Err(other),
        };
        self.arena.check_cost(cost)?;
        let missing = self.arena.missing_evidence(step);
        if !missing.is_empty() {
            events.extend(self.renewal(step, claim, claim.lease_ms));
            return Ok(Outcome::Refused(Rejection::EvidenceMissing { step: number, missing }));
        }
        events.push(ArenaEvent::StepCompleted {
            step: number,
            agent_id: claim.agent_id.clone(),
            fence,
            result: result.cloned(),
            cost,
            timestamp: self.now(),
        });
        Ok(Outcome::Accepted)
    }

    /// Keeps the result of a claim that has ended while its step is still open: once, only its own agent's, and no more
    /// of them than a step may have.
    fn complete_late(
        &self,
        step: &Step,
        fence: Fence,
        result: Option<&Arc<str>>,
        cost: Option<u64>,
        stale: Rejection,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let (agent_id, _) = self.participant()?;
        let was_its_own = step.was_held_by(agent_id, fence);
        if step.status.is_done() || !was_its_own {
            return Err(stale);
        }
        let current = step.claim.as_ref().map(|claim| claim.fence);
        let kept = Rejection::StaleFence { step: step.number, given: fence, current, orphan: true };
        match self.arena.orphan(fence) {
            // It became the step's own and the step was opened again: another result is not kept.
            Some(orphan) if orphan.adopted => return Err(stale),
            Some(_) => return Err(kept),
            None => {}
        }
        let limit = Limits::MAX_ORPHANS;
        if step.late_results >= limit {
            return Err(Rejection::LimitReached { what: "late results of the step", limit });
        }
        self.arena.check_cost(cost)?;
        events.push(ArenaEvent::ResultOrphaned {
            step: step.number,
            agent_id: agent_id.clone(),
            fence,
            result: result.cloned(),
            cost,
        });
        Ok(Outcome::Refused(kept))
    }

    /// Takes a late result as the step's own; whoever holds the step now loses it.
    pub(super) fn adopt_result(
        &self,
        number: StepNumber,
        fence: Fence,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let step = self.step(number)?;
        check_status(step, OPEN)?;
        let orphan = self.arena.orphan(fence).filter(|orphan| orphan.step == number && !orphan.adopted);
        let Some(orphan) = orphan else { return Err(Rejection::NoOrphan { step: number, fence }) };
        let waiting_for = self.arena.open_dependencies(step);
        if !waiting_for.is_empty() {
            return Err(Rejection::StepNotReady { step: number, current: step.status, waiting_for });
        }
        let missing = self.arena.missing_evidence(step);
        if !missing.is_empty() {
            return Err(Rejection::EvidenceMissing { step: number, missing });
        }
        events.extend(revocation(step));
        let agent_id = orphan.agent_id.clone();
        events.push(ArenaEvent::ResultAdopted { step: number, agent_id: agent_id.clone(), fence });
        events.push(ArenaEvent::StepCompleted {
            step: number,
            agent_id,
            fence,
            result: None,
            cost: orphan.cost,
            timestamp: self.now(),
        });
        Ok(Outcome::Accepted)
    }
}
