//! How a batch decides what concerns shared arenas.

use arena_core::{
    ArenaConfig, ArenaEvent, ArenaId, Sequence, SharedArena,
    collaboration::{Caller, Command, Context, Decision, Outcome},
};
use bytes::Bytes;

use super::Batch;
use crate::{
    ask::{Ask, Render},
    error::RuntimeError,
    ids,
    numbering::{AnswerForm, Decided, Draft},
    stream::{Event, START, State},
    tokens::Principal,
};

impl Batch<'_> {
    pub(super) fn create(
        &mut self,
        ask: &Ask,
        config: &ArenaConfig,
        render: Render,
    ) -> Result<Decided, RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        let now = self.shared.clock.now();
        let arena_id = self.shared.ids.arena(now)?;
        let mut agents = config.participants.iter().map(|(agent, _)| agent);
        let unregistered = agents.find(|agent| !self.is_registered(agent)).cloned();
        let caller = ask.principal.caller();
        let limits = self.shared.limits;
        let context = Context { now, caller: &caller, if_match: ask.if_match, limits: &limits, unregistered };
        let decision = SharedArena::create(config, &context)?;
        self.drafts.insert(arena_id, Draft::new(State::Shared(None), START, Sequence::ZERO));
        let form = AnswerForm::Rendered(render);
        Ok(Decided::new(arena_id, now, ask.principal.agent_id(), of_arena(decision.events), form))
    }

    pub(super) fn command(
        &mut self,
        ask: &Ask,
        arena_id: ArenaId,
        command: &Command,
        bytes: Option<Bytes>,
        render: Render,
    ) -> Result<Decided, RuntimeError> {
        if !ask.principal.reaches(arena_id) {
            return Err(RuntimeError::not_found("arena"));
        }
        let now = self.shared.clock.now();
        let named = match command {
            Command::AddParticipant { agent_id, .. } => std::slice::from_ref(agent_id),
            Command::SendMessage { to, .. } => to.as_slice(),
            _ => &[],
        };
        let unregistered = named.iter().find(|agent| !self.is_registered(agent)).cloned();
        let caller = ask.principal.caller();
        let limits = self.shared.limits;
        let context = Context { now, caller: &caller, if_match: ask.if_match, limits: &limits, unregistered };
        let decision = self.shared_draft(arena_id)?.decide(command, &context)?;
        let form = AnswerForm::Rendered(render);
        let decided = Decided::new(arena_id, now, ask.principal.agent_id(), of_arena(decision.events), form);
        let bytes = match command {
            Command::PutArtifact { sha256, .. } => bytes.map(|bytes| (*sha256, bytes)),
            _ => None,
        };
        let found_nothing = matches!(command, Command::ClaimStep { .. }) && decided.events.is_empty();
        Ok(Decided { bytes, found_nothing, ..decided.with_outcome(decision.outcome) })
    }

    pub(super) fn pass_deadlines(&mut self, arena_id: ArenaId) -> Result<Decided, RuntimeError> {
        let now = self.shared.clock.now();
        let limits = self.shared.limits;
        let context =
            Context { now, caller: &Caller::System, if_match: None, limits: &limits, unregistered: None };
        // Where nothing can be decided any more, the remembered deadline still goes.
        let nothing = Decision { events: Vec::new(), outcome: Outcome::Accepted };
        let decision =
            self.shared_draft(arena_id)?.decide(&Command::PassDeadlines, &context).unwrap_or(nothing);
        let form = AnswerForm::Kept(Vec::new());
        let decided = Decided::new(arena_id, now, ids::system(), of_arena(decision.events), form);
        Ok(Decided { exact_deadline: true, ..decided.with_outcome(decision.outcome) })
    }

    pub(super) fn shared_draft(&mut self, arena_id: ArenaId) -> Result<&SharedArena, RuntimeError> {
        match self.arena_draft(arena_id)? {
            State::Shared(Some(shared)) => Ok(shared),
            State::Shared(None) | State::Contest(_) | State::Registry(_) => {
                Err(RuntimeError::not_found("arena"))
            }
        }
    }
}

fn of_arena(events: Vec<ArenaEvent>) -> Vec<Event> {
    events.into_iter().map(Event::Shared).collect()
}
