//! The first millisecond of each limit, and the one before.

use arena_core::{
    contest::{Command, PayoutKind, Rejection, Status, Terms},
    Millis, Timestamp,
};

use super::world::{amount, code, finalize, leave, part, pay, pay_to, round, terms, Play, DAY_S, START};

const DAY_MS: u64 = DAY_S * 1_000;

fn at(ms: u64) -> Timestamp {
    START.plus(Millis::new(ms))
}

/// What each caller is told at an instant.
fn codes(play: &Play, now: Timestamp, asked: &[(&str, Command)]) -> Vec<&'static str> {
    let play = Play { now, ..play.clone() };
    asked.iter().map(|(name, command)| code(&play.ask(name, command))).collect()
}

#[test]
fn registration_is_over_after_three_days() {
    let play = Play::registered();
    let end = at(3 * DAY_MS);
    assert_eq!(play.contest.registration_ends_at(), end);
    let asked = [
        ("eve", Command::Enter),
        ("ora", Command::Start),
        ("bob", pay_to(PayoutKind::Refund, "bob")),
        ("bob", leave("bob")),
        ("ann", Command::Cancel),
    ];
    assert_eq!(codes(&play, at(3 * DAY_MS - 1), &asked), ["ok", "ok", "wrong_state", "ok", "ok"]);
    let expired = "registration_expired";
    assert_eq!(codes(&play, end, &asked), [expired, expired, "ok", "ok", "ok"]);
    let told = Play { now: end, ..play }.ask("eve", &Command::Enter);
    assert_eq!(told.unwrap_err(), Rejection::RegistrationExpired { ended_at: end });
}

#[test]
fn an_oracle_is_silent_for_two_intervals() {
    for interval_s in [10, 86_400] {
        let started =
            Play::of(Terms { elimination_interval_s: interval_s, ..terms() }).entered(&["bob", "cat"]);
        let mut play = started.started();
        play.pass(u64::from(interval_s));
        play.ora(round(1, &[], &[])).unwrap();
        let limit = 3 * u64::from(interval_s) * 1_000;
        assert_eq!(play.contest.timeout_at(), Some(at(limit)));
        let asked = [("ora", round(2, &[], &[])), ("ora", finalize()), ("cat", Command::Abandon)];
        assert_eq!(codes(&play, at(limit - 1), &asked), ["ok", "ok", "not_timed_out"]);
        assert_eq!(codes(&play, at(limit), &asked), ["oracle_timed_out", "oracle_timed_out", "ok"]);
        assert_eq!(
            codes(&play, at(limit + DAY_MS * 400), &asked),
            ["oracle_timed_out", "oracle_timed_out", "ok"]
        );
    }
}

#[test]
fn an_open_round_times_out_by_the_one_before_it() {
    let mut play = Play::active();
    play.pass(DAY_S);
    play.ora(part(1, 1, &["dot"], &[])).unwrap();
    let asked = [("ora", round(1, &[], &[])), ("cat", Command::Abandon)];
    assert_eq!(codes(&play, at(2 * DAY_MS - 1), &asked), ["ok", "not_timed_out"]);
    assert_eq!(codes(&play, at(2 * DAY_MS), &asked), ["oracle_timed_out", "ok"]);
}

/// With a duration and an interval, how many days after the start everything is over whatever the oracle sends.
#[test]
fn the_hard_stop_counts_from_the_start() {
    for (duration_s, interval_s, stop_ms) in [
        (1, 86_400, 30 * DAY_MS),
        (2_592_000, 86_400, 32 * DAY_MS),
        (29 * 86_400, 86_400, 31 * DAY_MS),
        (28 * 86_400, 86_400, 30 * DAY_MS),
    ] {
        let terms = Terms { duration_s, elimination_interval_s: interval_s, ..terms() };
        let mut play = Play::of(terms).entered(&["bob", "cat"]);
        play.pass(DAY_S);
        play = play.started();
        let stop = at(DAY_MS + stop_ms);
        let mut number = 0;
        while play.contest.timeout_at() != Some(stop) {
            play.until_just_before(play.contest.timeout_at().unwrap());
            number += 1;
            play.ora(round(number, &[], &[])).unwrap();
        }
        let asked = [("ora", round(number + 1, &[], &[])), ("ora", finalize()), ("cat", Command::Abandon)];
        let before = Timestamp::from_millis(stop.as_millis() - 1);
        assert_eq!(codes(&play, before, &asked), ["ok", "ok", "not_timed_out"], "{duration_s} {interval_s}");
        assert_eq!(codes(&play, stop, &asked), ["oracle_timed_out", "oracle_timed_out", "ok"]);
    }
}

#[test]
fn nothing_happens_by_itself() {
    let mut play = Play::registered();
    play.pass(400 * DAY_S);
    assert_eq!(play.contest.status().as_str(), "registration");
    let mut play = Play::active();
    play.pass(400 * DAY_S);
    assert_eq!((play.contest.status().as_str(), play.contest.alive()), ("active", 3));
}

/// The last time that can be written down is a time like any other: whoever comes then still gets out.
#[test]
fn limits_at_the_end_of_time_are_reached() {
    let last = Timestamp::from_millis(u64::MAX);
    let mut play = Play::active();
    play.now = Timestamp::from_millis(last.as_millis() - 5);
    assert_eq!(code(&play.by("bob", Command::Abandon)), "ok");
    play.now = last;
    assert_eq!(code(&play.by("bob", pay_to(PayoutKind::Refund, "bob"))), "ok");
}

#[test]
fn where_nobody_paid_the_bond_ends_an_expired_contest() {
    let free = Terms { entry_fee: amount(0), ..terms() };
    for mut play in [Play::of(terms()), Play::of(free).entered(&["bob"])] {
        let asked = pay(PayoutKind::Bond);
        play.pass(3 * DAY_S - 1);
        assert_eq!(code(&play.ask("zed", &asked)), "wrong_state", "not a second before");
        play.pass(1);
        assert_eq!(code(&play.ask("bob", &pay(PayoutKind::Refund))), "nothing_owed");
        play.by("zed", asked.clone()).unwrap();
        assert_eq!((play.contest.status(), play.contest.bond_due()), (Status::Cancelled, 0));
        assert_eq!(code(&play.ask("zed", &asked)), "already_paid");
    }
    let mut play = Play::registered();
    play.pass(3 * DAY_S);
    assert_eq!(code(&play.ask("ann", &pay(PayoutKind::Bond))), "wrong_state", "a refund does it");
}
