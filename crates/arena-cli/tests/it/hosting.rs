//! `arena contest host` with bots as processes: killed, stopped and interrupted, and what its receipt is good for.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use crate::{folder::Folder, randomness::Randomness};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples")
}

/// A short cup of snakes among built-in bots, with a fixed seed.
const CUP: &str = r#"
title = "short"
fund = true
seed = "the same each time"
[game]
name = "snakes"
width = 14
height = 10
shrink_from = 8
shrink_every = 2
[terms]
entry_fee = 1000
bond = 500
prize_split = [60, 30, 10]
creator_fee_bps = 500
[time]
bank = "60s"
[[bots]]
name = "one"
strategy = "hunter"
[[bots]]
name = "two"
strategy = "space"
[[bots]]
name = "three"
strategy = "forager"
[[bots]]
name = "four"
strategy = "random"
"#;

/// What must be the same however often the host was killed: standings, prizes, and every action.
fn outcome(receipt: &Path) -> Value {
    let receipt: Value = serde_json::from_slice(&fs::read(receipt).unwrap()).unwrap();
    let of = |list: &str, fields: &[&str]| -> Vec<Value> {
        let items = receipt[list].as_array().unwrap().iter();
        items.map(|item| fields.iter().map(|field| item[field].clone()).collect()).collect()
    };
    let actions: Vec<Value> = receipt["rounds"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|round| round["actions"].as_array().unwrap())
        .map(|line| {
            let mut line: Value = serde_json::from_str(line.as_str().unwrap()).unwrap();
            line.as_object_mut().unwrap().remove("arena_id");
            line
        })
        .collect();
    json!([
        of("standings", &["agent_id", "standing", "score", "eliminated_round", "prize"]),
        of("obligations", &["kind", "payee", "amount", "status"]),
        of("transfers", &["amount", "reason"]),
        actions,
    ])
}

