//! Very many live streams of a real server, which is told to stop.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use serde_json::Value;

use crate::folder::{Folder, text};

const STREAMS: u64 = 2_000;
/// Fewer descriptors than there are streams: what many systems allow a program that does not ask for more.
const AT_FIRST: &str = "1024";

/// A server whose descriptors are few until it asks for more.
fn serve(folder: &Folder) -> (Child, String) {
    let served = folder.command(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -S -n {AT_FIRST} && exec \"$0\" \"$@\"")]);
    command.arg(served.get_program()).args(served.get_args());
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    (child, text(&ready, "/url").trim_start_matches("http://").to_owned())
}

/// Opens a stream after an event and reads its head and first line.
fn open(address: &str, token: &str, arena: &str, after: u64) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /v1/arenas/{arena}/events?after={after} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Accept: text/event-stream\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while !line.starts_with("retry: ") {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0, "a stream was refused");
    }
    stream
}

/// The numbers of the next events.
fn ids(stream: &mut impl BufRead, count: usize) -> Vec<u64> {
    let lines = stream.lines().map(Result::unwrap);
    let ids = lines.filter_map(|line| line.strip_prefix("id: ").map(|id| id.parse().unwrap()));
    ids.take(count).collect()
}

#[test]
fn two_thousand_streams_are_given_everything_and_told_of_the_end_when_the_server_is_told_to_stop() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
    let folder = Folder::new();
    let (mut server, address) = serve(&folder);
    let made = folder.json(&["create", "go", "--activate"]);
    let (arena, token) = (text(&made, "/arena_id").to_owned(), folder.operator());
    let sequence = folder.json(&["show", &arena])["sequence"].as_u64().unwrap();
    let mut streams: Vec<_> = (0..STREAMS).map(|_| open(&address, &token, &arena, sequence)).collect();
    for n in 1..=3 {
        folder.json(&["say", &arena, &format!("message {n}")]);
    }
    for stream in &mut streams {
        assert_eq!(ids(stream, 3), [sequence + 1, sequence + 2, sequence + 3]);
    }
    kill_process(Pid::from_child(&server), Signal::TERM).unwrap();
    for mut stream in streams {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(!rest.contains("\nid: "), "an event came twice: {rest}");
        let told = rest.lines().skip_while(|line| *line != "event: closed").nth(1).unwrap();
        let why: Value = serde_json::from_str(told.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!((&why["code"], &why["retryable"]), (&"overloaded".into(), &true.into()));
        assert!(rest.ends_with("\r\n0\r\n\r\n"), "a stream was cut off: {rest:?}");
    }
    assert_eq!(server.wait().unwrap().code(), Some(0));
    assert_eq!(folder.json(&["verify"])["ok"], true);
}
