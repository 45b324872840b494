//! From decided commands to rows: positions, sequences, hashes, seals and kept answers.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use arena_core::{
    AgentId, ArenaEvent, ArenaId, CommandId, Hash, Position, Sequence, Timestamp,
    aggregate::Outcome,
    collaboration::{Head, Rejection},
    contest::{Contest, ContestEvent},
    ledger::Account,
    registry::RegistryEvent,
};
use bytes::Bytes;
use tokio::sync::oneshot;

use crate::{
    ask::{Applied, ContestApplied, ContestRender, Render},
    batch::Done,
    deadlines::Deadlines,
    error::RuntimeError,
    ledger::{Moved, Settlement},
    record::{Origin, StoredEvent, chain},
    report::seal,
    storage::{Answer, TransferRow, ViewChange, Writes},
    stream::{Event, LARGEST_SNAPSHOT, State},
    views,
};

/// A stream that a batch touches, ahead of what is durable.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) state: State,
    /// Archived in this batch: what its last event will be is known only when the events are numbered.
    pub(crate) sealed: bool,
    durable: Sequence,
    head: Head,
    snapshot_at: Sequence,
}

impl Draft {
    /// A stream as it is durable.
    pub(crate) const fn new(state: State, head: Head, snapshot_at: Sequence) -> Self {
        Self { state, sealed: false, durable: head.sequence, head, snapshot_at }
    }

    /// Whether it may have deadlines: a shared arena that was there before the batch.
    pub(crate) const fn has_deadlines(&self) -> bool {
        matches!(self.state, State::Shared(_)) && self.durable.get() > 0
    }

    /// The same, now that what the batch before it did to the stream is numbered and durable.
    pub(crate) const fn follow(&mut self, landed: &Landed) {
        (self.durable, self.head, self.snapshot_at) = (landed.head.sequence, landed.head, landed.snapshot_at);
    }
}

/// Where a stream stands after a batch that is durable.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Landed {
    pub(crate) arena_id: ArenaId,
    pub(crate) head: Head,
    pub(crate) snapshot_at: Sequence,
    /// Its state is another than the one it was decided to have: the archiving came on top.
    pub(crate) sealed: bool,
}

/// What a command was decided to do.
pub(crate) struct Decided {
    pub(crate) arena_id: ArenaId,
    pub(crate) now: Timestamp,
    pub(crate) actor: AgentId,
    pub(crate) events: Vec<Event>,
    /// Whether `ArenaArchived` follows the events.
    pub(crate) seals: bool,
    pub(crate) refusal: Option<Rejection>,
    pub(crate) bytes: Option<(Hash, Bytes)>,
    pub(crate) answer: AnswerForm,
    /// Whether it looked for work and found none: such an answer is not kept, so that asking again may find some.
    pub(crate) found_nothing: bool,
    /// Whether the remembered deadline must be exactly the next one: the timer asked.
    pub(crate) exact_deadline: bool,
    /// The contest after it: it was folded to learn what money it moves.
    pub(crate) after: Option<Arc<Contest>>,
}

/// How a command is answered.
pub(crate) enum AnswerForm {
    /// With what the door makes of it.
    Rendered(Render),
    /// The same of a contest, for this agent.
    OfContest(ContestRender, AgentId),
    /// With the transfer that it made.
    Transfer,
    /// With nothing but what is kept for a repetition: the registry's.
    Kept(Vec<u8>),
}

impl Decided {
    /// A command that was accepted with these events.
    pub(crate) fn new(
        arena_id: ArenaId,
        now: Timestamp,
        actor: AgentId,
        events: Vec<Event>,
        answer: AnswerForm,
    ) -> Self {
        Self {
            arena_id,
            now,
            actor,
            events,
            seals: false,
            refusal: None,
            bytes: None,
            answer,
            found_nothing: false,
            exact_deadline: false,
            after: None,
        }
    }

    /// The same with what the rules say to tell the caller.
    pub(crate) fn with_outcome(self, outcome: Outcome<Rejection>) -> Self {
        match outcome {
            Outcome::Accepted => self,
            Outcome::Sealed => Self { seals: true, ..self },
            Outcome::Refused(rejection) => Self { refusal: Some(rejection), ..self },
        }
    }

    /// Whether there is anything to store of it but its answer.
    pub(crate) fn changes_something(&self) -> bool {
        self.seals || self.exact_deadline || !self.events.is_empty()
    }
}

/// Where an answer is kept: the stream, the request, and the hash it must have when it is repeated.
pub(crate) type Keep = (ArenaId, Hash, Hash);
/// Whom an answer goes to.
pub(crate) type ReplyTo = oneshot::Sender<Result<Done, RuntimeError>>;

