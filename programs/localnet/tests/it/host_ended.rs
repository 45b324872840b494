//! A contest that ends otherwise while its host is away: cancelled, expired, abandoned.

use arena_chain::Signer;
use arena_localnet::TOKENS;

use crate::{
    host::{BOND, CUP, FEE, Hosting, Said, holds_nothing, stranger_closes, stranger_pays, the_contest},
    world::{World, on_a_chain},
};

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
    // With a mirror that was not started yet, too.
    for (step, arrives, is_closed) in [
        ("start", true, false),
        ("start", true, true),
        ("round-1-1", false, false),
        ("round-2-1", false, true),
    ] {
        on_a_chain(0, async |world| {
            let mut hosting =
                Hosting::new(world, &CUP.replace("[terms]", "[terms]\nelimination_interval_s = 10"));
            let (server, _) = hosting.serve(&["--test-clock"]);
            cut_off_at(&mut hosting, step, arrives);
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
            server.advances(&hosting, 20_000);
            is_over(world, &hosting, &hosting.said(), "abandoned", BOND).await;
        });
    }
}
