//! Random plays: whatever anybody asks at any time, the auditor finds no fault.

use std::collections::BTreeSet;

use arena_core::{
    contest::{Command, ContestEvent, Counters, Gates, PayoutKind, Profile, RoundPage, Status, Terms},
    AgentId, Contest, Hash,
};
use proptest::{
    prelude::{any, prop, proptest, Just, Strategy},
    prop_compose, prop_oneof,
    test_runner::{Config, TestRunner},
};

use super::{
    auditor::Auditor,
    money::splits,
    world::{amount, code, score, terms, Play, START},
};
use crate::world::id;

pub(crate) const NAMES: [&str; 7] = ["ann", "ora", "bob", "cat", "dot", "eve", "operator"];
const KINDS: [PayoutKind; 5] = [
    PayoutKind::Prize,
    PayoutKind::Refund,
    PayoutKind::Bond,
    PayoutKind::CreatorFee,
    PayoutKind::ProtocolFee,
];

/// One thing that happens: how much time passes before it, who asks, what, and four free choices.
pub(crate) type Happening = (u64, u8, u8, [u8; 4]);

prop_compose! {
    fn any_terms()(
        fee in prop::sample::select(vec![0_u64, 1, 7, 100, 100_003]),
        bond in prop::sample::select(vec![0_u64, 1, 5_000]),
        agents in (2_u32..4, 0_u32..4),
        split in splits(),
        creator_fee_bps in prop::sample::select(vec![0_u16, 333, 2_000]),
        creator_may_enter in any::<bool>(),
        oracle in prop_oneof![Just(None), Just(Some(id("ora")))],
        seeded in any::<bool>(),
        min_wins in prop::sample::select(vec![0_u32, 0, 0, 1]),
    ) -> Terms {
        Terms {
            entry_fee: amount(fee),
            bond: amount(bond),
            min_agents: agents.0,
            max_agents: agents.0 + agents.1,
            prize_split_bps: split,
            creator_fee_bps,
            creator_may_enter,
            oracle,
            seed_commitment: seeded.then(|| Hash::of(b"seed")),
            gates: Gates { min_wins, ..Gates::default() },
            ..terms()
        }
    }
}

/// Terms, and what happens under them; mostly no time passes, sometimes just enough for a limit or not quite.
pub(crate) fn happenings(most: usize) -> impl Strategy<Value = (Terms, Vec<Happening>)> {
    let day = 86_400_000_u64;
    let limits = vec![1, day, 2 * day - 1, 2 * day, 3 * day - 1, 3 * day, 30 * day];
    let time = prop_oneof![30 => Just(0_u64), 2 => Just(day), 1 => prop::sample::select(limits)];
    let happening = (time, any::<u8>(), any::<u8>(), any::<[u8; 4]>());
    (any_terms(), prop::collection::vec(happening, 1..most))
}

fn pick<T: Copy>(from: &[T], choice: u8) -> T {
    from[usize::from(choice) % from.len()]
}

/// A page of mostly the due round, with any names, mostly such as may be named.
fn page(contest: &Contest, [which, out, scored, form]: [u8; 4]) -> RoundPage {
    let due = contest.round() + 1;
    let round = if which < 220 { due } else { u32::from(which % 3) };
    let alive: Vec<AgentId> =
        contest.entries().filter(|entry| entry.is_alive()).map(|entry| entry.agent_id.clone()).collect();
    let any = |choice: u8| id(pick(&NAMES, choice));
    let named = |bits: u8| {
        let bits = if bits > 235 { vec![any(bits)] } else { Vec::new() };
        bits.into_iter()
    };
    let chosen = |bits: u8| {
        let kept = alive.iter().enumerate().filter(move |(index, _)| bits & (1 << (index % 8)) != 0);
        kept.map(|(_, agent)| agent.clone())
    };
    // Fewer out than in, so that rounds are mostly possible.
    let eliminated: Vec<AgentId> = chosen(out & out.rotate_left(3)).chain(named(out)).collect();
    let scores =
        chosen(scored).chain(named(scored)).map(|agent| (agent, score(i64::from(scored % 3) - 1))).collect();
    let last = !form.is_multiple_of(3);
    RoundPage {
        round,
        page: (form > 200).then(|| u32::from(form % 4)),
        eliminated,
        scores,
        actions_root: (last && form % 2 == 0).then(|| Hash::of(b"root")),
        last,
    }
}

/// Any command, but mostly one that fits the status.
pub(crate) fn command(contest: &Contest, (_, _, what, choices): Happening) -> Command {
    const PAYOUT: u8 = 9;
    let fitting: &[u8] = match contest.status() {
        Status::Registration => &[0, 0, 0, 0, 1, 2, 2, 6, PAYOUT],
        Status::Active => &[3, 3, 3, 4, 4, 5, 7],
        Status::Eliminating => &[3, 3, 3, 3, 7],
        Status::Finished | Status::Cancelled | Status::Abandoned => &[5, PAYOUT, PAYOUT, PAYOUT, PAYOUT],
    };
    let [first, second, ..] = choices;
    match if what < 180 { pick(fitting, what) } else { what % 10 } {
        0 => Command::Enter,
        1 => Command::Leave { agent_id: id(pick(&NAMES, first)) },
        2 => Command::Start,
        3 => Command::SubmitPage(page(contest, choices)),
        4 => Command::Finalize {
            seed: (contest.terms().seed_commitment.is_some() == (first > 30)).then(|| "seed".into()),
        },
        5 => Command::StoreActions {
            round: contest.round().min(1),
            root: Hash::of(pick(&["root", "root", "another"], first).as_bytes()),
            sha256: Hash::of(b"bytes"),
            size: 9,
        },
        6 if first < 30 => Command::Cancel,
        7 => Command::Abandon,
        _ => Command::Payout {
            kind: pick(&KINDS, first),
            payee: (second < 200)
                .then(|| pick(&[&NAMES[..], &["treasury"]].concat(), second).parse().unwrap()),
        },
    }
}

