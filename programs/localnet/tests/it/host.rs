//! `arena contest host --settlement solana`: a cup for real money, and how tests start its host.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use arena_chain::{Address, Keypair, Signer, read_keypair, write_keypair};
use arena_localnet::TOKENS;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    binary::arena,
    host_line::{Asked, Line, Waiting},
    world::{World, on_a_chain},
};

/// Bots of one built-in strategy each; a fee, a bond, two rounds.
pub(crate) const CUP: &str = "title = 'for money'\nfund = true\nseed = 'fixed'\n\
    [game]\nname = 'rock-paper-scissors'\nrounds = 2\nstage = 2\n\
    [terms]\nentry_fee = 1000\nbond = 500\nprize_split = [60, 40]\ncreator_fee_bps = 500\n\
    [[bots]]\nname = 'rocky'\nstrategy = 'pattern'\n[[bots]]\nname = 'cycler'\nstrategy = 'cycle'\n[[bots]]\nname = 'randy'\nstrategy = 'random'\n";
/// What a bot pays, and what the host puts up.
pub(crate) const FEE: u64 = 1_000;
pub(crate) const BOND: u64 = 500;
/// What comes in when the three bots enter alone.
const POT: u64 = 3 * FEE;

/// A cup's folder, and how its host is started.
pub(crate) struct Hosting {
    folder: TempDir,
    /// The node's address, or that of a line to it.
    rpc: String,
    /// The address of Arena's server or of a line to it; without one the host brings its own.
    server: Option<String>,
    pub(crate) mint: String,
}

/// What a host said at its end.
pub(crate) struct Said {
    pub(crate) is_played: bool,
    pub(crate) result: Value,
    pub(crate) errors: String,
}

