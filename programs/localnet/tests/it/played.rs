//! A paid contest of twenty bots, from registration to the last claim.

use arena_chain::{Address, Signer, associated, sort_by_standing};
use arena_core::contest::Status;

use crate::world::{BOND, FEE, World, on_a_chain};

/// How many play.
const BOTS: usize = 20;
/// What they pay together: 20,000,000.
const POT: u64 = FEE * 20;

#[test]
fn a_contest_of_twenty_bots_pays_everybody_what_the_rounds_show() {
    on_a_chain(BOTS, async |world| {
        let contest = world.create(1).await;
        world.enter(&contest, &world.bots).await;
        assert_eq!(world.contest(&contest).await.view().pot(), POT);
        world.start(&contest).await;
        play(world, &contest).await;
        finalize(world, &contest).await;
        pay(world, &contest).await;
        world.close(&contest).await;

        // Of 20,000,000 the treasury has 1 and the creator 5 of a hundred, and the places 50, 30 and 20 of what is left; two
        // share the third.
        let mut gains = vec![-FEE.cast_signed(); BOTS + 1];
        gains[0] = 1_000_000;
        for (bot, prize) in [(19, 9_400_000), (18, 5_640_000), (17, 1_880_000), (16, 1_880_000)] {
            gains[1 + bot] += prize;
        }
        assert_eq!(world.gains().await, gains);
        assert_eq!(world.treasury().await, 200_000);
        withdraw(world).await;
    });
}

/// Four rounds of two pages: the lowest five go out each time, then all but two of the rest.
async fn play(world: &World, contest: &Address) {
    for round in 1..=3 {
        let first = (round as usize - 1) * 5;
        let marks: Vec<_> = (first..BOTS).map(|bot| (bot, score(bot, round), bot < first + 5)).collect();
        let (front, back) = marks.split_at(marks.len() / 2);
        world.submit(contest, &world.page(contest, (round, 1), false, front)).await;
        assert_eq!(world.contest(contest).await.status(), Status::Eliminating);
        world.submit(contest, &world.page(contest, (round, 2), true, back)).await;
        let held = world.contest(contest).await;
        assert_eq!((held.status(), held.view().alive() as usize), (Status::Active, BOTS - first - 5));
    }
    // The last five: 16 and 17 go out with equal scores.
    let marks = [(15, 1, true), (16, 5, true), (17, 5, true), (18, 70, false), (19, 80, false)];
    world.submit(contest, &world.page(contest, (4, 1), true, &marks)).await;
    let page = world.page(contest, (6, 1), true, &[(18, 1, true)]);
    let action = world.chain.at().submit_page(&world.contest(contest).await, &world.creator.pubkey(), &page);
    assert_eq!(world.refused(&world.creator, action.unwrap()).await, "wrong_round");
}

fn score(bot: usize, round: u32) -> i64 {
    i64::from(round) * 10 + i64::try_from(bot).unwrap() - 12
}

/// Finalizes in two pages; an oracle that names the entries in another order is refused.
async fn finalize(world: &World, contest: &Address) {
    let (at, oracle) = (world.chain.at(), world.creator.pubkey());
    let mut entries = world.chain.entries(contest).await.unwrap();
    sort_by_standing(&mut entries);
    let order: Vec<Address> = entries.iter().map(|entry| entry.address).collect();
    let held = world.contest(contest).await;

    let mut bought = order.clone();
    bought.swap(0, 4);
    let action = at.finalize(&held, &oracle, 0, None, &bought[..12]).unwrap();
    let word = world.refused(&world.creator, action).await;
    assert_eq!(word, "invalid", "a place that the rounds do not show");

    world.does(&world.creator, at.finalize(&held, &oracle, 0, None, &order[..12]).unwrap()).await;
    let between = world.contest(contest).await;
    assert_eq!((between.status(), between.view().placed()), (Status::Active, 12));
    world.does(&world.creator, at.finalize(&held, &oracle, 12, None, &order[12..]).unwrap()).await;
    assert_eq!(world.contest(contest).await.status(), Status::Finished);

    let standing = async |bot: usize| {
        world.chain.entry(contest, &world.bots[bot].pubkey()).await.unwrap().view().standing()
    };
    let places =
        [standing(19).await, standing(18).await, standing(17).await, standing(16).await, standing(15).await];
    assert_eq!(places, [1, 2, 3, 3, 5]);
}

/// A stranger has everybody paid; nobody is paid twice, and who is owed nothing gets nothing.
async fn pay(world: &World, contest: &Address) {
    let at = world.chain.at();
    let held = world.contest(contest).await;
    for bot in [19, 18, 17, 16] {
        world.does(&world.stranger, at.claim_prize(&held, &world.bots[bot].pubkey())).await;
    }
    let again = world.refused(&world.stranger, at.claim_prize(&held, &world.bots[19].pubkey())).await;
    let nothing = world.refused(&world.stranger, at.claim_prize(&held, &world.bots[3].pubkey())).await;
    assert_eq!((again, nothing), ("already_paid", "nothing_owed"));
    world.does(&world.stranger, at.pay_creator_fee(&held)).await;
    world.does(&world.stranger, at.pay_protocol_fee(&held)).await;
    let before = world.held(&world.creator).await;
    world.does(&world.stranger, at.return_bond(&held)).await;
    assert_eq!(world.held(&world.creator).await, before + BOND);
    for entry in world.chain.entries(contest).await.unwrap() {
        world.does(&world.stranger, at.record_result(&entry)).await;
    }
    let best = world.chain.profile(&world.bots[19].pubkey()).await.unwrap().counters();
    assert_eq!((best.completed, best.wins, best.earnings), (1, 1, 9_400_000));
    let first_out = world.chain.profile(&world.bots[0].pubkey()).await.unwrap().counters();
    assert_eq!((first_out.completed, first_out.wins, first_out.eliminations), (1, 0, 1));
}

/// The authority takes all that the treasury has, and nobody else does.
async fn withdraw(world: &World) {
    let (at, amount) = (world.chain.at(), world.treasury().await);
    let take = |who: &Address, amount| {
        let to = associated(who, &world.token_program, &world.mint);
        at.withdraw_treasury(who, &world.mint, &world.token_program, &to, amount, 1)
    };
    let (stranger, authority) = (world.stranger.pubkey(), world.authority.pubkey());
    assert_eq!(world.refused(&world.stranger, take(&stranger, amount)).await, "forbidden");
    let before = world.held(&world.authority).await;
    world.does(&world.authority, take(&authority, amount)).await;
    assert_eq!((world.held(&world.authority).await, world.treasury().await), (before + amount, 0));
}
