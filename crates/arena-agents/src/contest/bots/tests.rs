//! Real processes that misbehave: each fault is told apart, and none holds the game up.

use std::{fs, time::Duration};

use serde_json::json;

use super::*;
use crate::{contest::games::Illegal, process::Guard};

fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL,
        rules: json!({ "game": "none" }),
        arena_id: "0192f0c1-2345-7abc-8def-0123456789ab".parse().unwrap(),
        you: "bot".parse().unwrap(),
        players: vec!["bot".parse().unwrap()],
        bank_ms: 0,
        increment_ms: 0,
    }
}

/// A bot that is a shell script; `READY` in it says that it is ready.
fn bot(script: &str, bank_ms: u64) -> Bot {
    let script = script.replace("READY", "read -r hello; echo '{\"ready\":true}'");
    let command =
        BotCommand { program: "/bin/sh".into(), arguments: vec!["-c".into(), script], directory: "/".into() };
    let time = TimeControl {
        bank: Duration::from_millis(bank_ms),
        increment: Duration::from_millis(20),
        start: Duration::from_secs(20),
    };
    Bot::new(command, hello(), time)
}

/// Asks it for the moves of rounds 1 to `rounds`; only `"go"` is legal.
async fn asked(bot: &mut Bot, rounds: u32, guard: &Guard) -> Vec<(Option<Fault>, String)> {
    let check = |action: &serde_json::Value| {
        if action == "go" { Ok(()) } else { Err(Illegal("only go is legal".into())) }
    };
    let mut answers = Vec::new();
    for round in 1..=rounds {
        let question = Question {
            round,
            random: 7,
            choices: json!(["go"]),
            observation: json!({ "n": round }),
            check: &check,
        };
        let answer = bot.ask(question, guard).await.unwrap();
        assert_eq!(answer.action.is_some(), matches!(answer.fault, None | Some(Fault::Host)));
        answers.push((answer.fault, answer.reason.unwrap_or_default()));
    }
    answers
}

async fn faults(script: &str, bank_ms: u64, rounds: u32) -> Vec<(Option<Fault>, String)> {
    let guard = Guard::start().unwrap();
    asked(&mut bot(script, bank_ms), rounds, &guard).await
}

/// Answers every turn in order.
const LOYAL: &str = "n=0; while read -r line; do n=$((n+1)); echo '{\"round\":'$n',\"action\":\"go\"}'; done";