/// Who asks: mostly who may.
pub(crate) fn caller(contest: &Contest, command: &Command, choice: u8) -> String {
    let usual = match command {
        Command::Start | Command::SubmitPage(_) | Command::Finalize { .. } | Command::StoreActions { .. } => {
            Some(contest.oracle().to_string())
        }
        Command::Leave { agent_id } => Some(agent_id.to_string()),
        Command::Cancel => Some("ann".into()),
        Command::Enter | Command::Payout { .. } | Command::Abandon => None,
    };
    usual.filter(|_| choice < 230).unwrap_or_else(|| pick(&NAMES, choice).into())
}

/// Plays it all, audited after each step, and says what was answered.
pub(crate) fn played(terms: &Terms, happenings: &[Happening]) -> (Play, Auditor, BTreeSet<&'static str>) {
    let mut play = Play::of(terms.clone());
    let won = Profile { registered_at: START, counters: Counters { wins: 1, ..Counters::default() } };
    play.profiles = ["bob", "cat", "dot"].map(|name| (id(name), won)).into();
    let mut auditor = Auditor::new(&NAMES.map(id), &play.history[0]);
    auditor.check(&play.contest);
    let mut answers = BTreeSet::new();
    for happening in happenings {
        play.pass_ms(happening.0);
        let command = command(&play.contest, *happening);
        let caller = caller(&play.contest, &command, happening.1);
        let before = play.contest.clone();
        let told = play.by(&caller, command);
        answers.insert(code(&told));
        match &told {
            Ok(events) => events.iter().for_each(|event| auditor.read(event)),
            Err(_) => assert_eq!(before, play.contest),
        }
        auditor.check(&play.contest);
        if before.status().is_terminal() {
            assert_eq!(before.status(), play.contest.status(), "I16");
        }
    }
    (play, auditor, answers)
}

fn kind(event: &ContestEvent) -> String {
    let shape = serde_json::to_value(event).unwrap();
    let (name, fields) = shape.as_object().unwrap().iter().next().unwrap();
    let detail = fields.get("kind").or_else(|| fields.get("reason"));
    detail.map_or_else(|| name.clone(), |detail| format!("{name} {}", detail.as_str().unwrap()))
}

proptest! {
    #![proptest_config(Config { cases: 400, ..Config::default() })]

    #[test]
    fn the_auditor_finds_no_fault((terms, happenings) in happenings(60)) {
        played(&terms, &happenings);
    }

    #[test]
    fn replay_equals_live_and_a_snapshot_read_back_is_the_contest((terms, happenings) in happenings(40)) {
        let (play, ..) = played(&terms, &happenings);
        assert_eq!(play.replayed(), play.contest);
        let text = serde_json::to_string(&play.contest).unwrap();
        assert_eq!(serde_json::from_str::<Contest>(&text).unwrap(), play.contest);
        let stored: Vec<ContestEvent> = play
            .history
            .iter()
            .map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap())
            .collect();
        assert_eq!(stored, play.history);
    }
}

/// I21, and a proof that the random plays are worth something: they reach every event, refusal and status.
#[test]
fn random_plays_reach_everything() {
    let mut runner = TestRunner::deterministic();
    let strategy = happenings(60);
    let (mut events, mut answers, mut statuses) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut ties, mut all_refunded) = (0, 0);
    for _ in 0..3_000 {
        let (terms, happenings) =
            proptest::strategy::ValueTree::current(&strategy.new_tree(&mut runner).unwrap());
        let (play, auditor, told) = played(&terms, &happenings);
        events.extend(play.history.iter().map(kind));
        answers.extend(told);
        statuses.insert(play.contest.status());
        let standings = play.contest.standings();
        let won = standings.iter().filter(|first| first.standing == 1 && first.prize > Some(amount(0)));
        ties += usize::from(won.count() > 1);
        let abandoned = play.contest.status() == Status::Abandoned && play.contest.pot().get() > 0;
        all_refunded += usize::from(abandoned && auditor.is_settled(&play.contest));
    }
    assert!(ties > 0 && all_refunded > 0, "{ties} ties split, {all_refunded} times all refunded");
    assert_eq!(statuses, Status::ALL.into_iter().collect());
    let expected_events = "agent_entered, contest_abandoned, contest_cancelled creator, \
        contest_cancelled registration_expired, contest_created, contest_finalized, contest_started, \
        entry_withdrawn, obligation_paid bond, obligation_paid creator_fee, obligation_paid prize, \
        obligation_paid protocol_fee, obligation_paid refund, round_actions_stored, round_completed, \
        round_page_submitted";
    assert_eq!(events.into_iter().collect::<Vec<_>>().join(", "), expected_events);
    let expected_answers = "already_entered, already_paid, contest_full, forbidden, gate_not_met, invalid, \
        not_enough_entrants, not_found, not_timed_out, nothing_owed, ok, oracle_timed_out, \
        registration_expired, wrong_page, wrong_round, wrong_state";
    assert_eq!(answers.into_iter().collect::<Vec<_>>().join(", "), expected_answers);
}
