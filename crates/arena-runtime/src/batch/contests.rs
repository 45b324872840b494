//! How a batch decides what concerns contests: by their rules, then by what the wallets can bear.

use std::sync::Arc;

use arena_core::{
    AgentId, ArenaId, Sequence, Timestamp,
    contest::{
        Command, Contest, ContestEvent, Context, CounterChange, Counters, Profile, Rejection, Terms, counted,
        posting,
    },
    ledger::Posting,
};

use super::{Actions, Batch};
use crate::{
    ask::{Ask, ContestRender},
    error::RuntimeError,
    ledger::owed,
    numbering::{AnswerForm, Decided, Draft},
    stream::{Event, START, State},
    tokens::Principal,
};

impl Batch<'_> {
    pub(super) fn create_contest(
        &mut self,
        ask: &Ask,
        title: &str,
        terms: &Terms,
        render: ContestRender,
    ) -> Result<Decided, RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        if !terms.bond.is_zero() {
            self.shared.ledger.takes_money()?;
        }
        let now = self.shared.clock.now();
        let creator = ask.principal.agent_id();
        if let Some(stranger) = terms.oracle.as_ref().filter(|oracle| !self.is_registered(oracle)) {
            let reason = format!("{stranger} is not registered; nobody else could start the contest");
            return Err(Rejection::Invalid { field: "terms.oracle".to_owned(), reason }.into());
        }
        let decision = Contest::create(title, terms, &creator, now)?;
        let arena_id = self.shared.ids.arena(now)?;
        let after = self.moved_by(arena_id, None, &decision.events)?;
        self.drafts.insert(arena_id, Draft::new(State::Contest(None), START, Sequence::ZERO));
        let form = AnswerForm::OfContest(render, creator.clone());
        let decided = Decided::new(arena_id, now, creator, of_contest(decision.events), form);
        Ok(Decided { after, ..decided })
    }

    pub(super) fn contest(
        &mut self,
        ask: &Ask,
        arena_id: ArenaId,
        command: &Command,
        actions: Option<Actions>,
        render: ContestRender,
    ) -> Result<Decided, RuntimeError> {
        if let Principal::Handle(_) = ask.principal {
            return Err(RuntimeError::OutsideHandle);
        }
        let contest = self.contest_draft(arena_id)?;
        if let Command::Enter = command {
            self.shared.ledger.takes_money()?;
        }
        let now = self.shared.clock.now();
        let caller = ask.principal.agent_id();
        let profile = self.profile(&caller, command)?;
        let context = Context { now, caller: &caller, if_match: ask.if_match, profile };
        let events = contest.decide(command, &context)?.events;
        let bytes = match (command, actions) {
            (Command::StoreActions { sha256, .. }, Some(actions)) => {
                actions.checked?;
                Some((*sha256, actions.bytes))
            }
            _ => None,
        };
        let after = self.moved_by(arena_id, Some(contest), &events)?;
        let form = AnswerForm::OfContest(render, caller.clone());
        let decided = Decided::new(arena_id, now, caller, of_contest(events), form);
        Ok(Decided { bytes, after, ..decided })
    }

    /// Folds a command's events in, and takes the money that they move where it goes; answers the contest after them.
    fn moved_by(
        &mut self,
        arena_id: ArenaId,
        before: Option<Arc<Contest>>,
        events: &[ContestEvent],
    ) -> Result<Option<Arc<Contest>>, RuntimeError> {
        let postings: Vec<Posting> = events.iter().filter_map(|event| posting(arena_id, event)).collect();
        let held = before.as_deref().map(owed);
        let staged = self.money.stage(&postings, held.as_ref().map_or(&[][..], |held| held))?;
        let (after, counted) = folded(arena_id, before, events);
        let staged = self.money.count(staged, counted)?;
        self.money.keep(staged);
        Ok(after)
    }

    /// What the rules may know of who asks; only an entry depends on it.
    fn profile(&self, caller: &AgentId, command: &Command) -> Result<Profile, RuntimeError> {
        let Command::Enter = command else {
            let registered_at = Timestamp::from_millis(0);
            return Ok(Profile { registered_at, counters: Counters::default() });
        };
        let registered = self.look_up(|registry| registry.agent(caller).map(|agent| agent.registered_at));
        let registered_at = registered.ok_or(RuntimeError::Unauthenticated)?;
        Ok(Profile { registered_at, counters: self.money.counters(caller)? })
    }

    /// The contest after the commands before; a clone costs the same however many entered.
    fn contest_draft(&mut self, arena_id: ArenaId) -> Result<Arc<Contest>, RuntimeError> {
        let absent = || Rejection::NotFound { what: "contest" }.into();
        match self.arena_draft(arena_id) {
            Ok(State::Contest(Some(contest))) => Ok(contest.clone()),
            Ok(State::Contest(None) | State::Shared(_) | State::Registry(_))
            | Err(RuntimeError::Rejected(_)) => Err(absent()),
            Err(error) => Err(error),
        }
    }
}

fn folded(
    arena_id: ArenaId,
    mut contest: Option<Arc<Contest>>,
    events: &[ContestEvent],
) -> (Option<Arc<Contest>>, Vec<(AgentId, CounterChange)>) {
    let mut moved = Vec::new();
    for event in events {
        match &mut contest {
            Some(contest) => Arc::make_mut(contest).evolve(event),
            None => contest = Contest::begin(arena_id, event).map(Arc::new),
        }
        if let Some(after) = &contest {
            moved.extend(counted(after, event));
        }
    }
    (contest, moved)
}

fn of_contest(events: Vec<ContestEvent>) -> Vec<Event> {
    events.into_iter().map(Event::Contest).collect()
}
