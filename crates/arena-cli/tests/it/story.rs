//! What a new user does, from an empty folder to a sealed report, by verbs with `--json`.

use serde_json::Value;

use crate::folder::{Folder, text};

/// Two agents, an arena with dependent steps, races, evidence, refusals, a report.
fn told(folder: &Folder) {
    let (alice, bob) = (folder.register("alice"), folder.register("bob"));
    let steps = r#"[
        {"title": "Write"},
        {"title": "Test", "depends_on": [1], "evidence": {"artifacts": ["test.log"], "approval": true}},
        {"title": "Ship", "depends_on": [2], "assignee": "bob"}
    ]"#;
    let steps = folder.write("steps.json", steps);
    let made =
        folder.json_as(&alice, &["create", "Ship the parser", "--participant", "bob", "--steps", &steps]);
    let arena = text(&made, "/arena_id").to_owned();
    let arena = arena.as_str();
    assert_eq!((text(&made, "/status"), &made["total_steps"]), ("created", &3.into()));

    let as_alice = |args: &[&str]| folder.json_as(&alice, args);
    let as_bob = |args: &[&str]| folder.json_as(&bob, args);
    let alice_refused = |args: &[&str], exit, code: &str| {
        folder.arena_as(&alice, &[args, &["--json"]].concat()).refused(exit, code)
    };
    let bob_refused = |args: &[&str], exit, code: &str| {
        folder.arena_as(&bob, &[args, &["--json"]].concat()).refused(exit, code)
    };

    // Nothing can be claimed before work begins, and only a coordinator begins it.
    bob_refused(&["step", "claim", arena], 4, "wrong_state");
    let missing = bob_refused(&["activate", arena], 5, "forbidden");
    assert_eq!(missing["missing"], "coordinate");
    assert_eq!(text(&as_alice(&["activate", arena]), "/status"), "active");

    // A race for the only ready step: one has it, the other is told who.
    let claim = as_alice(&["step", "claim", arena]);
    assert_eq!(claim["step"], 1);
    let fence = claim["fence"].to_string();
    let held = bob_refused(&["step", "claim", arena, "1"], 4, "already_claimed");
    assert_eq!(held["holder"], "alice");
    bob_refused(&["step", "claim", arena, "2"], 4, "step_not_ready");
    bob_refused(&["step", "claim", arena], 3, "nothing_ready");
    bob_refused(&["step", "complete", arena, "1", "--fence", &fence], 5, "forbidden");
    alice_refused(&["step", "complete", arena, "1", "--fence", "999"], 4, "stale_fence");
    as_alice(&["step", "renew", arena, "1", "--fence", &fence, "--lease", "5m"]);
    let done =
        as_alice(&["step", "complete", arena, "1", "--fence", &fence, "--result", "written", "--cost", "7"]);
    assert_eq!(text(&done, "/status"), "completed");
    alice_refused(&["step", "complete", arena, "1", "--fence", &fence], 4, "wrong_state");

    // Evidence: the artifact and the approval are both missing, then one, then none.
    let fence = as_bob(&["step", "claim", arena])["fence"].to_string();
    let missing = bob_refused(&["step", "complete", arena, "2", "--fence", &fence], 4, "evidence_missing");
    assert_eq!(missing["missing"], serde_json::json!(["test.log", "approval"]));
    let log = folder.write("log", "all green\n");
    let put = as_bob(&[
        "artifact", "put", arena, "test.log", &log, "--step", "2", "--fence", &fence, "--kind", "text",
    ]);
    assert_eq!((put["version"].as_u64(), text(&put, "/slot")), (Some(1), "bob"));
    bob_refused(&["step", "complete", arena, "2", "--fence", &fence], 4, "evidence_missing");
    bob_refused(&["step", "approve", arena, "2"], 5, "forbidden");
    as_alice(&["step", "approve", arena, "2"]);
    as_bob(&["step", "complete", arena, "2", "--fence", &fence]);

    // Knowledge and talk.
    let fact = as_bob(&[
        "fact",
        "put",
        arena,
        "build",
        "takes two minutes",
        "--confidence",
        "900",
        "--tag",
        "speed",
    ]);
    assert_eq!((fact["version"].as_u64(), text(&fact, "/author")), (Some(1), "bob"));
    alice_refused(
        &["fact", "put", arena, "build", "is fast", "--expected-version", "0"],
        4,
        "version_mismatch",
    );
    as_alice(&["fact", "put", arena, "build", "takes three minutes", "--expected-version", "1"]);
    let found = as_alice(&["fact", "search", arena, "three"]);
    assert_eq!(text(&found, "/items/0/key"), "build");
    as_alice(&["say", arena, "ship it, bob", "--to", "bob"]);
    assert_eq!(text(&as_bob(&["messages", arena]), "/items/0/body"), "ship it, bob");

    // A step for bob only; then all is done, and nothing more can be planned in a sealed arena.
    alice_refused(&["step", "claim", arena, "3"], 5, "forbidden");
    let fence = as_bob(&["step", "claim", arena, "3"])["fence"].to_string();
    bob_refused(&["settle", arena], 5, "forbidden");
    let settling = as_alice(&["settle", arena]);
    assert_eq!(text(&settling, "/status"), "settling");
    alice_refused(&["archive", arena], 4, "leases_open");
    alice_refused(&["report", arena], 4, "wrong_state");
    as_bob(&["step", "complete", arena, "3", "--fence", &fence]);
    assert_eq!(text(&as_alice(&["archive", arena]), "/status"), "archived");
    assert_eq!(text(&as_alice(&["archive", arena]), "/status"), "archived");
    alice_refused(&["settle", arena], 4, "wrong_state");
    alice_refused(&["goal", arena, "another"], 4, "wrong_state");

    // The report is the same for everyone who takes part, and again.
    let report = as_alice(&["report", arena]);
    assert_eq!(report, as_bob(&["report", arena]));
    assert_eq!(report["counts"]["completed_steps"], 3);
    assert_eq!(report["spent"]["cost"], 7);
    assert_eq!(folder.arena_as(&bob, &["artifact", "get", arena, "test.log"]).ok().stdout, "all green\n");

    // The journal has no gaps, and the report's head is one of its events.
    let events = as_bob(&["events", arena, "--limit", "1000"]);
    let events = events["items"].as_array().unwrap();
    for (index, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"].as_u64(), Some(index as u64 + 1));
    }
    let head = report["head"]["sequence"].as_u64().unwrap();
    let event = &events[usize::try_from(head).unwrap() - 1];
    assert_eq!(event["hash"], report["head"]["hash"]);
    assert_eq!(text(events.last().unwrap(), "/type"), "arena_archived");

    // A stranger sees nothing of it.
    let carol = folder.register("carol");
    folder.arena_as(&carol, &["show", arena, "--json"]).refused(3, "not_found");
    assert_eq!(folder.json_as(&carol, &["list"])["items"], Value::Array(Vec::new()));
}

