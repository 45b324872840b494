//! `arena run` that is interrupted or killed, and goes on with `--resume`.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::folder::Folder;

/// Each step notes its start; the second waits until it is told to end.
const PLAN: &str = r#"
goal = "go on"
[variables]
here = ""
[[agents]]
name = "shell"
command = ["sh", "-c", 'echo "$ARENA_STEP_NAME" >> "$HERE/ran"']
environment = { HERE = "{{here}}" }
[[steps]]
name = "first"
[[steps]]
name = "second"
depends_on = ["first"]
command = ["sh", "-c", 'echo second >> "$HERE/ran"; echo $$ > "$HERE/pid"; until [ -e "$HERE/go" ]; do sleep 0.01; done']
[[steps]]
name = "third"
depends_on = ["second"]
"#;

/// A run of the binary that a test may end.
struct Running {
    child: Child,
    arena_id: String,
}

fn start(folder: &Folder, plan: &str) -> Running {
    let here = format!("here={}", folder.path("").display());
    let mut child = folder.command(&["run", &folder.write("plan.toml", plan), "--set", &here]);
    child.env("TMPDIR", folder.path(""));
    let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    let arena_id = line.strip_prefix("arena ").and_then(|line| line.split(':').next());
    let arena_id = arena_id.unwrap_or_else(|| panic!("not begun: {line:?}")).to_owned();
    thread::spawn(move || lines.read_to_string(&mut String::new()));
    Running { child, arena_id }
}

impl Running {
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `ready` gives something, a minute at most.
#[track_caller]
fn wait_for<T>(mut ready: impl FnMut() -> Option<T>) -> T {
    for _ in 0..30_000 {
        if let Some(found) = ready() {
            return found;
        }
        thread::park_timeout(Duration::from_millis(2));
    }
    panic!("what was waited for did not come");
}

fn pid(folder: &Folder) -> String {
    wait_for(|| fs::read_to_string(folder.path("pid")).ok().filter(|pid| pid.ends_with('\n')))
        .trim()
        .to_owned()
}

/// Waits until a process runs no more; a zombie that nobody collects does not run.
fn gone(pid: &str) {
    let stat = format!("/proc/{pid}/stat");
    let runs = || fs::read_to_string(&stat).is_ok_and(|text| !text.contains(") Z "));
    wait_for(|| (!runs()).then_some(()));
}

/// What runs keep while they are at work.
fn temporary(folder: &Folder) -> Vec<String> {
    let names = fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter_map(|name| name.into_string().ok()).filter(|name| name.starts_with("arena-run-")).collect()
}

fn ran(folder: &Folder) -> String {
    fs::read_to_string(folder.path("ran")).unwrap_or_default()
}

#[test]
fn a_killed_run_goes_on_at_once_and_repeats_no_completed_step() {
    let folder = Folder::new();
    let mut run = start(&folder, PLAN);
    let pid = pid(&folder);
    run.kill();
    gone(&pid);
    wait_for(|| temporary(&folder).is_empty().then_some(()));
    folder.write("go", "");
    let report = folder.json(&["run", "--resume", &run.arena_id]);
    assert_eq!(report["outcome"], "completed");
    assert_eq!(ran(&folder), "first\nsecond\nsecond\nthird\n");
    // The claim that was left was given back, not waited for: its attempt does not count.
    assert_eq!(report["steps"][1]["attempts"], 1);
    folder.arena(&["verify"]).ok();
}

#[test]
fn an_interrupted_run_stops_its_processes_and_says_how_to_go_on() {
    let folder = Folder::new();
    let mut run = start(&folder, PLAN);
    let pid = pid(&folder);
    let id = run.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(run.child.wait().unwrap().code(), Some(1));
    gone(&pid);
    assert!(temporary(&folder).is_empty());
    let steps = folder.json(&["step", "list", &run.arena_id]);
    assert_eq!((&steps["items"][1]["status"], &steps["items"][1]["attempts"]), (&"ready".into(), &0.into()));
    folder.write("go", "");
    assert_eq!(folder.json(&["run", "--resume", &run.arena_id])["outcome"], "completed");
    assert_eq!(ran(&folder), "first\nsecond\nsecond\nthird\n");
}

/// How often each step was started.
fn starts(folder: &Folder) -> BTreeMap<String, usize> {
    let mut starts = BTreeMap::new();
    for name in ran(folder).lines() {
        *starts.entry(name.to_owned()).or_default() += 1;
    }
    starts
}

#[test]
fn a_run_killed_again_and_again_completes_each_step_once() {
    let folder = Folder::new();
    let steps: String = (0..12)
        .map(|step| {
            let after = if step < 3 { String::new() } else { format!("depends_on = ['s{}']\n", step - 3) };
            format!("[[steps]]\nname = 's{step}'\nattempts = 20\n{after}")
        })
        .collect();
    let top = "goal = 'many'\nparallel = 3\n[variables]\nhere = ''\n[[agents]]\nname = 'shell'\nenvironment = { HERE = '{{here}}' }\n\
               command = ['sh', '-c', 'echo \"$ARENA_STEP_NAME\" >> \"$HERE/ran\"; sleep 0.05']\n";
    let mut run = start(&folder, &format!("{top}{steps}"));
    for wanted in [1, 3, 5, 7, 9, 11] {
        // Somewhere after so many starts: in the middle of whatever the run does then.
        wait_for(|| (ran(&folder).lines().count() >= wanted).then_some(()));
        run.kill();
        let listed = folder.json(&["step", "list", &run.arena_id]);
        let is_completed = |step: &&Value| step["status"] == "completed";
        let completed: Vec<String> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(is_completed)
            .map(|step| step["title"].as_str().unwrap().to_owned())
            .collect();
        let before = starts(&folder);
        let mut command = folder.command(&["run", "--resume", &run.arena_id]);
        run.child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let more = wanted + 2;
        wait_for(|| {
            let ended = run.child.try_wait().unwrap().is_some();
            (ended || ran(&folder).lines().count() >= more).then_some(())
        });
        let after = starts(&folder);
        for step in completed {
            assert_eq!(after.get(&step), before.get(&step), "{step} was completed and started again");
        }
    }
    let status = run.child.wait().unwrap();
    assert!(status.success(), "{status}");
    let report = folder.json(&["run", "--resume", &run.arena_id]);
    assert_eq!((&report["outcome"], &report["completed_steps"]), (&"completed".into(), &12.into()));
    folder.arena(&["verify"]).ok();
}
