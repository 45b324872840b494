//! What the registry answers to a command: pure, existence before permission.

use alloc::{format, string::String, vec, vec::Vec};

use super::{
    aggregate::Registry,
    commands::{RegistryCommand, RegistryContext},
    events::RegistryEvent,
    rejection::RegistryRejection,
};
use crate::{
    collaboration::{Caller, HandlePermissions, Role},
    contest::bounds,
    hash::Hash,
    ids::{AgentId, ArenaId, HandleId},
    time::Timestamp,
};

/// The name of the operator, which the store's first event registers.
const OPERATOR: &str = "operator";
/// Names that stand for something else wherever an actor or an account is shown.
const RESERVED: [&str; 4] = [OPERATOR, "system", "treasury", "external"];
/// Live handles of an agent in an arena.
const MAX_HANDLES: usize = 1_024;

impl Registry {
    /// Decides a command.
    ///
    /// # Errors
    /// [`RegistryRejection`], with nothing recorded.
    pub fn decide(
        &self,
        command: &RegistryCommand,
        context: &RegistryContext<'_>,
    ) -> Result<Vec<RegistryEvent>, RegistryRejection> {
        match command {
            RegistryCommand::RegisterAgent { agent_id, name, token_hash } => {
                self.register(agent_id, name.as_ref(), *token_hash, context)
            }
            RegistryCommand::ReplaceToken { agent_id, token_hash } => {
                if RESERVED.contains(&agent_id.as_str()) {
                    return Err(without_agent_token(agent_id));
                }
                self.registered(agent_id)?;
                itself_or_operator(agent_id, context)?;
                Ok(vec![self.replaced(agent_id.clone(), *token_hash)])
            }
            RegistryCommand::RemoveAgent { agent_id } => {
                self.registered(agent_id)?;
                itself_or_operator(agent_id, context)?;
                if RESERVED.contains(&agent_id.as_str()) {
                    return Err(reserved(agent_id));
                }
                Ok(vec![RegistryEvent::AgentRemoved { agent_id: agent_id.clone(), timestamp: context.now }])
            }
            RegistryCommand::IssueHandle { handle, arena_id, agent_id, permissions, step, expires_at } => {
                issuer(agent_id, context)?;
                if *expires_at <= context.now {
                    return Err(invalid("ttl_ms", "a handle ends after now".into()));
                }
                self.check_room(*arena_id, agent_id, context.now)?;
                Ok(vec![RegistryEvent::HandleIssued {
                    handle: *handle,
                    arena_id: *arena_id,
                    agent_id: agent_id.clone(),
                    permissions: *permissions,
                    step: *step,
                    expires_at: *expires_at,
                    timestamp: context.now,
                }])
            }
            RegistryCommand::RevokeHandle { handle, arena_id } => self.revoke(*handle, *arena_id, context),
            RegistryCommand::Deposit { agent_id, amount, reference } => {
                self.deposit(agent_id, *amount, reference, context)
            }
            RegistryCommand::Withdraw { agent_id, amount, reference } => {
                self.withdraw(agent_id, *amount, reference, context)
            }
        }
    }

    /// The event that gives an agent another token.
    #[must_use]
    pub fn replaced(&self, agent_id: AgentId, token_hash: Hash) -> RegistryEvent {
        RegistryEvent::AgentTokenReplaced { agent_id, token_hash }
    }

    /// The event that ends a handle, if it is live.
    #[must_use]
    pub fn revoked(&self, handle: HandleId, now: Timestamp) -> Option<RegistryEvent> {
        self.handle(&handle).map(|_| RegistryEvent::HandleRevoked { handle, timestamp: now })
    }

    fn register(
        &self,
        agent_id: &AgentId,
        name: Option<&String>,
        token_hash: Option<Hash>,
        context: &RegistryContext<'_>,
    ) -> Result<Vec<RegistryEvent>, RegistryRejection> {
        if name.is_some_and(|name| !bounds::name_in_bounds(name)) {
            return Err(invalid("name", format!("a display name has 1 to {} bytes", bounds::NAME_BYTES)));
        }
        let first_operator = agent_id.as_str() == OPERATOR && *context.caller == Caller::System;
        if RESERVED.contains(&agent_id.as_str()) && !first_operator {
            return Err(reserved(agent_id));
        }
        match context.caller {
            Caller::System | Caller::Operator { .. } => {}
            Caller::Agent { .. } if context.open_registration => {}
            Caller::Agent { .. } => return Err(RegistryRejection::Forbidden { who: "the operator" }),
        }
        if self.agent(agent_id).is_some() {
            return Err(RegistryRejection::NameTaken { agent_id: agent_id.clone() });
        }
        Ok(vec![RegistryEvent::AgentRegistered {
            agent_id: agent_id.clone(),
            name: name.cloned(),
            token_hash,
            timestamp: context.now,
        }])
    }

