//! Claims and how they end.

use alloc::vec::Vec;

use super::super::{
    aggregate::SharedArena,
    step::{Claim, Step},
    types::{Status, StepStatus},
};
use crate::{
    ids::StepNumber,
    time::{Millis, Timestamp},
};

impl SharedArena {
    pub(super) fn claimed(&mut self, number: StepNumber, claim: Claim) {
        if self.step(number).is_none() {
            return;
        }
        self.last_fence = self.last_fence.max(claim.fence);
        self.spent.attempts = self.spent.attempts.saturating_add(1);
        self.leases.insert_mut((claim.expires_at, number));
        if let Some(participant) = self.participants.get_mut(&claim.agent_id) {
            participant.holds.insert(number);
        }
        self.change(number, |step| {
            step.attempts = step.attempts.saturating_add(1);
            step.claim = Some(claim);
        });
        self.set_status(number, StepStatus::Claimed);
    }

    pub(super) fn renewed(&mut self, number: StepNumber, expires_at: Timestamp, lease_ms: Millis) {
        let Some(claim) = self.steps.get_mut(number.index()).and_then(|step| step.claim.as_mut()) else {
            return;
        };
        self.leases.remove_mut(&(claim.expires_at, number));
        self.leases.insert_mut((expires_at, number));
        claim.expires_at = expires_at;
        claim.lease_ms = lease_ms;
    }

    /// A claim given back was no attempt.
    pub(super) fn released(&mut self, number: StepNumber) {
        let Some(claim) = self.end_claim(number) else { return };
        self.spent.attempts = self.spent.attempts.saturating_sub(1);
        self.change(number, |step| {
            step.attempts = step.attempts.saturating_sub(1);
            step.remember(&claim);
        });
        self.rest(number);
    }

    /// An attempt that was given up or ran out of time.
    pub(super) fn attempt_over(&mut self, number: StepNumber) {
        let Some(claim) = self.end_claim(number) else { return };
        self.change(number, |step| step.remember(&claim));
        if let Some(status) = self.step(number).map(Step::after_attempt) {
            self.set_status(number, status);
        }
    }

    pub(super) fn revoked(&mut self, number: StepNumber) {
        let Some(claim) = self.end_claim(number) else { return };
        self.change(number, |step| step.remember(&claim));
        self.rest(number);
    }

    /// Takes the claim away; the status is the caller's to set.
    pub(super) fn end_claim(&mut self, number: StepNumber) -> Option<Claim> {
        let claim = self.steps.get_mut(number.index())?.claim.take()?;
        self.leases.remove_mut(&(claim.expires_at, number));
        if let Some(participant) = self.participants.get_mut(&claim.agent_id) {
            participant.holds.remove(number);
        }
        Some(claim)
    }

    /// Every lease ends by the deadline.
    pub(super) fn settling(&mut self, deadline: Timestamp) {
        self.status = Status::Settling;
        self.settle_deadline = Some(deadline);
        let later: Vec<StepNumber> = self
            .leases
            .iter()
            .filter(|(expires_at, _)| *expires_at > deadline)
            .map(|(_, step)| *step)
            .collect();
        for number in later {
            if let Some(lease_ms) =
                self.step(number).and_then(|step| step.claim.as_ref()).map(|claim| claim.lease_ms)
            {
                self.renewed(number, deadline, lease_ms);
            }
        }
    }
}
