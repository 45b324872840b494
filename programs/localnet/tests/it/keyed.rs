//! A verb with `--key` is done once for good: given again it answers as before, whatever became of the contest since.

use std::{fs, process::Stdio};

use arena_chain::{Address, Keypair, Signer};
use arena_core::contest::Status;
use arena_localnet::TOKENS;
use serde_json::Value;

use crate::{
    binary::Verbs,
    world::{BOND, FEE, INTERVAL_S, World, on_a_chain},
};

/// Takes the answers that were given under keys away, as if the verbs had been killed before they printed them.
fn forget_answers(verbs: &Verbs) {
    for file in fs::read_dir(verbs.data().join("chain")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("answer-") {
            fs::remove_file(path).unwrap();
        }
    }
}

/// Does it twice, and gives the answer that both were given.
fn twice(verbs: &Verbs, wallet: &Keypair, arguments: &[&str]) -> Value {
    let first = verbs.done(wallet, arguments);
    assert_eq!(verbs.done(wallet, arguments), first, "{arguments:?}");
    first
}

/// A contest that both bots entered and whose one round is played.
async fn played(world: &World) -> Address {
    let contest = world.create(1).await;
    world.enter(&contest, &world.bots).await;
    world.start(&contest).await;
    world.submit(&contest, &world.page(&contest, (1, 1), true, &[(0, 7, false), (1, 3, false)])).await;
    contest
}

#[test]
fn a_claim_that_made_the_token_account_is_the_same_claim_when_it_is_there() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        world.enter(&at, &world.bots).await;
        let (contest, bot) = (at.to_string(), world.bots[0].pubkey().to_string());
        verbs.done(&world.creator, &["cancel", &contest]);
        world.lose_tokens(&world.bots[0]).await;
        let claim = ["claim", &contest, "refund", &bot, "--key", "one"];
        let first = twice(&verbs, &world.stranger, &claim);
        assert_eq!(world.held(&world.bots[0]).await, FEE);
        forget_answers(&verbs);
        assert_eq!(twice(&verbs, &world.stranger, &claim), first, "by the note of the transaction");
        assert_eq!(world.held(&world.bots[0]).await, FEE);

        let other = world.bots[1].pubkey().to_string();
        let mismatch = (4, "idempotency_mismatch".to_owned());
        let of_other = ["refund", &contest, &other, "--key", "one"];
        assert_eq!(verbs.refused(&world.stranger, &of_other), mismatch);
        assert_eq!(verbs.refused(&world.creator, &claim), mismatch, "somebody else's");
        forget_answers(&verbs);
        assert_eq!(verbs.refused(&world.stranger, &of_other), mismatch);
    });
}

#[test]
fn the_end_given_twice_answers_as_before_when_nothing_is_left_of_the_contest() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), played(world).await);
        let contest = at.to_string();
        let early = ["finalize", &contest, "--seed", "none", "--key", "end"];
        assert_ne!(verbs.refused(&world.creator, &early).0, 0, "a refusal is no answer to keep");
        let finalized = twice(&verbs, &world.creator, &["finalize", &contest, "--key", "end"]);
        assert_eq!(finalized["contest"]["status"], "finished");
        let paid = twice(&verbs, &world.stranger, &["claim", &contest, "--all", "--key", "pay"]);
        assert_eq!(paid["items"].as_array().unwrap().len(), 5);
        let closed = twice(&verbs, &world.stranger, &["close", &contest, "--key", "close"]);
        assert_eq!(closed["items"].as_array().unwrap().len(), 5);
        assert_eq!(world.chain.contests(None, None).await.unwrap(), []);
        // All of them once more.
        assert_eq!(verbs.done(&world.creator, &["finalize", &contest, "--key", "end"]), finalized);
        assert_eq!(verbs.done(&world.stranger, &["claim", &contest, "--all", "--key", "pay"]), paid);
    });
}

#[test]
fn a_contest_is_made_once_under_its_key_even_when_it_is_gone() {
    on_a_chain(0, async |world| {
        let (verbs, mint) = (Verbs::on(world), world.mint.to_string());
        let create = ["contest", "create", "--title", "Cup", "--mint", &mint, "--bond", "5", "--key", "cup"];
        let made = twice(&verbs, &world.creator, &create);
        let contest = made["contest"]["contest"].as_str().unwrap();
        for verb in [&["cancel", contest][..], &["claim", contest, "bond"], &["close", contest]] {
            verbs.done(&world.creator, verb);
        }
        assert_eq!(verbs.done(&world.creator, &create), made);
        assert_eq!(world.chain.contests(Some(Status::Registration), None).await.unwrap(), []);
        assert_eq!(world.held(&world.creator).await, TOKENS);
        let other = [&create[..], &["--fee", "1"]].concat();
        assert_eq!(verbs.refused(&world.creator, &other), (4, "idempotency_mismatch".to_owned()));
    });
}

#[test]
fn two_processes_with_one_key_do_it_once() {
    on_a_chain(2, async |world| {
        let (verbs, at) = (Verbs::on(world), world.create(1).await);
        world.enter(&at, &world.bots).await;
        world.start(&at).await;
        world.pass(2 * u64::from(INTERVAL_S)).await;
        verbs.done(&world.stranger, &["abandon", &at.to_string()]);
        let mint = world.mint.to_string();
        let started: Vec<_> = (0..4)
            .map(|_| {
                let mut withdraw =
                    verbs.command(&world.authority, &["treasury", "withdraw", &mint, "5", "--key", "out"]);
                withdraw.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in started {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(world.treasury().await, BOND - 5);
        let left: Vec<_> =
            fs::read_dir(verbs.data().join("chain")).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(left.iter().all(|path| path.extension().is_some_and(|kind| kind == "json")), "{left:?}");
    });
}
