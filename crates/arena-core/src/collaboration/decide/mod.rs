//! What a shared arena answers to a command: pure, and in a fixed order of checks.
//!
//! First passed deadlines pass. Then: membership and existence, `If-Match`, the arena's status, permission, and only
//! then what depends on the rest of the state ([`asking`] does the first four, the other files the last).

mod asking;
mod claims;
mod completion;
mod contents;
mod deadlines;
mod lifecycle;
mod participants;
mod reach;
mod steps;
mod window;

use alloc::vec::Vec;

use self::asking::Asking;
use super::{
    aggregate::SharedArena,
    commands::{Command, Context},
    events::ArenaEvent,
    rejection::Rejection,
    Decision, Outcome,
};

/// What a rule answers; its events are in the list it was given.
type Answer = Result<Outcome, Rejection>;

impl SharedArena {
    /// Decides a command whose values are in bounds ([`Command::check`]).
    ///
    /// # Errors
    /// [`Rejection`], with nothing recorded.
    pub fn decide(&self, command: &Command, context: &Context<'_>) -> Result<Decision, Rejection> {
        let mut events = Vec::new();
        let passed = self.after_deadlines(command, context.now, &mut events);
        let asking = Asking::admit(passed.as_ref().unwrap_or(self), self.sequence, command, context)?;
        let outcome = asking.answer(command, &mut events)?;
        Ok(Decision { events, outcome })
    }
}

impl Asking<'_> {
    fn answer(&self, command: &Command, events: &mut Vec<ArenaEvent>) -> Answer {
        match command {
            Command::Activate => self.activate(events),
            Command::AddParticipant { agent_id, role } => self.add_participant(agent_id, *role, events),
            Command::RemoveParticipant { agent_id } => self.remove_participant(agent_id, events),
            Command::ChangeRole { agent_id, role } => self.change_role(agent_id, *role, events),
            Command::UpdateGoal { goal } => self.update_goal(goal, events),
            Command::AddSteps { steps } => self.add_steps(steps, events),
            Command::EditStep { step, edit } => self.edit_step(*step, edit, events),
            Command::CancelStep { step } => self.cancel_step(*step, events),
            Command::ClaimStep { step, lease } => self.claim_step(*step, *lease, events),
            Command::RenewLease { step, fence, lease } => self.renew_lease(*step, *fence, *lease, events),
            Command::ReleaseStep { step, fence, reason } => {
                self.release_step(*step, *fence, reason.as_ref(), events)
            }
            Command::ApproveStep { step } => self.approve_step(*step, events),
            Command::CompleteStep { step, fence, result, cost } => {
                self.complete_step(*step, *fence, result.as_ref(), *cost, events)
            }
            Command::FailStep { step, fence, reason, cost } => {
                self.fail_step(*step, *fence, reason.as_ref(), *cost, events)
            }
            Command::ReopenStep { step } => self.reopen_step(*step, events),
            Command::AdoptResult { step, fence } => self.adopt_result(*step, *fence, events),
            Command::PutArtifact { .. } => self.put_artifact(command, events),
            Command::PutFact { .. } => self.put_fact(command, events),
            Command::SendMessage { to, body } => self.send_message(to, body, events),
            Command::Settle => self.settle(events),
            Command::Archive => self.archive(),
            Command::PassDeadlines => self.pass_deadlines(),
        }
    }
}
