//! A hundred entrants: every instruction inside the chain's limits, and what each costs, as `docs/compute-units.md` has it.

use arena_escrow_interface::{instructions::INSTRUCTIONS, terms::Terms, Key, Shares};

use crate::{
    asks::Page,
    chain::{Most, Refused},
    world::{terms, Said, World},
};

/// The most that any instruction may take, and what the three that are paid for most often may.
const MOST: u64 = 200_000;
const MOST_ENTER: u64 = 12_000;
const MOST_CLAIM: u64 = 8_000;
const MOST_PAGE_OF_TEN: u64 = 12_000;
/// The most bytes of a transaction.
const MOST_BYTES: usize = 1_232;
/// Entries in a transaction without lookup tables.
const PAGE: usize = 20;
/// The most entries that a transaction names, with lookup tables: 64 accounts with the oracle, the contest and the program.
const LARGEST: usize = 61;

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
    finalize(&mut world, &order, PAGE);
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

/// Finalizes in pages of so many; the most that one of them took.
fn finalize(world: &mut World, order: &[Key], size: usize) -> u64 {
    let pages = order.chunks(size).zip((0..).step_by(size));
    pages.map(|(page, placed)| world.finalize(placed, page).unwrap().units).max().unwrap()
}

/// The units of the largest pages that a transaction can hold, of a round and of the end.
fn largest() -> (u64, u64) {
    let mut world = World::created(&terms());
    let agents = world.entrants(100);
    world.start().unwrap();
    let said: Vec<Said> = agents.iter().map(|agent| (*agent, false, Some(7))).collect();
    let one_more = Page { round: 1, page: 1, last: true, actions_root: None, said: &said[..=LARGEST] };
    assert_eq!(world.page(one_more), Err(Refused::Other("TooManyAccountLocks []".into())));
    let page = Page { said: &said[..LARGEST], ..one_more };
    (world.page(page).unwrap().units, finalize(&mut world, &agents, LARGEST))
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
    let (title, schema) = ("t".repeat(128), "s".repeat(256));
    let hash = Some([7; 32]);
    let longest = Terms {
        action_schema: Some(&schema),
        prize_split_bps: Shares::new(&[1_000; 10]).unwrap(),
        rules_hash: hash,
        seed_commitment: hash,
        oracle: Some(world.creator),
        ..terms()
    };
    world.id = [6; 16];
    let asked = world.ask_create(&title, &longest);
    world.chain.send(&[asked]).unwrap();
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
    let mut table = String::from("| instruction | most units | most bytes |\n|---|---|---|\n");
    for spec in INSTRUCTIONS {
        let Most { units, bytes } = world.chain.most[&spec.tag];
        table += &format!("| `{}` | {units} | {bytes} |\n", spec.name);
        assert!(units <= MOST, "{} takes {units} units", spec.name);
        assert!(bytes <= MOST_BYTES, "{} takes {bytes} bytes", spec.name);
    }
    let (page, last) = largest();
    for (name, size, units) in
        [("submit_page", 10, ten), ("submit_page", LARGEST, page), ("finalize", LARGEST, last)]
    {
        table += &format!("| `{name}`, {size} entries | {units} | |\n");
        assert!(units <= MOST, "{size} entries of {name} take {units} units");
    }
    println!("{table}");
    let most = |name: &str| {
        let spec = INSTRUCTIONS.iter().find(|spec| spec.name == name).unwrap();
        world.chain.most[&spec.tag].units
    };
    assert!(most("enter") <= MOST_ENTER && most("claim_prize") <= MOST_CLAIM && ten <= MOST_PAGE_OF_TEN);
    let document = include_str!("../../../../docs/compute-units.md");
    assert!(document.contains(&table), "docs/compute-units.md has another table than the one above");
}
