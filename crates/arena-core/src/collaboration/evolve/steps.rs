//! The plan: steps, their links, and the one place where a status changes.

use alloc::sync::Arc;

use super::super::{
    aggregate::SharedArena,
    entries::Orphan,
    step::{Completion, Failure, Step},
    types::{NewStep, StepEdit, StepStatus},
};
use crate::{
    ids::{AgentId, Fence, StepNumber},
    time::Timestamp,
};

impl SharedArena {
    pub(super) fn steps_added(&mut self, asked: &[NewStep]) {
        let before = self.steps.len();
        for (offset, asked) in asked.iter().enumerate() {
            let Some(number) = number_at(before.saturating_add(offset)) else { return };
            self.steps.push_back_mut(Step::new(number, asked));
            self.total_steps = self.total_steps.saturating_add(1);
        }
        for index in before..self.steps.len() {
            let Some(number) = number_at(index) else { return };
            self.link(number);
            self.rest(number);
        }
    }

    /// Makes the step known to those it depends on, and counts the open ones.
    fn link(&mut self, number: StepNumber) {
        let Some(depends_on) = self.step(number).map(|step| step.depends_on.clone()) else { return };
        let mut open: u32 = 0;
        for dependency in depends_on.iter() {
            self.change(*dependency, |dependency| {
                dependency.dependents.insert_mut(number);
                open = open.saturating_add(u32::from(!dependency.status.is_done()));
            });
        }
        self.change(number, |step| step.open_dependencies = open);
    }

    fn unlink(&mut self, number: StepNumber) {
        let Some(depends_on) = self.step(number).map(|step| step.depends_on.clone()) else { return };
        for dependency in depends_on.iter() {
            self.change(*dependency, |dependency| {
                dependency.dependents.remove_mut(&number);
            });
        }
    }

    pub(super) fn step_changed(&mut self, number: StepNumber, edit: &StepEdit) {
        let Some(step) = self.step(number) else { return };
        let status = step.status;
        if edit.assignee.is_some() && status == StepStatus::Ready {
            self.ready.remove(self.steps.get(number.index()).and_then(|step| step.assignee.as_ref()), number);
            self.ready.insert(edit.assignee.as_ref(), number);
        }
        self.change(number, |step| {
            step.apply(edit);
            if edit.assignee.is_some() {
                step.assignee = edit.assignee.clone();
            }
        });
        if let Some(depends_on) = &edit.depends_on {
            self.unlink(number);
            self.change(number, |step| step.depends_on = depends_on.as_slice().into());
            self.link(number);
            if matches!(status, StepStatus::Waiting | StepStatus::Ready) {
                self.rest(number);
            }
        }
    }

    /// Puts a step that nobody holds where its dependencies say.
    pub(super) fn rest(&mut self, number: StepNumber) {
        if let Some(status) = self.step(number).map(Step::at_rest) {
            self.set_status(number, status);
        }
    }

    /// Sets a status, and keeps in step what is derived from it: the ready steps, the counts, what dependents wait for.
    pub(super) fn set_status(&mut self, number: StepNumber, status: StepStatus) {
        let Some(step) = self.steps.get_mut(number.index()) else { return };
        let before = core::mem::replace(&mut step.status, status);
        if before == status {
            return;
        }
        if before == StepStatus::Ready {
            self.ready.remove(step.assignee.as_ref(), number);
        }
        if status == StepStatus::Ready {
            self.ready.insert(step.assignee.as_ref(), number);
        }
        if status == StepStatus::Completed {
            self.completed_steps = self.completed_steps.saturating_add(1);
        }
        if before == StepStatus::Completed {
            self.completed_steps = self.completed_steps.saturating_sub(1);
        }
        if status == StepStatus::Cancelled {
            self.total_steps = self.total_steps.saturating_sub(1);
        }
        if before.is_done() != status.is_done() {
            let dependents = step.dependents.clone();
            for dependent in dependents.iter() {
                self.dependency_changed(*dependent, status.is_done());
            }
        }
    }

    fn dependency_changed(&mut self, number: StepNumber, done: bool) {
        let Some(step) = self.steps.get_mut(number.index()) else { return };
        step.open_dependencies = if done {
            step.open_dependencies.saturating_sub(1)
        } else {
            step.open_dependencies.saturating_add(1)
        };
        if matches!(step.status, StepStatus::Waiting | StepStatus::Ready) {
            self.rest(number);
        }
    }

    pub(super) fn completed(
        &mut self,
        number: StepNumber,
        agent_id: &AgentId,
        fence: Fence,
        has_result: bool,
        cost: Option<u64>,
        at: Timestamp,
    ) {
        self.end_claim(number);
        let orphan = self.orphans.get(&fence);
        let (sequence, has_result) =
            orphan.map_or((self.sequence, has_result), |orphan| (orphan.sequence, orphan.has_result));
        // A late result's cost was counted when it came.
        let cost = cost.filter(|_| orphan.is_none());
        self.spend(number, cost);
        let completion = Completion { agent_id: agent_id.clone(), fence, at, sequence, has_result };
        self.change(number, |step| step.completed = Some(completion));
        self.set_status(number, StepStatus::Completed);
        self.count_completed(agent_id, true);
    }

    pub(super) fn reopened(&mut self, number: StepNumber) {
        let mut completed = None;
        self.change(number, |step| {
            step.attempts = 0;
            step.approved_by = None;
            step.last_failure = None;
            completed = step.completed.take();
        });
        if let Some(completed) = completed {
            self.count_completed(&completed.agent_id, false);
        }
        self.rest(number);
    }

    pub(super) fn failed(
        &mut self,
        number: StepNumber,
        agent_id: &AgentId,
        reason: Option<&Arc<str>>,
        cost: Option<u64>,
    ) {
        self.spend(number, cost);
        let failure = reason.map(|reason| Failure { agent_id: agent_id.clone(), reason: reason.clone() });
        self.change(number, |step| step.last_failure = failure);
        self.attempt_over(number);
    }

    pub(super) fn orphaned(
        &mut self,
        step: StepNumber,
        agent_id: &AgentId,
        fence: Fence,
        has_result: bool,
        cost: Option<u64>,
    ) {
        self.spend(step, cost);
        let sequence = self.sequence;
        let orphan =
            Orphan { step, agent_id: agent_id.clone(), fence, cost, sequence, has_result, adopted: false };
        self.orphans.insert_mut(fence, orphan);
        self.change(step, |step| step.late_results = step.late_results.saturating_add(1));
    }

    pub(super) fn adopted(&mut self, fence: Fence) {
        if let Some(orphan) = self.orphans.get_mut(&fence) {
            orphan.adopted = true;
        }
    }

    fn spend(&mut self, number: StepNumber, cost: Option<u64>) {
        let Some(cost) = cost else { return };
        self.spent.cost = self.spent.cost.saturating_add(cost);
        self.change(number, |step| step.cost = step.cost.saturating_add(cost));
    }
}

fn number_at(index: usize) -> Option<StepNumber> {
    u32::try_from(index).ok().and_then(|index| StepNumber::new(index.saturating_add(1)))
}
