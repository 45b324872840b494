//! Who enters, leaves and starts, and what a profile must show.

use arena_core::{
    contest::{
        counted, Command, ContestEvent, CounterChange, Counters, Gates, PayoutKind, Profile, Rejection, Terms,
    },
    AgentId, Millis,
};

use super::world::{amount, code, finalize, leave, pay, pay_to, round, terms, Play, START};
use crate::world::id;

#[test]
fn an_entry_holds_what_was_paid_and_the_hash_of_the_terms() {
    let mut play = Play::of(terms());
    let told = play.by("bob", Command::Enter).unwrap();
    let terms_hash = terms().hash();
    assert_eq!(
        told,
        [ContestEvent::AgentEntered {
            agent_id: id("bob"),
            number: 1,
            amount: amount(100),
            terms_hash,
            timestamp: START
        }]
    );
    assert_eq!(play.contest.entry(&id("bob")).unwrap().terms_hash, terms_hash);
    assert_eq!(play.contest.terms_hash(), terms_hash);
    assert_eq!((play.contest.entrants(), play.contest.alive(), play.contest.pot()), (1, 1, amount(100)));
}

#[test]
fn who_left_may_enter_again_and_is_last_then() {
    let mut play = Play::registered();
    let told = play.by("bob", leave("bob")).unwrap();
    let (agent_id, timestamp) = (id("bob"), START);
    assert_eq!(told, [ContestEvent::EntryWithdrawn { agent_id, amount: amount(100), timestamp }]);
    assert_eq!(
        (play.contest.entrants(), play.contest.pot(), play.contest.escrow_due()),
        (2, amount(200), 200)
    );
    assert_eq!(code(&play.by("bob", leave("bob"))), "not_found");
    play.by("bob", Command::Enter).unwrap();
    let order: Vec<(u32, &AgentId)> =
        play.contest.entries().map(|entry| (entry.number, &entry.agent_id)).collect();
    assert_eq!(order, [(2, &id("cat")), (3, &id("dot")), (4, &id("bob"))]);
}

#[test]
fn a_full_contest_takes_one_again_after_another_left() {
    let mut play = Play::of(Terms { max_agents: 2, ..terms() }).entered(&["bob", "cat"]);
    let full = Rejection::ContestFull { limit: 2 };
    assert_eq!(play.by("dot", Command::Enter), Err(full.clone()));
    assert_eq!(play.by("bob", Command::Enter), Err(full), "full comes before entered");
    play.by("cat", leave("cat")).unwrap();
    assert_eq!(code(&play.by("dot", Command::Enter)), "ok");
}

#[test]
fn creator_and_oracle_enter_only_if_the_terms_say_so() {
    for (creator_may_enter, expected) in [(false, "forbidden"), (true, "ok")] {
        let mut play = Play::of(Terms { creator_may_enter, ..terms() });
        assert_eq!(code(&play.by("ann", Command::Enter)), expected);
        assert_eq!(code(&play.by("ora", Command::Enter)), expected);
        assert_eq!(code(&play.by("bob", Command::Enter)), "ok");
    }
}

#[test]
fn without_another_oracle_the_creator_is_it() {
    let mut play = Play::of(Terms { oracle: None, ..terms() }).entered(&["bob", "cat"]);
    assert_eq!(play.contest.oracle(), &id("ann"));
    assert_eq!(code(&play.by("ora", Command::Start)), "forbidden");
    assert_eq!(code(&play.by("ann", Command::Start)), "ok");
}

#[test]
fn a_contest_starts_with_as_many_as_the_terms_ask_for() {
    let mut play = Play::of(Terms { min_agents: 3, ..terms() }).entered(&["bob", "cat"]);
    assert_eq!(play.ora(Command::Start), Err(Rejection::NotEnoughEntrants { current: 2, required: 3 }));
    play = play.entered(&["dot"]).started();
    let (started_at, last) = (play.contest.started_at(), play.contest.last_submission_at());
    assert_eq!((started_at, last), (Some(START), Some(START)));
}

#[test]
fn gates_are_asked_in_their_order_and_met_exactly() {
    let gates = Gates { min_completed: 3, min_wins: 2, min_age_s: 10 };
    let mut play = Play::of(Terms { gates, ..terms() });
    let mut refused = |completed, wins, age_ms| {
        let counters = Counters { completed, wins, ..Counters::default() };
        play.now = START.plus(Millis::new(age_ms));
        play.profiles.insert(id("bob"), Profile { registered_at: START, counters });
        match play.ask("bob", &Command::Enter) {
            Ok(_) => None,
            Err(Rejection::GateNotMet { gate, required, current }) => Some((gate, required, current)),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(refused(2, 1, 9_999), Some(("min_completed", 3, 2)));
    assert_eq!(refused(3, 1, 9_999), Some(("min_wins", 2, 1)));
    assert_eq!(refused(3, 2, 9_999), Some(("min_age_s", 10, 9)));
    assert_eq!(refused(3, 2, 10_000), None);
}

/// Plays a contest with a counter book for everybody.
#[test]
fn profiles_move_with_what_happened() {
    let mut play = Play::of(terms()).entered(&["bob", "cat", "dot", "eve", "zed"]);
    play.by("zed", leave("zed")).unwrap();
    play.ora(Command::Start).unwrap();
    play.ora(round(1, &["eve"], &[("bob", 5), ("cat", 5)])).unwrap();
    play.ora(finalize()).unwrap();
    play.by("bob", pay(PayoutKind::Prize)).unwrap();
    play.by("bob", pay(PayoutKind::CreatorFee)).unwrap();
    play.by("zed", pay_to(PayoutKind::Prize, "cat")).unwrap();
    let mut book = std::collections::BTreeMap::<AgentId, Counters>::new();
    let mut contest = arena_core::Contest::begin(super::world::ARENA, &play.history[0]).unwrap();
    for event in &play.history[1..] {
        contest.evolve(event);
        for (agent, change) in counted(&contest, event) {
            let counters = book.entry(agent).or_default();
            *counters = counters.after(change);
        }
    }
    let of = |name: &str| book[&id(name)];
    // 400 in the pot, 4 and 20 taken off: the two first share 376.
    let first = Counters { entered: 1, completed: 1, wins: 1, top_three: 1, eliminations: 0, earnings: 188 };
    assert_eq!((of("bob"), of("cat")), (first, first));
    assert_eq!(of("dot"), Counters { wins: 0, earnings: 0, ..first });
    assert_eq!(of("eve"), Counters { wins: 0, top_three: 0, eliminations: 1, earnings: 0, ..first });
    assert_eq!(of("zed"), Counters::default());
    assert_eq!(book.len(), 5, "the creator earned no prize");
}

#[test]
fn counters_never_wrap() {
    let none = Counters::default();
    assert_eq!(none.after(CounterChange::Left), none);
    let most = Counters { entered: u32::MAX, earnings: u64::MAX, ..none };
    assert_eq!(most.after(CounterChange::Entered).after(CounterChange::Earned { amount: amount(1) }), most);
}
