//! Tokens: narrowed on the command line without a server, and never seen where they do not belong.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Stdio,
};

use serde_json::{Value, json};

use crate::folder::{Folder, exists, text};

/// An active arena of the operator's with bob as a worker, and a handle of bob's.
fn issued(folder: &Folder) -> (String, String, String) {
    folder.register("bob");
    let made = ["create", "go", "--step", "one", "--step", "two", "--participant", "bob", "--activate"];
    let arena = text(&folder.json(&made), "/arena_id").to_owned();
    let handle = folder.json(&["handle", "issue", &arena, "bob"]);
    (arena, text(&handle, "/token").to_owned(), text(&handle, "/handle").to_owned())
}

fn narrowed(folder: &Folder, token: &str, by: &[&str]) -> Value {
    folder.json(&[&["handle", "narrow", token], by].concat())
}

#[test]
fn a_token_narrowed_three_times_does_exactly_its_part_until_its_handle_is_revoked() {
    let folder = Folder::new();
    let (arena, token, handle) = issued(&folder);
    let first = narrowed(&folder, &token, &["--permissions", "read,write"]);
    let second = narrowed(&folder, text(&first, "/token"), &["--step", "2"]);
    let third = narrowed(&folder, text(&second, "/token"), &["--ttl", "1h"]);
    assert_eq!(
        (text(&third, "/handle"), text(&third, "/agent_id"), &third["step"]),
        (handle.as_str(), "bob", &2.into())
    );
    assert_eq!(third["permissions"], serde_json::json!(["read", "write"]));
    assert!(text(&third, "/expires_at") < text(&second, "/expires_at"));
    let third = text(&third, "/token");
    folder.json_as(third, &["show", &arena]);
    folder.arena_as(third, &["say", &arena, "hi", "--json"]).refused(5, "forbidden");
    folder.arena_as(third, &["step", "claim", &arena, "1", "--json"]).refused(5, "forbidden");
    let claim = folder.json_as(third, &["step", "claim", &arena]);
    assert_eq!(claim["step"], 2);
    folder.arena_as(third, &["handle", "issue", &arena, "bob", "--json"]).refused(5, "forbidden");
    folder.arena_as(third, &["handle", "revoke", &arena, &handle, "--json"]).refused(5, "forbidden");
    folder.json(&["handle", "revoke", &arena, &handle]);
    for token in [token.as_str(), text(&second, "/token"), third] {
        folder.arena_as(token, &["show", &arena, "--json"]).refused(5, "unauthenticated");
    }
}

#[test]
fn narrowing_asks_no_server_and_makes_no_folder() {
    let (folder, elsewhere) = (Folder::new(), Folder::new());
    let (_, token, _) = issued(&folder);
    let by = ["handle", "narrow", "-", "--permissions", "read", "--url", "http://127.0.0.1:1", "--json"];
    let fed = elsewhere.arena_fed(format!("{token}\n").as_bytes(), &by).json();
    let named = narrowed(&elsewhere, &token, &["--permissions", "read"]);
    let bearer = elsewhere.json_as(&token, &["handle", "narrow", "--permissions", "read"]);
    assert_eq!((&fed, &named), (&named, &bearer));
    assert!(!exists(elsewhere.data()));
    let said = elsewhere.arena(&["handle", "narrow", &token, "--step", "2"]).ok().stdout;
    assert!(said.contains(": bob may read, write, share, coordinate on step 2 until "), "{said}");
}

#[test]
fn what_would_be_more_than_the_parent_is_said_and_the_token_is_not() {
    let folder = Folder::new();
    let (_, token, _) = issued(&folder);
    let reader = narrowed(&folder, &token, &["--permissions", "read", "--step", "1"]);
    let reader = text(&reader, "/token");
    for (by, exit, code) in [
        (&["--permissions", "read,write"][..], 5, "forbidden"),
        (&["--step", "2"], 5, "forbidden"),
        (&["--step", "1"], 2, "usage"),
        (&["--expires", "9999-01-01T00:00:00Z"], 2, "usage"),
        (&[], 2, "usage"),
    ] {
        let ran = folder.arena(&[&["handle", "narrow", reader, "--json"], by].concat());
        assert!(!ran.stderr.contains(reader), "{}", ran.stderr);
        ran.refused(exit, code);
    }
    for wrong in ["arena_agent_x", &format!("{reader}.x"), "-"] {
        folder.arena(&["handle", "narrow", wrong, "--step", "1", "--json"]).refused(2, "usage");
    }
}

