//! A contest that ends otherwise while its host is away: cancelled, expired, abandoned.

use arena_chain::Signer;
use arena_localnet::TOKENS;

use crate::{
    host::{
        BOND, CUP, FEE, Hosting, Said, holds_nothing, is_settled, stranger_closes, stranger_pays, the_contest,
    },
    world::{World, on_a_chain},
};

/// When the mirror's oracle is timed out: two of the longest intervals.
const TIMEOUT_MS: u64 = 2 * 24 * 60 * 60 * 1_000;

/// The host is ended when this step was noted: before its transaction arrives, or when it was carried out.
fn cut_off_at(hosting: &mut Hosting, step: &'static str, arrives: bool) {
    let (line, notes) = (hosting.line(), hosting.notes());
    let process = line.end(arrives, move |asked| asked.is("sendTransaction") && notes.has(step));
    assert!(hosting.cut_off(&process).is_none(), "it is ended at {step}");
}

/// It ended so, every entrant has its fee, and nothing is left on the chain nor in the mirror.
async fn is_over(world: &World, hosting: &Hosting, said: &Said, outcome: &str, lost: u64) {
    assert!(!said.is_played);
    assert_eq!(said.result["outcome"], outcome, "{}", said.errors);
    assert_eq!(world.chain.contests(None, None).await.unwrap().len(), 0);
    let names = ["rocky", "cycler", "randy"];
    let mut fees = 0;
    for name in names {
        let held = world.held(&hosting.wallet(name)).await;
        assert!(held == FEE || held == 0, "{name} {held}");
        fees += held;
    }
    assert_eq!(world.held(&world.creator).await, TOKENS - fees - lost);
    assert_eq!(world.treasury().await, lost);
    holds_nothing(hosting, &names);
}

#[test]
fn cancelled() {
    for (step, is_closed) in [("enter-randy", false), ("start", false), ("start", true)] {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            cut_off_at(&mut hosting, step, false);
            let contest = world.contest(&the_contest(world).await).await;
            world.does(&world.creator, world.chain.at().cancel(&contest)).await;
            if is_closed {
                stranger_pays(world).await;
                stranger_closes(world).await;
            }
            is_over(world, &hosting, &hosting.said(), "cancelled", 0).await;
        });
    }
}

#[test]
fn expired() {
    for is_refunded in [false, true] {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            cut_off_at(&mut hosting, "start", false);
            world.pass(3 * 24 * 60 * 60).await;
            if is_refunded {
                // The first refund ends it.
                let contest = world.contest(&the_contest(world).await).await;
                let rocky = hosting.wallet("rocky").pubkey();
                world.does(&world.stranger, world.chain.at().refund(&contest, &rocky)).await;
            }
            is_over(world, &hosting, &hosting.said(), "cancelled", 0).await;
        });
    }
}

#[test]
fn abandoned() {
    for (step, is_closed) in [("round-1-1", false), ("round-2-1", true)] {
        on_a_chain(0, async |world| {
            let mut hosting =
                Hosting::new(world, &CUP.replace("[terms]", "[terms]\nelimination_interval_s = 10"));
            let (server, _) = hosting.serve(&["--test-clock"]);
            cut_off_at(&mut hosting, step, false);
            world.pass(20).await;
            let contest = world.contest(&the_contest(world).await).await;
            world.does(&world.stranger, world.chain.at().abandon(&contest)).await;
            if is_closed {
                stranger_pays(world).await;
                stranger_closes(world).await;
            }
            // The mirror's clock stood still: its oracle has time yet, and the host says so. On the chain all are paid before.
            let said = hosting.said();
            assert!(said.errors.contains("not_timed_out"), "{}", said.errors);
            assert_eq!(world.held(&hosting.wallet("rocky")).await, FEE);
            server.advances(&hosting, TIMEOUT_MS);
            is_over(world, &hosting, &hosting.said(), "abandoned", BOND).await;
        });
    }
}

#[test]
fn abandoned_before_the_mirror_was_started() {
    for is_closed in [false, true] {
        on_a_chain(0, async |world| {
            let mut hosting =
                Hosting::new(world, &CUP.replace("[terms]", "[terms]\nelimination_interval_s = 10"));
            cut_off_at(&mut hosting, "start", true);
            world.pass(20).await;
            let contest = world.contest(&the_contest(world).await).await;
            world.does(&world.stranger, world.chain.at().abandon(&contest)).await;
            if is_closed {
                stranger_pays(world).await;
                stranger_closes(world).await;
            }
            is_over(world, &hosting, &hosting.said(), "abandoned", BOND).await;
        });
    }
}

#[test]
fn cancelled_while_the_mirror_is_made() {
    // Between the note of a deposit and the deposit, and between a deposit and what it is for.
    for (what, arrives) in [
        ("/deposits", false),
        ("/deposits", true),
        ("POST /v1/contests", false),
        ("POST /v1/contests", true),
        ("/entries", false),
    ] {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            let (_server, line) = hosting.serve(&[]);
            let process =
                line.end(arrives, move |asked| asked.what.starts_with("POST") && asked.what.ends_with(what));
            assert!(hosting.cut_off(&process).is_none(), "it is ended at {what}");
            let contest = world.contest(&the_contest(world).await).await;
            world.does(&world.creator, world.chain.at().cancel(&contest)).await;
            is_over(world, &hosting, &hosting.said(), "cancelled", 0).await;
            let mirrors = hosting.answer(&["contest", "list"])["items"].take();
            for mirror in mirrors.as_array().unwrap() {
                let bond = format!("bond:{}", mirror["arena_id"].as_str().unwrap());
                assert_eq!(hosting.answer(&["ledger", "balance", &bond])["balance"], 0, "{what} {arrives}");
            }
        });
    }
}

#[test]
fn by_the_mirrors_clock_alone() {
    // With the last step missing in the mirror, or a round; timed out, or abandoned by somebody.
    for (what, is_abandoned) in [("/finalize", false), ("/finalize", true), ("/eliminations", false)] {
        on_a_chain(0, async |world| {
            let mut hosting = Hosting::new(world, CUP);
            let (server, line) = hosting.serve(&["--test-clock"]);
            let process = line.end(false, move |asked| asked.what.ends_with(what));
            assert!(hosting.cut_off(&process).is_none(), "it is ended at {what}");
            server.advances(&hosting, TIMEOUT_MS);
            if is_abandoned {
                let contests = hosting.answer(&["contest", "list"])["items"].take();
                hosting.answer(&["contest", "abandon", contests[0]["arena_id"].as_str().unwrap()]);
            }
            let result = hosting.ended();
            is_settled(world, &hosting, &result).await;
            assert!(result["why"].as_str().unwrap().contains("abandoned before"), "{result}");
        });
    }
}
