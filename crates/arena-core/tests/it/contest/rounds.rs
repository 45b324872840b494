//! Rounds in pages: their order, their names, their repetition, and the actions behind them.

use arena_core::{
    contest::{merkle, Command, ContestEvent, Rejection, RoundPage, Score, Status},
    Hash,
};

use super::world::{actions, code, field, page, part, round, score, Play};
use crate::world::id;

fn root() -> Hash {
    Hash::of(b"root")
}

#[test]
fn a_round_of_one_page_is_two_events_and_active_again() {
    let mut play = Play::active();
    play.pass(5);
    let told = play.ora(round(1, &["dot", "cat"], &[("bob", 3), ("dot", -1)])).unwrap();
    assert_eq!(
        told,
        [
            ContestEvent::RoundPageSubmitted {
                round: 1,
                page: 1,
                eliminated: vec![id("cat"), id("dot")],
                scores: [(id("bob"), score(3)), (id("dot"), score(-1))].into(),
                actions_root: None,
                last: true,
                timestamp: play.now,
            },
            ContestEvent::RoundCompleted { round: 1, alive: 1, actions_root: None, timestamp: play.now },
        ]
    );
    let contest = &play.contest;
    assert_eq!((contest.status(), contest.round(), contest.alive()), (Status::Active, 1, 1));
    assert_eq!(contest.last_submission_at(), Some(play.now));
    assert_eq!(contest.entry(&id("dot")).unwrap().eliminated_round, Some(1));
}

#[test]
fn pages_follow_each_other_and_the_last_completes_the_round() {
    let mut play = Play::active();
    let before = play.contest.last_submission_at();
    play.pass(5);
    assert_eq!(code(&play.ora(part(1, 2, &[], &[]))), "wrong_page", "the first is due");
    assert_eq!(code(&play.ora(part(1, 0, &[], &[]))), "wrong_page");
    play.ora(part(1, 1, &["dot"], &[])).unwrap();
    assert_eq!((play.contest.status(), play.contest.round()), (Status::Eliminating, 0));
    assert_eq!(play.contest.last_submission_at(), before);
    let expected = Rejection::WrongPage { round: 1, current: 1, expected: 2 };
    assert_eq!(play.ora(part(1, 3, &[], &[])), Err(expected));
    let told = play.ora(round(1, &[], &[("bob", 1)])).unwrap();
    assert!(matches!(told[..], [ContestEvent::RoundPageSubmitted { page: 2, last: true, .. }, _]));
    assert_eq!((play.contest.status(), play.contest.round(), play.contest.alive()), (Status::Active, 1, 2));
    let recorded = play.contest.round_at(1).unwrap();
    assert_eq!((recorded.pages(), recorded.eliminated, recorded.completed_at), (2, 1, Some(play.now)));
}

#[test]
fn rounds_follow_each_other() {
    let mut play = Play::active();
    for (given, expected) in [(0, "wrong_round"), (2, "wrong_round"), (u32::MAX, "wrong_round"), (1, "ok")] {
        assert_eq!(code(&play.ora(round(given, &[], &[]))), expected, "{given}");
    }
    assert_eq!(play.ora(round(3, &[], &[])), Err(Rejection::WrongRound { current: 1, expected: 2 }));
    play.ora(part(2, 1, &[], &[])).unwrap();
    assert_eq!(play.ora(round(3, &[], &[])), Err(Rejection::WrongRound { current: 1, expected: 2 }));
    assert_eq!(code(&play.ora(round(2, &[], &[]))), "ok");
}

