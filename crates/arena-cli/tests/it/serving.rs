//! `arena serve`: the line when it is ready, one server a folder, how verbs find it, how it ends.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::Stdio,
};

use serde_json::Value;

use crate::folder::{Folder, exists, text};

#[test]
fn it_says_in_one_line_where_it_is_and_announces_itself_until_it_is_told_to_stop() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    assert!(serving.url.starts_with("http://127.0.0.1:"));
    assert_eq!(serving.ready["process"], serving.id());
    let file = folder.data().join("server.json");
    let announced: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(text(&announced, "/url"), serving.url);
    assert_eq!(serving.signal("TERM"), Some(0));
    assert!(!exists(file));
}

#[test]
fn ctrl_c_ends_it_in_order_too() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    folder.json(&["create", "go"]);
    assert_eq!(serving.signal("INT"), Some(0));
    assert_eq!(folder.json(&["verify"])["ok"], true);
}

#[test]
fn a_second_server_on_the_folder_is_refused_and_told_where_the_first_is() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    let problem = folder.arena(&["serve", "--listen", "127.0.0.1:0", "--json"]).refused(6, "in_use");
    assert!(text(&problem, "/detail").contains(&serving.url), "{problem}");
}

#[test]
fn an_address_that_is_taken_is_said() {
    let (one, two) = (Folder::new(), Folder::new());
    let serving = one.serve(&[]);
    let address = serving.url.trim_start_matches("http://");
    let problem = two.arena(&["serve", "--listen", address, "--json"]).refused(6, "cannot_listen");
    assert!(text(&problem, "/detail").contains(address));
}

#[test]
fn a_public_address_needs_a_flag() {
    let folder = Folder::new();
    let problem = folder.arena(&["serve", "--listen", "0.0.0.0:0", "--json"]).refused(1, "cannot_listen");
    assert!(text(&problem, "/detail").contains("--allow-public"), "{problem}");
    assert!(!exists(folder.data()), "a store was made for a server that may not be");
    let mut public = folder.command(&["serve", "--listen", "0.0.0.0:0", "--allow-public", "--json"]);
    let mut public = public.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(public.stdout.take().unwrap()).read_line(&mut line).unwrap();
    public.kill().unwrap();
    public.wait().unwrap();
    assert!(line.contains("\"url\":\"http://0.0.0.0:"), "{line}");
}

#[test]
fn verbs_ask_the_server_that_has_the_folder_open() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    let made = folder.json(&["create", "go"]);
    let url = serving.url.clone();
    let by_url = folder.json(&["list", "--url", &url]);
    assert_eq!(by_url["items"][0]["arena_id"], made["arena_id"]);
    // A killed server leaves its announcement behind; it is not believed.
    serving.kill();
    assert!(exists(folder.data().join("server.json")));
    assert_eq!(folder.json(&["list"])["items"][0]["arena_id"], made["arena_id"]);
    folder.arena(&["list", "--url", &url, "--json"]).refused(6, "unreachable");
}

#[test]
fn an_address_that_a_killed_server_left_is_not_believed_while_another_process_holds_the_store() {
    let folder = Folder::new();
    let made = folder.json(&["create", "go"]);
    let lock = File::options().write(true).open(folder.data().join("arena.lock")).unwrap();
    lock.try_lock().unwrap();
    // Somebody else has got the port since, and speaks no HTTP.
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let left = format!("{{\"url\":\"http://{}\",\"process\":1}}", stranger.local_addr().unwrap());
    std::fs::write(folder.data().join("server.json"), left).unwrap();
    let mut command = folder.command(&["list", "--json"]);
    let listing = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(stranger.accept().unwrap());
    drop(stranger);
    lock.unlock().unwrap();
    let output = listing.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(listed["items"][0]["arena_id"], made["arena_id"]);
}

