//! The whole table of section 6 of the design: every action in every status, in time and too late, by every caller.

use std::{collections::BTreeSet, fmt::Write};

use arena_core::{
    contest::{Command, PayoutKind, RoundPage, Status},
    Hash,
};

use super::world::{actions, code, finalize, leave, page, part, pay, pay_to, round, terms, Play, DAY_S};

/// C creator, O oracle, E entrant, Z another agent, P operator, which is another agent too; one group for each setting.
/// `ok` accepted, `wst` wrong_state, `frb` forbidden, `nfd` not_found, `exp` registration_expired, `out` oracle_timed_out,
/// `not` not_timed_out, `owe` nothing_owed, `pai` already_paid, `ent` already_entered.
///
/// Three entered, of whom bob (E) leads and dot is out once play began, and nothing else stands in the way.
const BEFORE_THE_END: &str = "
                    | registration        | expired             | active              | active, silent      | active, hard stop   | eliminating
                    | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P
enter               | frb frb ent ok  ok  | frb frb exp exp exp | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
enter, runners may  | ok  ok  ent ok  ok  | exp exp exp exp exp | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
leave               | nfd nfd ok  nfd nfd | nfd nfd ok  nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd
leave for bob       | frb frb ok  frb frb | frb frb ok  frb frb | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
start               | frb ok  frb frb frb | frb exp frb frb frb | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
submit a page       | wst wst wst wst wst | wst wst wst wst wst | frb ok  frb frb frb | frb out frb frb frb | frb out frb frb frb | frb ok  frb frb frb
submit the last page| wst wst wst wst wst | wst wst wst wst wst | frb ok  frb frb frb | frb out frb frb frb | frb out frb frb frb | frb ok  frb frb frb
finalize            | wst wst wst wst wst | wst wst wst wst wst | frb ok  frb frb frb | frb out frb frb frb | frb out frb frb frb | wst wst wst wst wst
store actions       | nfd nfd nfd nfd nfd | nfd nfd nfd nfd nfd | frb ok  frb frb frb | frb ok  frb frb frb | frb ok  frb frb frb | frb ok  frb frb frb
claim prize         | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
pay prize to bob    | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
pay creator fee     | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
return bond         | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
collect protocol fee| wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
claim refund        | wst wst wst wst wst | owe owe ok  owe owe | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
pay refund to bob   | wst wst wst wst wst | ok  ok  ok  ok  ok  | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
cancel              | ok  frb frb frb frb | ok  frb frb frb frb | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
abandon             | wst wst wst wst wst | wst wst wst wst wst | not not not not not | ok  ok  ok  ok  ok  | ok  ok  ok  ok  ok  | not not not not not";

/// The same for the other settings.
const TOWARD_THE_END: &str = "
                    | eliminating, silent | eliminating, hard stop| finished            | cancelled           | abandoned           | finished and paid
                    | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P   | C   O   E   Z   P
enter               | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
enter, runners may  | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
leave               | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd | nfd nfd wst nfd nfd
leave for bob       | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
start               | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
submit a page       | frb out frb frb frb | frb out frb frb frb | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
submit the last page| frb out frb frb frb | frb out frb frb frb | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
finalize            | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
store actions       | frb ok  frb frb frb | frb ok  frb frb frb | frb ok  frb frb frb | nfd nfd nfd nfd nfd | frb ok  frb frb frb | frb ok  frb frb frb
claim prize         | wst wst wst wst wst | wst wst wst wst wst | owe owe ok  owe owe | wst wst wst wst wst | wst wst wst wst wst | owe owe pai owe owe
pay prize to bob    | wst wst wst wst wst | wst wst wst wst wst | ok  ok  ok  ok  ok  | wst wst wst wst wst | wst wst wst wst wst | pai pai pai pai pai
pay creator fee     | wst wst wst wst wst | wst wst wst wst wst | ok  ok  ok  ok  ok  | wst wst wst wst wst | wst wst wst wst wst | pai pai pai pai pai
return bond         | wst wst wst wst wst | wst wst wst wst wst | ok  ok  ok  ok  ok  | ok  ok  ok  ok  ok  | wst wst wst wst wst | pai pai pai pai pai
collect protocol fee| wst wst wst wst wst | wst wst wst wst wst | ok  ok  ok  ok  ok  | wst wst wst wst wst | wst wst wst wst wst | pai pai pai pai pai
claim refund        | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | owe owe ok  owe owe | owe owe ok  owe owe | wst wst wst wst wst
pay refund to bob   | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | ok  ok  ok  ok  ok  | ok  ok  ok  ok  ok  | wst wst wst wst wst
cancel              | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst
abandon             | ok  ok  ok  ok  ok  | ok  ok  ok  ok  ok  | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst | wst wst wst wst wst";

