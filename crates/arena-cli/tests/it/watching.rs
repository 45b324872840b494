//! `arena watch` on a terminal: what it shows, how it follows what happens, and how it is left.

use std::{
    io::{Read, Write, copy},
    net::{Shutdown, TcpListener, TcpStream},
    process::Command,
    thread,
};

use crate::{
    folder::{Folder, text},
    terminal::Terminal,
};

/// The key that Ctrl-C is.
const CTRL_C: u8 = 3;

fn arena(folder: &Folder) -> String {
    let made = folder.json(&[
        "create",
        "ship the release",
        "--step",
        "build it",
        "--step",
        "test it after it was built, on every machine that there is",
        "--activate",
    ]);
    text(&made, "/arena_id").to_owned()
}

fn watch(folder: &Folder, arena: &str) -> Command {
    folder.command(&["watch", arena])
}

/// The seconds that a screen says are left of a lease.
fn seconds_left(text: &str) -> Option<u64> {
    text.split(" s left").next()?.rsplit(' ').next()?.parse().ok()
}

/// The address of a relay to a server that passes everything on but what asks for a state, which is never answered.
fn without_states(url: &str) -> String {
    let (server, relay) =
        (url.trim_start_matches("http://").to_owned(), TcpListener::bind("127.0.0.1:0").unwrap());
    let address = format!("http://{}", relay.local_addr().unwrap());
    thread::spawn(move || {
        for from in relay.incoming() {
            let (mut from, mut to) = (from.unwrap(), TcpStream::connect(&server).unwrap());
            let (mut answers, mut asks) = (to.try_clone().unwrap(), from.try_clone().unwrap());
            thread::spawn(move || {
                // Whoever is gone hears no more.
                let _ = copy(&mut answers, &mut asks);
                let _ = asks.shutdown(Shutdown::Both);
            });
            thread::spawn(move || {
                let mut bytes = [0; 4_096];
                while let Ok(read @ 1..) = from.read(&mut bytes) {
                    let asked = &bytes[..read];
                    if !asked.windows(7).any(|part| part == b"/state ") && to.write_all(asked).is_err() {
                        return;
                    }
                }
                let _ = to.shutdown(Shutdown::Both);
            });
        }
    });
    address
}

#[test]
fn a_terminal_shows_the_arena_and_what_changes_in_it_and_is_left_as_it_was() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let arena = arena(&folder);
    let mut terminal = Terminal::run(&watch(&folder, &arena), 100, 24);
    let first = terminal.until(|text| text.contains("q quits"));
    assert!(terminal.is_taken());
    for wanted in [
        "ship the release",
        "live",
        &arena,
        "[active]",
        "0 of 2 steps completed",
        "ready",
        "build it",
        "arena_created",
        "arena_activated",
    ] {
        assert!(first.contains(wanted), "{wanted}:\n{first}");
    }
    assert_eq!(terminal.lines().len(), 24);

    folder.json(&["step", "claim", &arena, "--lease", "60s"]);
    let claimed = terminal.until(|text| text.contains("step_claimed") && seconds_left(text).is_some());
    let board = claimed.lines().find(|line| line.contains("claimed") && line.contains("build it"));
    assert!(board.is_some_and(|line| line.contains("operator") && line.contains(" s left")), "{claimed}");
    let left = seconds_left(&claimed).unwrap();
    terminal.until(|text| seconds_left(text).is_some_and(|now| now < left));

    folder.json(&["say", &arena, "half of it is there"]);
    terminal.until(|text| text.contains("half of it is there"));
    folder.json(&["step", "complete", &arena, "1", "--fence", "1"]);
    let completed = terminal.until(|text| text.contains("1 of 2 steps completed"));
    assert!(completed.contains("############............"), "{completed}");

    // A key that means nothing does nothing.
    terminal.press(b'x');
    terminal.press(b'q');
    terminal.ended();
}

#[test]
fn ctrl_c_leaves_the_terminal_as_it_was_too() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let arena = arena(&folder);
    let mut terminal = Terminal::run(&watch(&folder, &arena), 80, 24);
    terminal.until(|text| text.contains("q quits"));
    terminal.press(CTRL_C);
    terminal.ended();
}