impl Hosting {
    pub(crate) fn new(world: &World, cup: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("host.json"), write_keypair(&world.creator)).unwrap();
        let (rpc, mint) = (world.chain.rpc().url().to_owned(), world.mint.to_string());
        let hosting = Self { folder, rpc, server: None, mint };
        hosting.cup(cup);
        hosting
    }

    /// Puts another cup in the place of the one before.
    pub(crate) fn cup(&self, cup: &str) {
        fs::write(self.folder.path().join("cup.toml"), cup).unwrap();
    }

    /// A line to the node, for the host alone.
    pub(crate) fn line(&mut self) -> Line {
        let line = Line::to(&self.rpc);
        line.url().clone_into(&mut self.rpc);
        line
    }

    /// A server of Arena's on the host's data, and a line to it for the host alone.
    pub(crate) fn serve(&mut self, more: &[&str]) -> (Server, Line) {
        let mut serve = self.arena(&["serve", "--listen", "127.0.0.1:0"]);
        let mut child = serve.args(more).stdout(Stdio::piped()).spawn().unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut ready).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let server = Server { child, url: ready["url"].as_str().unwrap().to_owned() };
        let line = Line::to(&server.url);
        self.server = Some(line.url().to_owned());
        (server, line)
    }

    /// The host's command.
    pub(crate) fn command(&self) -> Command {
        let mut command =
            self.arena(&["contest", "host", "cup.toml", "--settlement", "solana", "--look-ms", "1"]);
        command.args([
            "--rpc",
            &self.rpc,
            "--mint",
            &self.mint,
            "--keypair",
            "host.json",
            "--price-cap",
            "0",
        ]);
        if let Some(server) = &self.server {
            command.args(["--url", server]);
        }
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The binary.
    pub(crate) fn binary() -> Command {
        Command::new(arena())
    }

    /// The cup's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The binary in the cup's folder, on its data.
    pub(crate) fn arena(&self, arguments: &[&str]) -> Command {
        let mut command = Self::binary();
        command.current_dir(self.folder.path()).args(arguments).args(["--data", "data", "--json"]);
        command
    }

    pub(crate) fn start(&self) -> Child {
        self.command().spawn().unwrap()
    }

    /// Runs the host to an end of whatever kind.
    pub(crate) fn said(&self) -> Said {
        self.of(self.start())
    }

    /// Runs the host to the end of its game, and reads what it says.
    pub(crate) fn ended(&self) -> Value {
        self.said().of_the_end()
    }

    /// Runs a host that is ended at a planned request; says what it said if it came to its own end before.
    pub(crate) fn cut_off(&self, process: &std::sync::mpsc::Sender<u32>) -> Option<Value> {
        let child = self.start();
        process.send(child.id()).unwrap();
        let output = child.wait_with_output().unwrap();
        output.status.code().map(|_| read(&output).of_the_end())
    }

    /// Runs a host, lets somebody act where it waits, and then runs it to its end.
    pub(crate) async fn meanwhile(&self, waiting: Waiting, act: impl AsyncFnOnce()) -> Said {
        let child = self.start();
        waiting.reached();
        act().await;
        waiting.go();
        self.of(child)
    }

    /// What a host says in the end.
    pub(crate) fn of(&self, child: Child) -> Said {
        read(&child.wait_with_output().unwrap())
    }

    /// What another verb answers.
    pub(crate) fn answer(&self, arguments: &[&str]) -> Value {
        let output = self.arena(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The same with the key of the host on the host's chain.
    pub(crate) fn chain(&self, arguments: &[&str]) -> Value {
        let reach = ["--rpc", &self.rpc, "--keypair", "host.json", "--price-cap", "0", "--look-ms", "1"];
        self.answer(&[&["chain"], arguments, &reach].concat())
    }

    /// The notes of the host's steps.
    pub(crate) fn notes(&self) -> Notes {
        Notes(self.folder.path().join("data/hosting"))
    }

    /// The wallet of a bot.
    pub(crate) fn wallet(&self, name: &str) -> Keypair {
        read_keypair(&self.folder.path().join(format!("data/hosting/wallets/{name}.json"))).unwrap()
    }
}

fn read(output: &std::process::Output) -> Said {
    let result = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Said { is_played: output.status.success(), result, errors }
}

impl Said {
    pub(crate) fn of_the_end(self) -> Value {
        assert!(self.is_played, "{}", self.errors);
        self.result
    }
}

/// A server of Arena's, ended with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    /// Moves the clock of a server on that has one for tests.
    pub(crate) fn advances(&self, hosting: &Hosting, ms: u64) {
        let token = fs::read_to_string(hosting.data().join("operator.token")).unwrap();
        let body = format!("{{\"advance_ms\":{ms}}}");
        let asked = Asked::new("POST /v1/clock", &[&format!("authorization: Bearer {}", token.trim())], body);
        assert!(asked.answer(&self.url).contains(" 200 "));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, when something else ended it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The notes of a host's steps.
#[derive(Clone)]
pub(crate) struct Notes(PathBuf);

impl Notes {
    /// Whether a step that begins so is noted.
    pub(crate) fn has(&self, step: &str) -> bool {
        self.names().iter().any(|name| name.starts_with(step))
    }

    /// How many steps that begin so are noted, of all cups.
    pub(crate) fn count(&self, step: &str) -> usize {
        self.names().iter().filter(|name| name.starts_with(step)).count()
    }

    /// Whether the host knows its mirror.
    pub(crate) fn is_mirrored(&self) -> bool {
        let within =
            |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|one| one.path());
        let mut runs = within(self.0.clone()).flat_map(within);
        runs.any(|run| {
            fs::read_to_string(run.join("state.json")).is_ok_and(|facts| facts.contains("\"arena_id\":\""))
        })
    }

    /// The steps that are noted.
    pub(crate) fn names(&self) -> Vec<String> {
        let within =
            |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten().map(|one| one.path());
        let runs = within(self.0.clone()).flat_map(within);
        let files = runs.flat_map(|run| within(run.join("chain")));
        let notes = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
        notes.filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned())).collect()
    }
}

/// The only contest on the chain.
pub(crate) async fn the_contest(world: &World) -> Address {
    let contests = world.chain.contests(None, None).await.unwrap();
    assert_eq!(contests.len(), 1);
    contests[0].address
}