#[test]
fn no_token_is_written_into_a_log_however_much_is_logged() {
    let folder = Folder::new();
    let (arena, token, _) = issued(&folder);
    let child = narrowed(&folder, &token, &["--permissions", "read"]);
    let child = text(&child, "/token");
    let agent = folder.register("alice");
    let operator = folder.operator();
    let log = folder.path("log");
    let mut command = folder.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    // Also where one part of a library is named.
    command
        .env("RUST_LOG", "trace,rmcp=trace,rmcp::service=trace,rmcp::transport=trace")
        .stderr(std::fs::File::create(&log).unwrap());
    let mut serving = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let stdout = serving.stdout.take().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
    for token in [&operator, &agent, &token, child] {
        folder.arena_as(token, &["show", &arena]);
        folder.arena_as(token, &["say", &arena, "hi"]);
        assert_eq!(folder.arena_as(&format!("{token}x"), &["show", &arena]).code, 5);
        folder.arena_as(token, &["agent", "register", token]);
        let ready: Value = serde_json::from_str(&line).unwrap();
        let mut asked = TcpStream::connect(text(&ready, "/url").trim_start_matches("http://")).unwrap();
        let head = "HTTP/1.1\r\nhost: localhost\r\nconnection: close";
        write!(asked, "GET /v1/agents/{token}?{token} {head}\r\nauthorization: {token}\r\n\r\n").unwrap();
        asked.read_to_end(&mut Vec::new()).unwrap();
        let escaped = token.replace("arena_", "arena%5F");
        let mut asked = TcpStream::connect(text(&ready, "/url").trim_start_matches("http://")).unwrap();
        write!(asked, "GET /v1/agents/{escaped} {head}\r\n\r\n").unwrap();
        asked.read_to_end(&mut Vec::new()).unwrap();
        for message in [
            json!({"method": "tools/list"}),
            json!({"method": "tools/call", "params": {"name": "message_send", "arguments": {"arena": arena, "body": token}}}),
            json!({"method": "tools/call", "params": {"name": "arena_brief", "arguments": {token: token}}}),
            json!({"method": "tools/call", "params": {"name": token, "arguments": {}}}),
            json!({"method": "resources/read", "params": {"uri": token}}),
            json!({"method": token}),
            json!(token),
        ] {
            let answer = at_mcp(text(&ready, "/url"), token, message);
            assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains(secret(token)), "{answer}");
        }
    }
    let pid = serving.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    assert!(serving.wait().unwrap().success());
    let logged = std::fs::read_to_string(log).unwrap();
    assert!(logged.contains("GET /v1/agents/arena_agent_..."), "the test shows nothing: {logged}");
    for token in [&operator, &agent, &token, child] {
        assert!(!logged.contains(secret(token)), "a token is in the log");
    }
}

/// The end of a token, which is in nothing else.
fn secret(token: &str) -> &str {
    token.get(token.len() - 24..).unwrap()
}

/// Sends a message to the door of models, and answers all that comes back.
fn at_mcp(url: &str, token: &str, mut message: Value) -> String {
    if let Some(fields) = message.as_object_mut() {
        fields.extend([("jsonrpc".to_owned(), "2.0".into()), ("id".to_owned(), 1.into())]);
    }
    let (body, mut answer) = (message.to_string(), String::new());
    let mut asked = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    write!(
        asked,
        "POST /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
         accept: application/json, text/event-stream\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    asked.read_to_string(&mut answer).unwrap();
    answer
}
