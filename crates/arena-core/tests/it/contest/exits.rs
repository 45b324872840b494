//! When each caller's money can next move, and by which action.

use arena_core::{
    contest::{Command, PayoutKind, Terms},
    Millis,
};

use super::world::{amount, finalize, pay, pay_to, round, terms, Play, DAY_S, START};
use crate::world::id;

/// Seconds after the start, and the action.
fn exit(play: &Play, name: &str) -> Option<(u64, &'static str)> {
    play.contest.exit_for(&id(name)).map(|exit| (exit.at.since(START).get() / 1_000, exit.action.as_str()))
}

#[test]
fn in_registration_entrants_leave_the_creator_cancels_and_time_refunds() {
    let mut play = Play::of(terms());
    play.pass(7);
    play = play.entered(&["bob"]);
    play.pass(7);
    let end = Some((3 * DAY_S, "refund"));
    assert_eq!(
        ["bob", "ann", "ora", "zed"].map(|name| exit(&play, name)),
        [Some((7, "leave")), Some((0, "cancel")), end, end]
    );
    let play = Play::of(Terms { bond: amount(0), ..terms() });
    assert_eq!(exit(&play, "ann"), end);
}

#[test]
fn in_play_everybody_waits_for_the_timeout() {
    let mut play = Play::active();
    assert_eq!(exit(&play, "bob"), Some((2 * DAY_S, "abandon")));
    play.pass(DAY_S);
    play.ora(round(1, &[], &[])).unwrap();
    assert_eq!(["bob", "ann", "zed"].map(|name| exit(&play, name)), [Some((3 * DAY_S, "abandon")); 3]);
    assert_eq!(play.contest.timeout_at(), Some(START.plus(Millis::from_secs(3 * DAY_S))));
}

#[test]
fn at_the_end_it_is_the_first_thing_owed_until_nothing_is() {
    let mut play = Play::of(Terms { creator_may_enter: true, ..terms() }).entered(&["ann", "bob"]).started();
    play.ora(round(1, &[], &[])).unwrap();
    play.pass(5);
    play.ora(finalize()).unwrap();
    play.pass(5);
    assert_eq!((exit(&play, "ora"), exit(&play, "bob")), (None, Some((5, "prize"))));
    for (action, kind) in
        [("prize", PayoutKind::Prize), ("bond", PayoutKind::Bond), ("creator_fee", PayoutKind::CreatorFee)]
    {
        assert_eq!(exit(&play, "ann"), Some((5, action)));
        play.by("ann", pay(kind)).unwrap();
    }
    assert_eq!(exit(&play, "ann"), None);
    let mut play = Play::registered();
    play.by("ann", Command::Cancel).unwrap();
    assert_eq!((exit(&play, "bob"), exit(&play, "ann")), (Some((0, "refund")), Some((0, "bond"))));
    play.by("ann", pay_to(PayoutKind::Refund, "bob")).unwrap();
    assert_eq!(exit(&play, "bob"), None);
}
