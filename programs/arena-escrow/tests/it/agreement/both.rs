//! One contest in two places: decided by the embedded rules over a ledger, and by the program on the chain.

use std::collections::BTreeMap;

use arena_core::{
    contest::{
        counted, posting, Code, Command, ContestEvent, Context, Counters, Entry, Payee, PayoutKind, Profile,
        RoundPage, Terms,
    },
    ledger::Account,
    AgentId, ArenaId, Contest, Timestamp,
};
use arena_escrow_interface::{terms::Terms as ChainTerms, Key, Shares};

use super::mutant;
use crate::{
    asks::Page,
    chain::{Asked, Refused},
    world::{Said, World},
};

/// Where both sides stand apart.
#[derive(Debug)]
pub(crate) struct Difference(pub(crate) String);

/// What is changed on one side, to see that it is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// Nothing.
    Nothing,
    /// A rule of the program: this mutant of it is what the chain has.
    Program(&'static str),
    /// The oracle is timed out a second early.
    Clock,
    /// A prize has a unit more.
    Prize,
    /// The status is not looked at before a refund: what was refunded is refunded again.
    Refund,
    /// A refusal has another code.
    Code,
}

/// Both sides of one contest.
pub(crate) struct Both {
    pub(crate) world: World,
    pub(crate) contest: Option<Contest>,
    pub(crate) names: BTreeMap<AgentId, Key>,
    pub(crate) ledger: BTreeMap<Account, u64>,
    pub(crate) profiles: BTreeMap<AgentId, Profile>,
    /// The last page that was accepted.
    pub(crate) last: Option<RoundPage>,
    changed: Changed,
}

pub(crate) const ARENA: ArenaId = ArenaId::from_bytes([3; 16]);