#[tokio::test]
async fn a_loyal_bot_is_started_once_and_told_everything() {
    let folder = tempfile::tempdir().unwrap();
    let heard = folder.path().join("heard");
    let script = format!(
        "read -r hello; echo \"$hello\" > {0}; echo '{{\"ready\":true}}'; n=0; while read -r line; do echo \"$line\" >> {0}; n=$((n+1)); echo '{{\"round\":'$n',\"action\":\"go\"}}'; done",
        heard.display()
    );
    let guard = Guard::start().unwrap();
    let mut bot = bot(&script, 30_000);
    assert_eq!(asked(&mut bot, 3, &guard).await, vec![(None, String::new()); 3]);
    assert_eq!(bot.used().1, 0);
    let over = Over { round: 3, eliminated: true, scores: Default::default() };
    bot.dismiss(&over, &guard).await;
    let text = fs::read_to_string(&heard).unwrap();
    let types: Vec<String> = text
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(types, ["hello", "turn", "turn", "turn", "over"]);
    assert!(text.contains(r#""random":7"#) && text.contains(r#""observation":{"n":3}"#), "{text}");
}

#[tokio::test]
async fn sleeping_costs_the_move_and_the_bank_and_the_late_answer_is_passed_over() {
    // It answers the first turn when it is asked the second, and both then.
    let script = "READY; read -r one; read -r two; echo '{\"round\":1,\"action\":\"late\"}'; echo '{\"round\":2,\"action\":\"go\"}'; read -r x";
    let answers = faults(script, 300, 2).await;
    assert_eq!(answers[0], (Some(Fault::Timeout), "its time bank is empty".into()));
    assert_eq!(answers[1].0, None);
}

#[tokio::test]
async fn a_bank_that_is_empty_leaves_the_increment_of_each_turn() {
    let guard = Guard::start().unwrap();
    let mut sleeper = bot("READY; sleep 600", 200);
    let answers = asked(&mut sleeper, 4, &guard).await;
    assert!(answers.iter().all(|(fault, _)| *fault == Some(Fault::Timeout)), "{answers:?}");
    assert_eq!(sleeper.used(), (Duration::ZERO, 0));
}

#[tokio::test]
async fn a_bot_that_ends_is_a_crash_with_its_last_words_and_is_started_again_a_bounded_number_of_times() {
    let folder = tempfile::tempdir().unwrap();
    let starts = folder.path().join("starts");
    let script =
        format!("echo x >> {}; READY; read -r turn; echo 'no such luck' >&2; exit 3", starts.display());
    let answers = faults(&script, 30_000, 6).await;
    assert!(answers.iter().all(|(fault, _)| *fault == Some(Fault::Crash)), "{answers:?}");
    assert_eq!(answers[0].1, "its process ended: no such luck");
    assert_eq!(answers[5].1, "it was started 4 times, and is not started again");
    assert_eq!(fs::read_to_string(&starts).unwrap().lines().count(), 4);
}

#[tokio::test]
async fn a_bot_that_crashes_once_plays_on() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("mark");
    let script = format!(
        "READY; if [ ! -e {0} ]; then touch {0}; read -r turn; exit 1; fi; read -r turn; echo '{{\"round\":2,\"action\":\"go\"}}'; read -r x",
        mark.display()
    );
    let answers = faults(&script, 30_000, 2).await;
    assert_eq!([answers[0].0, answers[1].0], [Some(Fault::Crash), None]);
}

#[tokio::test]
async fn a_program_that_cannot_run_is_a_crash_of_the_bot() {
    let answers = faults("exec /no/such/program", 30_000, 1).await;
    assert_eq!(answers[0].0, Some(Fault::Crash));
    assert!(answers[0].1.contains("/no/such/program"), "{answers:?}");
}

#[tokio::test]
async fn what_is_no_answer_is_illegal() {
    for (said, part) in [
        ("garbage", "cannot be read"),
        ("{\"action\":\"go\"}", "round"),
        ("{\"round\":1}", "action"),
        ("{\"round\":1,\"action\":\"jump\"}", "only go is legal"),
        ("{\"round\":9,\"action\":\"go\"}", "has not begun"),
        ("", "cannot be read"),
        ("\\377\\376", "cannot be read"),
    ] {
        let answers = faults(&format!("READY; read -r turn; printf '{said}\\n'; read -r x"), 30_000, 1).await;
        assert_eq!(answers[0].0, Some(Fault::Illegal), "{said}: {answers:?}");
        assert!(answers[0].1.contains(part), "{said}: {answers:?}");
    }
}

#[tokio::test]
async fn a_huge_line_and_a_flood_of_lines_end_the_process() {
    let huge = "READY; read -r turn; head -c 50000000 /dev/zero | tr '\\0' x; echo; sleep 600";
    let answers = faults(huge, 30_000, 1).await;
    assert_eq!(
        (answers[0].0, answers[0].1.as_str()),
        (Some(Fault::Illegal), "it wrote a line of more than 16384 bytes")
    );
    let flood = "READY; while :; do echo '{\"round\":0,\"action\":\"go\"}'; done";
    let answers = faults(flood, 30_000, 1).await;
    assert_eq!(answers[0].0, Some(Fault::Illegal));
    assert!(answers[0].1.contains("more than 64 lines"), "{answers:?}");
}

#[tokio::test]
async fn a_bot_that_never_says_it_is_ready_is_told_apart() {
    let answers = faults("read -r hello; echo hi; read -r x", 30_000, 1).await;
    assert_eq!(
        (answers[0].0, answers[0].1.as_str()),
        (Some(Fault::Illegal), "its first line is not {\"ready\":true}")
    );
    let mut late = bot("sleep 600", 30_000);
    late.shorten_start(Duration::from_millis(100));
    let answers = asked(&mut late, 1, &Guard::start().unwrap()).await;
    assert_eq!(
        (answers[0].0, answers[0].1.as_str()),
        (Some(Fault::Timeout), "it was not ready within 100 ms")
    );
}

#[tokio::test]
async fn starting_is_not_thinking() {
    let guard = Guard::start().unwrap();
    let mut slow = bot(&format!("sleep 0.5; READY; {LOYAL}"), 400);
    assert_eq!(asked(&mut slow, 1, &guard).await[0].0, None);
    assert!(slow.used().0 > Duration::from_millis(100), "{:?}", slow.used());
}

#[tokio::test]
async fn a_bot_that_is_given_up_stays_so_when_another_host_takes_over() {
    let guard = Guard::start().unwrap();
    let crashes = "READY; exit 1";
    let mut first = bot(crashes, 30_000);
    asked(&mut first, 4, &guard).await;
    let mut second = bot(crashes, 30_000);
    let (left, lost) = first.used();
    second.resume(left, lost);
    let answers = asked(&mut second, 1, &guard).await;
    assert_eq!(answers[0].1, "it was started 4 times, and is not started again");
}

#[tokio::test]
async fn a_program_that_is_gone_is_the_hosts_fault() {
    let mut gone = bot("", 30_000);
    gone.lose_program();
    let check = |_: &serde_json::Value| Ok(());
    let question =
        Question { round: 1, random: 7, choices: json!([]), observation: json!({}), check: &check };
    assert!(gone.ask(question, &Guard::start().unwrap()).await.is_err());
}

#[tokio::test]
async fn a_bot_that_ends_while_a_child_of_its_own_holds_its_output_is_a_crash() {
    let given = faults("READY; sleep 600 & exit 3", 600_000, 1).await;
    assert_eq!(given, [(Some(Fault::Crash), "its process ended".into())]);
    // What it said before counts.
    let given =
        faults("READY; read -r turn; sleep 600 & echo '{\"round\":1,\"action\":\"go\"}'; exit 0", 600_000, 2);
    let given = given.await;
    assert_eq!(given, [(None, String::new()), (Some(Fault::Crash), "its process ended".into())]);
}