/// A stranger has everyone paid who is owed something.
pub(crate) async fn stranger_pays(world: &World) {
    let contest = world.contest(&the_contest(world).await).await;
    let entries = world.chain.entries(&contest.address).await.unwrap();
    let (own, now_ms) = (world.stranger.pubkey(), world.chain.now_ms().await.unwrap());
    for payout in contest.owed_now(&entries, now_ms) {
        let action = payout.action_making_tokens(world.chain.at(), &contest, &own);
        world.does(&world.stranger, action).await;
    }
}

/// A stranger closes what there is.
pub(crate) async fn stranger_closes(world: &World) {
    let contest = world.contest(&the_contest(world).await).await;
    let entries = world.chain.entries(&contest.address).await.unwrap();
    for step in world.chain.at().closing(&contest, &entries) {
        world.does(&world.stranger, step.action).await;
    }
    assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
}

/// Everybody has what the result says, the chain holds nothing more of it, and neither does the mirror.
pub(crate) async fn is_settled(world: &World, hosting: &Hosting, result: &Value) {
    assert_eq!(result["outcome"], "finished");
    let paid = result["paid"].as_array().unwrap();
    let of = |kind: &str, payee: &str| {
        let found = paid.iter().find(|one| one["kind"] == kind && one["payee"] == payee);
        found.map_or(0, |one| one["amount"].as_u64().unwrap())
    };
    let names = ["cycler", "randy", "rocky"];
    let mut prizes = 0;
    for name in names {
        assert_eq!(world.held(&hosting.wallet(name)).await, of("prize", name), "{name}");
        prizes += of("prize", name);
    }
    assert_eq!(prizes + POT / 100 + POT / 20, POT);
    assert_eq!(world.treasury().await, POT / 100);
    // The host paid three fees, once each, and has its fee of the pot; its bond came back.
    assert_eq!(world.held(&world.creator).await, TOKENS - POT + POT / 20);
    assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0, "closed, with its vaults");
    holds_nothing(hosting, &names);
}

/// The mirror holds nothing for the host and these agents: it is on the chain.
pub(crate) fn holds_nothing(hosting: &Hosting, names: &[&str]) {
    assert_eq!(hosting.answer(&["ledger", "audit"])["ok"], true);
    for name in names.iter().chain(&["operator"]) {
        assert_eq!(hosting.answer(&["ledger", "balance", name])["balance"], 0, "{name}: it is on the chain");
    }
}

/// The journal names the transaction behind each step.
pub(crate) fn names_the_transactions(hosting: &Hosting, result: &Value) {
    let contest = result["arena_id"].as_str().unwrap();
    let events = hosting.answer(&["contest", "events", contest, "--limit", "1000"]);
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
        let hosting = Hosting::new(world, CUP);
        let result = hosting.ended();
        is_settled(world, &hosting, &result).await;
        names_the_transactions(&hosting, &result);
        // The result says where each bot's money is, and the key to it.
        for wallet in result["chain"]["wallets"].as_array().unwrap() {
            let key = hosting.wallet(wallet["agent_id"].as_str().unwrap());
            assert_eq!(wallet["address"], key.pubkey().to_string());
            let file = wallet["key_file"].as_str().unwrap();
            let key_again = read_keypair(&hosting.folder.path().join(file)).unwrap();
            assert_eq!(key_again.pubkey(), key.pubkey());
        }
        assert_eq!(result["chain"]["wallets"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn a_wallet_is_given_what_it_lacks_and_no_more() {
    on_a_chain(0, async |world| {
        let hosting = Hosting::new(world, CUP);
        hosting.ended();
        let names = ["rocky", "cycler", "randy"];
        let mut missing = 0;
        for name in names {
            missing += FEE.saturating_sub(world.held(&hosting.wallet(name)).await);
        }
        let before = world.held(&world.creator).await;
        hosting.ended();
        // What a bot had won before pays its fee.
        assert_eq!(world.held(&world.creator).await, before - missing + POT / 20);
    });
}