/// A decided command whose events have no numbers yet.
pub(crate) struct Pending {
    pub(crate) decided: Decided,
    pub(crate) command_id: Option<CommandId>,
    pub(crate) keep: Option<Keep>,
    /// The stream's state after it.
    pub(crate) state: State,
    pub(crate) reply: ReplyTo,
}

/// What is to be published once the batch is durable.
#[derive(Default)]
pub(crate) struct Committed {
    pub(crate) states: Vec<(State, Landed)>,
    pub(crate) deadlines: Vec<(ArenaId, Option<Timestamp>)>,
    pub(crate) events: usize,
    /// The events, when somebody follows.
    pub(crate) fed: Option<Vec<Arc<StoredEvent>>>,
    pub(crate) transfers: usize,
    /// What it did to the ledger, if anything.
    pub(crate) settlement: Option<Settlement>,
    /// What ended tokens before their time.
    pub(crate) ended: Vec<RegistryEvent>,
}

impl Committed {
    /// The contests that grew.
    pub(crate) fn contests(&self) -> impl Iterator<Item = &Contest> {
        self.states.iter().filter_map(|(state, _)| match state {
            State::Contest(contest) => contest.as_deref(),
            State::Registry(_) | State::Shared(_) => None,
        })
    }
}

/// The rows in the making.
pub(crate) struct Numbering {
    position: Position,
    writes: Writes,
    exact: HashSet<ArenaId>,
    /// The last transfer of each account.
    moved_at: HashMap<Account, Position>,
    /// What ended tokens.
    ended: Vec<RegistryEvent>,
}

impl Numbering {
    /// Numbers on from the journal's last position.
    pub(crate) fn after(last: Position) -> Self {
        Self {
            position: last,
            writes: Writes::default(),
            exact: HashSet::new(),
            moved_at: HashMap::new(),
            ended: Vec::new(),
        }
    }

    /// Numbers one command's events, and makes its answer.
    pub(crate) fn take(
        &mut self,
        pending: Pending,
        draft: &mut Draft,
    ) -> (ReplyTo, Result<Done, RuntimeError>) {
        let Pending { decided, command_id, keep, mut state, reply } = pending;
        let Decided {
            arena_id, now, actor, mut events, seals, refusal, bytes, answer, exact_deadline, ..
        } = decided;
        let origin = Origin { recorded_at: now, actor, command_id };
        let mut stored: Vec<Arc<StoredEvent>> = Vec::with_capacity(events.len() + 1);
        for event in &events {
            stored.push(self.chain(arena_id, draft, &origin, event));
        }
        if let (true, State::Shared(Some(shared))) = (seals, &mut state) {
            let event = seal(shared, draft.head);
            Arc::make_mut(shared).evolve(&event);
            draft.state = State::Shared(Some(shared.clone()));
            let event = Event::Shared(event);
            stored.push(self.chain(arena_id, draft, &origin, &event));
            events.push(event);
        }
        if let Some((sha256, bytes)) = bytes {
            self.writes.views.push(ViewChange::Blob { sha256, bytes });
        }
        let mut transfer = None;
        for (stored, event) in stored.iter().zip(&events) {
            transfer = self.rows(stored, event, &state).or(transfer);
        }
        if exact_deadline {
            self.exact.insert(arena_id);
        }
        self.writes.events.extend(stored.iter().cloned());
        let done = match refusal {
            Some(rejection) => Err(rejection.into()),
            None => Ok(self.answer(answer, state, draft.head, events, stored, transfer, keep)),
        };
        (reply, done)
    }

    /// The derived rows of an event; answers its transfer.
    fn rows(&mut self, stored: &StoredEvent, event: &Event, after: &State) -> Option<TransferRow> {
        let transfer = match (event, after) {
            (Event::Shared(event), State::Shared(Some(after))) => {
                self.writes.views.extend(views::change(stored, event, after));
                return None;
            }
            (Event::Contest(event), State::Contest(Some(after))) => {
                self.writes.views.extend(views::listed(event, after));
                views::of_contest(stored, event)
            }
            (Event::Registry(event), _) => {
                let ends_a_token = matches!(
                    event,
                    RegistryEvent::AgentTokenReplaced { .. }
                        | RegistryEvent::AgentRemoved { .. }
                        | RegistryEvent::HandleRevoked { .. }
                );
                self.ended.extend(ends_a_token.then(|| event.clone()));
                views::of_registry(stored, event)
            }
            (Event::Shared(_) | Event::Contest(_), _) => None,
        }?;
        for account in [&transfer.debit, &transfer.credit] {
            self.moved_at.insert(account.clone(), transfer.transfer);
        }
        self.writes.views.push(ViewChange::Transfer(transfer.clone()));
        Some(transfer)
    }

