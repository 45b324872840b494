//! Chance from a seed: which terms, who asks for what, and when.

use std::collections::{BTreeMap, BTreeSet};

use arena_core::{
    contest::{Command, Gates, Payee, PayoutKind, RoundPage, Score, Terms},
    AgentId, Amount, Contest, Hash,
};

/// Numbers that follow from a seed (SplitMix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Whether something of so many in a hundred happens.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn one_of<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// The seed that contests commit to.
pub(crate) const SEED: &str = "5eed";

fn amount(units: u64) -> Amount {
    Amount::new(units).unwrap()
}

/// Terms of small contests, one in ten of them out of bounds.
pub(crate) fn terms(chance: &mut Chance, oracle: &AgentId) -> Terms {
    let splits: [&[u16]; 6] = [
        &[10_000],
        &[6_000, 4_000],
        &[3_400, 3_300, 3_300],
        &[4_000, 3_000, 2_000, 1_000],
        &[9_999, 1],
        &[1_000; 10],
    ];
    let least = u32::try_from(2 + chance.below(2)).unwrap();
    let mut terms = Terms {
        entry_fee: amount(*chance.one_of(&[0, 1, 7, 999, 100_003])),
        bond: amount(*chance.one_of(&[0, 1, 5_000])),
        min_agents: least,
        max_agents: least + u32::try_from(chance.below(5)).unwrap(),
        prize_split_bps: chance.one_of(&splits).to_vec(),
        creator_fee_bps: *chance.one_of(&[0, 333, 2_000]),
        elimination_interval_s: *chance.one_of(&[10, 60, 86_400]),
        duration_s: *chance.one_of(&[1, 3_600, 2_592_000]),
        action_schema: chance.percent(20).then(|| "{\"move\":\"up\"}".into()),
        rules_hash: chance.percent(20).then(|| Hash::of(b"rules")),
        seed_commitment: chance.percent(30).then(|| Hash::of(SEED.as_bytes())),
        oracle: chance.percent(50).then(|| oracle.clone()),
        creator_may_enter: chance.percent(50),
        gates: Gates::default(),
    };
    match chance.below(20) {
        0 => terms.gates.min_wins = 1,
        1 => terms.gates.min_completed = 2,
        2 => terms.gates.min_age_s = *chance.one_of(&[1, 1_000_000]),
        _ => {}
    }
    if chance.percent(10) {
        match chance.below(9) {
            0 => terms.max_agents = 1,
            1 => terms.min_agents = terms.max_agents + 1,
            2 => terms.prize_split_bps = vec![5_000, 4_999],
            3 => terms.creator_fee_bps = 2_001,
            4 => terms.elimination_interval_s = *chance.one_of(&[9, 86_401]),
            5 => terms.duration_s = *chance.one_of(&[0, 2_592_001]),
            6 => terms.prize_split_bps = Vec::new(),
            7 => terms.entry_fee = Amount::MAX,
            _ => terms.gates.min_age_s = Amount::MAX.get() + 1,
        }
    }
    terms
}

/// Seconds that pass before something is asked: mostly none, sometimes up to the next limit or one short of it.
pub(crate) fn seconds(chance: &mut Chance, contest: &Contest, now_s: i64) -> i64 {
    let limit = contest.timeout_at().unwrap_or(contest.registration_ends_at());
    let left = i64::try_from(limit.as_millis() / 1_000).unwrap() - now_s;
    match chance.below(100) {
        0..82 => 0,
        82..90 => 1,
        90..94 => i64::from(contest.terms().elimination_interval_s),
        94..97 => (left - 1).max(0),
        97 | 98 => left.max(0),
        _ => 30 * 86_400,
    }
}

