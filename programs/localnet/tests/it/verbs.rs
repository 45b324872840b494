//! What the verbs of `arena chain` do, print and refuse.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use arena_chain::Signer;
use arena_core::contest::Status;
use arena_localnet::TOKENS;
use serde_json::Value;

use crate::{
    binary::{Verbs, arena},
    cut::Line,
    world::{BOND, FEE, INTERVAL_S, on_a_chain},
};

fn refusal(exit: i32, code: &str) -> (i32, String) {
    (exit, code.to_owned())
}

#[test]
fn a_contest_is_called_off_by_its_creator_and_everything_goes_back() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        world.enter(&at, &world.bots).await;
        let (contest, bot) = (at.to_string(), world.bots[0].pubkey().to_string());
        assert_eq!(verbs.refused(&world.bots[0], &["cancel", &contest]), refusal(5, "forbidden"));
        assert_eq!(verbs.refused(&world.stranger, &["refund", &contest, &bot]), refusal(4, "wrong_state"));
        let done = verbs.done(&world.creator, &["cancel", &contest]);
        assert_eq!((&done["action"], &done["contest"]["status"]), (&"cancel".into(), &"cancelled".into()));
        assert_eq!(verbs.refused(&world.creator, &["cancel", &contest]), refusal(4, "wrong_state"));

        let paid = verbs.done(&world.stranger, &["refund", &contest, &bot]);
        assert_eq!((&paid["action"], &paid["payee"]), (&"refund".into(), &bot.as_str().into()));
        assert_eq!(verbs.refused(&world.stranger, &["refund", &contest, &bot]), refusal(4, "already_paid"));
        verbs.done(&world.bots[1], &["refund", &contest]);
        verbs.done(&world.stranger, &["claim", &contest, "bond"]);
        assert_eq!(world.gains().await, [0, 0, 0]);
        let closed = verbs.done(&world.stranger, &["close", &contest]);
        assert_eq!(closed["items"].as_array().unwrap().len(), 3);
        assert_eq!(verbs.refused(&world.stranger, &["contest", "show", &contest]), refusal(3, "not_found"));
    });
}

#[test]
fn an_oracle_that_is_gone_is_timed_out_by_anyone() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        world.enter(&at, &world.bots).await;
        world.start(&at).await;
        let contest = at.to_string();
        assert_eq!(verbs.refused(&world.stranger, &["abandon", &contest]), refusal(4, "not_timed_out"));
        world.pass(2 * u64::from(INTERVAL_S)).await;
        let done = verbs.done(&world.stranger, &["abandon", &contest]);
        assert_eq!(done["contest"]["status"], "abandoned");
        assert_eq!(done["contest"]["bond_fate"], "slashed");
        assert_eq!(world.treasury().await, BOND);
        let paid = verbs.done(&world.stranger, &["claim", &contest, "--all"]);
        let kinds: Vec<_> =
            paid["items"].as_array().unwrap().iter().map(|item| item["action"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["refund", "refund"]);
        assert_eq!(world.gains().await, [-BOND.cast_signed(), 0, 0]);
    });
}

#[test]
fn who_has_the_treasury_hands_it_on() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        world.enter(&at, &world.bots).await;
        world.start(&at).await;
        world.pass(2 * u64::from(INTERVAL_S)).await;
        verbs.done(&world.stranger, &["abandon", &at.to_string()]);
        let (heir, mint) = (&world.bots[0], world.mint.to_string());
        let hand_on = ["treasury", "hand-on", &heir.pubkey().to_string()];
        assert_eq!(verbs.refused(heir, &hand_on), refusal(5, "forbidden"));
        verbs.done(&world.authority, &hand_on);
        let shown = verbs.done(heir, &["treasury", "show", &mint]);
        assert_eq!(shown["authority"], heir.pubkey().to_string());
        assert_eq!((&shown["balance"], &shown["withdrawals"]), (&BOND.into(), &0.into()));
        // The heir's token account is made by withdrawing.
        world.lose_tokens(heir).await;
        verbs.done(heir, &["treasury", "withdraw", &mint, "5"]);
        verbs.done(heir, &["treasury", "withdraw", &mint, "5"]);
        assert_eq!((world.held(heir).await, world.treasury().await), (10, BOND - 10));
        assert_eq!(
            verbs.refused(&world.stranger, &["treasury", "withdraw", &mint, "5"]),
            refusal(5, "forbidden")
        );
    });
}

