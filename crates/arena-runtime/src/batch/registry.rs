//! How a batch decides what concerns agents, their tokens and handles.

use arena_core::{
    AgentId, ArenaId,
    collaboration::{Caller, Rejection, Role},
    handles::Grant,
    registry::{Registry, RegistryCommand, RegistryContext, RegistryEvent},
};

use super::Batch;
use crate::{
    ask::Ask,
    error::RuntimeError,
    ids,
    numbering::{AnswerForm, Decided, Draft},
    stream::{Event, State},
    tokens::Principal,
};

impl Batch<'_> {
    pub(super) fn register_operator(&mut self) -> Result<Decided, RuntimeError> {
        let command =
            RegistryCommand::RegisterAgent { agent_id: ids::operator(), name: None, token_hash: None };
        let now = self.shared.clock.now();
        let context = RegistryContext {
            now,
            caller: &Caller::System,
            caller_role: None,
            subject_role: None,
            open_registration: false,
            inside: 0,
        };
        let events = self.registry_draft().decide(&command, &context)?;
        Ok(Decided::new(
            ArenaId::SYSTEM,
            now,
            ids::system(),
            of_registry(events),
            AnswerForm::Kept(Vec::new()),
        ))
    }

    /// What is repeated and gave out a token is done anew, so that the lost token is replaced.
    pub(super) fn registry(
        &mut self,
        ask: &Ask,
        command: &RegistryCommand,
        kept: Option<Vec<u8>>,
    ) -> Result<Decided, RuntimeError> {
        let now = self.shared.clock.now();
        let (caller_role, subject_role) = self.roles(ask, command)?;
        let caller = ask.principal.caller();
        let open_registration = self.shared.open_registration;
        let context =
            RegistryContext { now, caller: &caller, caller_role, subject_role, open_registration, inside: 0 };
        let registry = self.registry_draft();
        let repeated = kept.is_some();
        let mut events = match command {
            RegistryCommand::RegisterAgent { agent_id, token_hash: Some(token_hash), .. }
                if repeated && registry.is_registered(agent_id) =>
            {
                vec![registry.replaced(agent_id.clone(), *token_hash)]
            }
            RegistryCommand::RemoveAgent { .. } | RegistryCommand::RevokeHandle { .. } if repeated => {
                Vec::new()
            }
            _ => registry.decide(command, &context)?,
        };
        let mut body = Vec::new();
        if let RegistryCommand::IssueHandle { handle, .. } = command {
            let lost = kept.and_then(|lost| String::from_utf8(lost).ok()?.parse().ok());
            events.extend(lost.and_then(|lost| registry.revoked(lost, now)));
            body = handle.to_string().into_bytes();
        }
        let actor = ask.principal.agent_id();
        Ok(Decided::new(ArenaId::SYSTEM, now, actor, of_registry(events), AnswerForm::Kept(body)))
    }

    /// The roles, in the arena that a handle is for, of who asks and of whom it is for.
    fn roles(
        &mut self,
        ask: &Ask,
        command: &RegistryCommand,
    ) -> Result<(Option<Role>, Option<Role>), RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        let (arena_id, subject) = match command {
            RegistryCommand::IssueHandle { arena_id, agent_id, .. } => (*arena_id, Some(agent_id)),
            RegistryCommand::RevokeHandle { arena_id, .. } => (*arena_id, None),
            RegistryCommand::RegisterAgent { .. }
            | RegistryCommand::ReplaceToken { .. }
            | RegistryCommand::RemoveAgent { .. }
            | RegistryCommand::Deposit { .. }
            | RegistryCommand::Withdraw { .. } => return Ok((None, None)),
        };
        let shared = self.shared_draft(arena_id)?;
        let role = |agent: &AgentId| shared.participant(agent).map(|participant| participant.role);
        let caller_role = role(&ask.principal.agent_id());
        if caller_role.is_none() && !ask.principal.is_operator() {
            return Err(RuntimeError::not_found("arena"));
        }
        let current = shared.sequence();
        match ask.if_match {
            Some(expected) if expected != current => {
                Err(Rejection::SequenceMismatch { current, expected }.into())
            }
            Some(_) | None => Ok((caller_role, subject.and_then(role))),
        }
    }

    pub(super) fn is_registered(&self, agent: &AgentId) -> bool {
        self.look_up(|registry| registry.is_registered(agent))
    }

    pub(super) fn is_live(&self, grant: &Grant) -> bool {
        self.shared.clock.now() < grant.expires_at
            && self.look_up(|registry| registry.handle(&grant.handle).is_some())
    }

    /// Looks without making the batch touch the system stream.
    pub(super) fn look_up<T>(&self, look: impl FnOnce(&Registry) -> T) -> T {
        match self.draft(ArenaId::SYSTEM).map(|draft| &draft.state) {
            Some(State::Registry(registry)) => look(registry),
            Some(State::Shared(_) | State::Contest(_)) | None => look(&self.shared.registry.read().registry),
        }
    }

    pub(super) fn registry_draft(&mut self) -> &Registry {
        let (published, ahead) = (&self.shared.registry, &mut self.ahead.streams);
        let draft = self.drafts.entry(ArenaId::SYSTEM).or_insert_with(|| {
            ahead.remove(&ArenaId::SYSTEM).unwrap_or_else(|| {
                let published = published.read().clone();
                Draft::new(State::Registry(published.registry.clone()), published.head, published.snapshot_at)
            })
        });
        match &draft.state {
            State::Registry(registry) => registry,
            State::Shared(_) | State::Contest(_) => unreachable!("the system stream is the registry's"),
        }
    }
}

pub(super) fn of_registry(events: Vec<RegistryEvent>) -> Vec<Event> {
    events.into_iter().map(Event::Registry).collect()
}