/// Something that somebody asks for, mostly such as the status allows.
pub(crate) fn command(
    chance: &mut Chance,
    contest: &Contest,
    names: &[AgentId],
    last: Option<&RoundPage>,
) -> Command {
    use arena_core::contest::Status;
    let is_wild = chance.percent(15);
    let choice = match contest.status() {
        _ if is_wild => chance.below(9),
        Status::Registration => *chance.one_of(&[0, 0, 0, 0, 0, 0, 1, 2, 2, 5, 6, 7]),
        Status::Active => *chance.one_of(&[3, 3, 3, 3, 4, 4, 8, 5]),
        Status::Eliminating => *chance.one_of(&[3, 3, 3, 3, 3, 8, 4]),
        Status::Finished | Status::Cancelled | Status::Abandoned => {
            *chance.one_of(&[5, 5, 5, 5, 5, 5, 0, 3, 8])
        }
    };
    let agent = chance.one_of(names).clone();
    match choice {
        0 => Command::Enter,
        1 => Command::Leave { agent_id: agent },
        2 => Command::Start,
        3 => Command::SubmitPage(page(chance, contest, names, last)),
        4 => Command::Finalize { seed: seed(chance, contest) },
        5 | 6 => payout(chance, contest, agent),
        7 if chance.percent(30) => Command::Cancel,
        7 => Command::Enter,
        _ => Command::Abandon,
    }
}

fn seed(chance: &mut Chance, contest: &Contest) -> Option<String> {
    let right = contest.terms().seed_commitment.map(|_| SEED.to_owned());
    match chance.below(10) {
        0 => None,
        1 => Some("another".to_owned()),
        _ => right,
    }
}

fn payout(chance: &mut Chance, contest: &Contest, agent: AgentId) -> Command {
    let creator = Payee::Agent(contest.creator().clone());
    let (kind, payee) = match chance.below(8) {
        0 => (PayoutKind::CreatorFee, creator),
        1 => (PayoutKind::Bond, creator),
        2 => (PayoutKind::ProtocolFee, Payee::Treasury),
        3 | 4 => (PayoutKind::Prize, Payee::Agent(agent)),
        5 | 6 => (PayoutKind::Refund, Payee::Agent(agent)),
        _ => {
            let owed = contest.obligations();
            if owed.is_empty() {
                return Command::Payout { kind: PayoutKind::Refund, payee: Some(Payee::Agent(agent)) };
            }
            let obligation = chance.one_of(&owed);
            (obligation.kind, obligation.payee.clone())
        }
    };
    Command::Payout { kind, payee: Some(payee) }
}

/// A page of mostly the due round, mostly of those in play; sometimes the last one again, as it was or changed.
fn page(chance: &mut Chance, contest: &Contest, names: &[AgentId], last: Option<&RoundPage>) -> RoundPage {
    if let Some(last) = last.filter(|_| chance.percent(15)) {
        let mut again = last.clone();
        match chance.below(4) {
            0 => again.last = !again.last,
            1 => drop(again.scores.pop_first()),
            _ => {}
        }
        return again;
    }
    let pages = contest.open_round().map_or(0, arena_core::contest::Round::pages);
    let due = contest.round() + 1;
    let alive: Vec<AgentId> =
        contest.entries().filter(|entry| entry.is_alive()).map(|entry| entry.agent_id.clone()).collect();
    let from = if chance.percent(90) && !alive.is_empty() { &alive } else { names };
    let count = chance.below(4);
    let eliminated: BTreeSet<AgentId> = (0..count / 2).map(|_| chance.one_of(from).clone()).collect();
    let scores: BTreeMap<AgentId, Score> = (0..count)
        .map(|_| (chance.one_of(from).clone(), Score::new(chance.below(5).cast_signed() - 2).unwrap()))
        .collect();
    let last = chance.percent(60);
    RoundPage {
        round: if chance.percent(92) { due } else { u32::try_from(chance.below(4)).unwrap() },
        page: Some(if chance.percent(92) { pages + 1 } else { u32::try_from(chance.below(4)).unwrap() }),
        eliminated: eliminated.into_iter().collect(),
        scores,
        actions_root: (chance.percent(if last { 40 } else { 5 })).then(|| Hash::of(b"actions")),
        last,
    }
}