#[test]
fn who_may_freeze_the_money_of_a_contest_is_shown() {
    on_a_chain(0, async |world| {
        let (verbs, contest) = (Verbs::on(world), world.create(1).await.to_string());
        let show = || verbs.done(&world.stranger, &["contest", "show", &contest])["freeze_authority"].clone();
        assert_eq!(show(), Value::Null);
        world.let_freeze(&world.stranger).await;
        assert_eq!(show(), world.stranger.pubkey().to_string());
    });
}

#[test]
fn an_entrant_pays_only_under_the_terms_that_it_names() {
    on_a_chain(1, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        let (contest, bot) = (at.to_string(), &world.bots[0]);
        let shown = verbs.done(bot, &["contest", "show", &contest]);
        let terms = shown["terms_hash"].as_str().unwrap();
        let others = terms.replace(char::is_alphanumeric, "0");
        let named = ["enter", &contest, "--terms", &others];
        assert_eq!(verbs.refused(bot, &named), refusal(4, "version_mismatch"));
        assert_eq!(world.held(bot).await, TOKENS);
        verbs.done(bot, &["enter", &contest, "--terms", terms]);
        assert_eq!(world.held(bot).await, TOKENS - FEE);
    });
}

/// The words of a new contest.
fn create<'a>(mint: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = ["contest", "create", "--title", "Cup", "--mint", mint, "--fee", "1000", "--bond", "500"];
    [&words, more].concat()
}

#[test]
fn a_contest_whose_making_was_cut_off_is_made_once_without_a_key() {
    on_a_chain(0, async |world| {
        let (mut verbs, mint) = (Verbs::on(world), world.mint.to_string());
        let (good, line) = (world.chain.rpc().url(), Line::to(world.chain.rpc().url()));
        verbs.through(line.url());
        line.lose_confirmation();
        assert_eq!(verbs.refused(&world.creator, &create(&mint, &[])), refusal(6, "unknown"));
        verbs.through(good);
        let again = verbs.done(&world.creator, &create(&mint, &[]));
        assert_eq!(again["before"], true);
        assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 1);
        assert_eq!(world.held(&world.creator).await, TOKENS - 500, "one bond");
        // The same once more is no second one; a key makes it another.
        assert_eq!(verbs.refused(&world.creator, &create(&mint, &[])), refusal(4, "name_taken"));
        verbs.done(&world.creator, &create(&mint, &["--key", "second"]));
        verbs.done(&world.creator, &create(&mint, &["--min-wins", "1"]));
        assert_eq!(world.chain.contests(Some(Status::Registration), None).await.unwrap().len(), 3);
    });
}

/// A process that ends with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // Ended already, when the test went well.
        let _ = self.0.kill();
    }
}

#[test]
fn a_local_chain_is_started_by_its_verb() {
    let folder = tempfile::tempdir().unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_arena-localnet")).parent().unwrap();
    let verb = |path: &Path| {
        let mut command = Command::new(arena());
        command.args(["chain", "localnet", "--json", "--port", "0", "--slot-ms", "0"]);
        command.env("PATH", path).env("ARENA_DATA", folder.path());
        command
    };
    let mut child = Ended(verb(programs).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert!(ready["rpc_url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    assert!(ready["payer"].as_str().unwrap().starts_with(&*folder.path().to_string_lossy()), "{ready}");
    assert!(Command::new("kill").args(["-TERM", &child.0.id().to_string()]).status().unwrap().success());
    assert!(child.0.wait().unwrap().success());

    let missing = verb(folder.path()).output().unwrap();
    assert_eq!(missing.status.code(), Some(3));
    let said = String::from_utf8_lossy(&missing.stderr);
    assert!(said.contains("missing") && said.contains("programs/localnet/Cargo.toml"), "{said}");
}
