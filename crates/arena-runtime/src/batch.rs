//! One batch: commands decided one after the other, each against what those before it led to.

use std::collections::{BTreeMap, HashSet};

use arena_core::{
    AgentId, ArenaConfig, ArenaEvent, ArenaId, CommandId, Hash, Position, Sequence, SharedArena,
    collaboration::{Caller, Command, Context, Decision, Outcome, Rejection, Role},
    registry::{Registry, RegistryCommand, RegistryContext, RegistryEvent},
};
use bytes::Bytes;

use crate::{
    ask::{Applied, Ask, Render},
    error::{RuntimeError, StorageError},
    ids,
    numbering::{AnswerForm, Committed, Decided, Draft, Keep, Numbering, Pending, ReplyTo},
    shared::Shared,
    storage::Writes,
    stream::{Event, START, State, load_shared},
    tokens::Principal,
};

/// A command on its way to the committer.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) ask: Ask,
    pub(crate) job: Job,
    pub(crate) reply: ReplyTo,
}

/// What is asked of the committer.
#[derive(Debug)]
pub(crate) enum Job {
    Create {
        config: Box<ArenaConfig>,
        render: Render,
    },
    Shared {
        arena_id: ArenaId,
        command: Command,
        bytes: Option<Bytes>,
        render: Render,
    },
    Registry(RegistryCommand),
    /// The store's first command.
    RegisterOperator,
    /// The timer's.
    PassDeadlines {
        arena_id: ArenaId,
    },
}

impl Job {
    /// The stream whose events it makes, and in which its answer is kept.
    const fn stream(&self) -> ArenaId {
        match self {
            Self::Create { .. } | Self::Registry(_) | Self::RegisterOperator => ArenaId::SYSTEM,
            Self::Shared { arena_id, .. } | Self::PassDeadlines { arena_id } => *arena_id,
        }
    }
}

/// What became of a command, after the commit.
#[derive(Debug)]
pub(crate) enum Done {
    /// It was applied; the answer's bytes are there when they were stored with it.
    Applied { applied: Box<Applied>, body: Option<Vec<u8>> },
    /// It had been applied before.
    Replayed(Vec<u8>),
    /// The registry changed.
    Registered,
}

