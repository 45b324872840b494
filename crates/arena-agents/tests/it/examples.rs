//! The plans in `examples/` do what they say.

use std::{
    collections::BTreeMap,
    fs,
    future::pending,
    path::{Path, PathBuf},
};

use arena_agents::{Outcome, Plan, Progress, Run, RunOptions, RunReport};
use arena_core::collaboration::StepStatus;

use crate::house::{House, statuses};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

async fn run(house: &House, plan: Plan) -> RunReport {
    let run = Run::start(&house.client, plan, RunOptions::default(), Progress::silent()).await.unwrap();
    run.drive(pending()).await.unwrap()
}

async fn source_report(house: &House, folder: &Path) -> RunReport {
    let variables = BTreeMap::from([("folder".into(), folder.display().to_string())]);
    run(house, Plan::load(&examples().join("source-report.toml"), variables).unwrap()).await
}

#[tokio::test]
async fn the_source_report_counts_right_with_odd_names_and_contents() {
    let house = House::new().await;
    let root = house.file("so urce");
    for (name, content) in [
        ("src/main.rs", "fn main() {\n    // TODO: say more\n}\n"),
        ("with space/no end.rs", "one\ntwo"),
        ("line\nbreak.py", "x = 1  # FIXME | <now>, TODO later\n"),
        ("tab\there.py", "pass\n"),
        ("-dash.sh", "true\n"),
        ("a=b.go", "package a\n"),
        ("total", "not a total\n"),
        ("Makefile", "all: TODOS autoTODO\n"),
        ("empty.c", ""),
        ("picture.rs", "bin\0ary TODO\n"),
        ("target/debug/made.rs", "// TODO\n"),
        ("deep/node_modules/x/y.js", "// TODO\n"),
        (".git/config", "TODO\n"),
    ] {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    std::os::unix::fs::symlink("src/main.rs", root.join("link.rs")).unwrap();

    let report = source_report(&house, &root).await;
    assert_eq!(report.outcome, Outcome::Completed, "{report}");
    let text = &report.result.as_ref().unwrap().text;
    for line in [
        "| Files | 10 |",
        "| Text files | 9 |",
        "| Binary files | 1 |",
        "| Folders left out | 3 |",
        "| Bytes | 143 |",
        "| Lines of text | 10 |",
        "| Unfinished marks | 3 |",
        "| Rust | 2 | 4 | 43 |",
        "| Python | 2 | 2 | 40 |",
        "| Shell | 1 | 1 | 5 |",
        "| Go | 1 | 1 | 10 |",
        "| Make | 1 | 1 | 20 |",
        "| C | 1 | 0 | 0 |",
        "| other | 1 | 1 | 12 |",
        "| 36 | Rust | `src/main.rs` |",
        "| 13 | (binary) | `picture.rs` |",
        "- TODO: 2",
        "- FIXME: 1",
        "| TODO | `src/main.rs:2` | // TODO: say more |",
        "| FIXME | `line\\nbreak.py:1` | x = 1  # FIXME \\| &lt;now>, TODO later |",
        "| 34 | `line\\nbreak.py:1` |",
    ] {
        let found = text.lines().any(|other| other == line);
        assert!(found, "{line:?} is not in\n{text}");
    }
}

#[tokio::test]
async fn the_source_report_of_an_empty_folder_is_a_report() {
    let house = House::new().await;
    let root = house.file("empty");
    fs::create_dir(&root).unwrap();
    let report = source_report(&house, &root).await;
    let text = &report.result.as_ref().unwrap().text;
    assert!(text.contains("| Files | 0 |") && text.contains("There are no text files."), "{text}");
}

#[tokio::test]
async fn the_source_report_of_no_folder_says_so() {
    let house = House::new().await;
    let report = source_report(&house, &house.file("nowhere")).await;
    assert_eq!(report.outcome, Outcome::Failed);
    let reason = report.steps[0].reason.as_deref().unwrap();
    assert!(reason.contains("there is no folder") && reason.contains("--set folder=PATH"), "{reason}");
}

#[tokio::test]
async fn the_coding_agent_is_replaced_in_one_line() {
    let house = House::new().await;
    let text = fs::read_to_string(examples().join("coding-agents.toml")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.starts_with("command = [\"claude\"")).collect();
    assert_eq!(lines.len(), 1);
    let path = house.file("coding-agents.toml");
    fs::write(&path, text.replace(lines[0], "command = [\"sh\", \"-c\", \"cat\"]")).unwrap();
    let report = run(&house, Plan::load(&path, BTreeMap::new()).unwrap()).await;
    assert_eq!(report.outcome, Outcome::Completed, "{report}");
    assert!(report.result.unwrap().text.contains("Find the worst bug in this code and fix it"));
}

#[tokio::test]
async fn the_retry_example_fails_as_it_says() {
    let house = House::new().await;
    let report = run(&house, Plan::load(&examples().join("retry.toml"), BTreeMap::new()).unwrap()).await;
    use StepStatus::{Completed, Failed, Waiting};
    assert_eq!(statuses(&report), [Completed, Failed, Waiting, Completed]);
    assert_eq!(report.steps[0].attempts, 2);
}

#[tokio::test]
async fn the_plan_in_the_examples_readme_runs() {
    let house = House::new().await;
    let readme = fs::read_to_string(examples().join("README.md")).unwrap();
    let text = readme.split_once("```toml\n").unwrap().1.split_once("```").unwrap().0;
    let path = house.file("readme.toml");
    fs::write(&path, text).unwrap();
    let report = run(&house, Plan::load(&path, BTreeMap::new()).unwrap()).await;
    assert_eq!(report.result.unwrap().text, "hello worldhallo world");
}
