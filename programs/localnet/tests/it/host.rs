//! `arena contest host --settlement solana`: a cup for real money, by a host that is killed at each of its transactions.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use arena_chain::write_keypair;
use arena_localnet::TOKENS;
use serde_json::Value;

use crate::{
    cut::{Fault, Line},
    world::{World, on_a_chain},
};

/// Bots of one built-in strategy each; a fee, a bond, two rounds.
const CUP: &str = "title = 'for money'\nfund = true\nseed = 'fixed'\n\
    [game]\nname = 'rock-paper-scissors'\nrounds = 2\nstage = 2\n\
    [terms]\nentry_fee = 1000\nbond = 500\nprize_split = [60, 40]\ncreator_fee_bps = 500\n\
    [[bots]]\nname = 'rocky'\nstrategy = 'pattern'\n[[bots]]\nname = 'cycler'\nstrategy = 'cycle'\n[[bots]]\nname = 'randy'\nstrategy = 'random'\n";
const POT: u64 = 3_000;
/// More transactions than the cup takes.
const MOST: usize = 80;

/// The binary, built with its client of the chain; or the one that `ARENA_BINARY` names.
fn arena() -> PathBuf {
    if let Some(built) = std::env::var_os("ARENA_BINARY") {
        return built.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(&root).args(["build", "--quiet", "-p", "arena-cli", "--features", "solana"]);
    // What cargo says of this workspace is not for that one.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_") && name != "CARGO_HOME") {
        build.env_remove(name);
    }
    assert!(build.status().unwrap().success());
    root.join("target/debug/arena")
}

/// A cup's folder, and how its host is started.
struct Hosting<'a> {
    arena: PathBuf,
    folder: &'a Path,
    rpc: String,
    mint: String,
}

impl Hosting<'_> {
    fn command(&self) -> Command {
        let mut command = self.arena(&["contest", "host", "cup.toml", "--settlement", "solana", "--look-ms", "1"]);
        command.args(["--rpc", &self.rpc, "--mint", &self.mint, "--keypair", "host.json", "--price-cap", "0"]);
        command
    }

    fn arena(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.arena);
        command.current_dir(self.folder).args(arguments).args(["--data", "data", "--json"]);
        command
    }

    /// Runs the host to its end, and reads what it says.
    fn ended(&self) -> Value {
        let output = self.command().output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.arena(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Starts the host, to be killed at its next transaction; says whether it was, or else what it printed.
    fn killed(&self, line: &Line, when: Fault) -> Option<Value> {
        let child = self.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        line.doom(child.id(), when);
        let output = child.wait_with_output().unwrap();
        if output.status.code().is_none() {
            return None;
        }
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(serde_json::from_slice(&output.stdout).unwrap())
    }
}

fn hosting<'a>(world: &World, folder: &'a Path, rpc: &str) -> Hosting<'a> {
    fs::write(folder.join("cup.toml"), CUP).unwrap();
    fs::write(folder.join("host.json"), write_keypair(&world.creator)).unwrap();
    Hosting { arena: arena(), folder, rpc: rpc.to_owned(), mint: world.mint.to_string() }
}

/// What the wallets that the host made hold together, and each of them alone.
async fn won(world: &World, folder: &Path) -> Vec<u64> {
    let mut held = Vec::new();
    for name in ["cycler", "randy", "rocky"] {
        let path = folder.join(format!("data/hosting/wallets/{name}.json"));
        held.push(world.held(&arena_chain::read_keypair(&path).unwrap()).await);
    }
    held
}

/// Everybody has what the result says, the chain holds nothing more of it, and neither does the mirror.
async fn is_settled(world: &World, hosting: &Hosting<'_>, result: &Value) {
    assert_eq!(result["outcome"], "finished");
    let paid = result["paid"].as_array().unwrap();
    let of = |kind: &str, payee: &str| {
        let found = paid.iter().find(|one| one["kind"] == kind && one["payee"] == payee);
        found.map_or(0, |one| one["amount"].as_u64().unwrap())
    };
    let prizes = ["cycler", "randy", "rocky"].map(|name| of("prize", name));
    assert_eq!(won(world, hosting.folder).await, prizes);
    assert_eq!(prizes.iter().sum::<u64>() + POT / 100 + POT / 20, POT);
    assert_eq!(world.treasury().await, POT / 100);
    // The host paid three fees, once each, and has its fee of the pot; its bond came back.
    assert_eq!(world.held(&world.creator).await, TOKENS - POT + POT / 20);
    assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0, "closed, with its vaults");

    assert_eq!(hosting.answer(&["ledger", "audit"])["ok"], true);
    for name in ["rocky", "cycler", "randy", "operator"] {
        assert_eq!(hosting.answer(&["ledger", "balance", name])["balance"], 0, "{name}: it is on the chain");
    }
}

/// The journal names the transaction behind each step.
fn names_the_transactions(hosting: &Hosting<'_>, result: &Value) {
    let contest = result["arena_id"].as_str().unwrap();
    let events = hosting.answer(&["contest", "events", contest]);
    let keys: Vec<&str> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|event| event["type"] != "round_actions_stored")
        .map(|event| event["command_id"].as_str().unwrap_or_default())
        .collect();
    assert!(keys.iter().all(|key| key.starts_with("solana:")), "{keys:?}");
}

#[test]
fn a_cup_is_played_for_money_from_wallets_to_claimed_prizes() {
    on_a_chain(0, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let hosting = hosting(world, folder.path(), world.chain.rpc().url());
        let result = hosting.ended();
        is_settled(world, &hosting, &result).await;
        names_the_transactions(&hosting, &result);
    });
}

#[test]
fn a_host_that_is_killed_at_each_of_its_transactions_comes_to_the_same_end() {
    on_a_chain(0, async |world| {
        let folder = tempfile::tempdir().unwrap();
        let line = Line::to(world.chain.rpc().url());
        let hosting = hosting(world, folder.path(), line.url());
        let mut kills = 0;
        let result = (0..MOST).find_map(|start| {
            let when = if start % 2 == 0 { Fault::AnswerLost } else { Fault::NeverArrived };
            let ended = hosting.killed(&line, when);
            kills += usize::from(ended.is_none());
            ended
        });
        assert!(kills > 20, "{kills} kills");
        let result = result.expect("it comes to its end");
        is_settled(world, &hosting, &result).await;
        names_the_transactions(&hosting, &result);
    });
}
