//! Finalizing page by page: in standing order, each entry once, all of them.

use arena_core::contest::{Code, Status};
use arena_escrow_interface::{accounts::status_of, Key};
use sha2::{Digest, Sha256};

use crate::{
    asks::Page,
    chain::Refused,
    world::{terms, World},
};

/// A contest of five after one round: c and d lead with equal scores, then a; b and e are out.
fn played() -> (World, [Key; 5]) {
    let mut world = World::created(&terms());
    let agents = world.entrants(5);
    world.start().unwrap();
    let [a, b, c, d, e] = [agents[0], agents[1], agents[2], agents[3], agents[4]];
    let said = [
        (a, false, Some(1)),
        (b, true, Some(9)),
        (c, false, Some(7)),
        (d, false, Some(7)),
        (e, true, Some(-2)),
    ];
    world.round(1, &said).unwrap();
    (world, [a, b, c, d, e])
}

fn refused(code: Code) -> Refused {
    code.into()
}

fn status(world: &World) -> Status {
    status_of(world.see(|contest| contest.status())).unwrap()
}

#[test]
fn entries_are_taken_in_order_over_pages() {
    let (mut world, [a, b, c, d, e]) = played();
    world.finalize(0, &[c]).unwrap();
    assert_eq!(status(&world), Status::Active);
    assert_eq!(world.claim(c), Err(refused(Code::WrongState)), "nothing is owed before the last page");
    world.finalize(1, &[d, a]).unwrap();
    world.finalize(3, &[b, e]).unwrap();
    assert_eq!(status(&world), Status::Finished);
    let places =
        [a, b, c, d, e].map(|agent| world.see_entry(agent, |entry| (entry.standing(), entry.before())));
    assert_eq!(places, [(3, 0), (4, 0), (1, 0), (1, 1), (5, 0)]);
    assert_eq!(world.finalize(5, &[e]), Err(refused(Code::WrongState)));
    world.claim(d).unwrap();
    world.claim(c).unwrap();
    assert_eq!(world.claim(a), Err(refused(Code::NothingOwed)));
}

#[test]
fn no_other_order_is_taken() {
    let (mut world, [a, b, c, d, e]) = played();
    let wrong: [&[Key]; 7] = [
        &[d, c, a, b, e],
        &[c, d, b, a, e],
        &[a, c, d, b, e],
        &[c, d, a, e, b],
        &[c, c, d, a, b],
        &[c, d, a, b, e, e],
        &[],
    ];
    for agents in wrong {
        assert_eq!(world.finalize(0, agents), Err(refused(Code::Invalid)), "{agents:?}");
    }
    // Whoever is left out at first can never be taken, so that the contest cannot finish without them.
    world.finalize(0, &[d, a, b, e]).unwrap();
    assert_eq!(world.finalize(4, &[c]), Err(refused(Code::Invalid)));
    assert_eq!(status(&world), Status::Active);
}

#[test]
fn a_stale_page_and_a_repeated_one_are_refused() {
    let (mut world, [a, b, c, d, e]) = played();
    world.finalize(0, &[c, d]).unwrap();
    assert_eq!(world.finalize(0, &[c, d]), Err(refused(Code::WrongPage)));
    assert_eq!(world.finalize(3, &[a]), Err(refused(Code::WrongPage)));
    assert_eq!(world.finalize(2, &[d, a]), Err(refused(Code::Invalid)));
    world.finalize(2, &[a, b, e]).unwrap();
}

#[test]
fn between_pages_rounds_are_refused_and_abandon_stays_possible() {
    let (mut world, [a, b, c, d, e]) = played();
    world.finalize(0, &[c, d]).unwrap();
    assert_eq!(world.round(2, &[(c, true, None)]), Err(refused(Code::WrongState)));
    assert_eq!(world.record(c).map(drop), Err(refused(Code::WrongState)), "nobody has completed it yet");
    assert_eq!(world.abandon(), Err(refused(Code::NotTimedOut)));
    world.chain.pass_s(120);
    assert_eq!(world.finalize(2, &[a, b, e]), Err(refused(Code::OracleTimedOut)));
    world.abandon().unwrap();
    for agent in [a, b, c, d, e] {
        world.refund(agent).unwrap();
        assert_eq!(world.claim(agent), Err(refused(Code::WrongState)));
        world.close_entry(agent).unwrap();
        assert_eq!(world.see_profile(agent, |profile| profile.completed()), 0);
    }
    world.close_contest().unwrap();
}

#[test]
fn there_is_nothing_to_finalize_before_a_round_is_complete() {
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    assert_eq!(world.finalize(0, &agents), Err(refused(Code::WrongState)));
    world.start().unwrap();
    assert_eq!(world.finalize(0, &agents), Err(refused(Code::WrongRound)));
    let stranger = world.agent();
    world.round(1, &[]).unwrap();
    assert_eq!(world.finalize(0, &[agents[0], stranger]), Err(refused(Code::Invalid)));
}

#[test]
fn a_committed_seed_opens_the_commitment_with_the_first_page() {
    for (seed, committed) in [("a seed", b"a seed".to_vec()), ("00fF", vec![0, 255])] {
        let mut terms = terms();
        terms.seed_commitment = Some(Sha256::digest(committed).into());
        let mut world = World::created(&terms);
        let agents = world.entrants(2);
        world.start().unwrap();
        world.round(1, &[]).unwrap();
        let long = "x".repeat(129);
        for wrong in [None, Some("another"), Some(""), Some(&*long)] {
            let asked = world.ask_finalize(world.creator, 0, wrong, &agents);
            assert_eq!(world.chain.send(&[asked]).map(drop), Err(refused(Code::Invalid)), "{wrong:?}");
        }
        let first = world.ask_finalize(world.creator, 0, Some(seed), &agents[..1]);
        world.chain.send(&[first]).unwrap();
        let again = world.ask_finalize(world.creator, 1, Some(seed), &agents[1..]);
        assert_eq!(world.chain.send(&[again]).map(drop), Err(refused(Code::Invalid)));
        world.finalize(1, &agents[1..]).unwrap();
    }
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.start().unwrap();
    world.page(Page { round: 1, page: 1, last: true, actions_root: None, said: &[] }).unwrap();
    let asked = world.ask_finalize(world.creator, 0, Some("not asked for"), &agents);
    assert_eq!(world.chain.send(&[asked]).map(drop), Err(refused(Code::Invalid)));
}
