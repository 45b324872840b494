//! Thousands of entrants: all settled, and no command but finalizing looks at all of them.

use std::collections::BTreeMap;

use arena_core::{
    contest::{counted, Command, ContestEvent, PayoutKind, Rejection, RoundPage, Terms},
    Contest,
};

use super::{
    auditor::Auditor,
    world::{amount, code, finalize, page, part, pay, pay_to, round, score, terms, Play},
};
use crate::world::id;

fn entrant(number: u32) -> String {
    format!("agent-{number}")
}

fn many(entrants: u32) -> Play {
    let mut play = Play::of(Terms { max_agents: 10_000, prize_split_bps: vec![1_000; 10], ..terms() });
    (1..=entrants).for_each(|number| drop(play.by(&entrant(number), Command::Enter).unwrap()));
    play.started()
}

#[test]
fn two_thousand_entrants_are_settled_to_the_last_unit() {
    let mut play = many(2_000);
    // In pages of a hundred: every second one is out; the scores repeat, so that there are ties.
    for number in 1..=20_u32 {
        let names = (number * 100 - 99)..=(number * 100);
        let eliminated = names.clone().filter(|number| number % 2 == 0).map(|n| id(&entrant(n))).collect();
        let scores = names.map(|n| (id(&entrant(n)), score(i64::from(n / 7)))).collect();
        let last = number == 20;
        let part = RoundPage { page: Some(number), eliminated, scores, last, ..page(1, &[], &[]) };
        play.ora(Command::SubmitPage(part)).unwrap();
    }
    play.ora(finalize()).unwrap();
    let counters = counted(&play.contest, play.history.last().unwrap());
    assert_eq!(counters.len(), 2_000);
    let owed = play.contest.obligations();
    assert_eq!(owed.iter().map(|obligation| obligation.amount.get()).sum::<u64>(), 200_000 + 50);
    for obligation in owed {
        play.by("zed", pay_to(obligation.kind, &obligation.payee.to_string())).unwrap();
    }
    assert_eq!((play.contest.escrow_due(), play.contest.bond_due()), (0, 0));
    let names: Vec<_> = (1..=2_000).map(|n| id(&entrant(n))).chain([id("ann")]).collect();
    let mut auditor = Auditor::new(&names, &play.history[0]);
    play.history.iter().skip(1).for_each(|event| auditor.read(event));
    auditor.check(&play.contest);
    assert!(auditor.is_settled(&play.contest));
}

#[test]
fn ten_thousand_are_refunded_one_by_one() {
    let mut play = many(10_000);
    assert!(play.ask("eve", &Command::Enter).is_err());
    play.now = play.contest.timeout_at().unwrap();
    play.by("eve", Command::Abandon).unwrap();
    (1..=10_000).for_each(|number| drop(play.by(&entrant(number), pay(PayoutKind::Refund)).unwrap()));
    assert_eq!(play.contest.escrow_due(), 0);
    assert_eq!(play.contest.pot(), amount(1_000_000));
    assert_eq!(play.replayed(), play.contest);
}

/// Clones share what they hold: ten thousand of a large contest are made in less than a hundred entries take.
#[test]
fn a_clone_shares_its_entries() {
    let mut play = many(2_000);
    play.ora(round(1, &["agent-1"], &[])).unwrap();
    let clones: Vec<Contest> = (0..10_000).map(|_| play.contest.clone()).collect();
    play.ora(round(2, &["agent-2"], &[])).unwrap();
    assert!(clones.iter().all(|clone| clone.alive() == 1_999 && clone.sequence() != play.contest.sequence()));
    assert_eq!(clones[0].weight(), 2_000 + 1 + 1);
}

#[test]
fn a_round_has_so_many_pages_and_no_more() {
    let mut play = Play::active();
    for number in 1..10_000 {
        play.ora(part(1, number, &[], &[])).unwrap();
    }
    let limit = Rejection::LimitReached { what: "pages in a round", limit: 10_000 };
    assert_eq!(play.ora(part(1, 10_000, &[], &[])), Err(limit));
    play.ora(round(1, &[], &[])).unwrap();
    assert_eq!(play.contest.round_at(1).unwrap().pages(), 10_000);
}

#[test]
fn a_contest_has_so_many_rounds_and_no_more() {
    let mut play = Play::active();
    let timestamp = play.now;
    for round in 1..=99_999 {
        let (eliminated, scores) = (Vec::new(), BTreeMap::new());
        let (page, actions_root, last, alive) = (1, None, true, 3);
        play.contest.evolve(&ContestEvent::RoundPageSubmitted {
            round,
            page,
            eliminated,
            scores,
            actions_root,
            last,
            timestamp,
        });
        play.contest.evolve(&ContestEvent::RoundCompleted { round, alive, actions_root, timestamp });
    }
    play.ora(round(100_000, &[], &[])).unwrap();
    let limit = Rejection::LimitReached { what: "rounds", limit: 100_000 };
    assert_eq!(play.ora(round(100_001, &[], &[])), Err(limit));
    assert_eq!(code(&play.ora(finalize())), "ok");
}
