//! The arena's own life: made, activated, settled, archived.

use alloc::{format, sync::Arc, vec, vec::Vec};

use super::{
    super::{
        aggregate::SharedArena,
        check::invalid,
        commands::{Caller, Context},
        events::ArenaEvent,
        permissions::{HandlePermissions, Permission},
        rejection::Rejection,
        types::{ArenaConfig, NewStep, Role},
        Decision, Outcome,
    },
    asking::Asking,
    Answer,
};
use crate::ids::{AgentId, StepNumber};

impl SharedArena {
    /// Makes an arena: its creator joins as coordinator, then the participants in the order of the configuration.
    ///
    /// # Errors
    /// [`Rejection`]: a value out of its bounds, a caller that is no agent of its own, an unregistered participant.
    pub fn create(config: &ArenaConfig, context: &Context<'_>) -> Result<Decision, Rejection> {
        config.check(context.limits)?;
        let creator = creator(context.caller)?;
        let others = others(config, creator)?;
        if let Some(agent_id) = &context.unregistered {
            return Err(invalid("participants", &format!("{agent_id} is not registered")));
        }
        let timestamp = context.now;
        let mut events = vec![
            ArenaEvent::ArenaCreated {
                agent_id: creator.clone(),
                goal: config.goal.clone(),
                strategy: config.strategy,
                open: config.open,
                settle_grace_ms: config.settle_grace,
                budget: config.budget,
                timestamp,
            },
            ArenaEvent::AgentJoined { agent_id: creator.clone(), role: Role::Coordinator, timestamp },
        ];
        events.extend(others.map(|(agent_id, role)| ArenaEvent::AgentJoined {
            agent_id: agent_id.clone(),
            role: *role,
            timestamp,
        }));
        if let Some(first) = StepNumber::new(1).filter(|_| !config.steps.is_empty()) {
            events.push(ArenaEvent::StepsAdded {
                first,
                steps: config.steps.iter().map(NewStep::tidied).collect(),
            });
        }
        Ok(Decision { events, outcome: Outcome::Accepted })
    }
}

/// An agent with its own token, or the operator as the agent it also is.
fn creator(caller: &Caller) -> Result<&AgentId, Rejection> {
    match caller {
        Caller::Agent { agent_id, at_most: HandlePermissions::ALL, only_step: None } => Ok(agent_id),
        Caller::Operator { agent_id } => Ok(agent_id),
        Caller::Agent { .. } | Caller::System => {
            Err(Rejection::Forbidden { missing: Permission::Coordinate })
        }
    }
}

/// Who joins besides the creator; who names itself as coordinator says nothing new.
fn others<'a>(
    config: &'a ArenaConfig,
    creator: &'a AgentId,
) -> Result<impl Iterator<Item = &'a (AgentId, Role)>, Rejection> {
    let demoted = |(agent, role): &(AgentId, Role)| agent == creator && *role != Role::Coordinator;
    if let Some(index) = config.participants.iter().position(demoted) {
        return Err(invalid(&format!("participants[{index}].role"), "the creator joins as coordinator"));
    }
    Ok(config.participants.iter().filter(move |(agent, _)| agent != creator))
}

impl Asking<'_> {
    pub(super) fn activate(&self, events: &mut Vec<ArenaEvent>) -> Answer {
        events.push(ArenaEvent::ArenaActivated { timestamp: self.now() });
        Ok(Outcome::Accepted)
    }

    pub(super) fn update_goal(&self, goal: &Arc<str>, events: &mut Vec<ArenaEvent>) -> Answer {
        events.push(ArenaEvent::GoalUpdated { new_goal: goal.clone() });
        Ok(Outcome::Accepted)
    }

    pub(super) fn settle(&self, events: &mut Vec<ArenaEvent>) -> Answer {
        events.push(ArenaEvent::SettlingStarted { deadline: self.now().plus(self.arena.settle_grace) });
        Ok(Outcome::Accepted)
    }

    /// Seals the arena; before the deadline only when no lease is open.
    pub(super) fn archive(&self) -> Answer {
        match self.arena.settle_deadline {
            Some(deadline) if !self.is_drained() && !self.arena.leases.is_empty() => {
                let mut steps: Vec<StepNumber> = self.arena.leases.iter().map(|(_, step)| *step).collect();
                steps.sort_unstable();
                Err(Rejection::LeasesOpen { steps, deadline })
            }
            Some(_) | None => Ok(Outcome::Sealed),
        }
    }
}