    fn registered(&self, agent_id: &AgentId) -> Result<(), RegistryRejection> {
        if self.is_registered(agent_id) {
            Ok(())
        } else {
            Err(RegistryRejection::NotFound { what: "agent" })
        }
    }

    /// Looks at no more handles than one agent may have in one arena, however many there are in all.
    fn check_room(
        &self,
        arena_id: ArenaId,
        agent_id: &AgentId,
        now: Timestamp,
    ) -> Result<(), RegistryRejection> {
        let limit = MAX_HANDLES;
        if self.live_handles(arena_id, agent_id, now).take(limit).count() < limit {
            Ok(())
        } else {
            Err(RegistryRejection::LimitReached { what: "handles of an agent in an arena", limit })
        }
    }

    fn revoke(
        &self,
        handle: HandleId,
        arena_id: ArenaId,
        context: &RegistryContext<'_>,
    ) -> Result<Vec<RegistryEvent>, RegistryRejection> {
        let absent = RegistryRejection::NotFound { what: "handle" };
        let Some(issued) = self.handle(&handle).filter(|issued| issued.arena_id == arena_id) else {
            return Err(absent);
        };
        match context.caller {
            Caller::System | Caller::Operator { .. } => {}
            Caller::Agent { agent_id, .. } => {
                unbound(context.caller)?;
                if *agent_id != issued.agent_id && context.caller_role != Some(Role::Coordinator) {
                    return Err(absent);
                }
            }
        }
        Ok(vec![RegistryEvent::HandleRevoked { handle, timestamp: context.now }])
    }
}

/// Who may give out a handle: the agent for itself, a coordinator or the operator for any participant.
fn issuer(subject: &AgentId, context: &RegistryContext<'_>) -> Result<(), RegistryRejection> {
    unbound(context.caller)?;
    match context.caller {
        Caller::System | Caller::Operator { .. } => {}
        Caller::Agent { agent_id, .. } => {
            if agent_id != subject && context.caller_role != Some(Role::Coordinator) {
                return Err(RegistryRejection::Forbidden { who: "the agent itself or a coordinator" });
            }
        }
    }
    if context.subject_role.is_none() {
        return Err(RegistryRejection::NotFound { what: "participant" });
    }
    Ok(())
}

/// A token with upper bounds gives out and ends nothing.
fn unbound(caller: &Caller) -> Result<(), RegistryRejection> {
    match caller {
        Caller::Agent { at_most, only_step, .. }
            if *at_most != HandlePermissions::ALL || only_step.is_some() =>
        {
            Err(RegistryRejection::Forbidden { who: "an agent with its own token" })
        }
        Caller::Agent { .. } | Caller::Operator { .. } | Caller::System => Ok(()),
    }
}

fn itself_or_operator(subject: &AgentId, context: &RegistryContext<'_>) -> Result<(), RegistryRejection> {
    unbound(context.caller)?;
    match context.caller {
        Caller::System | Caller::Operator { .. } => Ok(()),
        Caller::Agent { agent_id, .. } if agent_id == subject => Ok(()),
        Caller::Agent { .. } => Err(RegistryRejection::Forbidden { who: "the agent itself or the operator" }),
    }
}

fn reserved(agent_id: &AgentId) -> RegistryRejection {
    invalid("agent_id", format!("{agent_id} is reserved; choose another id"))
}

/// A reserved name has no agent's token; only the operator has a token at all, and it stands in a file.
fn without_agent_token(agent_id: &AgentId) -> RegistryRejection {
    let reason = "is reserved and has no agent's token; the operator's is the content of DIR/operator.token";
    invalid("agent_id", format!("{agent_id} {reason}"))
}

fn invalid(field: &'static str, reason: String) -> RegistryRejection {
    RegistryRejection::Invalid { field, reason }
}
