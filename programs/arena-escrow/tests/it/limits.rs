//! A hundred entrants: every instruction inside the chain's limits, and what each costs, as `docs/compute-units.md` has it.

use arena_escrow_interface::{instructions::INSTRUCTIONS, Key};

use crate::asks::Page;
use crate::world::{terms, Said, World};

/// The most that any instruction may take, and what the three that are paid for most often may.
const MOST: u64 = 200_000;
const MOST_ENTER: u64 = 12_000;
const MOST_CLAIM: u64 = 8_000;
const MOST_PAGE_OF_TEN: u64 = 12_000;
/// Entries in a transaction without lookup tables.
const PAGE: usize = 20;

/// Plays a contest of a hundred to the end; the units that a page of ten scored entries took.
fn played() -> (World, u64) {
    let mut world = World::created(&terms());
    let mut agents = world.entrants(100);
    let late = world.agent();
    assert_eq!(world.enter(late), Err(arena_core::contest::Code::ContestFull.into()));
    let leaver = agents.pop().unwrap();
    world.leave(leaver).unwrap();
    world.enter(leaver).unwrap();
    agents.push(leaver);
    world.start().unwrap();
    let mut ten = 0;
    for (page, agents) in (1..).zip(agents.chunks(10)) {
        let said: Vec<Said> = agents.iter().map(|agent| (*agent, false, Some(7))).collect();
        let done =
            world.page(Page { round: 1, page, last: page == 10, actions_root: None, said: &said }).unwrap();
        ten = ten.max(done.units);
    }
    let said: Vec<Said> = agents.iter().take(PAGE).map(|agent| (*agent, true, Some(8))).collect();
    world.round(2, &said).unwrap();
    let order: Vec<Key> = agents[PAGE..].iter().chain(&agents[..PAGE]).copied().collect();
    for (index, page) in order.chunks(PAGE).enumerate() {
        world.finalize(u32::try_from(index * PAGE).unwrap(), page).unwrap();
    }
    for agent in &agents {
        let is_winner = world.see_entry(*agent, |entry| entry.standing()) == 1;
        assert_eq!(world.claim(*agent).is_ok(), is_winner);
        world.record(*agent).unwrap();
        world.close_entry(*agent).unwrap();
    }
    world.pay_creator_fee().unwrap();
    world.pay_protocol_fee().unwrap();
    world.return_bond().unwrap();
    assert_eq!(world.chain.tokens(world.escrow()), 0);
    world.close_contest().unwrap();
    (world, ten)
}

/// The other ways out, at the same size, and the instructions of the protocol.
fn ended(world: &mut World) {
    world.id = [4; 16];
    world.create(&terms()).unwrap();
    let agents = world.entrants(100);
    world.cancel().unwrap();
    agents.iter().for_each(|agent| drop(world.refund(*agent).unwrap()));
    world.return_bond().unwrap();
    world.id = [5; 16];
    world.create(&terms()).unwrap();
    world.entrants(2);
    world.start().unwrap();
    world.chain.pass_s(120);
    world.abandon().unwrap();
    let deployer = world.chain.deployer;
    let out = world.fund(deployer, 0);
    world.withdraw(out, 1).unwrap();
    let asked = world.ask_set_authority(deployer, deployer);
    world.chain.send(&[asked]).unwrap();
}

#[test]
fn a_hundred_entrants_stay_inside_the_limits_and_the_document_says_what_each_costs() {
    let (mut world, ten) = played();
    ended(&mut world);
    let mut table = String::from("| instruction | most units |\n|---|---|\n");
    for spec in INSTRUCTIONS {
        let units = world.chain.most_units[&spec.tag];
        table += &format!("| `{}` | {units} |\n", spec.name);
        assert!(units <= MOST, "{} takes {units}", spec.name);
    }
    table += &format!("| `submit_page`, 10 scored entries | {ten} |\n");
    println!("{table}");
    let most = |name: &str| {
        let spec = INSTRUCTIONS.iter().find(|spec| spec.name == name).unwrap();
        world.chain.most_units[&spec.tag]
    };
    assert!(most("enter") <= MOST_ENTER && most("claim_prize") <= MOST_CLAIM && ten <= MOST_PAGE_OF_TEN);
    let document = include_str!("../../../../docs/compute-units.md");
    assert!(document.contains(&table), "docs/compute-units.md has another table than the one above");
}
