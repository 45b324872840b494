//! What people read: boards, reports, reasons; colour on a terminal only.

use crate::folder::{Folder, text};

/// An arena with a step in each of several states.
fn arena(folder: &Folder) -> String {
    folder.register("alice");
    let steps = r#"[
        {"title": "Write", "max_attempts": 1},
        {"title": "Test", "depends_on": [1]},
        {"title": "Ship", "depends_on": [2], "assignee": "alice"},
        {"title": "Tell"}, {"title": "Rest"}
    ]"#;
    let steps = folder.write("steps.json", steps);
    let made = folder.json(&["create", "Ship it", "--participant", "alice", "--steps", &steps, "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    let fence = |step| folder.json(&["step", "claim", &arena, step])["fence"].to_string();
    folder.json(&["step", "fail", &arena, "1", "--fence", &fence("1"), "--reason", "no idea"]);
    folder.json(&["step", "complete", &arena, "4", "--fence", &fence("4")]);
    arena
}

#[test]
fn show_has_lifecycle_progress_participants_and_board() {
    let folder = Folder::new();
    let arena = arena(&folder);
    let shown = folder.arena(&["show", &arena]).ok().stdout;
    for wanted in [
        "Ship it\n",
        "created > [active] > settling > archived",
        "####.................... 1 of 5 steps completed",
        "PARTICIPANT",
        "alice",
        "coordinator",
        "STEP  STATUS",
        "tried 1 of 1; reopen it or cancel it",
        "waits for 1",
        "by operator",
    ] {
        assert!(shown.contains(wanted), "no {wanted:?} in\n{shown}");
    }
    assert!(shown.lines().all(|line| line == line.trim_end()), "spaces at the end of a line in\n{shown}");
}

#[test]
fn why_names_what_blocks_a_step_and_what_to_do() {
    let folder = Folder::new();
    let arena = arena(&folder);
    let why = folder.arena(&["why", &arena, "3"]).ok().stdout;
    for wanted in
        ["step 3 waits for 2", "step 2 waits for 1", "step 1 failed", "reopen it or cancel it", "next: "]
    {
        assert!(why.contains(wanted), "no {wanted:?} in\n{why}");
    }
    let why = folder.arena(&["why", &arena]).ok().stdout;
    assert!(why.contains("step 1") && why.contains("step 5 is ready"), "{why}");
    folder.arena(&["why", &arena, "99", "--json"]).refused(3, "not_found");
}

#[test]
fn there_is_no_colour_where_there_is_no_terminal() {
    let folder = Folder::new();
    let arena = arena(&folder);
    for args in
        [&["show", &arena][..], &["list"], &["why", &arena], &["events", &arena], &["show", "nonsense"]]
    {
        let ran = folder.arena(args);
        assert!(!ran.stdout.contains('\u{1b}') && !ran.stderr.contains('\u{1b}'), "{args:?}");
    }
    let forced = |name: &str, value: &str| {
        let mut command = folder.command(&["show", &arena]);
        String::from_utf8(command.env("CLICOLOR_FORCE", "1").env(name, value).output().unwrap().stdout)
            .unwrap()
    };
    assert!(forced("UNRELATED", "1").contains('\u{1b}'));
    assert!(!forced("NO_COLOR", "1").contains('\u{1b}'), "NO_COLOR is not respected");
}

#[test]
fn text_of_others_does_not_reach_the_terminal_as_commands() {
    let folder = Folder::new();
    let made = folder.json(&["create", "go\u{1b}[2J", "--step", "a\u{1b}]0;title\u{7}", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    folder.json(&["say", &arena, "hi\u{1b}[31m"]);
    folder.json(&["fact", "put", &arena, "k", "v\u{1b}[31m"]);
    for args in [
        &["show", &arena][..],
        &["list"],
        &["events", &arena],
        &["messages", &arena],
        &["fact", "list", &arena],
        &["fact", "get", &arena, "k"],
        &["step", "show", &arena, "1"],
        &["step", "list", &arena],
    ] {
        let ran = folder.command(args).env("CLICOLOR_FORCE", "1").output().unwrap();
        let shown = String::from_utf8(ran.stdout).unwrap();
        for command in ["\u{1b}[2J", "\u{1b}]0", "\u{7}", "hi\u{1b}", "v\u{1b}[31m"] {
            assert!(!shown.contains(command), "{args:?}: {shown:?}");
        }
    }
}

#[test]
fn every_verb_says_something_short_to_people() {
    let folder = Folder::new();
    let token = folder.arena(&["agent", "register", "bob", "--name", "Bob"]).ok().stdout;
    assert!(token.starts_with("registered bob\n"), "{token}");
    let made =
        folder.arena(&["create", "go", "--step", "one", "--participant", "bob", "--activate"]).ok().stdout;
    let arena = made.split([' ', ',']).nth(1).unwrap();
    let claimed = folder.arena(&["step", "claim", arena]).ok().stdout;
    assert!(claimed.starts_with("claimed step 1 with fence 1 until "), "{claimed}");
    for (args, said) in [
        (&["agent", "list"][..], "AGENT"),
        (&["participant", "add", arena, "bob", "--role", "observer"], ""),
        (&["participant", "role", arena, "bob", "observer"], "bob takes part as observer\n"),
        (&["participant", "list", arena], "PARTICIPANT"),
        (&["goal", arena, "other"], "the goal is now: other\n"),
        (&["say", arena, "hi"], "said as number "),
        (&["messages", arena], "operator"),
        (&["step", "renew", arena, "1", "--fence", "1"], "step 1 is held until "),
        (&["step", "release", arena, "1", "--fence", "1"], "step 1 is ready\n"),
        (&["step", "edit", arena, "1", "--title", "uno"], "1  uno"),
        (&["step", "cancel", arena, "1"], "step 1 is cancelled\n"),
        (&["step", "add", arena, "two", "--needs-approval"], "STEP"),
        (&["step", "approve", arena, "2"], "step 2 is ready and approved by operator\n"),
        (&["handle", "issue", arena, "bob", "--permission", "read", "--ttl", "1h"], "handle "),
        (&["participant", "remove", arena, "bob"], "bob no longer takes part\n"),
        (&["events", arena, "--after", "2", "--limit", "2"], "     3  "),
        (&["settle", arena], arena),
        (&["report", arena], "other\n"),
        (&["verify"], "ok: "),
        (&["completions", "bash"], "_arena"),
    ] {
        let ran = folder.arena(args);
        // Inviting who takes part already is refused, in a line.
        let wanted = if said.is_empty() { 4 } else { 0 };
        assert_eq!(ran.code, wanted, "{args:?} {}{}", ran.stdout, ran.stderr);
        let shown = if said.is_empty() { &ran.stderr } else { &ran.stdout };
        assert!(shown.trim_start_matches('\n').contains(said) && !shown.is_empty(), "{args:?}: {shown}");
    }
}
