//! With only a wallet's key and the client an entrant's money comes out of any contest whose creator and oracle are gone.

use arena_chain::{Address, Keypair, Note, Signer, sort_by_standing};
use arena_core::contest::Status;
use arena_localnet::TOKENS;

use crate::world::{FEE, World, on_a_chain};

/// The one who has nothing but its key; the other entrants never act again.
const ME: usize = 0;
const OTHER: usize = 1;

/// A contest that both entered, and that was started when that is said.
async fn entered(world: &World, number: u8, is_started: bool) -> Address {
    let contest = world.create(number).await;
    world.enter(&contest, &world.bots).await;
    if is_started {
        world.start(&contest).await;
    }
    contest
}

/// One contest for each place where a creator and an oracle can be gone.
async fn contests(world: &World) -> Vec<Address> {
    let (at, oracle) = (world.chain.at(), world.creator.pubkey());
    let registration = entered(world, 1, false).await;
    let active = entered(world, 2, true).await;

    let eliminating = entered(world, 3, true).await;
    let page = world.page(&eliminating, (1, 1), false, &[(ME, 1, true)]);
    world.submit(&eliminating, &page).await;

    let mut finalized = Vec::new();
    for (number, taken) in [(4, 1), (5, 2)] {
        let contest = entered(world, number, true).await;
        world
            .submit(&contest, &world.page(&contest, (1, 1), true, &[(ME, 7, false), (OTHER, 3, false)]))
            .await;
        let mut entries = world.chain.entries(&contest).await.unwrap();
        sort_by_standing(&mut entries);
        let order: Vec<Address> = entries.iter().take(taken).map(|entry| entry.address).collect();
        let held = world.contest(&contest).await;
        world.does(&world.creator, at.finalize(&held, &oracle, 0, None, &order).unwrap()).await;
        finalized.push(contest);
    }

    let cancelled = entered(world, 6, false).await;
    world.does(&world.creator, at.cancel(&world.contest(&cancelled).await)).await;
    [vec![registration, active, eliminating, cancelled], finalized].concat()
}

/// Takes every way out that is open, with this key alone.
async fn take_what_is_open(world: &World, me: &Keypair) {
    for way in world.chain.ways_out(&me.pubkey()).await.unwrap() {
        if way.is_open {
            for action in world.chain.taken(&way, &me.pubkey()).await.unwrap() {
                world.chain.send(&action, &[me], &Note::Nowhere, None).await.unwrap();
            }
        }
    }
}

#[test]
fn an_entrants_money_comes_out_of_every_contest_with_its_key_alone() {
    on_a_chain(2, async |world| {
        let contests = contests(world).await;
        // From here on nobody acts but one wallet.
        let me = &world.bots[ME];
        let stakes = u64::try_from(contests.len()).unwrap() * FEE;
        assert_eq!(world.held(me).await, TOKENS - stakes);
        take_what_is_open(world, me).await;
        let waiting: Vec<_> = world.chain.ways_out(&me.pubkey()).await.unwrap();
        assert_eq!(waiting.len(), 3, "active, eliminating and finalizing have to time out first");
        let last = waiting.iter().map(|way| way.at.as_millis()).max().unwrap();
        let now_s = world.chain.rpc().now_s().await.unwrap();
        world.pass(last / 1_000 + 1 - now_s).await;
        take_what_is_open(world, me).await;
        assert_eq!(world.chain.ways_out(&me.pubkey()).await.unwrap(), []);
        // Of 2,000,000 in the finished one: 20,000 and 100,000 are fees, and the winner has the third place's share too.
        let prize = 1_316_000;
        assert_eq!(world.held(me).await, TOKENS - FEE + prize);
    });
}

#[test]
fn an_entrants_money_comes_out_when_registration_expired() {
    on_a_chain(2, async |world| {
        let contest = entered(world, 1, false).await;
        let me = &world.bots[ME];
        world.pass(3 * 24 * 60 * 60).await;
        take_what_is_open(world, me).await;
        assert_eq!(world.held(me).await, TOKENS);
        assert_eq!(world.contest(&contest).await.status(), Status::Cancelled);
    });
}
