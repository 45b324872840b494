//! A contest from registration to closed vaults, each way that it can end, with the balances of section 6 of the design.

use arena_core::contest::Status;
use arena_escrow_interface::{accounts::status_of, events::Event};

use crate::world::{terms, World, FUNDS};

fn status(world: &World) -> Status {
    status_of(world.see(|contest| contest.status())).unwrap()
}

#[test]
fn a_cancelled_contest_gives_all_back() {
    let mut world = World::created(&terms());
    assert_eq!(world.balance(world.creator), FUNDS - 500);
    let agents = world.entrants(3);
    assert_eq!(world.chain.tokens(world.escrow()), 3_000);
    world.cancel().unwrap();
    assert_eq!(status(&world), Status::Cancelled);
    for agent in &agents {
        let done = world.refund(*agent).unwrap();
        assert!(matches!(done.events[..], [Event::ObligationPaid { kind: 4, amount: 1_000, .. }]), "{done:?}");
        assert_eq!(world.balance(*agent), FUNDS);
    }
    world.return_bond().unwrap();
    assert_eq!(world.balance(world.creator), FUNDS);
    assert_eq!(world.chain.tokens(world.escrow()), 0);
    assert_eq!(world.chain.tokens(world.bond_vault()), 0);
}
