//! Changes of the plan: steps added, edited, cancelled, approved, reopened.

use alloc::{format, vec::Vec};

use super::{
    super::{
        check::{check_assignees, invalid},
        events::ArenaEvent,
        plan::{self, sorted},
        rejection::Rejection,
        step::Step,
        types::{Evidence, NewStep, StepEdit, StepStatus},
        Outcome,
    },
    asking::Asking,
    Answer,
};
use crate::ids::StepNumber;

/// What an edit is for: steps that are neither claimed nor over; a failed one may be mended before it is reopened.
const EDITABLE: &[StepStatus] = &[StepStatus::Waiting, StepStatus::Ready, StepStatus::Failed];
/// Steps that are neither completed nor cancelled.
pub(super) const OPEN: &[StepStatus] =
    &[StepStatus::Waiting, StepStatus::Ready, StepStatus::Claimed, StepStatus::Failed];
const REOPENABLE: &[StepStatus] = &[StepStatus::Failed, StepStatus::Completed];

impl Asking<'_> {
    pub(super) fn add_steps(&self, steps: &[NewStep], events: &mut Vec<ArenaEvent>) -> Answer {
        let existing = self.arena.steps.len();
        let limit = self.context.limits.steps;
        if existing.saturating_add(steps.len()) > limit {
            return Err(Rejection::LimitReached { what: "steps", limit });
        }
        check_assignees(steps, self.arena.strategy)?;
        plan::check_new(steps, existing)?;
        let first =
            u32::try_from(existing).ok().and_then(|existing| StepNumber::new(existing.saturating_add(1)));
        let Some(first) = first else { return Err(Rejection::LimitReached { what: "steps", limit }) };
        events.push(ArenaEvent::StepsAdded { first, steps: steps.iter().map(NewStep::tidied).collect() });
        Ok(Outcome::Accepted)
    }

    pub(super) fn edit_step(
        &self,
        number: StepNumber,
        edit: &StepEdit,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        let step = self.step(number)?;
        check_status(step, EDITABLE)?;
        if let Some(depends_on) = &edit.depends_on {
            self.arena.check_dependencies(number, depends_on)?;
        }
        check_attempts_left(step, edit.max_attempts)?;
        if *edit == StepEdit::default() {
            return Ok(Outcome::Accepted);
        }
        let mut edit = edit.clone();
        edit.depends_on = edit.depends_on.as_deref().map(sorted);
        edit.evidence = edit.evidence.as_ref().map(Evidence::tidied);
        events.push(ArenaEvent::StepChanged { step: number, edit });
        Ok(Outcome::Accepted)
    }

    pub(super) fn cancel_step(&self, number: StepNumber, events: &mut Vec<ArenaEvent>) -> Answer {
        let step = self.step(number)?;
        check_status(step, OPEN)?;
        events.extend(revocation(step));
        events.push(ArenaEvent::StepCancelled { step: number });
        Ok(Outcome::Accepted)
    }

    /// Approval stands until the step is reopened; a second one changes nothing.
    pub(super) fn approve_step(&self, number: StepNumber, events: &mut Vec<ArenaEvent>) -> Answer {
        let step = self.step(number)?;
        check_status(step, OPEN)?;
        if step.approved_by.is_none() {
            let (agent_id, _) = self.participant()?;
            events.push(ArenaEvent::StepApproved { step: number, agent_id: agent_id.clone() });
        }
        Ok(Outcome::Accepted)
    }

    pub(super) fn reopen_step(&self, number: StepNumber, events: &mut Vec<ArenaEvent>) -> Answer {
        let step = self.step(number)?;
        check_status(step, REOPENABLE)?;
        let started = |dependent: &&StepNumber| {
            let dependent = self.arena.step(**dependent);
            dependent.is_some_and(|step| matches!(step.status, StepStatus::Claimed | StepStatus::Completed))
        };
        if let Some(dependent) = step.dependents.iter().find(started) {
            return Err(Rejection::DependentStarted { step: number, dependent: *dependent });
        }
        events.push(ArenaEvent::StepReopened { step: number });
        Ok(Outcome::Accepted)
    }
}

/// Refuses a step that stands elsewhere.
pub(super) fn check_status(step: &Step, expected: &'static [StepStatus]) -> Result<(), Rejection> {
    if expected.contains(&step.status) {
        Ok(())
    } else {
        Err(Rejection::WrongStepStatus { step: step.number, current: step.status, expected })
    }
}

/// A step that can be claimed keeps an attempt for it; a failed one gets all of them anew when it is reopened.
fn check_attempts_left(step: &Step, max_attempts: Option<u32>) -> Result<(), Rejection> {
    let used = step.attempts;
    if step.status != StepStatus::Failed && max_attempts.is_some_and(|allowed| allowed <= used) {
        let least = used.saturating_add(1);
        let reason = format!("{used} attempts are used already; allow at least {least}");
        return Err(invalid("max_attempts", &reason));
    }
    Ok(())
}

/// Ends an open claim from outside.
pub(super) fn revocation(step: &Step) -> Option<ArenaEvent> {
    let claim = step.claim.as_ref()?;
    Some(ArenaEvent::LeaseRevoked { step: step.number, agent_id: claim.agent_id.clone(), fence: claim.fence })
}