#[test]
fn verbs_at_the_same_time_without_a_server_take_turns() {
    let folder = Folder::new();
    folder.json(&["create", "first"]);
    let started: Vec<_> = (0..6)
        .map(|number| {
            let goal = format!("goal {number}");
            let mut command = folder.command(&["create", &goal, "--json"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in started {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(folder.json(&["list"])["items"].as_array().unwrap().len(), 7);
}

#[test]
fn whatever_was_answered_is_there_after_a_restart() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    let made = folder.json(&["create", "go", "--step", "one", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    folder.json(&["step", "claim", &arena]);
    let before = folder.json(&["show", &arena]);
    serving.kill();
    let serving = folder.serve(&[]);
    assert_eq!(folder.json(&["show", &arena]), before);
    assert_eq!(serving.signal("TERM"), Some(0));
    assert_eq!(folder.json(&["show", &arena]), before);
}

#[test]
fn a_follower_sees_every_event_as_it_comes_and_ends_with_the_arena() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let made = folder.json(&["create", "go"]);
    let arena = text(&made, "/arena_id").to_owned();
    let mut command = folder.command(&["events", &arena, "--follow", "--json"]);
    let mut following = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();
    let mut seen = vec![next()];
    for args in [&["activate", &arena][..], &["say", &arena, "hello"], &["settle", &arena]] {
        folder.json(args);
        seen.push(next());
    }
    seen.extend(lines.map(|line| serde_json::from_str(&line.unwrap()).unwrap()));
    assert!(following.wait().unwrap().success());
    assert_eq!(Value::Array(seen), folder.json(&["events", &arena])["items"]);
}

#[test]
fn a_store_used_with_the_test_clock_opens_only_so_but_verbs_know() {
    let folder = Folder::new();
    assert_eq!(folder.serve(&["--test-clock"]).signal("TERM"), Some(0));
    let refused = folder.arena(&["serve", "--listen", "127.0.0.1:0", "--json"]).refused(1, "refused");
    assert!(text(&refused, "/detail").contains("test-clock"), "{refused}");
    folder.json(&["create", "go"]);
}

#[test]
fn how_much_may_be_open_at_once_is_said_where_it_is_served() {
    let folder = Folder::new();
    let alice = folder.register("alice");
    let made = folder.json_as(&alice, &["create", "go"]);
    let serving = folder.serve(&["--streams-per-agent", "1", "--connections-per-address", "2"]);
    let head = format!("GET /v1/arenas/{}/events HTTP/1.1\r\nhost: localhost", text(&made, "/arena_id"));
    let ask = || {
        let mut asked = TcpStream::connect(serving.url.trim_start_matches("http://")).unwrap();
        let token = format!("authorization: Bearer {alice}\r\naccept: text/event-stream");
        write!(asked, "{head}\r\n{token}\r\n\r\n").unwrap();
        let mut status = [0; 12];
        asked.read_exact(&mut status).unwrap();
        (asked, String::from_utf8(status.to_vec()).unwrap())
    };
    let (_stream, status) = ask();
    assert_eq!(status, "HTTP/1.1 200");
    let (_second, status) = ask();
    assert_eq!(status, "HTTP/1.1 429");
    let (mut third, status) = ask();
    let mut rest = String::new();
    third.read_to_string(&mut rest).unwrap();
    assert!(status == "HTTP/1.1 429" && rest.contains("connections of this address"), "{rest}");
}

#[test]
fn anyone_registers_where_that_was_opened_and_nobody_elsewhere() {
    for (args, exit) in [(&["--open-registration"][..], 0), (&[], 5)] {
        let folder = Folder::new();
        let serving = folder.serve(args);
        let alice = folder.register("alice");
        let ran = folder.arena_as(&alice, &["agent", "register", "eve", "--url", &serving.url]);
        assert_eq!(ran.code, exit, "{}", ran.stderr);
    }
}

#[test]
fn log_lines_in_a_file_have_no_colour() {
    let folder = Folder::new();
    let mut list = folder.command(&["create", "go"]);
    let stderr = list.env("RUST_LOG", "trace").output().unwrap().stderr;
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(stderr.contains("TRACE") || stderr.contains("DEBUG"), "nothing was logged: {stderr}");
    assert!(!stderr.contains('\u{1b}'), "{stderr}");
}
