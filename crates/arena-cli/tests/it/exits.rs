//! The exit codes, one table for all verbs; and that what is wrong is said in one short line.

use crate::folder::{Folder, bare, text};

const NOWHERE: &str = "http://127.0.0.1:1";
const NO_ARENA: &str = "0192f0c1-2345-7abc-8def-0123456789ab";

#[test]
fn every_kind_of_failure_has_its_exit_code_and_its_code() {
    let folder = Folder::new();
    let token = folder.register("alice");
    let made = folder.json(&["create", "go", "--step", "one"]);
    let arena = text(&made, "/arena_id");
    let bad_steps = folder.write("bad.json", "[{\"title\": 1}]");
    let unknown_field = folder.write("unknown.json", "{\"goal\": \"g\", \"colour\": \"red\"}");
    let not_text = folder.write("not-text", [0xff, 0xfe]);
    let idle = folder.json(&["create", "rest", "--activate"]);
    let idle = text(&idle, "/arena_id");
    let long = "x".repeat(70 << 10);
    let table: &[(&[&str], i32, &str)] = &[
        (&["create", ""], 1, "invalid"),
        (&["create", "g", "--participant", "nobody"], 1, "invalid"),
        (&["step", "add", arena, "two", "--depends-on", "9"], 1, "invalid"),
        (&["say", arena, &long], 1, "too_large"),
        (&["step", "add", arena, "--file", &bad_steps], 1, "malformed"),
        (&["create", "--file", &unknown_field], 1, "malformed"),
        (&["step", "complete", arena, "1", "--fence", "1", "--result-file", &not_text], 1, "malformed"),
        (&["show", NO_ARENA], 3, "not_found"),
        (&["step", "show", arena, "7"], 3, "not_found"),
        (&["artifact", "get", arena, "nothing"], 3, "not_found"),
        (&["artifact", "put", arena, "x", "/nowhere/at/all"], 3, "file"),
        (&["agent", "register", "alice"], 4, "name_taken"),
        (&["step", "claim", arena], 4, "wrong_state"),
        (&["activate", arena, "--if-match", "99"], 4, "version_mismatch"),
        (&["list", "--token", "wrong"], 5, "unauthenticated"),
        (&["agent", "register", "eve", "--token", &token], 5, "forbidden"),
        (&["list", "--url", "http://example.invalid"], 5, "unauthenticated"),
        (&["list", "--url", NOWHERE], 6, "unreachable"),
        (&["list", "--url", r"http://example.invalid\@127.0.0.1:4700"], 5, "unauthenticated"),
        (&["list", "--url", "nonsense", "--token", "t"], 2, "usage"),
        (&["list", "--url", "nonsense"], 2, "usage"),
        (&["list", "--url", "ftp://x"], 2, "usage"),
        (&["step", "claim", idle], 3, "nothing_ready"),
        (&["verify", "--expect", &format!("{arena}:1:{}", "0".repeat(64))], 7, "damaged"),
    ];
    for (args, exit, code) in table {
        let args = [args, &["--json"][..]].concat();
        folder.arena(&args).refused(*exit, code);
    }
}

#[test]
fn a_command_line_that_cannot_be_understood_exits_with_2() {
    let folder = Folder::new();
    for args in [
        &["frobnicate"][..],
        &["create"],
        &["show", "not-an-id"],
        &["step", "claim", NO_ARENA, "0"],
        &["step", "claim", NO_ARENA, "1", "--lease", "5"],
        &["events", NO_ARENA, "--limit", "0"],
        &["participant", "add", NO_ARENA, "alice", "--role", "boss"],
        &["verify", "--expect", "x:1:y"],
        &["agent", "register", "Not A Slug"],
        &["artifact", "put", NO_ARENA, "../escape"],
        &["fact", "put", NO_ARENA, "k", "v", "--confidence", "1001"],
    ] {
        let ran = folder.arena(args);
        assert_eq!(ran.code, 2, "{args:?}: {}", ran.stderr);
        assert!(ran.stderr.starts_with("error: "), "{args:?}: {}", ran.stderr);
    }
}

#[test]
fn help_and_version_exit_with_0_and_name_the_exit_codes() {
    let help = bare(&["--help"]).output().unwrap();
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).contains("7 damage found"));
    assert_eq!(bare(&["--version"]).output().unwrap().status.code(), Some(0));
}

#[test]
fn a_data_folder_without_a_store_is_a_mistake_unless_the_verb_makes_one() {
    let folder = Folder::new();
    for args in [&["list"][..], &["verify"], &["backup", "b"], &["export"], &["show", NO_ARENA]] {
        let problem = folder.arena(&[args, &["--json"]].concat()).refused(3, "no_store");
        assert!(text(&problem, "/detail").contains("there is no store"));
        assert!(!folder.data().exists(), "{args:?} made a folder");
    }
    folder.json(&["create", "go"]);
    assert!(folder.data().join("arena.db").exists());
}

#[test]
fn a_failure_is_one_line_for_people_with_a_hint_where_one_helps() {
    let folder = Folder::new();
    let ran = folder.arena(&["list"]);
    assert_eq!(ran.stdout, "");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.stderr);
    assert!(lines[0].starts_with("error[no_store]: there is no store in "));
    assert!(lines[1].starts_with("hint: "));
}

#[test]
fn a_write_that_is_repeated_with_its_key_is_carried_out_once() {
    let folder = Folder::new();
    let first = folder.json(&["create", "go", "--key", "k1"]);
    assert_eq!(folder.json(&["create", "go", "--key", "k1"]), first);
    folder.arena(&["create", "other", "--key", "k1", "--json"]).refused(4, "idempotency_mismatch");
    assert_eq!(folder.json(&["list"])["items"].as_array().unwrap().len(), 1);
}

#[test]
fn verbs_that_open_a_folder_refuse_a_server_and_pass_over_that_of_the_environment() {
    let folder = Folder::new();
    folder.json(&["create", "go"]);
    for args in [
        &["verify"][..],
        &["backup", "b"],
        &["restore", "b"],
        &["export", "e"],
        &["import", "e"],
        &["doctor"],
    ] {
        for args in [[args, &["--url", NOWHERE]].concat(), [&["--url", NOWHERE], args].concat()] {
            let ran = folder.arena(&args);
            assert_eq!(ran.code, 2, "{args:?}: {}", ran.stderr);
            assert!(ran.stderr.contains("opens a data folder itself; name it with --data"), "{}", ran.stderr);
        }
    }
    let data = folder.data().display().to_string();
    for args in [&["verify"][..], &["backup", "b"], &["export", "e"], &["doctor"]] {
        let ran = folder.command(args).env("ARENA_URL", NOWHERE).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success() && said.contains(&data), "{args:?}: {said}");
    }
}
