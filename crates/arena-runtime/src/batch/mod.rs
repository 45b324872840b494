//! One batch: commands decided one after the other, each against what those before it led to.

mod contests;
mod job;
mod money;
mod registry;
mod shared;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use arena_core::{ArenaId, CommandId, Hash, Position, registry::RegistryCommand};

pub(crate) use self::job::{Actions, Done, Job, Submission};
use crate::{
    ask::Ask,
    cache::Hot,
    error::{RuntimeError, StorageError},
    ledger::{Money, Moved},
    numbering::{Committed, Decided, Draft, Keep, Landed, Numbering, Pending, ReplyTo},
    shared::Shared,
    storage::Writes,
    stream::{State, load},
    tokens::Principal,
};

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

    /// A stream that is ahead of what is durable.
    fn draft(&self, stream: ArenaId) -> Option<&Draft> {
        self.drafts.get(&stream).or_else(|| self.ahead.streams.get(&stream))
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
            Some(after) => draft.state = State::Contest(Some(after)),
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

    /// The streams it touched, and whether time may decide something there.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (ArenaId, bool)> {
        self.drafts.iter().map(|(arena_id, draft)| (*arena_id, draft.has_deadlines()))
    }

    /// Numbers, hashes and seals all that was decided; the answers wait in the batch until the rows are durable.
    pub(crate) fn number(&mut self, last: Position) -> (Writes, Committed) {
        let mut numbering = Numbering::after(last);
        for pending in std::mem::take(&mut self.pending) {
            if let Some(draft) = self.drafts.get_mut(&pending.decided.arena_id) {
                self.answered.push(numbering.take(pending, draft));
            }
        }
        let (writes, mut committed) =
            numbering.finish(&self.drafts, &self.shared.deadlines, self.money.moved());
        committed.fed = (self.shared.live.followers() > 0).then(|| writes.events.clone());
        (writes, committed)
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
