//! One batch: commands decided one after the other, each against what those before it led to.

mod contests;
mod money;
mod registry;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use arena_core::{
    ArenaConfig, ArenaEvent, ArenaId, CommandId, Hash, Position, Sequence, SharedArena,
    collaboration::{Caller, Command, Context, Decision, Outcome},
    contest::{self, Terms},
    registry::RegistryCommand,
};
use bytes::Bytes;

use crate::{
    ask::{Applied, Ask, ContestApplied, ContestRender, Render},
    cache::Hot,
    error::{RuntimeError, StorageError},
    ids,
    ledger::{Money, Moved},
    numbering::{AnswerForm, Committed, Decided, Draft, Keep, Landed, Numbering, Pending, ReplyTo},
    shared::Shared,
    storage::{TransferRow, Writes},
    stream::{Event, START, State, load},
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
    CreateContest {
        title: String,
        terms: Box<Terms>,
        render: ContestRender,
    },
    Contest {
        arena_id: ArenaId,
        command: contest::Command,
        actions: Option<Actions>,
        render: ContestRender,
    },
    Registry(RegistryCommand),
    /// A deposit or a withdrawal.
    Transfer(RegistryCommand),
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
            Self::Create { .. }
            | Self::CreateContest { .. }
            | Self::Registry(_)
            | Self::Transfer(_)
            | Self::RegisterOperator => ArenaId::SYSTEM,
            Self::Shared { arena_id, .. }
            | Self::Contest { arena_id, .. }
            | Self::PassDeadlines { arena_id } => *arena_id,
        }
    }

    /// The reference that it bears, of which there is one transfer only.
    fn reference(&self) -> Option<&str> {
        match self {
            Self::Transfer(
                RegistryCommand::Deposit { reference, .. } | RegistryCommand::Withdraw { reference, .. },
            ) => Some(reference),
            _ => None,
        }
    }
}

/// The actions of a round, looked through before the rules are asked.
#[derive(Debug)]
pub(crate) struct Actions {
    pub(crate) bytes: Bytes,
    /// Whether every line is what it must be.
    pub(crate) checked: Result<(), contest::Rejection>,
}

/// What became of a command, after the commit.
#[derive(Debug)]
pub(crate) enum Done {
    /// It was applied; the answer's bytes are there when they were stored with it.
    Applied { applied: Box<Applied>, body: Option<Vec<u8>> },
    /// It had been applied before.
    Replayed(Vec<u8>),
    /// The same of a contest.
    Contest { applied: Box<ContestApplied>, body: Option<Vec<u8>> },
    /// Money came in or went out, now or before.
    Transferred(Option<Box<TransferRow>>),
    /// The registry changed.
    Registered,
}

/// What a batch that is being stored leads to: the next one is decided on it meanwhile.
#[derive(Default)]
pub(crate) struct Ahead {
    streams: HashMap<ArenaId, Draft>,
    /// Requests whose answers it keeps.
    requests: HashSet<Hash>,
    /// What it does to the ledger.
    moved: Arc<Moved>,
}

/// A batch in the making.
pub(crate) struct Batch<'a> {
    shared: &'a Shared,
    ahead: Ahead,
    drafts: BTreeMap<ArenaId, Draft>,
    pending: Vec<Pending>,
    /// Answered after the commit: a refusal may rest on what is not yet durable.
    answered: Vec<(ReplyTo, Result<Done, RuntimeError>)>,
    /// Requests whose answer the batch will keep.
    requests: HashSet<Hash>,
    money: Money<'a>,
}

impl<'a> Batch<'a> {
    /// An empty one, to be decided on what is durable and on what is `ahead` of that.
    pub(crate) fn new(shared: &'a Shared, ahead: Ahead) -> Self {
        Self {
            shared,
            money: Money::new(shared, ahead.moved.clone()),
            ahead,
            drafts: BTreeMap::new(),
            pending: Vec::new(),
            answered: Vec::new(),
            requests: HashSet::new(),
        }
    }

