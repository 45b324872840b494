//! Joining, leaving and roles.

use alloc::{format, vec::Vec};

use super::{
    super::{check::invalid, events::ArenaEvent, rejection::Rejection, types::Role, Outcome},
    asking::Asking,
    Answer,
};
use crate::ids::AgentId;

impl Asking<'_> {
    pub(super) fn add_participant(
        &self,
        agent_id: &AgentId,
        role: Role,
        events: &mut Vec<ArenaEvent>,
    ) -> Answer {
        if self.arena.participant(agent_id).is_some() {
            return Err(Rejection::AlreadyJoined { agent_id: agent_id.clone() });
        }
        let limit = self.context.limits.participants;
        if self.arena.participants.size() >= limit {
            return Err(Rejection::LimitReached { what: "participants", limit });
        }
        self.check_registered("agent_id")?;
        events.push(ArenaEvent::AgentJoined { agent_id: agent_id.clone(), role, timestamp: self.now() });
        Ok(Outcome::Accepted)
    }

    /// Whoever leaves gives its claims back first.
    pub(super) fn remove_participant(&self, agent_id: &AgentId, events: &mut Vec<ArenaEvent>) -> Answer {
        if self.is_last_coordinator(agent_id) {
            return Err(Rejection::LastCoordinator);
        }
        let claims = self.arena.held_by(agent_id).filter_map(|step| {
            let fence = self.arena.step(step)?.claim.as_ref()?.fence;
            Some(ArenaEvent::StepReleased { step, agent_id: agent_id.clone(), fence, reason: None })
        });
        events.extend(claims);
        events.push(ArenaEvent::AgentLeft { agent_id: agent_id.clone(), timestamp: self.now() });
        Ok(Outcome::Accepted)
    }

    pub(super) fn change_role(&self, agent_id: &AgentId, role: Role, events: &mut Vec<ArenaEvent>) -> Answer {
        if self.arena.participant(agent_id).is_some_and(|participant| participant.role == role) {
            return Ok(Outcome::Accepted);
        }
        if self.is_last_coordinator(agent_id) {
            return Err(Rejection::LastCoordinator);
        }
        events.push(ArenaEvent::RoleChanged { agent_id: agent_id.clone(), role });
        Ok(Outcome::Accepted)
    }

    /// Refuses a command that names an agent the registry does not know.
    pub(super) fn check_registered(&self, field: &str) -> Result<(), Rejection> {
        match &self.context.unregistered {
            None => Ok(()),
            Some(agent_id) => Err(invalid(field, &format!("{agent_id} is not registered"))),
        }
    }

    fn is_last_coordinator(&self, agent_id: &AgentId) -> bool {
        let role = self.arena.participant(agent_id).map(|participant| participant.role);
        role == Some(Role::Coordinator) && self.arena.coordinators <= 1
    }
}
