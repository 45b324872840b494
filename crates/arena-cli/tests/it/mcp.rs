//! `arena mcp` and `arena connect`: lines in, lines out, and a configuration that works as it is printed.

use std::{
    io::{BufRead, BufReader, Read, Seek, Write},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::folder::{Folder, bare, text};

/// A client of `arena mcp` that was started as a configuration says.
struct Client {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    log: std::fs::File,
}

impl Client {
    fn start(mut command: Command) -> Self {
        // A pipe that nobody reads would be full of logs at last.
        let log = tempfile::tempfile().unwrap();
        let stderr = log.try_clone().unwrap();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines, log }
    }

    fn send(&mut self, message: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{message}").unwrap();
    }

    /// The next line, which is a message and nothing else.
    fn next(&mut self) -> Value {
        let line = self.lines.next().expect("there is an answer").unwrap();
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"));
        assert_eq!(message["jsonrpc"], "2.0");
        message
    }

    fn ask(&mut self, id: u64, method: &str, params: &Value) -> Value {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
        let answer = self.next();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    fn handshake(&mut self) -> Value {
        let info = json!({"name": "test", "version": "1"});
        let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info});
        let answer = self.ask(0, "initialize", &params);
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        answer["result"].clone()
    }

    fn call(&mut self, id: u64, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask(id, "tools/call", &json!({"name": tool, "arguments": arguments}));
        answer["result"]["structuredContent"].clone()
    }

    /// Ends the input; gives the exit code and what was said on standard error.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        assert!(self.lines.next().is_none(), "nothing is said that nobody asked");
        let code = self.child.wait().unwrap().code();
        let mut said = String::new();
        self.log.rewind().unwrap();
        self.log.read_to_string(&mut said).unwrap();
        (code, said)
    }
}

fn mcp(folder: &Folder, token: &str) -> Command {
    let mut command = folder.command(&["mcp"]);
    command.env("ARENA_TOKEN", token);
    command
}

#[test]
fn lines_are_answered_and_logs_go_to_standard_error_only() {
    let folder = Folder::new();
    let token = folder.register("bob");
    let mut command = mcp(&folder, &token);
    command.env("RUST_LOG", "trace");
    let mut client = Client::start(command);
    let agreed = client.handshake();
    assert_eq!(
        (text(&agreed, "/protocolVersion"), text(&agreed, "/serverInfo/name")),
        ("2025-06-18", "arena")
    );
    for (line, code) in [("{", -32700), ("[]", -32600), ("5", -32600)] {
        client.send(line);
        assert_eq!(client.next()["error"]["code"], code, "{line}");
    }
    client.send("");
    let tools = client.ask(1, "tools/list", &json!({}));
    assert!(tools["result"]["tools"].as_array().unwrap().len() > 10, "{tools}");
    let (code, stderr) = client.end();
    assert_eq!(code, Some(0), "{stderr}");
    assert!(stderr.contains("TRACE") || stderr.contains("DEBUG"), "{stderr}");
    assert!(!stderr.contains(&token), "the token is in no log");
}

#[test]
fn a_wait_does_not_hold_up_what_comes_after_it_and_can_be_called_off() {
    let folder = Folder::new();
    let made = folder.json(&["create", "go", "--activate"]);
    let arena = text(&made, "/arena_id");
    let mut client = Client::start(mcp(&folder, &folder.operator()));
    client.handshake();
    let wait = json!({"name": "arena_wait", "arguments": {"arena": arena, "wait_s": 50}});
    client.send(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": wait}).to_string());
    assert_eq!(text(&client.call(2, "arena_brief", &json!({"arena": arena})), "/arena_id"), arena);
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    client.send(&cancel.to_string());
    // With the wait still pending, the end of the input would take its 50 seconds.
    assert_eq!(client.end().0, Some(0));
}

#[test]
fn a_wrong_token_is_told_in_an_answer() {
    let folder = Folder::new();
    folder.json(&["create", "go"]);
    let mut client = Client::start(mcp(&folder, "arena_agent_nobody"));
    let params = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let answer = client.ask(0, "initialize", &params);
    assert_eq!(answer["error"]["data"]["code"], "unauthenticated", "{answer}");
    client.end();
}

#[test]
fn a_folder_without_a_store_is_said_and_none_is_made() {
    let folder = Folder::new();
    folder.arena(&["mcp", "--json"]).refused(3, "no_store");
    assert!(!folder.data().exists());
}

#[test]
fn what_connect_prints_works_as_it_is() {
    let folder = Folder::new();
    folder.json(&["create", "go"]);
    let shown = folder.json(&["connect", "claude-code", "--agent", "bob"]);
    let configuration: Value = serde_json::from_str(text(&shown, "/configuration")).unwrap();
    let entry = &configuration["mcpServers"]["arena"];
    let mut command = Command::new(text(entry, "/command"));
    command.env_clear().current_dir("/").env("ARENA_TOKEN", text(entry, "/env/ARENA_TOKEN"));
    command.args(entry["args"].as_array().unwrap().iter().map(|argument| argument.as_str().unwrap()));
    let mut client = Client::start(command);
    client.handshake();
    assert!(client.call(1, "arena_brief", &json!({}))["next"].is_string());
    assert_eq!(client.end().0, Some(0));
}

#[test]
fn connect_knows_many_clients_and_gives_a_handle_where_an_arena_is_named() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    let bob = folder.register("bob");
    let made = folder.json(&["create", "go"]);
    let arena = text(&made, "/arena_id");
    folder.json(&["participant", "add", arena, "bob"]);
    let ran = folder.arena(&["connect", "--agent", "bob", "--arena", arena, "--http"]).ok();
    for client in [
        "Claude Code",
        "Claude Desktop",
        "Cursor",
        "VS Code",
        "Codex CLI",
        "Gemini CLI",
        "Windsurf",
        "Zed",
        "opencode",
    ] {
        assert!(ran.stdout.contains(&format!("# {client}: ")), "{client}");
    }
    assert_eq!(ran.stdout.matches(&format!("{}/mcp", serving.url)).count(), 9);
    assert!(ran.stdout.contains("arena_handle_"), "{}", ran.stdout);
    let ran = folder.arena_as(&bob, &["connect", "codex"]).ok();
    let table: toml::Table = ran.stdout.parse().unwrap_or_else(|error| panic!("{}: {error}", ran.stdout));
    let token = table["mcp_servers"]["arena"]["env"]["ARENA_TOKEN"].as_str();
    assert_eq!(token, Some(bob.as_str()), "{}", ran.stdout);
}

#[test]
fn connect_never_gives_the_operators_token_by_itself() {
    let folder = Folder::new();
    folder.json(&["create", "go"]);
    folder.arena(&["connect", "--json"]).refused(2, "usage");
    let taken = ["connect", "--agent", "bob", "--json"];
    folder.register("bob");
    folder.arena(&taken).refused(4, "name_taken");
    folder.arena(&["connect", "--http", "--agent", "eve", "--json"]).refused(6, "unreachable");
    let ran = bare(&["connect", "--arena", "x"]).output().unwrap();
    assert_eq!(ran.status.code(), Some(2));
}
