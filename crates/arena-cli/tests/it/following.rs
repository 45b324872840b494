//! Following a real server, also across its restarts, and looking on without a terminal.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Stdio},
};

use serde_json::Value;

use crate::folder::{Folder, text};

/// A verb under way, and its lines as they come.
struct Running {
    child: Child,
    lines: Box<dyn Iterator<Item = String>>,
}

fn start(folder: &Folder, args: &[&str]) -> Running {
    let mut command = folder.command(args);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    Running { child, lines: Box::new(lines) }
}

impl Running {
    fn json(&mut self) -> Value {
        serde_json::from_str(&self.lines.next().expect("another line")).unwrap()
    }
}

/// A port that was free a moment ago.
fn port() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_follower_goes_on_where_it_was_when_the_server_is_back() {
    let folder = Folder::new();
    let address = port();
    let serving = folder.serve_at(&address, &[]);
    let made = folder.json(&["create", "go", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    let url = format!("http://{address}");
    let mut following = start(&folder, &["events", &arena, "--follow", "--json", "--url", &url]);
    let mut seen = vec![following.json(), following.json()];
    serving.kill();
    let mut complaints = BufReader::new(following.child.stderr.take().unwrap()).lines();
    let complaint = complaints.next().unwrap().unwrap();
    assert!(complaint.contains("the stream is lost") && complaint.contains("resuming after"), "{complaint}");
    let _serving = folder.serve_at(&address, &[]);
    folder.json(&["say", &arena, "back"]);
    folder.json(&["settle", &arena]);
    seen.extend(following.lines.by_ref().map(|line| serde_json::from_str::<Value>(&line).unwrap()));
    assert!(following.child.wait().unwrap().success());
    assert_eq!(Value::Array(seen), folder.json(&["events", &arena])["items"]);
}

#[test]
fn a_filtered_follower_ends_with_the_arena_too() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let made = folder.json(&["create", "go", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    let args = ["events", &arena, "--follow", "--json", "--type", "message_sent"];
    let mut following = start(&folder, &args);
    folder.json(&["say", &arena, "hello"]);
    assert_eq!(following.json()["type"], "message_sent");
    folder.json(&["settle", &arena]);
    assert_eq!(following.lines.next(), None);
    assert!(following.child.wait().unwrap().success());
}

#[test]
fn who_may_not_follow_is_told_and_does_not_try_again() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let made = folder.json(&["create", "go"]);
    let arena = text(&made, "/arena_id").to_owned();
    let stranger = folder.register("stranger");
    assert_eq!(folder.arena_as(&stranger, &["events", &arena, "--follow"]).code, 3);
    assert_eq!(folder.arena_as(&stranger, &["watch", &arena]).code, 3);
}

#[test]
fn without_a_terminal_watching_prints_the_state_and_then_lines() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let made = folder.json(&["create", "go", "--step", "build it", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    let mut watching = start(&folder, &["watch", &arena]);
    let mut watched = start(&folder, &["watch", &arena, "--json"]);
    let state = watched.json();
    assert_eq!((&state["status"], &state["steps"][0]["title"]), (&"active".into(), &"build it".into()));
    let board = watching.lines.by_ref().find(|line| line.contains("build it"));
    assert!(board.is_some());
    folder.json(&["step", "claim", &arena]);
    assert_eq!(watched.json()["type"], "step_claimed");
    assert!(watching.lines.by_ref().any(|line| line.contains("step_claimed")));
    folder.json(&["settle", &arena]);
    for running in [&mut watching, &mut watched] {
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }
}
