//! Which events concern an agent that waits.

use arena_core::{
    AgentId, ArenaEvent, SharedArena, StepNumber,
    collaboration::{Role, StepStatus},
};
use arena_runtime::{Principal, StoredEvent};
use serde_json::{Value, json};

use super::{answer, marked};

/// The bytes of a message that come along.
const MESSAGE: usize = 4_000;

/// Who waits.
pub(super) struct Waiting<'a> {
    pub(super) agent_id: AgentId,
    pub(super) coordinates: bool,
    pub(super) shared: &'a SharedArena,
}

/// What an event is to who waits.
pub(super) enum Concern {
    /// Something that is said to them.
    Told(Value),
    /// A step may be ready that was not.
    MayOpen,
    /// Nothing.
    None,
}

impl<'a> Waiting<'a> {
    pub(super) fn new(principal: &Principal, shared: &'a SharedArena) -> Self {
        let agent_id = principal.agent_id();
        let role = shared.participant(&agent_id).map(|one| one.role);
        let coordinates = principal.is_operator() || role == Some(Role::Coordinator);
        Self { agent_id, coordinates, shared }
    }

    /// Whether it is this agent.
    fn is(&self, agent_id: &AgentId) -> bool {
        *agent_id == self.agent_id
    }

    fn holds(&self, step: StepNumber) -> bool {
        let claim = self.shared.step(step).and_then(|step| step.claim.as_ref());
        claim.is_some_and(|claim| self.is(&claim.agent_id))
    }

    /// What an event is to them.
    pub(super) fn concern(&self, stored: &StoredEvent) -> Concern {
        // What cannot be read is nobody's concern here; `verify` names it.
        let Ok(event) = stored.decode::<ArenaEvent>() else { return Concern::None };
        let told = |fields: Value| Concern::Told(self.told(stored, fields));
        let told_if = |is_told: bool, fields: Value| if is_told { told(fields) } else { Concern::None };
        match event {
            ArenaEvent::MessageSent { to, body } => {
                let is_told = !self.is(&stored.actor) && (to.is_empty() || to.contains(&self.agent_id));
                let (text, is_cut) = answer::shortened(&body, MESSAGE);
                told_if(is_told, json!({"to": to, "text": text, "cut": is_cut.then_some(true)}))
            }
            ArenaEvent::GoalUpdated { new_goal } => {
                let text = answer::shortened(&new_goal, MESSAGE).0;
                told_if(!self.is(&stored.actor), json!({"text": text}))
            }
            ArenaEvent::LeaseExpired { step, agent_id, fence }
            | ArenaEvent::LeaseRevoked { step, agent_id, fence } => {
                if self.is(&agent_id) {
                    told(json!({"step": step, "fence": fence}))
                } else {
                    Concern::MayOpen
                }
            }
            ArenaEvent::StepApproved { step, .. } => told_if(self.holds(step), json!({"step": step})),
            ArenaEvent::StepChanged { step, .. } => {
                if self.holds(step) {
                    told(json!({"step": step}))
                } else {
                    Concern::MayOpen
                }
            }
            ArenaEvent::AgentLeft { agent_id, .. } => told_if(self.is(&agent_id), json!({})),
            ArenaEvent::RoleChanged { agent_id, role } => {
                told_if(self.is(&agent_id), json!({"your_role": role}))
            }
            ArenaEvent::StepCompleted { step, .. } => {
                let all_done = self.shared.completed_steps() == self.shared.total_steps();
                let is_told = self.coordinates && all_done && !self.is(&stored.actor);
                if is_told { told(json!({"step": step, "all_steps_done": true})) } else { Concern::MayOpen }
            }
            ArenaEvent::StepFailed { step, .. } => {
                let has_failed = self.shared.step(step).is_some_and(|step| step.status == StepStatus::Failed);
                let is_told = self.coordinates && has_failed && !self.is(&stored.actor);
                if is_told { told(json!({"step": step, "status": "failed"})) } else { Concern::MayOpen }
            }
            ArenaEvent::ResultOrphaned { step, fence, agent_id, .. } => {
                told_if(self.coordinates && !self.is(&agent_id), json!({"step": step, "fence": fence}))
            }
            ArenaEvent::ArenaActivated { .. } => Concern::MayOpen,
            ArenaEvent::SettlingStarted { deadline } => told(json!({"deadline": deadline})),
            ArenaEvent::ArenaArchived { report_hash } => told(json!({"report_hash": report_hash})),
            ArenaEvent::AgentJoined { .. }
            | ArenaEvent::StepsAdded { .. }
            | ArenaEvent::StepCancelled { .. }
            | ArenaEvent::StepReleased { .. }
            | ArenaEvent::StepReopened { .. }
            | ArenaEvent::ResultAdopted { .. } => Concern::MayOpen,
            ArenaEvent::ArenaCreated { .. }
            | ArenaEvent::StepClaimed { .. }
            | ArenaEvent::LeaseRenewed { .. }
            | ArenaEvent::ArtifactPut { .. }
            | ArenaEvent::FactPut { .. } => Concern::None,
        }
    }

    fn told(&self, stored: &StoredEvent, fields: Value) -> Value {
        let mut told = json!({"sequence": stored.sequence, "type": stored.kind});
        if let (Some(told), Value::Object(fields)) = (told.as_object_mut(), fields) {
            told.extend(fields);
        }
        marked::thing(marked::author(self.shared, &stored.actor), told)
    }
}