    /// Decides one command; gives it back when it must wait for another batch: behind the same request, or behind
    /// the archiving of its arena.
    pub(crate) fn decide(&mut self, submission: Submission) -> Option<Submission> {
        let stream = submission.job.stream();
        let request = submission.ask.key.as_ref().map(|key| key.request(&submission.ask.principal));
        let repeats = request.is_some_and(|request| {
            self.requests.contains(&request) || self.ahead.requests.contains(&request)
        });
        let repeats = repeats || submission.job.reference().is_some_and(|named| self.money.bears(named));
        if repeats || self.draft(stream).is_some_and(|draft| draft.sealed) {
            return Some(submission);
        }
        let Submission { ask, job, reply } = submission;
        if !self.may_call(&ask.principal, &job) {
            self.answered.push((reply, Err(RuntimeError::Unauthenticated)));
            return None;
        }
        let kept = match self.kept(stream, &ask, request) {
            Ok(kept) => kept,
            Err(error) => {
                self.answered.push((reply, Err(error)));
                return None;
            }
        };
        let decided = match (job, kept) {
            (
                Job::Create { .. }
                | Job::Shared { .. }
                | Job::CreateContest { .. }
                | Job::Contest { .. }
                | Job::Transfer(_),
                Some(body),
            ) => {
                self.answered.push((reply, Ok(Done::Replayed(body))));
                return None;
            }
            (Job::Create { config, render }, None) => self.create(&ask, &config, render),
            (Job::Shared { arena_id, command, bytes, render }, None) => {
                self.command(&ask, arena_id, &command, bytes, render)
            }
            (Job::CreateContest { title, terms, render }, None) => {
                self.create_contest(&ask, &title, &terms, render)
            }
            (Job::Contest { arena_id, command, actions, render }, None) => {
                self.contest(&ask, arena_id, &command, actions, render)
            }
            (Job::Transfer(command), None) => match self.transferred(&ask, &command) {
                Ok(Some(row)) => {
                    self.answered.push((reply, Ok(Done::Transferred(Some(Box::new(row))))));
                    return None;
                }
                Ok(None) => self.transfer(&ask, &command),
                Err(error) => Err(error),
            },
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

    /// Whether the caller's token still stands: it may have been revoked while the command waited.
    fn may_call(&self, principal: &Principal, job: &Job) -> bool {
        match principal {
            Principal::Operator => true,
            // Where registration is open, who registers is nobody yet.
            Principal::Agent(_) if matches!(job, Job::Registry(RegistryCommand::RegisterAgent { .. })) => {
                true
            }
            Principal::Agent(agent_id) => self.is_registered(agent_id),
            Principal::Handle(grant) => self.is_live(grant),
        }
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
        let decision = SharedArena::create(config, &context)?;
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
        let found_nothing = matches!(command, Command::ClaimStep { .. }) && decided.events.is_empty();
        Ok(Decided { bytes, found_nothing, ..decided.with_outcome(decision.outcome) })
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

    /// A stream that is ahead of what is durable.
    fn draft(&self, stream: ArenaId) -> Option<&Draft> {
        self.drafts.get(&stream).or_else(|| self.ahead.streams.get(&stream))
    }

    fn shared_draft(&mut self, arena_id: ArenaId) -> Result<&SharedArena, RuntimeError> {
        match self.arena_draft(arena_id)? {
            State::Shared(Some(shared)) => Ok(shared),
            State::Shared(None) | State::Contest(_) | State::Registry(_) => {
                Err(RuntimeError::not_found("arena"))
            }
        }
    }

    /// An arena of either kind, as it is after the commands before.
    fn arena_draft(&mut self, arena_id: ArenaId) -> Result<&State, RuntimeError> {
        let absent = RuntimeError::not_found("arena");
        if arena_id == ArenaId::SYSTEM {
            return Err(absent);
        }
        if let Some(draft) = self.ahead.streams.remove(&arena_id) {
            self.drafts.insert(arena_id, draft);
        } else if !self.drafts.contains_key(&arena_id) {
            let hot = match self.shared.cache.get(arena_id) {
                Some(hot) => hot,
                None => {
                    let hot = load(self.shared.storage.as_ref(), arena_id)?.ok_or(absent.clone())?;
                    // A command that is refused leaves it in memory too, or each such would load it again.
                    self.shared.cache.publish(arena_id, hot.clone());
                    hot
                }
            };
            let draft = match hot {
                Hot::Shared(state) => {
                    Draft::new(State::Shared(Some(state.shared.clone())), state.head, state.snapshot_at)
                }
                Hot::Contest(state) => {
                    Draft::new(State::Contest(Some(state.contest.clone())), state.head, state.snapshot_at)
                }
            };
            self.drafts.insert(arena_id, draft);
        }
        self.drafts.get(&arena_id).map(|draft| &draft.state).ok_or(absent)
    }

    fn accept(
        &mut self,
        mut decided: Decided,
        command_id: Option<CommandId>,
        keep: Option<Keep>,
        reply: ReplyTo,
    ) {
        let Some(draft) = self.drafts.get_mut(&decided.arena_id) else {
            return self
                .answered
                .push((reply, Err(RuntimeError::Internal("a command was decided on no stream"))));
        };
        match decided.after.take() {
            Some(after) => draft.state = after,
            None => {
                for event in &decided.events {
                    draft.state.evolve(decided.arena_id, event);
                }
            }
        }
        draft.sealed |= decided.seals;
        let keep = keep.filter(|_| decided.refusal.is_none() && !decided.found_nothing);
        self.requests.extend(keep.map(|(_, request, _)| request));
        self.pending.push(Pending { decided, command_id, keep, state: draft.state.clone(), reply });
    }

    /// Whether there is nothing to store.
    pub(crate) fn is_idle(&self) -> bool {
        !self.pending.iter().any(|pending| pending.keep.is_some() || pending.decided.changes_something())
    }

    /// Goes on from where the batch before it, which is durable now, has brought its streams.
    pub(crate) fn follow(&mut self, before: &[Landed]) {
        for landed in before {
            if landed.sealed {
                // Nothing was decided on it: such commands wait for the next batch.
                self.drafts.remove(&landed.arena_id);
            } else if let Some(draft) = self.drafts.get_mut(&landed.arena_id) {
                draft.follow(landed);
            }
        }
    }

    /// What it leads to, for the next batch; nothing more is decided in it.
    pub(crate) fn close(&mut self) -> Ahead {
        let streams = self.drafts.iter().map(|(arena_id, draft)| (*arena_id, draft.clone())).collect();
        let moved = self.money.moved().clone();
        Ahead { streams, requests: std::mem::take(&mut self.requests), moved }
    }

    /// The streams it touched.
    pub(crate) fn touched(&self) -> impl Iterator<Item = ArenaId> {
        self.drafts.keys().copied()
    }

    /// Numbers, hashes and seals all that was decided; the answers wait in the batch until the rows are durable.
    pub(crate) fn number(&mut self, last: Position) -> (Writes, Committed) {
        let mut numbering = Numbering::after(last);
        for pending in std::mem::take(&mut self.pending) {
            if let Some(draft) = self.drafts.get_mut(&pending.decided.arena_id) {
                self.answered.push(numbering.take(pending, draft));
            }
        }
        numbering.finish(&self.drafts, &self.shared.deadlines, self.money.moved())
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