/// A batch in the making.
pub(crate) struct Batch<'a> {
    shared: &'a Shared,
    drafts: BTreeMap<ArenaId, Draft>,
    pending: Vec<Pending>,
    /// Answered after the commit: a refusal may rest on what is not yet durable.
    answered: Vec<(ReplyTo, Result<Done, RuntimeError>)>,
    /// Requests whose answer the batch will keep.
    requests: HashSet<Hash>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self {
            shared,
            drafts: BTreeMap::new(),
            pending: Vec::new(),
            answered: Vec::new(),
            requests: HashSet::new(),
        }
    }

    /// Decides one command; gives it back when it must wait for the next batch: behind the same request, or behind
    /// the archiving of its arena.
    pub(crate) fn decide(&mut self, submission: Submission) -> Option<Submission> {
        let stream = submission.job.stream();
        let request = submission.ask.key.as_ref().map(|key| key.request(&submission.ask.principal));
        let repeats = request.is_some_and(|request| self.requests.contains(&request));
        if repeats || self.drafts.get(&stream).is_some_and(|draft| draft.sealed) {
            return Some(submission);
        }
        let Submission { ask, job, reply } = submission;
        let kept = match self.kept(stream, &ask, request) {
            Ok(kept) => kept,
            Err(error) => {
                self.answered.push((reply, Err(error)));
                return None;
            }
        };
        let decided = match (job, kept) {
            (Job::Create { .. } | Job::Shared { .. }, Some(body)) => {
                self.answered.push((reply, Ok(Done::Replayed(body))));
                return None;
            }
            (Job::Create { config, render }, None) => self.create(&ask, &config, render),
            (Job::Shared { arena_id, command, bytes, render }, None) => {
                self.command(&ask, arena_id, &command, bytes, render)
            }
            (Job::Registry(command), kept) => self.registry(&ask, &command, kept),
            (Job::RegisterOperator, _) => self.register_operator(),
            (Job::PassDeadlines { arena_id }, _) => self.pass_deadlines(arena_id),
        };
        match decided {
            Ok(decided) => {
                let keep =
                    ask.key.as_ref().zip(request).map(|(key, request)| (stream, request, key.fingerprint));
                self.accept(decided, ask.key.map(|key| key.id), keep, reply);
            }
            Err(error) => self.answered.push((reply, Err(error))),
        }
        None
    }

    /// The kept answer of a request, if it has one.
    fn kept(
        &self,
        stream: ArenaId,
        ask: &Ask,
        request: Option<Hash>,
    ) -> Result<Option<Vec<u8>>, RuntimeError> {
        let Some((key, request)) = ask.key.as_ref().zip(request) else { return Ok(None) };
        match self.shared.storage.answer(stream, &request)? {
            Some(answer) if answer.fingerprint == key.fingerprint => Ok(Some(answer.body)),
            Some(_) => Err(RuntimeError::IdempotencyMismatch),
            None => Ok(None),
        }
    }

    fn create(&mut self, ask: &Ask, config: &ArenaConfig, render: Render) -> Result<Decided, RuntimeError> {
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
        let decision = SharedArena::create(arena_id, config, &context)?;
        self.drafts.insert(arena_id, Draft::new(State::Shared(None), START, Sequence::ZERO));
        let form = AnswerForm::Rendered(render);
        Ok(Decided::new(arena_id, now, ask.principal.agent_id(), of_arena(decision.events), form))
    }

    fn command(
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
        Ok(Decided { bytes, ..decided.with_outcome(decision.outcome) })
    }

    fn pass_deadlines(&mut self, arena_id: ArenaId) -> Result<Decided, RuntimeError> {
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

    fn register_operator(&mut self) -> Result<Decided, RuntimeError> {
        let command =
            RegistryCommand::RegisterAgent { agent_id: ids::operator(), name: None, token_hash: None };
        let now = self.shared.clock.now();
        let context = RegistryContext {
            now,
            caller: &Caller::System,
            caller_role: None,
            subject_role: None,
            open_registration: false,
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
    fn registry(
        &mut self,
        ask: &Ask,
        command: &RegistryCommand,
        kept: Option<Vec<u8>>,
    ) -> Result<Decided, RuntimeError> {
        let now = self.shared.clock.now();
        let (caller_role, subject_role) = self.roles(ask, command)?;
        let caller = ask.principal.caller();
        let open_registration = self.shared.open_registration;
        let context = RegistryContext { now, caller: &caller, caller_role, subject_role, open_registration };
        let registry = self.registry_draft();
        let repeated = kept.is_some();
        let mut events = match command {
            RegistryCommand::RegisterAgent { agent_id, token_hash, .. } if repeated => {
                let token_hash =
                    token_hash.ok_or(RuntimeError::Internal("an agent was registered without a token"))?;
                registry.decide(
                    &RegistryCommand::ReplaceToken { agent_id: agent_id.clone(), token_hash },
                    &context,
                )?
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
            | RegistryCommand::RemoveAgent { .. } => return Ok((None, None)),
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

    /// Looks without making the batch touch the system stream.
    fn is_registered(&self, agent: &AgentId) -> bool {
        match self.drafts.get(&ArenaId::SYSTEM).map(|draft| &draft.state) {
            Some(State::Registry(registry)) => registry.is_registered(agent),
            Some(State::Shared(_)) | None => self.shared.registry.read().registry.is_registered(agent),
        }
    }

    fn registry_draft(&mut self) -> &Registry {
        let published = &self.shared.registry;
        let draft = self.drafts.entry(ArenaId::SYSTEM).or_insert_with(|| {
            let published = published.read().clone();
            Draft::new(State::Registry(published.registry.clone()), published.head, published.snapshot_at)
        });
        match &draft.state {
            State::Registry(registry) => registry,
            State::Shared(_) => unreachable!("the system stream is the registry's"),
        }
    }

    fn shared_draft(&mut self, arena_id: ArenaId) -> Result<&SharedArena, RuntimeError> {
        let absent = RuntimeError::not_found("arena");
        if arena_id == ArenaId::SYSTEM {
            return Err(absent);
        }
        if !self.drafts.contains_key(&arena_id) {
            let state = match self.shared.cache.get(arena_id) {
                Some(state) => state,
                None => load_shared(self.shared.storage.as_ref(), arena_id)?.ok_or(absent.clone())?,
            };
            let draft = Draft::new(State::Shared(Some(state.shared.clone())), state.head, state.snapshot_at);
            self.drafts.insert(arena_id, draft);
        }
        match self.drafts.get(&arena_id).map(|draft| &draft.state) {
            Some(State::Shared(Some(shared))) => Ok(shared),
            Some(State::Shared(None) | State::Registry(_)) | None => Err(absent),
        }
    }

    fn accept(
        &mut self,
        decided: Decided,
        command_id: Option<CommandId>,
        keep: Option<Keep>,
        reply: ReplyTo,
    ) {
        let Some(draft) = self.drafts.get_mut(&decided.arena_id) else {
            return self
                .answered
                .push((reply, Err(RuntimeError::Internal("a command was decided on no stream"))));
        };
        for event in &decided.events {
            draft.state.evolve(decided.arena_id, event);
        }
        draft.sealed |= decided.seals;
        let keep = keep.filter(|_| decided.is_accepted_change());
        self.requests.extend(keep.map(|(_, request, _)| request));
        self.pending.push(Pending { decided, command_id, keep, state: draft.state.clone(), reply });
    }

    /// Whether there is nothing to store.
    pub(crate) fn is_idle(&self) -> bool {
        self.pending.iter().all(|pending| {
            let decided = &pending.decided;
            !decided.seals && decided.events.is_empty() && !decided.exact_deadline
        })
    }

    /// Numbers, hashes and seals all that was decided; the answers wait in the batch until the rows are durable.
    pub(crate) fn number(&mut self, last: Position) -> (Writes, Committed) {
        let mut numbering = Numbering::after(last);
        for pending in std::mem::take(&mut self.pending) {
            if let Some(draft) = self.drafts.get_mut(&pending.decided.arena_id) {
                self.answered.push(numbering.take(pending, draft));
            }
        }
        numbering.finish(&self.drafts, &self.shared.deadlines)
    }

    /// Answers everyone: the batch is durable.
    pub(crate) fn answer(self) {
        for (reply, answer) in self.answered {
            // Who asked may have gone; the command stands all the same.
            let _ = reply.send(answer);
        }
    }

    /// Refuses everyone: nothing of the batch was stored.
    pub(crate) fn refuse(self, error: &StorageError) {
        let undecided = self.pending.into_iter().map(|pending| pending.reply);
        for reply in undecided.chain(self.answered.into_iter().map(|(reply, _)| reply)) {
            // Who asked may have gone.
            let _ = reply.send(Err(error.clone().into()));
        }
    }
}

fn of_arena(events: Vec<ArenaEvent>) -> Vec<Event> {
    events.into_iter().map(Event::Shared).collect()
}

fn of_registry(events: Vec<RegistryEvent>) -> Vec<Event> {
    events.into_iter().map(Event::Registry).collect()
}
