//! The order of checks: whatever else is wrong, the first of them answers.

use arena_core::{
    contest::{Command, RoundPage, Terms},
    Hash, Sequence,
};

use super::world::{actions, code, finalize, leave, page, part, pay_to, round, terms, Play, DAY_S};

/// Everything is wrong at first; what is mended lets the next check answer.
#[test]
fn existence_then_if_match_then_status_then_role() {
    let stale = Some(Sequence::new(99));
    let mut play = Play::active();
    play.ora(round(1, &["dot"], &[])).unwrap();
    let asked =
        |play: &Play, name: &str, command: &Command, if_match| code(&play.ask_at(name, command, if_match));
    let too_large = Command::StoreActions { round: 9, root: Hash::ZERO, sha256: Hash::ZERO, size: u64::MAX };
    assert_eq!(asked(&play, "zed", &too_large, stale), "too_large");
    assert_eq!(asked(&play, "zed", &leave("zed"), stale), "not_found");
    assert_eq!(asked(&play, "zed", &actions(9, Hash::ZERO), stale), "not_found");
    assert_eq!(asked(&play, "zed", &leave("bob"), stale), "version_mismatch");
    assert_eq!(asked(&play, "zed", &leave("bob"), None), "wrong_state");
    assert_eq!(asked(&play, "zed", &actions(1, Hash::ZERO), stale), "version_mismatch");
    assert_eq!(asked(&play, "zed", &actions(1, Hash::ZERO), None), "forbidden");
    for command in [Command::Start, Command::Enter, Command::Cancel] {
        assert_eq!(asked(&play, "zed", &command, stale), "version_mismatch");
        assert_eq!(asked(&play, "zed", &command, None), "wrong_state");
    }
    let current = Some(play.contest.sequence());
    assert_eq!(asked(&play, "zed", &finalize(), current), "forbidden");
    assert_eq!(asked(&play, "ora", &finalize(), current), "ok");
}

#[test]
fn entering_checks_the_role_the_end_the_places_the_entry_then_gates() {
    let gates = arena_core::contest::Gates { min_wins: 1, ..Default::default() };
    let open = Terms { max_agents: 2, ..terms() };
    let mut play = Play::of(open.clone()).entered(&["bob", "cat"]);
    play.pass(3 * DAY_S);
    assert_eq!(code(&play.ask("ann", &Command::Enter)), "forbidden");
    assert_eq!(code(&play.ask("bob", &Command::Enter)), "registration_expired");
    let play = Play::of(open).entered(&["bob", "cat"]);
    assert_eq!(code(&play.ask("bob", &Command::Enter)), "contest_full");
    let mut play = Play::of(terms()).entered(&["bob"]);
    let gated = Play::of(Terms { gates, ..terms() });
    play.history[0] = gated.history[0].clone();
    let play = Play { contest: play.replayed(), ..play };
    assert_eq!(code(&play.ask("bob", &Command::Enter)), "already_entered");
    assert_eq!(code(&play.ask("cat", &Command::Enter)), "gate_not_met");
}

#[test]
fn starting_checks_the_role_the_end_then_the_number() {
    let mut play = Play::of(terms());
    assert_eq!(code(&play.ask("bob", &Command::Start)), "forbidden");
    assert_eq!(code(&play.ask("ora", &Command::Start)), "not_enough_entrants");
    play.pass(3 * DAY_S);
    assert_eq!(code(&play.ask("ora", &Command::Start)), "registration_expired");
}

#[test]
fn submitting_checks_the_timeout_the_round_the_page_the_names_then_who_is_left() {
    let mut play = Play::active();
    play.ora(part(1, 1, &["dot"], &[])).unwrap();
    let wrong = |round: u32, number: u32, out: &[&str]| {
        Command::SubmitPage(RoundPage { page: Some(number), ..page(round, out, &[("zed", 1)]) })
    };
    let all = ["zed", "bob", "cat"];
    assert_eq!(code(&play.ask("zed", &wrong(7, 7, &all))), "forbidden");
    assert_eq!(code(&play.ask("ora", &wrong(7, 7, &all))), "wrong_round");
    assert_eq!(code(&play.ask("ora", &wrong(1, 7, &all))), "wrong_page");
    assert_eq!(code(&play.ask("ora", &wrong(1, 1, &all))), "wrong_page");
    let fields =
        [&all[..], &["bob", "cat"][..]].map(|out| super::world::field(play.ask("ora", &wrong(1, 2, out))));
    assert_eq!(fields, ["eliminated[0]", "scores.zed"]);
    play.pass(2 * DAY_S);
    assert_eq!(code(&play.ask("ora", &wrong(7, 7, &all))), "oracle_timed_out");
    assert_eq!(code(&play.ask("ora", &part(1, 1, &["dot"], &[]))), "oracle_timed_out", "also a repetition");
}

#[test]
fn finalizing_checks_the_timeout_the_round_then_the_seed() {
    let mut play = Play::active();
    let seeded = Command::Finalize { seed: Some("seed".into()) };
    assert_eq!(code(&play.ask("ora", &seeded)), "wrong_round");
    play.ora(round(1, &[], &[])).unwrap();
    assert_eq!(code(&play.ask("ora", &seeded)), "invalid");
    play.pass(2 * DAY_S);
    assert_eq!(code(&play.ask("ora", &seeded)), "oracle_timed_out");
}

#[test]
fn paying_checks_the_status_before_what_is_owed() {
    let play = Play::active();
    for kind in ["prize", "creator_fee", "bond", "protocol_fee", "refund"] {
        let kind = serde_json::from_value(kind.into()).unwrap();
        assert_eq!(code(&play.ask("zed", &pay_to(kind, "zed"))), "wrong_state");
    }
}