    fn chain(
        &mut self,
        arena_id: ArenaId,
        draft: &mut Draft,
        origin: &Origin,
        event: &Event,
    ) -> Arc<StoredEvent> {
        self.position = self.position.next();
        let stored = chain(arena_id, draft.head, self.position, origin, event);
        draft.head = stored.head();
        stored
    }

    #[expect(clippy::too_many_arguments, reason = "all that an answer can be made of")]
    fn answer(
        &mut self,
        form: AnswerForm,
        state: State,
        head: Head,
        events: Vec<Event>,
        stored: Vec<Arc<StoredEvent>>,
        transfer: Option<TransferRow>,
        keep: Option<Keep>,
    ) -> Done {
        let (done, kept) = match (form, state) {
            (AnswerForm::Rendered(render), State::Shared(Some(state))) => {
                let applied = Applied { state, head, changes: changes(events), events: stored };
                let body = keep.is_some().then(|| render(&applied));
                (Done::Applied { applied: Box::new(applied), body: body.clone() }, body)
            }
            (AnswerForm::OfContest(render, caller), State::Contest(Some(state))) => {
                let applied = ContestApplied { state, head, changes: of_contest(events), events: stored };
                let body = keep.is_some().then(|| render(&applied, &caller));
                (Done::Contest { applied: Box::new(applied), body: body.clone() }, body)
            }
            (AnswerForm::Transfer, _) => {
                let body = keep.is_some().then(|| serde_json::to_vec(&transfer).unwrap_or_default());
                (Done::Transferred(transfer.map(Box::new)), body)
            }
            (AnswerForm::Kept(body), _) => (Done::Registered, Some(body)),
            (AnswerForm::Rendered(_) | AnswerForm::OfContest(..), _) => (Done::Registered, None),
        };
        if let Some(((arena_id, request, fingerprint), body)) = keep.zip(kept) {
            self.writes.answers.push((arena_id, request, Answer { fingerprint, body }));
        }
        done
    }

    /// All rows, and what to publish when they are durable.
    pub(crate) fn finish(
        mut self,
        drafts: &BTreeMap<ArenaId, Draft>,
        deadlines: &Deadlines,
        moved: &Arc<Moved>,
    ) -> (Writes, Committed) {
        let mut states = Vec::with_capacity(drafts.len());
        for (arena_id, draft) in drafts {
            let next =
                deadlines.change(*arena_id, draft.state.next_deadline(), self.exact.contains(arena_id));
            self.writes.deadlines.extend(next.map(|next| (*arena_id, next)));
            if draft.head.sequence == draft.durable {
                continue;
            }
            self.writes.heads.push((*arena_id, draft.head));
            let (snapshot, snapshot_at) =
                draft.state.snapshot(draft.head, draft.snapshot_at, LARGEST_SNAPSHOT);
            self.writes.snapshots.extend(snapshot.map(|snapshot| (*arena_id, snapshot)));
            let landed = Landed { arena_id: *arena_id, head: draft.head, snapshot_at, sealed: draft.sealed };
            states.push((draft.state.clone(), landed));
        }
        let touches_money = states.iter().any(|(state, _)| matches!(state, State::Contest(_)));
        let settlement = (touches_money || !moved.is_empty()).then(|| Settlement {
            moved: moved.clone(),
            at: std::mem::take(&mut self.moved_at),
            last: self.position,
        });
        let is_transfer = |view: &&ViewChange| matches!(view, ViewChange::Transfer(_));
        let transfers = self.writes.views.iter().filter(is_transfer).count();
        self.writes.views.extend(moved.rows());
        let events = self.writes.events.len();
        let deadlines = self.writes.deadlines.clone();
        let committed =
            Committed { states, deadlines, events, fed: None, transfers, settlement, ended: self.ended };
        (self.writes, committed)
    }
}

fn of_contest(events: Vec<Event>) -> Vec<ContestEvent> {
    let of_contest = |event| if let Event::Contest(event) = event { Some(event) } else { None };
    events.into_iter().filter_map(of_contest).collect()
}

fn changes(events: Vec<Event>) -> Vec<ArenaEvent> {
    let shared = |event| if let Event::Shared(event) = event { Some(event) } else { None };
    events.into_iter().filter_map(shared).collect()
}
