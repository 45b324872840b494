//! Contests that are not played to their end: each balance is where the table of scenarios says, and every vault is gone.

use arena_chain::{Address, Signer};
use arena_core::contest::Status;

use crate::world::{BOND, FEE, INTERVAL_S, World, on_a_chain};

/// As long as registration lasts.
const REGISTRATION_S: u64 = 3 * 24 * 60 * 60;
/// How many enter.
const BOTS: usize = 3;

/// A stranger has every entrant's fee paid back.
async fn refund_all(world: &World, contest: &Address) {
    let held = world.contest(contest).await;
    for bot in &world.bots {
        world.does(&world.stranger, world.chain.at().refund(&held, &bot.pubkey())).await;
    }
    let again = world.chain.at().refund(&held, &world.bots[0].pubkey());
    assert_eq!(world.refused(&world.stranger, again).await, "already_paid");
}

#[test]
fn a_cancelled_contest_gives_back_fees_and_bond() {
    on_a_chain(BOTS, async |world| {
        let contest = world.create(1).await;
        world.enter(&contest, &world.bots).await;
        let mut paid = vec![-FEE.cast_signed(); BOTS + 1];
        paid[0] = -BOND.cast_signed();
        assert_eq!(world.gains().await, paid);
        let held = world.contest(&contest).await;
        world.does(&world.creator, world.chain.at().cancel(&held)).await;
        refund_all(world, &contest).await;
        world.does(&world.stranger, world.chain.at().return_bond(&held)).await;
        world.close(&contest).await;
        assert_eq!((world.gains().await, world.treasury().await), (vec![0; BOTS + 1], 0));
    });
}

#[test]
fn an_expired_contest_gives_back_fees_and_bond_without_its_creator() {
    on_a_chain(BOTS, async |world| {
        let contest = world.create(1).await;
        world.enter(&contest, &world.bots).await;
        let held = world.contest(&contest).await;
        let early = world.chain.at().refund(&held, &world.bots[0].pubkey());
        assert_eq!(world.refused(&world.stranger, early).await, "wrong_state");
        world.pass(REGISTRATION_S).await;
        let late = world.chain.at().start(&held, &world.creator.pubkey());
        assert_eq!(world.refused(&world.creator, late).await, "registration_expired");
        refund_all(world, &contest).await;
        assert_eq!(world.contest(&contest).await.status(), Status::Cancelled);
        world.does(&world.stranger, world.chain.at().return_bond(&held)).await;
        world.close(&contest).await;
        assert_eq!((world.gains().await, world.treasury().await), (vec![0; BOTS + 1], 0));
    });
}

#[test]
fn an_expired_contest_that_nobody_entered_gives_back_the_bond() {
    on_a_chain(0, async |world| {
        let contest = world.create(1).await;
        world.pass(REGISTRATION_S).await;
        let held = world.contest(&contest).await;
        world.does(&world.stranger, world.chain.at().return_bond(&held)).await;
        world.close(&contest).await;
        assert_eq!((world.gains().await, world.treasury().await), (vec![0], 0));
    });
}

#[test]
fn an_abandoned_contest_gives_back_fees_and_its_bond_goes_to_the_treasury() {
    on_a_chain(BOTS, async |world| {
        let contest = world.create(1).await;
        world.enter(&contest, &world.bots).await;
        world.start(&contest).await;
        // An open page does not reset the clock.
        let page = world.page(&contest, (1, 1), false, &[(0, 1, true)]);
        world.submit(&contest, &page).await;
        let held = world.contest(&contest).await;
        assert_eq!(world.refused(&world.stranger, world.chain.at().abandon(&held)).await, "not_timed_out");
        world.pass(2 * u64::from(INTERVAL_S)).await;
        let page = world.page(&contest, (1, 2), true, &[(1, 1, false)]);
        let late = world.chain.at().submit_page(&held, &world.creator.pubkey(), &page).unwrap();
        assert_eq!(world.refused(&world.creator, late).await, "oracle_timed_out");
        world.does(&world.stranger, world.chain.at().abandon(&held)).await;
        refund_all(world, &contest).await;
        assert_eq!(world.refused(&world.stranger, world.chain.at().return_bond(&held)).await, "wrong_state");
        world.close(&contest).await;
        let mut gains = vec![0; BOTS + 1];
        gains[0] = -BOND.cast_signed();
        assert_eq!((world.gains().await, world.treasury().await), (gains, BOND));
    });
}
