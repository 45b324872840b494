//! `arena run`: what it prints, how it exits, and that other verbs can look on.

use crate::folder::{Folder, exists, text};

const GOOD: &str = r#"
goal = "greet {{whom}}"
result = "greet"
[variables]
whom = "world"
[[agents]]
name = "shell"
command = ["sh", "-c", "echo hello {{whom}}"]
[[steps]]
name = "greet"
"#;

const BAD: &str = r#"
goal = "fail"
[[agents]]
name = "shell"
command = ["sh", "-c", "echo no idea >&2; exit 3"]
[[steps]]
name = "try"
attempts = 1
[[steps]]
name = "after"
depends_on = ["try"]
"#;

/// The process of the plan asks for its own arena, as the bearer of its own narrow token.
const LOOKS: &str = r#"
goal = "look"
[variables]
arena = ""
[[agents]]
name = "shell"
command = ["sh", "-c", "{{arena}} step show $ARENA_ID $ARENA_STEP --json && {{arena}} list --json"]
[[steps]]
name = "look"
"#;

#[test]
fn a_plan_is_run_to_a_sealed_report_that_holds_its_result() {
    let folder = Folder::new();
    let plan = folder.write("plan.toml", GOOD);
    let report = folder.json(&["run", &plan, "--set", "whom=you"]);
    assert_eq!((text(&report, "/outcome"), text(&report, "/status")), ("completed", "archived"));
    assert_eq!(text(&report, "/result/text"), "hello you\n");
    let arena = text(&report, "/arena_id");
    assert_eq!(folder.json(&["report", arena])["report_hash"], report["report_hash"]);
    let people = folder.arena(&["run", &plan]).ok();
    assert!(
        people.stdout.contains("completed, 1 of 1 steps") && people.stdout.ends_with("hello world\n"),
        "{}",
        people.stdout
    );
    assert!(people.stderr.contains("step 1 completed"), "{}", people.stderr);
    assert!(!exists(folder.data().join("server.json")));
}

#[test]
fn a_run_whose_steps_fail_prints_its_report_and_exits_with_1() {
    let folder = Folder::new();
    let plan = folder.write("plan.toml", BAD);
    let ran = folder.arena(&["run", &plan, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(text(&report, "/outcome"), "failed");
    assert!(text(&report, "/steps/0/reason").contains("no idea"), "{report}");
    ran.refused(1, "run_failed");
}

#[test]
fn a_plan_that_is_wrong_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let plan = folder.write("plan.toml", "goal = 1\ncolour = 'red'\n");
    folder.arena(&["run", &plan, "--json"]).refused(2, "plan");
    folder.arena(&["run", "nowhere.toml", "--json"]).refused(2, "plan");
    let good = folder.write("good.toml", GOOD);
    folder.arena(&["run", &good, "--set", "who=you", "--json"]).refused(2, "plan");
    assert_eq!(folder.arena(&["run", &good, "--set", "whom"]).code, 2);
    assert_eq!(folder.arena(&["run"]).code, 2);
    assert!(!exists(folder.data()));
}

#[test]
fn the_processes_of_a_plan_ask_the_server_of_the_run() {
    let folder = Folder::new();
    let plan = folder.write("plan.toml", LOOKS);
    let report = folder.json(&["run", &plan, "--set", &format!("arena={}", env!("CARGO_BIN_EXE_arena"))]);
    assert_eq!(text(&report, "/outcome"), "completed", "{report}");
    let arena = text(&report, "/arena_id");
    let said = folder.arena(&["artifact", "get", arena, "steps/1-look/stdout"]).ok().stdout;
    let lines: Vec<serde_json::Value> =
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((text(&lines[0], "/status"), text(&lines[0], "/holder")), ("claimed", "shell"));
    assert_eq!(text(&lines[1], "/items/0/arena_id"), arena);
}