#[test]
fn a_page_repeated_answers_as_before_and_another_in_its_place_does_not() {
    let mut play = Play::active();
    let first = part(1, 1, &["dot"], &[("bob", 1)]);
    play.ora(first.clone()).unwrap();
    assert_eq!(play.ora(first.clone()), Ok(Vec::new()));
    let differing = [
        part(1, 1, &["cat"], &[("bob", 1)]),
        part(1, 1, &[], &[("bob", 1)]),
        part(1, 1, &["dot"], &[("bob", 2)]),
        part(1, 1, &["dot"], &[("cat", 1)]),
        part(1, 1, &["dot"], &[]),
        Command::SubmitPage(RoundPage { page: Some(1), ..page(1, &["dot"], &[("bob", 1)]) }),
    ];
    for other in &differing {
        let expected = Rejection::PageDiffers { round: 1, page: 1 };
        assert_eq!(play.ora(other.clone()), Err(expected));
    }
    let second = RoundPage { page: Some(2), actions_root: Some(root()), ..page(1, &[], &[("cat", 9)]) };
    play.ora(Command::SubmitPage(second.clone())).unwrap();
    play.ora(round(2, &["cat"], &[])).unwrap();

    let recorded = play.history.len();
    assert_eq!(play.ora(first), Ok(Vec::new()), "also once the round is over");
    assert_eq!(play.ora(Command::SubmitPage(second.clone())), Ok(Vec::new()));
    assert_eq!(
        code(&play.ora(Command::SubmitPage(RoundPage { actions_root: None, ..second }))),
        "wrong_page"
    );
    differing.into_iter().for_each(|other| assert_eq!(code(&play.ora(other)), "wrong_page"));
    assert_eq!(code(&play.ora(part(1, 3, &[], &[]))), "wrong_round", "there was no third page");
    assert_eq!(play.history.len(), recorded);
}

#[test]
fn without_a_number_a_page_is_the_next_or_the_only_one() {
    let mut play = Play::active();
    play.ora(round(1, &[], &[("bob", 1)])).unwrap();
    assert_eq!(play.ora(round(1, &[], &[("bob", 1)])), Ok(Vec::new()));
    assert_eq!(code(&play.ora(round(1, &[], &[("bob", 2)]))), "wrong_page");
    play.ora(part(2, 1, &[], &[])).unwrap();
    play.ora(round(2, &[], &[])).unwrap();
    assert_eq!(code(&play.ora(round(2, &[], &[]))), "wrong_round", "which of its two pages is not said");
}

#[test]
fn the_order_in_which_a_page_names_who_is_out_says_nothing() {
    let mut play = Play::active();
    play.ora(round(1, &["dot", "cat"], &[])).unwrap();
    assert_eq!(play.ora(round(1, &["cat", "dot"], &[])), Ok(Vec::new()));
}

#[test]
fn every_name_is_an_entrant_alive_at_the_rounds_start_and_named_once() {
    let mut play = Play::active();
    play.ora(round(1, &["dot"], &[])).unwrap();
    let refused = |play: &Play, command: Command| {
        let told = play.ask("ora", &command);
        assert_eq!(code(&told), "invalid");
        field(told)
    };
    assert_eq!(refused(&play, round(2, &["zed"], &[])), "eliminated[0]");
    assert_eq!(refused(&play, round(2, &["cat", "dot"], &[])), "eliminated[1]");
    assert_eq!(refused(&play, round(2, &["cat", "cat"], &[])), "eliminated[1]");
    assert_eq!(refused(&play, round(2, &[], &[("bob", 1), ("zed", 1)])), "scores.zed");
    assert_eq!(refused(&play, round(2, &[], &[("dot", 1)])), "scores.dot");
    play.ora(part(2, 1, &["cat"], &[("bob", 1)])).unwrap();
    assert_eq!(refused(&play, round(2, &["cat"], &[])), "eliminated[0]");
    assert_eq!(refused(&play, round(2, &[], &[("bob", 1)])), "scores.bob");
    assert_eq!(code(&play.ask("ora", &round(2, &[], &[("cat", 7)]))), "ok", "it was alive at the start");
}

#[test]
fn somebody_is_always_left_over_all_pages() {
    let mut play = Play::active();
    assert_eq!(field(play.ask("ora", &round(1, &["bob", "cat", "dot"], &[]))), "eliminated");
    play.ora(part(1, 1, &["bob", "cat"], &[])).unwrap();
    assert_eq!(field(play.ask("ora", &round(1, &["dot"], &[]))), "eliminated");
    play.ora(round(1, &[], &[])).unwrap();
    assert_eq!(play.contest.alive(), 1);
    assert_eq!(field(play.ask("ora", &round(2, &["dot"], &[]))), "eliminated");
    assert_eq!(code(&play.ora(round(2, &[], &[]))), "ok", "an oracle may go on with one alive");
}

