//! The ready steps by whom they are for, so that the next one for a participant is found without a search.

use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

use super::{
    step_set::StepSet,
    types::{Assignee, Role},
};
use crate::ids::{AgentId, StepNumber};

/// Ready steps in the order of their numbers, apart for each kind of assignee.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReadySteps {
    anyone: StepSet,
    workers: StepSet,
    coordinators: StepSet,
    agents: RedBlackTreeMapSync<AgentId, StepSet>,
}

impl ReadySteps {
    pub(super) fn insert(&mut self, assignee: Option<&Assignee>, step: StepNumber) {
        match assignee {
            None => self.anyone.insert(step),
            Some(Assignee::Workers) => self.workers.insert(step),
            Some(Assignee::Coordinators) => self.coordinators.insert(step),
            Some(Assignee::Agent(agent)) => {
                let mut steps = self.agents.get(agent).cloned().unwrap_or_default();
                steps.insert(step);
                self.agents.insert_mut(agent.clone(), steps);
            }
        }
    }

    pub(super) fn remove(&mut self, assignee: Option<&Assignee>, step: StepNumber) {
        match assignee {
            None => self.anyone.remove(step),
            Some(Assignee::Workers) => self.workers.remove(step),
            Some(Assignee::Coordinators) => self.coordinators.remove(step),
            Some(Assignee::Agent(agent)) => {
                let Some(steps) = self.agents.get_mut(agent) else { return };
                steps.remove(step);
                if steps.is_empty() {
                    self.agents.remove_mut(agent);
                }
            }
        }
    }

    /// The lowest number that an agent in this role may claim.
    pub(super) fn first_for(&self, agent: &AgentId, role: Role) -> Option<StepNumber> {
        let of_role = match role {
            Role::Coordinator => self.coordinators.first(),
            Role::Worker => self.workers.first(),
            Role::Observer => return None,
        };
        let own = self.agents.get(agent).and_then(StepSet::first);
        [self.anyone.first(), of_role, own].into_iter().flatten().min()
    }
}

impl Assignee {
    /// Whether an agent in this role is meant.
    #[must_use]
    pub fn admits(&self, agent: &AgentId, role: Role) -> bool {
        match self {
            Self::Agent(assigned) => assigned == agent,
            Self::Workers => role == Role::Worker,
            Self::Coordinators => role == Role::Coordinator,
        }
    }
}