#[test]
fn the_view_takes_the_size_that_the_terminal_is_given() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let arena = arena(&folder);
    let mut terminal = Terminal::run(&watch(&folder, &arena), 120, 40);
    for (columns, rows) in [(120, 40), (60, 12), (30, 8), (100, 30)] {
        terminal.resize(columns, rows);
        let is_at_the_end = |text: &str| text.lines().nth(usize::from(rows) - 1) == Some(" q quits");
        let is_whole =
            |text: &str| ["ship the release", "- steps -", "build it"].iter().all(|part| text.contains(part));
        let shown = terminal.until(|text| is_at_the_end(text) && is_whole(text));
        let longest = terminal.lines().iter().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= usize::from(columns), "{shown}");
    }
    terminal.press(b'q');
    terminal.ended();
}

#[test]
fn a_server_that_restarts_is_followed_again_and_nothing_is_lost() {
    let folder = Folder::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let serving = folder.serve_at(&address, &[]);
    let arena = arena(&folder);
    let mut command = watch(&folder, &arena);
    command.args(["--url", &format!("http://{address}")]);
    let mut terminal = Terminal::run(&command, 110, 40);
    terminal.until(|text| text.contains("q quits"));
    serving.kill();
    let lost = terminal.until(|text| text.contains("reconnecting"));
    assert!(lost.contains("the stream is lost") && lost.contains("build it"), "{lost}");
    // What happens meanwhile is not missed, nor what happens after.
    folder.json(&["say", &arena, "meanwhile one"]);
    folder.json(&["say", &arena, "meanwhile two"]);
    let _serving = folder.serve_at(&address, &[]);
    let back = terminal.until(|text| text.contains("meanwhile two") && !text.contains("reconnecting"));
    assert!(back.contains("meanwhile one") && !back.contains("the stream is lost"), "{back}");
    assert_eq!(back.matches("meanwhile").count(), 2, "{back}");
    folder.json(&["say", &arena, "afterwards"]);
    terminal.until(|text| text.contains("afterwards"));
    terminal.press(b'q');
    terminal.ended();
}

#[test]
fn an_arena_that_ends_leaves_its_last_state_on_the_screen_that_stays() {
    let folder = Folder::new();
    let _serving = folder.serve(&[]);
    let arena = arena(&folder);
    let mut terminal = Terminal::run(&watch(&folder, &arena), 100, 40);
    terminal.until(|text| text.contains("q quits"));
    folder.json(&["settle", &arena]);
    let last = terminal.ended();
    assert!(last.contains("[archived]") && last.contains("ship the release"), "{last}");
}

#[test]
fn what_happens_is_shown_and_keys_are_heard_while_the_server_does_not_answer() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    let arena = arena(&folder);
    for key in [b'q', CTRL_C] {
        let mut command = watch(&folder, &arena);
        command.args(["--url", &without_states(&serving.url)]);
        let mut terminal = Terminal::run(&command, 100, 40);
        terminal.until(|text| text.contains("q quits"));
        let said = format!("before {key} is pressed");
        folder.json(&["say", &arena, &said]);
        terminal.until(|text| text.contains(&said));
        terminal.press(key);
        terminal.ended();
    }
}

#[test]
fn what_is_left_of_a_lease_is_counted_by_the_server_s_time() {
    let folder = Folder::new();
    let serving = folder.serve(&["--test-clock"]);
    let arena = arena(&folder);
    folder.json(&["step", "claim", &arena, "--lease", "100s"]);
    serving.advance(&folder.operator(), 30_000);
    let mut terminal = Terminal::run(&watch(&folder, &arena), 100, 24);
    let first = terminal.until(|text| seconds_left(text).is_some());
    assert_eq!(seconds_left(&first), Some(70), "{first}");
    serving.advance(&folder.operator(), 20_000);
    folder.json(&["say", &arena, "later"]);
    terminal.until(|text| seconds_left(text) == Some(50));
    terminal.press(b'q');
    terminal.ended();
}