#[test]
fn a_score_replaces_the_former_one_and_without_one_it_stays() {
    let mut play = Play::active();
    play.ora(round(1, &[], &[("bob", 5), ("cat", Score::LIMIT)])).unwrap();
    play.ora(round(2, &[], &[("cat", -Score::LIMIT)])).unwrap();
    let scores: Vec<i64> = play.contest.entries().map(|entry| entry.score.get()).collect();
    assert_eq!(scores, [5, -Score::LIMIT, 0]);
    assert_eq!(Score::new(Score::LIMIT + 1), None);
    assert_eq!(Score::new(-Score::LIMIT - 1), None);
}

#[test]
fn a_root_comes_with_the_last_page_only() {
    let play = Play::active();
    let early = RoundPage { actions_root: Some(root()), last: false, ..page(1, &[], &[]) };
    assert_eq!(field(play.ask("ora", &Command::SubmitPage(early))), "actions_root");
}

#[test]
fn actions_are_kept_where_their_root_is_the_recorded_one() {
    let mut play = Play::active();
    play.ora(Command::SubmitPage(RoundPage { actions_root: Some(root()), ..page(1, &[], &[]) })).unwrap();
    play.ora(round(2, &[], &[])).unwrap();
    play.ora(part(3, 1, &[], &[])).unwrap();
    let store = |play: &mut Play, round, root: &[u8]| play.ora(actions(round, Hash::of(root)));
    for absent in [0, 3, 4, u32::MAX] {
        assert_eq!(code(&store(&mut play, absent, b"root")), "not_found", "{absent}");
    }
    assert_eq!(field(store(&mut play, 1, b"another")), "actions");
    assert_eq!(field(store(&mut play, 2, b"root")), "actions");
    let huge = Command::StoreActions { round: 1, root: root(), sha256: root(), size: (16 << 20) + 1 };
    assert_eq!(code(&play.ora(huge)), "too_large");
    let (sha256, timestamp) = (Hash::of(b"bytes"), play.now);
    let stored = ContestEvent::RoundActionsStored { round: 1, sha256, size: 5, timestamp };
    assert_eq!(store(&mut play, 1, b"root"), Ok(vec![stored]));
    assert_eq!(store(&mut play, 1, b"root"), Ok(Vec::new()), "the same again is no event");
    assert_eq!(play.contest.round_at(1).unwrap().actions.unwrap().sha256, sha256);
}

/// By the definition of RFC 6962, section 2.1: split at the largest power of two below the number of leaves.
fn root_by_definition(lines: &[Vec<u8>]) -> Hash {
    match lines {
        [] => Hash::of(b""),
        [line] => merkle::leaf(line),
        _ => {
            let half = lines.len().next_power_of_two() / 2;
            let (left, right) = lines.split_at(half);
            merkle::node(&root_by_definition(left), &root_by_definition(right))
        }
    }
}

#[test]
fn a_root_is_that_of_rfc_6962() {
    for count in 0..40_u8 {
        let lines: Vec<Vec<u8>> = (0..count).map(|line| vec![line; usize::from(line)]).collect();
        assert_eq!(merkle::root_of(lines.iter().map(Vec::as_slice)), root_by_definition(&lines), "{count}");
    }
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(merkle::root_of([]).to_string(), empty);
    // Known from the test vectors of Certificate Transparency: one leaf of nothing, and eight leaves.
    let one = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
    assert_eq!(merkle::root_of([&b""[..]]).to_string(), one);
    let eight: [&[u8]; 8] = [
        b"",
        b"\x00",
        b"\x10",
        b"\x20\x21",
        b"\x30\x31",
        b"\x40\x41\x42\x43",
        b"\x50\x51\x52\x53\x54\x55\x56\x57",
        b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
    ];
    let known = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328";
    assert_eq!(merkle::root_of(eight).to_string(), known);
}
