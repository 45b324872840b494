//! A contest with a hand on its clock: commands go in as named agents, events are folded in as the runtime does.

use std::collections::BTreeMap;

use arena_core::{
    contest::{
        Command, ContestEvent, Context, Counters, Decision, Gates, Payee, PayoutKind, Profile, Rejection,
        RoundPage, Score, Terms,
    },
    AgentId, Amount, ArenaId, Contest, Hash, Millis, Sequence, Timestamp,
};

use crate::world::id;

pub(crate) const ARENA: ArenaId = ArenaId::from_bytes([9; 16]);
pub(crate) const START: Timestamp = Timestamp::from_millis(1_000_000);
pub(crate) const DAY_S: u64 = 86_400;

/// What a caller is told: the events of its command, or why not.
pub(crate) type Told = Result<Vec<ContestEvent>, Rejection>;

/// A contest made by `ann` with the oracle `ora`, the time, and all that happened.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) contest: Contest,
    pub(crate) now: Timestamp,
    pub(crate) history: Vec<ContestEvent>,
    pub(crate) profiles: BTreeMap<AgentId, Profile>,
}

/// A fee of 100, a bond of 50, 2 to 10 agents, a day between eliminations, two prizes, 5 percent for the creator.
pub(crate) fn terms() -> Terms {
    Terms {
        entry_fee: amount(100),
        bond: amount(50),
        min_agents: 2,
        max_agents: 10,
        prize_split_bps: vec![6_000, 4_000],
        creator_fee_bps: 500,
        elimination_interval_s: 86_400,
        duration_s: 1,
        action_schema: None,
        rules_hash: None,
        seed_commitment: None,
        oracle: Some(id("ora")),
        creator_may_enter: false,
        gates: Gates::default(),
    }
}

impl Play {
    #[expect(clippy::needless_pass_by_value, reason = "made for one call; a borrow would only be in the way")]
    pub(crate) fn of(terms: Terms) -> Self {
        let history = Contest::create("a cup", &terms, &id("ann"), START).unwrap().events;
        let contest = Contest::begin(ARENA, &history[0]).unwrap();
        Self { contest, now: START, history, profiles: BTreeMap::new() }
    }

    /// Open to `bob`, `cat` and `dot`, who entered.
    pub(crate) fn registered() -> Self {
        Self::of(terms()).entered(&["bob", "cat", "dot"])
    }

    /// The same, in play.
    pub(crate) fn active() -> Self {
        Self::registered().started()
    }

    pub(crate) fn entered(mut self, names: &[&str]) -> Self {
        names.iter().for_each(|name| drop(self.by(name, Command::Enter).unwrap()));
        self
    }

    pub(crate) fn started(mut self) -> Self {
        self.by("ora", Command::Start).unwrap();
        self
    }

    pub(crate) fn ask(&self, name: &str, command: &Command) -> Result<Decision, Rejection> {
        self.ask_at(name, command, None)
    }

    pub(crate) fn ask_at(
        &self,
        name: &str,
        command: &Command,
        if_match: Option<Sequence>,
    ) -> Result<Decision, Rejection> {
        let caller = id(name);
        let fresh = Profile { registered_at: START, counters: Counters::default() };
        let profile = self.profiles.get(&caller).copied().unwrap_or(fresh);
        self.contest.decide(command, &Context { now: self.now, caller: &caller, if_match, profile })
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for one call; a borrow would only be in the way")]
    pub(crate) fn by(&mut self, name: &str, command: Command) -> Told {
        let Decision { events, .. } = self.ask(name, &command)?;
        events.iter().for_each(|event| self.contest.evolve(event));
        self.history.extend(events.iter().cloned());
        Ok(events)
    }

    pub(crate) fn ora(&mut self, command: Command) -> Told {
        self.by("ora", command)
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.pass_ms(seconds * 1_000);
    }

    pub(crate) fn pass_ms(&mut self, ms: u64) {
        self.now = self.now.plus(Millis::new(ms));
    }

    /// Goes to the millisecond before an instant.
    pub(crate) fn until_just_before(&mut self, instant: Timestamp) {
        self.now = Timestamp::from_millis(instant.as_millis() - 1);
    }

    /// The contest folded anew from all that happened.
    pub(crate) fn replayed(&self) -> Contest {
        let mut contest = Contest::begin(ARENA, &self.history[0]).unwrap();
        self.history.iter().skip(1).for_each(|event| contest.evolve(event));
        contest
    }

    /// What was paid to an agent as one kind, by the events.
    pub(crate) fn paid(&self, kind: PayoutKind, name: &str) -> Option<u64> {
        let payee: Payee = name.parse().unwrap();
        self.history.iter().find_map(|event| match event {
            ContestEvent::ObligationPaid { kind: paid, payee: to, amount, .. }
                if *paid == kind && *to == payee =>
            {
                Some(amount.get())
            }
            _ => None,
        })
    }
}

pub(crate) fn code<T>(told: &Result<T, Rejection>) -> &'static str {
    told.as_ref().map_or_else(Rejection::code, |_| "ok")
}

/// The field that a refusal names.
pub(crate) fn field<T: std::fmt::Debug>(told: Result<T, Rejection>) -> String {
    match told.unwrap_err() {
        Rejection::Invalid { field, .. } | Rejection::TooLarge { field, .. } => field,
        other => panic!("no field in {other:?}"),
    }
}

pub(crate) fn amount(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

pub(crate) fn score(score: i64) -> Score {
    Score::new(score).unwrap()
}

/// A page that completes its round.
pub(crate) fn page(round: u32, eliminated: &[&str], scores: &[(&str, i64)]) -> RoundPage {
    RoundPage {
        round,
        page: None,
        eliminated: eliminated.iter().map(|name| id(name)).collect(),
        scores: scores.iter().map(|(name, reached)| (id(name), score(*reached))).collect(),
        actions_root: None,
        last: true,
    }
}

pub(crate) fn round(round: u32, eliminated: &[&str], scores: &[(&str, i64)]) -> Command {
    Command::SubmitPage(page(round, eliminated, scores))
}

/// A page with its number that leaves the round open.
pub(crate) fn part(of: u32, number: u32, eliminated: &[&str], scores: &[(&str, i64)]) -> Command {
    Command::SubmitPage(RoundPage { page: Some(number), last: false, ..page(of, eliminated, scores) })
}

pub(crate) fn finalize() -> Command {
    Command::Finalize { seed: None }
}

pub(crate) fn leave(name: &str) -> Command {
    Command::Leave { agent_id: id(name) }
}

pub(crate) fn actions(round: u32, root: Hash) -> Command {
    Command::StoreActions { round, root, sha256: Hash::of(b"bytes"), size: 5 }
}

/// A payout to whom it usually goes.
pub(crate) fn pay(kind: PayoutKind) -> Command {
    Command::Payout { kind, payee: None }
}

pub(crate) fn pay_to(kind: PayoutKind, payee: &str) -> Command {
    Command::Payout { kind, payee: Some(payee.parse().unwrap()) }
}
