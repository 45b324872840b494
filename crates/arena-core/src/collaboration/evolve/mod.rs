//! How each event changes a shared arena: total, and without a decision.

mod contents;
mod leases;
mod participants;
mod steps;

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync, VectorSync};

use super::{
    aggregate::SharedArena,
    entries::Spent,
    events::ArenaEvent,
    ready::ReadySteps,
    step::{Claim, Step},
    types::{Status, StepStatus},
};
use crate::ids::{ArenaId, Fence, Sequence, StepNumber};

impl SharedArena {
    /// Begins an arena with its first event, which is `ArenaCreated`; `None` for any other.
    #[must_use]
    pub fn begin(arena_id: ArenaId, first: &ArenaEvent) -> Option<Self> {
        let ArenaEvent::ArenaCreated { agent_id, goal, strategy, open, settle_grace_ms, budget, timestamp } =
            first
        else {
            return None;
        };
        Some(Self {
            arena_id,
            sequence: Sequence::ZERO.next(),
            status: Status::Created,
            goal: goal.clone(),
            strategy: *strategy,
            open: *open,
            created_by: agent_id.clone(),
            created_at: *timestamp,
            activated_at: None,
            settle_grace: *settle_grace_ms,
            settle_deadline: None,
            report_hash: None,
            budget: *budget,
            spent: Spent::default(),
            last_fence: Fence::ZERO,
            coordinators: 0,
            completed_steps: 0,
            total_steps: 0,
            participants: RedBlackTreeMapSync::new_sync(),
            former: RedBlackTreeMapSync::new_sync(),
            steps: VectorSync::new_sync(),
            ready: ReadySteps::default(),
            leases: RedBlackTreeSetSync::new_sync(),
            orphans: RedBlackTreeMapSync::new_sync(),
            artifacts: RedBlackTreeMapSync::new_sync(),
            facts: RedBlackTreeMapSync::new_sync(),
        })
    }

    /// Folds one event in; one that names what is not there counts and changes nothing else.
    pub fn evolve(&mut self, event: &ArenaEvent) {
        self.sequence = self.sequence.next();
        match event {
            ArenaEvent::ArenaCreated { .. } | ArenaEvent::MessageSent { .. } => {}
            ArenaEvent::ArenaActivated { timestamp } => {
                self.status = Status::Active;
                self.activated_at = Some(*timestamp);
            }
            ArenaEvent::AgentJoined { agent_id, role, timestamp } => self.joined(agent_id, *role, *timestamp),
            ArenaEvent::AgentLeft { agent_id, .. } => self.left(agent_id),
            ArenaEvent::RoleChanged { agent_id, role } => self.role_changed(agent_id, *role),
            ArenaEvent::GoalUpdated { new_goal } => self.goal = new_goal.clone(),
            ArenaEvent::StepsAdded { steps, .. } => self.steps_added(steps),
            ArenaEvent::StepChanged { step, edit } => self.step_changed(*step, edit),
            ArenaEvent::StepCancelled { step } => self.set_status(*step, StepStatus::Cancelled),
            ArenaEvent::StepClaimed { step, agent_id, fence, expires_at, lease_ms } => {
                let claim = Claim {
                    agent_id: agent_id.clone(),
                    fence: *fence,
                    expires_at: *expires_at,
                    lease_ms: *lease_ms,
                };
                self.claimed(*step, claim);
            }
            ArenaEvent::LeaseRenewed { step, expires_at, lease_ms, .. } => {
                self.renewed(*step, *expires_at, *lease_ms);
            }
            ArenaEvent::StepReleased { step, .. } => self.released(*step),
            ArenaEvent::LeaseExpired { step, .. } => self.attempt_over(*step),
            ArenaEvent::LeaseRevoked { step, .. } => self.revoked(*step),
            ArenaEvent::StepApproved { step, agent_id } => {
                self.change(*step, |step| step.approved_by = Some(agent_id.clone()));
            }
            ArenaEvent::StepCompleted { step, agent_id, fence, result, cost, timestamp } => {
                self.completed(*step, agent_id, *fence, result.is_some(), *cost, *timestamp);
            }
            ArenaEvent::ResultOrphaned { step, agent_id, fence, result, cost } => {
                self.orphaned(*step, agent_id, *fence, result.is_some(), *cost);
            }
            ArenaEvent::ResultAdopted { fence, .. } => self.adopted(*fence),
            ArenaEvent::StepFailed { step, agent_id, reason, cost, .. } => {
                self.failed(*step, agent_id, reason.as_ref(), *cost);
            }
            ArenaEvent::StepReopened { step } => self.reopened(*step),
            ArenaEvent::ArtifactPut { .. } => self.artifact_put(event),
            ArenaEvent::FactPut { .. } => self.fact_put(event),
            ArenaEvent::SettlingStarted { deadline } => self.settling(*deadline),
            ArenaEvent::ArenaArchived { report_hash } => {
                self.status = Status::Archived;
                self.report_hash = Some(*report_hash);
            }
        }
    }

    /// Changes a step in ways that leave its status and links alone.
    fn change(&mut self, step: StepNumber, change: impl FnOnce(&mut Step)) {
        if let Some(step) = self.steps.get_mut(step.index()) {
            change(step);
        }
    }
}