fn host(folder: &Folder, cup: &str) -> Child {
    let receipt = folder.path("receipt.json");
    let mut command = folder.command(&["contest", "host", cup, "--receipt", receipt.to_str().unwrap()]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits a while for a process to end; whether it did, and how.
fn ended_within(child: &mut Child, time: Duration) -> Option<i32> {
    for _ in 0..time.as_millis() {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        thread::park_timeout(Duration::from_millis(1));
    }
    None
}

/// Waits until `ready`, a minute at most.
#[track_caller]
fn wait_until(mut ready: impl FnMut() -> bool) {
    for _ in 0..30_000 {
        if ready() {
            return;
        }
        thread::park_timeout(Duration::from_millis(2));
    }
    panic!("what was waited for did not come");
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_host_killed_again_and_again_comes_to_the_same_end() {
    let undisturbed = Folder::new();
    let cup = undisturbed.write("cup.toml", CUP);
    assert_eq!(host(&undisturbed, &cup).wait().unwrap().code(), Some(0));
    let expected = outcome(&undisturbed.path("receipt.json"));

    let mut kills = 0;
    for seed in 0..4 {
        let folder = Folder::new();
        let cup = folder.write("cup.toml", CUP);
        let mut random = Randomness::new(seed);
        for attempt in 0.. {
            let mut child = host(&folder, &cup);
            // The first are ended before a whole cup can be played, however quick the machine is.
            let most = if attempt < 3 { 60 } else { 600 };
            match ended_within(&mut child, Duration::from_millis(20 + random.below(most))) {
                Some(code) => {
                    assert_eq!(code, 0, "seed {seed} after {kills} kills");
                    break;
                }
                None => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    kills += 1;
                }
            }
        }
        assert_eq!(outcome(&folder.path("receipt.json")), expected, "seed {seed} after {kills} kills");
        folder.arena(&["verify"]).ok();
        folder.arena(&["verify", "receipt.json"]).ok();
    }
    assert!(kills >= 8, "only {kills} kills");
}

#[test]
fn the_example_cup_is_played_from_deposits_to_prizes_and_its_receipt_checks() {
    let folder = Folder::new();
    let cup = examples().join("cup.toml");
    let receipt = folder.path("receipt.json");
    let (cup, receipt) = (cup.to_str().unwrap(), receipt.to_str().unwrap());
    let report = folder.json(&["contest", "host", cup, "--receipt", receipt]);
    assert_eq!(report["outcome"], "finished");
    assert_eq!(report["standings"].as_array().unwrap().len(), 8);
    let paid: u64 =
        report["paid"].as_array().unwrap().iter().map(|paid| paid["amount"].as_u64().unwrap()).sum();
    assert_eq!(paid, 8 * 1_000 + 5_000);
    let checked = folder.json(&["verify", receipt]);
    assert_eq!((&checked["ok"], &checked["game"]), (&json!(true), &json!("snakes")));
    let text = folder.arena(&["verify", receipt]).ok().stdout;
    assert!(text.contains("snakes was played again to the same end"), "{text}");
    folder.arena(&["verify"]).ok();

    let noted = text.lines().find_map(|line| line.strip_prefix("head ")).unwrap();
    folder.arena(&["verify", receipt, "--expect", noted]).ok();
    let (kept, last) = noted.split_at(noted.len() - 1);
    let other = format!("{kept}{}", if last == "0" { '1' } else { '0' });
    assert_eq!(folder.arena(&["verify", receipt, "--expect", &other]).code, 7);

    let file = fs::read(receipt).unwrap();
    let mut random = Randomness::new(7);
    for _ in 0..40 {
        let mut changed = file.clone();
        let at = usize::try_from(random.below(file.len() as u64)).unwrap();
        changed[at] ^= 1 << random.below(7);
        let changed = folder.write("changed.json", &changed);
        let ran = folder.arena(&["verify", &changed, "--json"]);
        assert_eq!(ran.code, 7, "byte {at}: {}{}", ran.stdout, ran.stderr);
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!(answer["ok"], false);
        assert!(answer["first_divergence"]["place"].is_string(), "{answer}");
    }
    assert_eq!(folder.arena(&["verify", "no-such-receipt.json"]).code, 3);
}

#[test]
fn the_other_example_cups_are_played() {
    let folder = Folder::new();
    for cup in ["throws.toml", "dilemma.toml"] {
        let report = folder.json(&["contest", "host", examples().join(cup).to_str().unwrap()]);
        assert_eq!(report["outcome"], "finished", "{cup}");
        let faults = report["standings"].as_array().unwrap().iter().filter(|bot| bot["faults"] != json!({}));
        assert_eq!(faults.count(), 0, "{report}");
    }
}

#[test]
fn an_interrupted_host_says_how_to_go_on_and_goes_on() {
    let folder = Folder::new();
    let cup = folder.write("cup.toml", CUP);
    let mut child = folder.command(&["contest", "host", &cup, "--pace", "50"]);
    let mut child = child.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let rounds = || {
        let folders =
            |path: PathBuf| fs::read_dir(path).into_iter().flatten().map(|entry| entry.unwrap().path());
        let files = folders(folder.data().join("hosting")).flat_map(folders).flat_map(folders);
        files.filter(|path| path.to_string_lossy().contains("round-")).count()
    };
    wait_until(|| rounds() >= 3);
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let before = rounds();
    let report = folder.json(&["contest", "host", &cup]);
    assert_eq!(report["outcome"], "finished");
    assert!(report["rounds"].as_u64().unwrap() as usize > before);
}

#[test]
fn a_bot_is_not_charged_for_the_time_that_its_host_stood_still() {
    let folder = Folder::new();
    // It answers the second turn only when it is told to: while the host stands still.
    let script = "read -r hello; echo '{\"ready\":true}'; n=0; while read -r line; do n=$((n+1)); \
                  if [ $n = 2 ]; then echo x > second; until [ -e go ]; do sleep 0.01; done; fi; \
                  echo '{\"round\":'$n',\"action\":\"rock\"}'; if [ $n = 2 ]; then echo x > answered; fi; done";
    let cup = format!(
        "title = 'still'\nfund = true\n[game]\nname = 'rock-paper-scissors'\nrounds = 3\n[time]\nbank = '3s'\nincrement = '1ms'\n\
         [[bots]]\nname = 'one'\ncommand = ['sh', '-c', '''{script}''']\n[[bots]]\nname = 'two'\nstrategy = 'cycle'\n"
    );
    let cup = folder.write("cup.toml", cup);
    let mut child = host(&folder, &cup);
    wait_until(|| folder.path("second").exists());
    signal(&child, "-STOP");
    // Longer than its whole bank.
    thread::park_timeout(Duration::from_millis(4_000));
    folder.write("go", "");
    wait_until(|| folder.path("answered").exists());
    signal(&child, "-CONT");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let receipt: Value = serde_json::from_slice(&fs::read(folder.path("receipt.json")).unwrap()).unwrap();
    let line = receipt["rounds"][1]["actions"][0].as_str().unwrap();
    assert!(line.contains("\"action\":\"rock\"") && line.contains("\"fault\":\"host\""), "{line}");
    let line = receipt["rounds"][2]["actions"][0].as_str().unwrap();
    assert!(line.contains("\"action\":\"rock\"") && !line.contains("fault"), "{line}");
}

#[test]
fn what_a_killed_host_started_ends() {
    let folder = Folder::new();
    let script = "echo $$ > pid; read -r hello; sleep 600";
    let cup = format!(
        "title = 'killed'\n[game]\nname = 'rock-paper-scissors'\n[[bots]]\nname = 'one'\ncommand = ['sh', '-c', '''{script}''']\n\
         [[bots]]\nname = 'two'\nstrategy = 'cycle'\n"
    );
    let cup = folder.write("cup.toml", cup);
    let mut child = host(&folder, &cup);
    wait_until(|| fs::read_to_string(folder.path("pid")).is_ok_and(|pid| pid.ends_with('\n')));
    let pid = fs::read_to_string(folder.path("pid")).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let stat = format!("/proc/{}/stat", pid.trim());
    wait_until(|| !fs::read_to_string(&stat).is_ok_and(|text| !text.contains(") Z ")));
}

#[test]
fn a_bot_is_not_given_the_token_of_its_host() {
    let folder = Folder::new();
    folder.register("somebody");
    let script = "env > told; read -r hello; echo '{\"ready\":true}'; read -r turn";
    let cup = format!(
        "title = 'told'\nfund = true\n[game]\nname = 'rock-paper-scissors'\nrounds = 1\n[[bots]]\nname = 'one'\n\
         command = ['sh', '-c', '''{script}''']\n[[bots]]\nname = 'two'\nstrategy = 'cycle'\n"
    );
    let cup = folder.write("cup.toml", cup);
    folder.arena_as(&folder.operator(), &["contest", "host", &cup]).ok();
    let told = fs::read_to_string(folder.path("told")).unwrap();
    assert!(told.contains("ARENA_BOT=one"), "{told}");
    assert!(!told.contains(&folder.operator()) && !told.contains("ARENA_TOKEN"), "{told}");
}

/// Whether a program is on this machine.
fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn the_starter_bots_play_every_game_without_a_fault() {
    let folder = Folder::new();
    let bots = examples().join("bots");
    let bot = |name: &str| bots.join(name).display().to_string();
    let compiled = folder.path("bot").display().to_string();
    let mut commands = Vec::new();
    if has("python3") {
        commands.push(vec!["python3".to_owned(), bot("bot.py")]);
    }
    if has("node") {
        commands.push(vec!["node".to_owned(), bot("bot.js")]);
    }
    let built = Command::new("rustc").args(["-O", "-o", &compiled, &bot("bot.rs")]).status();
    assert!(built.unwrap().success(), "bot.rs does not compile");
    commands.push(vec![compiled]);
    for (game, strategy) in
        [("snakes", "space"), ("rock-paper-scissors", "random"), ("prisoners-dilemma", "generous")]
    {
        let mut cup = format!(
            "title = 'starters'\nfund = true\n[game]\nname = '{game}'\n[time]\nbank = '60s'\nstart = '60s'\n"
        );
        for (number, command) in commands.iter().enumerate() {
            cup.push_str(&format!("[[bots]]\nname = 'starter-{number}'\ncommand = {command:?}\n"));
        }
        cup.push_str(&format!("[[bots]]\nname = 'built-in'\nstrategy = '{strategy}'\n"));
        let cup = folder.write(&format!("{game}.toml"), cup);
        let report = folder.json(&["contest", "host", &cup]);
        for bot in report["standings"].as_array().unwrap() {
            assert_eq!(bot["faults"], json!({}), "{game}: {bot}");
        }
    }
}

#[test]
fn a_cup_that_is_wrong_is_refused_before_anything_is_made() {
    let folder = Folder::new();
    let cup = folder.write("cup.toml", CUP.replace("hunter", "hunted"));
    let ran = folder.arena(&["contest", "host", &cup]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("snakes has the strategies hunter, space, forager, random"),
        "{}",
        ran.stderr
    );
    assert_eq!(folder.arena(&["contest", "host", "no-such-cup.toml"]).code, 2);
    assert!(!folder.data().exists());
}

#[test]
fn strategies_are_listed_and_unknown_ones_refused() {
    let folder = Folder::new();
    let listed = folder.json(&["contest", "bot", "--list"]);
    assert!(listed["items"].as_array().unwrap().len() >= 12);
    assert_eq!(folder.arena(&["contest", "bot", "chess", "--strategy", "space"]).code, 2);
    assert_eq!(folder.arena(&["contest", "bot", "snakes", "--strategy", "cycle"]).code, 2);
    let hello = b"{\"type\":\"nonsense\"}\n";
    assert_eq!(folder.arena_fed(hello, &["contest", "bot", "snakes", "--strategy", "space"]).code, 1);
}
