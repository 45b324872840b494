//! `arena chain exits`: what comes out with a key alone, and what is not given up unasked.

use arena_chain::Keypair;
use arena_core::contest::Status;
use serde_json::Value;

use crate::{
    binary::Verbs,
    cut::Line,
    world::{BOND, FEE, INTERVAL_S, World, on_a_chain},
};

/// The ways out by action, with whether each is open and gives something up; in the order of their actions.
fn ways(answer: &Value, list: &str) -> Vec<(String, bool, bool)> {
    let of = |way: &Value| {
        let is = |field: &str| way[field].as_bool().unwrap();
        (way["action"].as_str().unwrap().to_owned(), is("is_open"), is("gives_up"))
    };
    let mut ways: Vec<_> = answer[list].as_array().into_iter().flatten().map(of).collect();
    ways.sort();
    ways
}

fn way(action: &str, is_open: bool, gives_up: bool) -> (String, bool, bool) {
    (action.to_owned(), is_open, gives_up)
}

async fn gain(world: &World, wallet: &Keypair) -> i64 {
    world.held(wallet).await.cast_signed() - arena_localnet::TOKENS.cast_signed()
}

#[test]
fn what_is_owed_is_taken_and_what_may_still_be_played_is_not_given_up() {
    on_a_chain(2, async |world| {
        let verbs = Verbs::on(world);
        let (me, fee, bond) = (&world.bots[0], FEE.cast_signed(), BOND.cast_signed());
        let contests = [world.create(1).await, world.create(2).await, world.create(3).await];
        let [registering, started, cancelled] = contests;
        for contest in &contests {
            world.enter(contest, &world.bots).await;
        }
        world.start(&started).await;
        verbs.done(&world.creator, &["cancel", &cancelled.to_string()]);

        let listed = verbs.done(me, &["exits"]);
        let (leave, refund) = (way("leave", true, true), way("refund", true, false));
        let abandon = |is_open| way("abandon", is_open, false);
        assert_eq!(ways(&listed, "items"), [abandon(false), leave.clone(), refund.clone()]);
        let taken = verbs.done(me, &["exits", "--take"]);
        assert_eq!(ways(&taken, "taken"), [refund]);
        assert_eq!(ways(&taken, "items"), [abandon(false), leave]);
        assert_eq!(gain(world, me).await, -2 * fee);

        // The creator's own contest goes on registering; the bond of the one that it cancelled is back.
        let taken = verbs.done(&world.creator, &["exits", "--take"]);
        assert_eq!(ways(&taken, "taken"), [way("bond", true, false)]);
        assert_eq!(ways(&taken, "items"), [way("cancel", true, true)]);
        assert_eq!(world.contest(&registering).await.status(), Status::Registration);
        assert_eq!(gain(world, &world.creator).await, -2 * bond);

        // An oracle that is gone holds nothing up.
        world.pass(2 * u64::from(INTERVAL_S)).await;
        let taken = verbs.done(me, &["exits", "--take"]);
        assert_eq!(ways(&taken, "taken"), [abandon(true)]);
        assert_eq!(gain(world, me).await, -fee);
        // Nor a creator, once registration is over.
        world.pass(3 * 24 * 60 * 60).await;
        let taken = verbs.done(me, &["exits", "--take"]);
        assert_eq!((ways(&taken, "items"), gain(world, me).await), (vec![], 0));
        assert_eq!(world.contest(&registering).await.status(), Status::Cancelled);
    });
}

#[test]
fn a_contest_that_is_named_is_left_or_cancelled_and_no_list_is_asked_for() {
    on_a_chain(2, async |world| {
        let (mut verbs, contest) = (Verbs::on(world), world.create(1).await);
        world.enter(&contest, &world.bots).await;
        let line = Line::to(world.chain.rpc().url());
        verbs.through(line.url());
        let (me, named) = (&world.bots[0], contest.to_string());
        let listed = verbs.done(me, &["exits", "--contest", &named]);
        assert_eq!(ways(&listed, "items"), [way("leave", true, true)]);
        let taken = verbs.done(me, &["exits", "--contest", &named, "--take"]);
        assert_eq!(ways(&taken, "taken"), [way("leave", true, true)]);
        assert_eq!(gain(world, me).await, 0);
        let taken = verbs.done(&world.creator, &["exits", "--contest", &named, "--take"]);
        assert_eq!(ways(&taken, "taken"), [way("cancel", true, true)]);
        assert_eq!(gain(world, &world.creator).await, 0);
        let listed = verbs.done(&world.bots[1], &["exits", "--contest", &named]);
        assert_eq!(ways(&listed, "items"), [way("refund", true, false)]);
        assert!(line.asked("getProgramAccounts").is_empty());
        assert_eq!(
            verbs.done(&world.stranger, &["exits", "--contest", &named])["items"],
            Value::Array(vec![])
        );
    });
}
