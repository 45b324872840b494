//! Why steps do not go on.

use alloc::{string::String, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    aggregate::SharedArena,
    step::{Failure, Step},
    types::{Assignee, Role, Status, StepStatus},
};
use crate::{ids::StepNumber, time::Timestamp};

/// A reason why a step, or the whole arena, does not go on by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the facts named in each variant's sentence")]
pub enum WhyStuck {
    /// The arena's status allows no claims.
    NotActive { status: Status },
    /// A budget is spent: `attempts`, `duration_ms` or `cost`.
    BudgetSpent { budget: String, limit: u64, spent: u64 },
    /// The step is out of attempts, and these, neither completed nor cancelled, wait for it.
    Failed {
        step: StepNumber,
        attempts: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        last_failure: Option<Failure>,
        blocks: Vec<StepNumber>,
    },
    /// The step waits for others that are neither completed nor cancelled.
    WaitsFor { step: StepNumber, waiting_for: Vec<StepNumber> },
    /// The step is ready, and nobody who takes part may claim it.
    NobodyMayClaim {
        step: StepNumber,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assignee: Option<Assignee>,
    },
    /// The step is not completed without this evidence.
    NeedsEvidence { step: StepNumber, missing: Vec<String> },
}

impl SharedArena {
    /// Every reason why something does not go on, the arena's first, then in the order of the steps.
    #[must_use]
    pub fn stuck(&self, now: Timestamp) -> Vec<WhyStuck> {
        let whole = match self.status {
            Status::Active => None,
            status @ (Status::Created | Status::Settling | Status::Archived) => {
                Some(WhyStuck::NotActive { status })
            }
        };
        let budget = self.spent_budget(now).map(|(budget, limit, spent)| WhyStuck::BudgetSpent {
            budget: budget.into(),
            limit,
            spent,
        });
        whole.into_iter().chain(budget).chain(self.steps.iter().filter_map(|step| self.why(step))).collect()
    }

    /// Why one step does not go on; `None` when it does, or is over.
    #[must_use]
    pub fn why(&self, step: &Step) -> Option<WhyStuck> {
        match step.status {
            StepStatus::Waiting => {
                Some(WhyStuck::WaitsFor { step: step.number, waiting_for: self.open_dependencies(step) })
            }
            StepStatus::Ready if self.nobody_may_claim(step) => {
                Some(WhyStuck::NobodyMayClaim { step: step.number, assignee: step.assignee.clone() })
            }
            StepStatus::Claimed => {
                let missing = self.missing_evidence(step);
                (!missing.is_empty()).then_some(WhyStuck::NeedsEvidence { step: step.number, missing })
            }
            StepStatus::Failed => Some(WhyStuck::Failed {
                step: step.number,
                attempts: step.attempts,
                last_failure: step.last_failure.clone(),
                blocks: self.open_dependents(step),
            }),
            StepStatus::Ready | StepStatus::Completed | StepStatus::Cancelled => None,
        }
    }

    fn open_dependents(&self, step: &Step) -> Vec<StepNumber> {
        let open =
            |dependent: &&StepNumber| self.step(**dependent).is_some_and(|step| !step.status.is_done());
        step.dependents.iter().filter(open).copied().collect()
    }

    fn nobody_may_claim(&self, step: &Step) -> bool {
        let admitted =
            |agent, role| step.assignee.as_ref().is_none_or(|assignee| assignee.admits(agent, role));
        !self.participants.iter().any(|(agent, participant)| {
            participant.role != Role::Observer && admitted(agent, participant.role)
        })
    }
}
