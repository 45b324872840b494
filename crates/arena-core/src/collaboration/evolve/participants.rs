//! Who takes part, and how many steps stand completed by each.

use super::super::{aggregate::SharedArena, entries::Participant, step_set::StepSet, types::Role};
use crate::{ids::AgentId, time::Timestamp};

impl SharedArena {
    pub(super) fn joined(&mut self, agent_id: &AgentId, role: Role, joined_at: Timestamp) {
        if self.participants.contains_key(agent_id) {
            return;
        }
        let completed_steps = self.former.get(agent_id).copied().unwrap_or_default();
        self.former.remove_mut(agent_id);
        self.participants.insert_mut(
            agent_id.clone(),
            Participant { role, joined_at, completed_steps, holds: StepSet::default() },
        );
        self.count_coordinator(role, true);
    }

    pub(super) fn left(&mut self, agent_id: &AgentId) {
        let Some(participant) = self.participants.get(agent_id).cloned() else { return };
        self.participants.remove_mut(agent_id);
        self.count_coordinator(participant.role, false);
        if participant.completed_steps > 0 {
            self.former.insert_mut(agent_id.clone(), participant.completed_steps);
        }
    }

    pub(super) fn role_changed(&mut self, agent_id: &AgentId, role: Role) {
        let Some(participant) = self.participants.get_mut(agent_id) else { return };
        let before = core::mem::replace(&mut participant.role, role);
        self.count_coordinator(before, false);
        self.count_coordinator(role, true);
    }

    fn count_coordinator(&mut self, role: Role, comes: bool) {
        let one = u32::from(role == Role::Coordinator);
        self.coordinators =
            if comes { self.coordinators.saturating_add(one) } else { self.coordinators.saturating_sub(one) };
    }

    /// Counts a completed step for its agent, or takes it back; the agent may have left.
    pub(super) fn count_completed(&mut self, agent_id: &AgentId, completed: bool) {
        let next = |count: u32| if completed { count.saturating_add(1) } else { count.saturating_sub(1) };
        if let Some(participant) = self.participants.get_mut(agent_id) {
            participant.completed_steps = next(participant.completed_steps);
            return;
        }
        match next(self.former.get(agent_id).copied().unwrap_or_default()) {
            0 => drop(self.former.remove_mut(agent_id)),
            count => self.former.insert_mut(agent_id.clone(), count),
        }
    }
}