impl Both {
    /// A world with wallets of these names, the first of which creates; each begins with so much.
    pub(crate) fn new(names: &[AgentId], funds: u64, changed: Changed) -> Self {
        let mut world = match changed {
            Changed::Program(name) => World::on(mutant(name)),
            Changed::Nothing | Changed::Clock | Changed::Prize | Changed::Refund | Changed::Code => {
                World::new()
            }
        };
        let mut both = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            let wallet = if index == 0 { world.creator } else { world.agent() };
            world.fund(wallet, funds);
            both.insert(name.clone(), wallet);
        }
        let ledger = names.iter().map(|name| (Account::Wallet(name.clone()), funds)).collect();
        let registered_at = now(&world);
        let profile = Profile { registered_at, counters: Counters::default() };
        let profiles = names.iter().map(|name| (name.clone(), profile)).collect();
        Self { world, contest: None, names: both, ledger, profiles, last: None, changed }
    }

    fn now(&self) -> Timestamp {
        now(&self.world)
    }

    /// Makes a contest on both sides; whether they agreed to.
    pub(crate) fn create(
        &mut self,
        creator: &AgentId,
        title: &str,
        terms: &Terms,
    ) -> Result<bool, Difference> {
        let decided =
            Contest::create(title, terms, creator, self.now()).map_err(|rejection| rejection.kind());
        let decided = decided.and_then(|decision| self.post(&decision.events).map(|()| decision.events));
        let asked = self.world.ask_create(title, &chain_terms(terms, &self.names));
        let done = self.world.chain.send(&[asked]).map(drop);
        same_verdict(&decided, &done)?;
        if let Ok(events) = &decided {
            self.contest = Contest::begin(ARENA, &events[0]);
            self.last = None;
        }
        self.compare()?;
        Ok(decided.is_ok())
    }

    /// Asks both sides for the same; whether they agreed to.
    pub(crate) fn ask(&mut self, caller: &AgentId, command: &Command) -> Result<bool, Difference> {
        let contest = self.contest.clone().unwrap();
        let context = Context { now: self.now(), caller, if_match: None, profile: self.profiles[caller] };
        let asked = self.asked(&contest, caller, command);
        let decided = contest.decide(command, &context).map(|decision| decision.events);
        let mut decided = decided.map_err(|rejection| rejection.kind());
        self.change(&contest, command, &mut decided);
        let decided = decided.and_then(|events| self.post(&events).map(|()| events));
        let expected = self.as_the_chain_says(&contest, command, decided.clone());
        let mut done = Ok(());
        for asked in &asked {
            done = self.world.chain.send(std::slice::from_ref(asked)).map(drop);
            if done.is_err() {
                break;
            }
        }
        same_verdict(&expected, &done)?;
        for event in decided.iter().flatten() {
            self.fold(event);
        }
        if let (Ok(events), Command::SubmitPage(page)) = (&decided, command) {
            if !events.is_empty() {
                self.last = Some(page.clone());
            }
        }
        self.record_results(&decided)?;
        self.compare()?;
        Ok(expected.is_ok())
    }

    /// Of the pages before the last one the chain keeps nothing, so that it cannot tell whether they are the same.
    fn as_the_chain_says(
        &self,
        contest: &Contest,
        command: &Command,
        decided: Result<Vec<ContestEvent>, Code>,
    ) -> Result<Vec<ContestEvent>, Code> {
        let Command::SubmitPage(page) = command else { return decided };
        let is_last = |last: &RoundPage| (last.round, last.page) == (page.round, page.page);
        let pages = contest.round_at(page.round).map_or(0, arena_core::contest::Round::pages);
        let is_kept = self.last.as_ref().is_some_and(is_last);
        let was_in = page.page.is_some_and(|number| (1..=pages).contains(&number));
        let compared = matches!(&decided, Ok(events) if events.is_empty()) || decided == Err(Code::WrongPage);
        if is_kept || !was_in || !compared {
            return decided;
        }
        Err(if page.round <= contest.round() { Code::WrongRound } else { Code::WrongPage })
    }

    /// Changes a rule of the embedded side.
    fn change(&self, contest: &Contest, command: &Command, decided: &mut Result<Vec<ContestEvent>, Code>) {
        match (self.changed, command) {
            (Changed::Clock, Command::Abandon) if *decided == Err(Code::NotTimedOut) => {
                let (amount, timestamp) = (contest.terms().bond, self.now());
                let left_ms = contest.timeout_at().unwrap().as_millis() - timestamp.as_millis();
                if left_ms <= 1_000 {
                    *decided = Ok(vec![ContestEvent::ContestAbandoned { amount, timestamp }]);
                }
            }
            (Changed::Prize, _) => {
                for event in decided.iter_mut().flatten() {
                    if let ContestEvent::ObligationPaid { kind: PayoutKind::Prize, amount, .. } = event {
                        *amount = arena_core::Amount::at_most(amount.get() + 1);
                    }
                }
            }
            (Changed::Refund, Command::Payout { kind: PayoutKind::Refund, payee: Some(payee) })
                if *decided == Err(Code::AlreadyPaid) =>
            {
                let amount = contest.terms().entry_fee;
                let (kind, payee, timestamp) = (PayoutKind::Refund, payee.clone(), self.now());
                *decided = Ok(vec![ContestEvent::ObligationPaid { kind, payee, amount, timestamp }]);
            }
            (Changed::Code, _) if *decided == Err(Code::WrongState) => *decided = Err(Code::Forbidden),
            _ => {}
        }
    }

    /// Moves the money of events; refuses them whole where a wallet would go below zero.
    fn post(&mut self, events: &[ContestEvent]) -> Result<(), Code> {
        let mut ledger = self.ledger.clone();
        for posting in events.iter().filter_map(|event| posting(ARENA, event)) {
            let debit = ledger.entry(posting.debit).or_default();
            *debit = debit.checked_sub(posting.amount.get()).ok_or(Code::InsufficientFunds)?;
            *ledger.entry(posting.credit).or_default() += posting.amount.get();
        }
        self.ledger = ledger;
        Ok(())
    }

    fn fold(&mut self, event: &ContestEvent) {
        let contest = self.contest.as_mut().unwrap();
        contest.evolve(event);
        for (agent, change) in counted(contest, event) {
            let profile = self.profiles.get_mut(&agent).unwrap();
            profile.counters = profile.counters.after(change);
        }
    }

    /// What finalizing counts at once here, the chain counts when it is asked.
    fn record_results(&mut self, decided: &Result<Vec<ContestEvent>, Code>) -> Result<(), Difference> {
        let is_final = |event: &ContestEvent| matches!(event, ContestEvent::ContestFinalized { .. });
        if !decided.iter().flatten().any(is_final) {
            return Ok(());
        }
        let entrants: Vec<AgentId> =
            self.contest.iter().flat_map(Contest::entries).map(|entry| entry.agent_id.clone()).collect();
        for agent in entrants {
            let asked = self.world.ask_record(self.names[&agent]);
            self.world.chain.send(&[asked]).map_err(|refused| Difference(format!("record: {refused:?}")))?;
        }
        Ok(())
    }

    /// The instructions of a command: one, or pages of the entries in standing order.
    fn asked(&self, contest: &Contest, caller: &AgentId, command: &Command) -> Vec<Asked> {
        let (world, caller) = (&self.world, self.names[caller]);
        let one = match command {
            Command::Enter => world.ask_enter(caller),
            Command::Leave { agent_id } => world.ask_leave(caller, self.names[agent_id]),
            Command::Start => world.ask_start(caller),
            Command::SubmitPage(page) => self.asked_page(contest, caller, page),
            Command::Finalize { seed } => return self.asked_finalize(contest, caller, seed.as_deref()),
            Command::Payout { kind: PayoutKind::Prize, payee: Some(Payee::Agent(agent)) } => {
                world.ask_claim(self.names[agent])
            }
            Command::Payout { kind: PayoutKind::Refund, payee: Some(Payee::Agent(agent)) } => {
                world.ask_refund(self.names[agent])
            }
            Command::Payout { kind: PayoutKind::CreatorFee, .. } => world.ask_creator_fee(),
            Command::Payout { kind: PayoutKind::Bond, .. } => world.ask_return_bond(),
            Command::Payout { kind: PayoutKind::ProtocolFee, .. } => world.ask_protocol_fee(),
            Command::Cancel => world.ask_cancel(caller),
            Command::Abandon => world.ask_abandon(),
            Command::Payout { .. } | Command::StoreActions { .. } => panic!("the chain has no {command:?}"),
        };
        vec![one]
    }

    /// The marks of a page, in entry order; who has no entry comes last.
    fn asked_page(&self, contest: &Contest, caller: Key, page: &RoundPage) -> Asked {
        let mut said: BTreeMap<(u32, &AgentId), Said> = BTreeMap::new();
        let number = |agent| contest.entry(agent).map_or(u32::MAX, |entry| entry.number);
        for agent in page.eliminated.iter().chain(page.scores.keys()) {
            let score = page.scores.get(agent).map(|score| score.get());
            said.insert((number(agent), agent), (self.names[agent], page.eliminated.contains(agent), score));
        }
        let said: Vec<Said> = said.into_values().collect();
        let page = Page {
            round: page.round,
            page: page.page.unwrap(),
            last: page.last,
            actions_root: page.actions_root.map(|root| *root.as_bytes()),
            said: &said,
        };
        self.world.ask_page(caller, page)
    }

    fn asked_finalize(&self, contest: &Contest, caller: Key, seed: Option<&str>) -> Vec<Asked> {
        let standings: Vec<Entry> = contest.standings().into_iter().map(|standing| standing.entry).collect();
        let agents: Vec<Key> = standings.iter().map(|entry| self.names[&entry.agent_id]).collect();
        if agents.is_empty() {
            return vec![self.world.ask_finalize(caller, 0, seed, &[])];
        }
        let pages = agents.chunks(2).zip((0..).step_by(2));
        pages
            .map(|(page, placed)| self.world.ask_finalize(caller, placed, seed.filter(|_| placed == 0), page))
            .collect()
    }
}