const SETTINGS: [&str; 12] = [
    "registration",
    "expired",
    "active",
    "active, silent",
    "active, hard stop",
    "eliminating",
    "eliminating, silent",
    "eliminating, hard stop",
    "finished",
    "cancelled",
    "abandoned",
    "finished and paid",
];
const CALLERS: [&str; 5] = ["ann", "ora", "bob", "zed", "operator"];

/// In play a round is completed, with a root, and before a hard stop one each day, so that silence is not the reason.
fn in_play(rounds: u32) -> Play {
    let mut play = Play::active();
    for number in 1..=rounds {
        play.pass(DAY_S);
        let eliminated: &[&str] = if number == 1 { &["dot"] } else { &[] };
        let root = Some(Hash::of(b"root"));
        let submitted = RoundPage { actions_root: root, ..page(number, eliminated, &[("bob", 2)]) };
        play.ora(Command::SubmitPage(submitted)).unwrap();
    }
    play
}

fn setting(name: &str) -> Play {
    let mut play = match name {
        "registration" | "expired" | "cancelled" => Play::registered(),
        "active, hard stop" | "eliminating, hard stop" => in_play(29),
        _ => in_play(1),
    };
    if name.starts_with("eliminating") {
        let number = play.contest.round() + 1;
        play.ora(part(number, 1, &[], &[("cat", 1)])).unwrap();
    }
    match name {
        "expired" => play.pass(3 * DAY_S),
        "active, silent" | "eliminating, silent" => play.pass(2 * DAY_S),
        "active, hard stop" | "eliminating, hard stop" => play.pass(DAY_S),
        "finished" => drop(play.ora(finalize()).unwrap()),
        "cancelled" => drop(play.by("ann", Command::Cancel).unwrap()),
        "abandoned" => {
            play.pass(2 * DAY_S);
            play.by("zed", Command::Abandon).unwrap();
        }
        "finished and paid" => {
            play.ora(finalize()).unwrap();
            let prizes = ["bob", "cat"].map(|name| pay_to(PayoutKind::Prize, name));
            let others = [PayoutKind::CreatorFee, PayoutKind::Bond, PayoutKind::ProtocolFee].map(pay);
            prizes.into_iter().chain(others).for_each(|command| drop(play.by("zed", command).unwrap()));
        }
        _ => {}
    }
    play
}

/// The command of a row, as the caller of a column would give it.
fn command(row: &str, play: &Play, name: &str) -> Command {
    let due = play.contest.round() + 1;
    match row {
        "enter" | "enter, runners may" => Command::Enter,
        "leave" => leave(name),
        "leave for bob" => leave("bob"),
        "start" => Command::Start,
        "submit a page" => Command::SubmitPage(RoundPage { last: false, ..page(due, &[], &[]) }),
        "submit the last page" => round(due, &["cat"], &[]),
        "finalize" => finalize(),
        "store actions" => actions(1, Hash::of(b"root")),
        "claim prize" => pay(PayoutKind::Prize),
        "pay prize to bob" => pay_to(PayoutKind::Prize, "bob"),
        "pay creator fee" => pay(PayoutKind::CreatorFee),
        "return bond" => pay(PayoutKind::Bond),
        "collect protocol fee" => pay(PayoutKind::ProtocolFee),
        "claim refund" => pay(PayoutKind::Refund),
        "pay refund to bob" => pay_to(PayoutKind::Refund, "bob"),
        "cancel" => Command::Cancel,
        "abandon" => Command::Abandon,
        other => panic!("no such row: {other}"),
    }
}

