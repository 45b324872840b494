//! Books that are wrong, which no instruction can bring about: nothing is paid, nobody comes in or goes, nothing is closed.

use arena_escrow_interface::{accounts::ContestMut, Fault};

use crate::{
    attacks::finished,
    chain::{Done, Refused},
    world::{terms, World},
};

type Spoil = fn(&mut ContestMut<'_>);

fn unbalanced() -> Result<Done, Refused> {
    Err(Fault::Unbalanced.into())
}

#[test]
fn a_contest_that_owes_less_than_is_due_pays_nothing_out_of_its_escrow() {
    let (mut world, agents) = finished();
    let (held, owed) = (world.chain.tokens(world.escrow()), world.see(|contest| contest.escrow_due()));
    world.spoil(|contest| contest.set_escrow_due(19));
    assert_eq!(world.claim(agents[0]), unbalanced());
    assert_eq!(world.pay_creator_fee(), unbalanced());
    assert_eq!(world.pay_protocol_fee(), unbalanced());
    assert_eq!(world.chain.tokens(world.escrow()), held);
    // The bond is in a vault of its own.
    world.return_bond().unwrap();
    world.spoil(|contest| contest.set_escrow_due(owed));
    world.claim(agents[0]).unwrap();
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.cancel().unwrap();
    world.spoil(|contest| contest.set_escrow_due(999));
    assert_eq!(world.refund(agents[0]), unbalanced());
}

#[test]
fn nobody_leaves_a_contest_that_counts_too_little_or_enters_one_that_counts_too_much() {
    let too_little: [Spoil; 5] = [
        |contest| contest.set_pot(999),
        |contest| contest.set_escrow_due(999),
        |contest| contest.set_entrants(0),
        |contest| contest.set_alive(0),
        |contest| contest.set_open_entries(0),
    ];
    let too_much: [Spoil; 4] = [
        |contest| contest.set_pot(u64::MAX),
        |contest| contest.set_escrow_due(u64::MAX),
        |contest| contest.set_alive(u32::MAX),
        |contest| contest.set_open_entries(u32::MAX),
    ];
    let mut world = World::created(&terms());
    let (entrant, late) = (world.entrants(1)[0], world.agent());
    let sound = world.chain.data(world.contest());
    for (index, spoil) in too_little.into_iter().enumerate() {
        world.spoil(spoil);
        assert_eq!(world.leave(entrant), unbalanced(), "{index}");
        let at = world.contest();
        world.chain.change(at, |data| data.clone_from(&sound));
    }
    for (index, spoil) in too_much.into_iter().enumerate() {
        world.spoil(spoil);
        assert_eq!(world.enter(late), unbalanced(), "{index}");
        let at = world.contest();
        world.chain.change(at, |data| data.clone_from(&sound));
    }
    world.leave(entrant).unwrap();
}

#[test]
fn an_entry_that_is_not_counted_is_not_closed() {
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.cancel().unwrap();
    world.refund(agents[0]).unwrap();
    world.spoil(|contest| contest.set_open_entries(0));
    assert_eq!(world.close_entry(agents[0]), unbalanced());
}
