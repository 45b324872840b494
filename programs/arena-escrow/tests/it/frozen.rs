//! Token accounts that give or take nothing, by the mint's freeze authority or by their owner: who is held back by it, and until when.

use arena_escrow_interface::{Fault, Key, TOKEN_2022_PROGRAM};

use crate::{
    attacks::finished,
    chain::{Done, Refused},
    world::{terms, World},
};

/// The token programs' numbers for a frozen account, and for an account that wants a memo before each transfer.
const FROZEN: u32 = 17;
const NO_MEMO: u32 = 36;

fn by_tokens(number: u32) -> Result<Done, Refused> {
    Err(Refused::Other(format!("custom {number}")))
}

#[test]
fn a_frozen_payee_delays_only_itself() {
    let (mut world, agents) = finished();
    let frozen = world.tokens_of(agents[0]);
    world.chain.set_frozen(frozen, true);
    assert_eq!(world.claim(agents[0]), by_tokens(FROZEN));
    world.claim(agents[1]).unwrap();
    world.pay_creator_fee().unwrap();
    world.chain.set_frozen(frozen, false);
    world.claim(agents[0]).unwrap();
}

#[test]
fn a_frozen_treasury_keeps_nobody_from_a_refund() {
    for vault in [World::treasury, World::bond_vault] {
        let mut world = World::created(&terms());
        let agents = world.entrants(2);
        world.start().unwrap();
        world.chain.pass_s(120);
        let frozen = vault(&world);
        world.chain.set_frozen(frozen, true);
        world.abandon().unwrap();
        for agent in &agents {
            world.refund(*agent).unwrap();
            world.close_entry(*agent).unwrap();
        }
        assert!(world.close_contest().is_err());
        world.chain.set_frozen(frozen, false);
        world.close_contest().unwrap();
        assert_eq!(world.chain.tokens(world.treasury()), 500, "the bond follows");
    }
}

/// Whoever may freeze a vault holds everybody's money: nothing of it is lost, and nothing of it comes out.
#[test]
fn a_frozen_escrow_holds_everybody_back_until_it_is_thawed() {
    let mut world = World::created(&terms());
    let (agents, late) = (world.entrants(2), world.agent());
    let escrow = world.escrow();
    world.chain.set_frozen(escrow, true);
    assert_eq!(world.enter(late), by_tokens(FROZEN));
    assert_eq!(world.leave(agents[0]), by_tokens(FROZEN));
    world.cancel().unwrap();
    assert_eq!(world.refund(agents[1]), by_tokens(FROZEN));
    world.return_bond().unwrap();
    assert_eq!(world.close_contest(), Err(Fault::NotSettled.into()));
    world.chain.set_frozen(escrow, false);
    for agent in &agents {
        world.refund(*agent).unwrap();
        world.close_entry(*agent).unwrap();
    }
    world.close_contest().unwrap();
}

#[test]
fn a_frozen_escrow_pays_no_prize_and_no_fee() {
    let (mut world, agents) = finished();
    let escrow = world.escrow();
    world.chain.set_frozen(escrow, true);
    assert_eq!(world.claim(agents[0]), by_tokens(FROZEN));
    assert_eq!(world.pay_creator_fee(), by_tokens(FROZEN));
    assert_eq!(world.pay_protocol_fee(), by_tokens(FROZEN));
    assert_eq!(world.see_entry(agents[0], |entry| entry.is_paid()), 0, "it is still owed");
    world.chain.set_frozen(escrow, false);
    world.claim(agents[0]).unwrap();
    world.pay_creator_fee().unwrap();
    world.pay_protocol_fee().unwrap();
}

/// Switches on that a token account takes nothing without a memo, as its owner can in Token-2022, or off.
fn wants_memos(world: &mut World, agent: Key, wants: bool) {
    let at = world.tokens_of(agent);
    world.chain.change(at, |data| {
        data.resize(165, 0);
        // The kind of account, then the extension: its number, its length, whether it is on.
        data.extend_from_slice(&[2, 8, 0, 1, 0, u8::from(wants)]);
    });
}

/// Nobody's money waits for it, only the rent of the contest's own accounts.
#[test]
fn a_payee_that_wants_memos_delays_only_itself_and_the_closing() {
    let pointer = [18, 0, 64, 0].into_iter().chain([0; 64]).collect::<Vec<u8>>();
    let mut world = World::with(TOKEN_2022_PROGRAM, &pointer);
    world.init_protocol().unwrap();
    world.open_treasury().unwrap();
    world.register(world.creator).unwrap();
    world.create(&terms()).unwrap();
    let agents = world.entrants(2);
    world.cancel().unwrap();
    wants_memos(&mut world, agents[0], true);
    assert_eq!(world.refund(agents[0]), by_tokens(NO_MEMO));
    world.refund(agents[1]).unwrap();
    world.close_entry(agents[1]).unwrap();
    world.return_bond().unwrap();
    assert_eq!(world.close_entry(agents[0]), Err(Fault::NotSettled.into()));
    assert_eq!(world.close_contest(), Err(Fault::NotSettled.into()));
    wants_memos(&mut world, agents[0], false);
    world.refund(agents[0]).unwrap();
    world.close_entry(agents[0]).unwrap();
    world.close_contest().unwrap();
}
