//! The model: its states, its steps, and which laws hold in each.

use arena_core::{
    Contest, Timestamp,
    contest::{Command, Context, Counters, Profile},
};
use stateright::{Model, Property};

use super::{
    action::{Action, Asked},
    alphabet,
    book::Book,
    cast::{Cast, Who},
    laws::{Law, Laws, every_law},
    ledger::Ledger,
    rules::Rules,
    state::State,
};

/// When the contest is made.
const CREATED_MS: u64 = 1_000_000;
/// A heartbeat of this many rounds reaches any hard stop of the model's terms.
const HEARTBEATS: u32 = 20;

/// A contest of a few entrants under the real rules, or under a mutant of them.
#[derive(Clone, Debug)]
pub(super) struct SmallContest {
    pub(super) cast: Cast,
    pub(super) rules: Rules,
    /// Entrants are told apart by name too, to show that doing without finds the same.
    pub(super) names: bool,
}

impl SmallContest {
    /// The state after someone's command; `None` when it is refused or changes nothing.
    pub(super) fn ask(&self, state: &State, by: Who, asked: Asked) -> Option<State> {
        let command = asked.command(&self.cast, &state.book);
        let events = self.rules.decide(&state.contest, &command, &self.context(state.now(), by)).ok()?;
        if events.is_empty() {
            return None;
        }
        let mut next = state.clone();
        next.broken = next.broken.and(self.judged(state, by, asked));
        for event in &events {
            if !self.rules.book(&self.cast, &mut next.ledger, event) {
                return None;
            }
            self.rules.evolve(&mut next.contest, event);
            let broken = next.book.read(&self.cast, event, &next.contest);
            next.broken = next.broken.and(broken);
        }
        Some(next)
    }

    /// What is asked, and by whom.
    pub(super) fn context(&self, now: Timestamp, by: Who) -> Context<'_> {
        let profile = Profile { registered_at: Timestamp::from_millis(0), counters: Counters::default() };
        Context { now, caller: self.cast.id(by), if_match: None, profile }
    }

    /// The laws that an accepted command breaks by who gave it, or when.
    fn judged(&self, state: &State, by: Who, asked: Asked) -> Laws {
        let mut broken = Laws::none();
        let limit = state.book.limit_ms(&self.cast);
        let is_over = limit.is_some_and(|limit| state.now_ms >= limit);
        match asked {
            Asked::Enter => {
                let runs_it = by == Who::Creator || by == self.cast.oracle();
                broken.demand(!runs_it || self.cast.terms.creator_may_enter, Law::Authority);
                broken.demand(!is_over, Law::Limits);
            }
            Asked::Leave(who) => broken.demand(by == who, Law::Authority),
            Asked::Cancel => broken.demand(by == Who::Creator, Law::Authority),
            Asked::Start | Asked::Page { .. } | Asked::Finalize => {
                broken.demand(by == self.cast.oracle(), Law::Authority);
                broken.demand(!is_over, Law::Limits);
            }
            Asked::Abandon => broken.demand(is_over || limit.is_none(), Law::Limits),
            // Before the end only a refund after registration is accepted.
            Asked::Pay(..) => broken.demand(is_over || limit.is_none(), Law::Limits),
        }
        broken
    }

    fn heartbeat(&self, state: &State) -> Option<State> {
        let mut next = state.clone();
        for _ in 0..HEARTBEATS {
            if next.book.is_at_hard_stop(&self.cast) {
                next.empty_rounds = next.book.rounds;
                return Some(next);
            }
            next.now_ms = next.book.limit_ms(&self.cast)?.saturating_sub(1);
            next = self.ask(&next, self.cast.oracle(), Asked::Page { out: 0, scored: 0, last: true })?;
        }
        None
    }

    fn at(&self, state: &State, before_ms: u64) -> Option<State> {
        let limit = state.book.limit_ms(&self.cast)?;
        Some(state.clone().at(limit.saturating_sub(before_ms)))
    }

    /// Whether no step led here by breaking the law, and the state itself keeps it.
    pub(super) fn keeps(&self, state: &State, law: Law) -> bool {
        !state.broken.has(law) && self.holds(state, law)
    }

    /// Money that came in from outside.
    pub(super) fn deposits(&self) -> u64 {
        self.cast.everyone().map(|who| self.cast.purse(who)).sum()
    }

    /// What the rules answer to a payout that a stranger asks for.
    pub(super) fn payout(
        &self,
        state: &State,
        owed: &super::book::Owed,
        now: Timestamp,
    ) -> super::rules::Answer {
        let payee = Some(self.cast.payee(owed.owner));
        let command = Command::Payout { kind: owed.kind, payee };
        self.rules.decide(&state.contest, &command, &self.context(now, Who::Stranger))
    }
}

impl Model for SmallContest {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let now = Timestamp::from_millis(CREATED_MS);
        let decided = Contest::create("model", &self.cast.terms, self.cast.id(Who::Creator), now);
        let created = decided.ok().and_then(|decision| decision.events.into_iter().next());
        let contest = created.as_ref().and_then(|event| Contest::begin(self.cast.arena_id, event));
        let Some((created, contest)) = created.zip(contest) else { return Vec::new() };
        let mut ledger = Ledger::new(&self.cast);
        self.rules.book(&self.cast, &mut ledger, &created);
        let first = State::new(contest, CREATED_MS, ledger, Book::new(CREATED_MS));
        vec![first.keyed(&self.cast, self.names)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        // What follows a breach says nothing more.
        if state.broken.is_empty() {
            alphabet::of(&self.cast, state, self.names, actions);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let next = match action {
            Action::UntilJustBefore => self.at(last, 1),
            Action::UntilLimit => self.at(last, 0),
            Action::Heartbeat => self.heartbeat(last),
            Action::Ask(by, asked) => self.ask(last, by, asked),
        };
        next.map(|next| next.keyed(&self.cast, self.names))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = always();
        properties.extend(super::sometimes::all());
        properties
    }
}

fn always() -> Vec<Property<SmallContest>> {
    /// A property is a function pointer: one for each law.
    macro_rules! laws {
        ($($law:ident: $name:literal,)*) => {
            vec![$(Property::always($name, |model: &SmallContest, state: &State| {
                model.keeps(state, Law::$law)
            })),*]
        };
    }
    every_law!(laws)
}