fn verified(folder: &Folder) {
    let found = folder.json(&["verify"]);
    assert_eq!((found["ok"].as_bool(), found["checked_arenas"].as_u64()), (Some(true), Some(2)));
}

#[test]
fn a_new_user_gets_from_an_empty_folder_to_a_sealed_report_without_a_server() {
    let folder = Folder::new();
    told(&folder);
    verified(&folder);
}

#[test]
fn a_new_user_gets_there_with_a_server_that_the_verbs_find_by_themselves() {
    let folder = Folder::new();
    let serving = folder.serve(&[]);
    told(&folder);
    verified(&folder);
    assert_eq!(serving.signal("TERM"), Some(0));
    verified(&folder);
}

#[test]
fn a_late_result_is_kept_and_adopted() {
    let folder = Folder::new();
    let serving = folder.serve(&["--test-clock"]);
    let alice = folder.register("alice");
    let made = folder.json(&["create", "go", "--participant", "alice", "--step", "one", "--activate"]);
    let arena = text(&made, "/arena_id").to_owned();
    let fence = folder.json_as(&alice, &["step", "claim", &arena, "--lease", "1s"])["fence"].to_string();
    serving.advance(&folder.operator(), 2_000);
    let late = ["step", "complete", &arena, "1", "--fence", &fence, "--result", "late", "--json"];
    let problem = folder.arena_as(&alice, &late).refused(4, "stale_fence");
    assert_eq!(problem["orphan"], true);
    folder.json(&["step", "adopt", &arena, "1", "--fence", &fence]);
    let step = folder.json(&["step", "show", &arena, "1"]);
    assert_eq!(
        (text(&step, "/status"), text(&step, "/completed_by"), text(&step, "/result")),
        ("completed", "alice", "late")
    );
}