fn now(world: &World) -> Timestamp {
    Timestamp::from_millis(u64::try_from(world.chain.time_s()).unwrap() * 1_000)
}

fn same_verdict<T>(decided: &Result<T, Code>, done: &Result<(), Refused>) -> Result<(), Difference> {
    match (decided, done) {
        (Ok(_), Ok(())) => Ok(()),
        (Err(code), Err(refused)) if *refused == Refused::from(*code) => Ok(()),
        (decided, done) => {
            let here = decided.as_ref().map(|_| "accepted").map_err(|code| code.as_str());
            Err(Difference(format!("{here:?} here, {done:?} on the chain")))
        }
    }
}

/// The same terms with wallets for agents.
fn chain_terms<'a>(terms: &'a Terms, names: &BTreeMap<AgentId, Key>) -> ChainTerms<'a> {
    ChainTerms {
        entry_fee: terms.entry_fee.get(),
        bond: terms.bond.get(),
        min_agents: terms.min_agents,
        max_agents: terms.max_agents,
        prize_split_bps: Shares::new(&terms.prize_split_bps).unwrap(),
        creator_fee_bps: terms.creator_fee_bps,
        elimination_interval_s: terms.elimination_interval_s,
        duration_s: terms.duration_s,
        action_schema: terms.action_schema.as_deref(),
        rules_hash: terms.rules_hash.map(|hash| *hash.as_bytes()),
        seed_commitment: terms.seed_commitment.map(|hash| *hash.as_bytes()),
        oracle: terms.oracle.as_ref().map(|oracle| names[oracle]),
        creator_may_enter: terms.creator_may_enter,
        min_completed: terms.gates.min_completed,
        min_wins: terms.gates.min_wins,
        min_age_s: terms.gates.min_age_s,
    }
}