fn prepared(row: &str, at: &str) -> Play {
    if row != "enter, runners may" {
        return setting(at);
    }
    let mut play = setting(at);
    let open = Play::of(arena_core::contest::Terms { creator_may_enter: true, ..terms() });
    play.history[0] = open.history[0].clone();
    Play { contest: play.replayed(), ..play }
}

fn short(code: &str) -> &str {
    match code {
        "ok" => "ok",
        "wrong_state" => "wst",
        "forbidden" => "frb",
        "not_found" => "nfd",
        "registration_expired" => "exp",
        "oracle_timed_out" => "out",
        "not_timed_out" => "not",
        "nothing_owed" => "owe",
        "already_paid" => "pai",
        "already_entered" => "ent",
        other => other,
    }
}

/// The line of the table that the rules really give.
fn line(row: &str, settings: &[&str]) -> String {
    let mut line = format!("{row:<20}");
    for at in settings {
        line.push('|');
        for name in CALLERS {
            let mut play = prepared(row, at);
            let asked = command(row, &play, name);
            write!(line, " {:<3}", short(code(&play.by(name, asked)))).unwrap();
        }
        line.push(' ');
    }
    line.trim_end().to_owned()
}

#[track_caller]
fn check(table: &str, settings: &[&str]) {
    let expected: Vec<&str> = table.lines().skip(3).collect();
    let named = |row: &str| row.get(..20).unwrap().trim().to_owned();
    let real: Vec<String> = expected.iter().map(|row| line(&named(row), settings)).collect();
    assert!(real == expected, "the rules say\n{}\n", real.join("\n"));
}

#[test]
fn every_action_in_every_status_by_every_caller() {
    check(BEFORE_THE_END, &SETTINGS[..6]);
    check(TOWARD_THE_END, &SETTINGS[6..]);
}

/// A refused command leaves no trace: no event, so no money moved either.
#[test]
fn what_is_refused_changes_nothing() {
    for at in SETTINGS {
        for row in BEFORE_THE_END.lines().skip(3).map(|row| row.get(..20).unwrap().trim()) {
            for name in CALLERS {
                let mut play = prepared(row, at);
                let before = play.clone();
                let asked = command(row, &play, name);
                if play.by(name, asked).is_err() {
                    assert_eq!((play.contest, play.history), (before.contest, before.history));
                }
            }
        }
    }
}

/// A command, a payout or a status that is not in the table does not compile here, and one without a row fails here.
#[test]
fn the_table_names_every_command_and_every_status() {
    let play = Play::active();
    let kind = |command: &Command| match command {
        Command::Enter => 0,
        Command::Leave { .. } => 1,
        Command::Start => 2,
        Command::SubmitPage(_) => 3,
        Command::Finalize { .. } => 4,
        Command::StoreActions { .. } => 5,
        Command::Cancel => 6,
        Command::Abandon => 7,
        Command::Payout { kind, .. } => match kind {
            PayoutKind::Prize => 8,
            PayoutKind::CreatorFee => 9,
            PayoutKind::Bond => 10,
            PayoutKind::ProtocolFee => 11,
            PayoutKind::Refund => 12,
        },
    };
    let rows = TOWARD_THE_END.lines().skip(3).map(|row| row.get(..20).unwrap().trim());
    let named: BTreeSet<i32> = rows.map(|row| kind(&command(row, &play, "bob"))).collect();
    assert_eq!(named, (0..13).collect());
    let statuses: BTreeSet<Status> = SETTINGS.iter().map(|at| setting(at).contest.status()).collect();
    assert_eq!(statuses, Status::ALL.into_iter().collect());
}
