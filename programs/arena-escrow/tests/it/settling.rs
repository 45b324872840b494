//! A contest from registration to closed vaults, each way that it can end, with the balances of section 6 of the design.

use arena_core::contest::{Code, Status};
use arena_escrow_interface::{accounts::status_of, events::Event, Fault, Key, TOKEN_2022_PROGRAM};

use crate::{
    asks::Page,
    chain::BEGIN_S,
    world::{terms, World, FUNDS},
};

const REGISTRATION_S: i64 = 3 * 86_400;

fn status(world: &World) -> Status {
    status_of(world.see(|contest| contest.status())).unwrap()
}

/// Closes every entry, the contest and its vaults; all lamports that were put into them are back.
fn close_all(world: &mut World, agents: &[Key]) {
    for agent in agents {
        let (before, rent) = (world.chain.lamports(*agent), world.chain.lamports(world.entry(*agent)));
        world.close_entry(*agent).unwrap();
        assert!(rent > 0);
        assert_eq!(world.chain.lamports(*agent), before + rent);
        assert!(world.chain.is_gone(world.entry(*agent)));
    }
    let accounts = [world.contest(), world.escrow(), world.bond_vault()];
    let rent: u64 = accounts.iter().map(|at| world.chain.lamports(*at)).sum();
    let before = world.chain.lamports(world.creator);
    world.close_contest().unwrap();
    assert_eq!(world.chain.lamports(world.creator), before + rent);
    assert!(accounts.iter().all(|at| world.chain.is_gone(*at)));
}

#[test]
fn a_finished_contest_pays_prizes_fees_and_the_bond() {
    let mut world = World::created(&terms());
    assert_eq!(world.balance(world.creator), FUNDS - 500);
    let agents = world.entrants(4);
    world.start().unwrap();
    let [a, b, c, d] = agents[..] else { panic!() };
    world.round(1, &[(a, false, Some(5)), (b, false, Some(9)), (c, true, Some(1)), (d, true, None)]).unwrap();
    let done = world.finalize(0, &[b, a, c, d]).unwrap();
    assert!(matches!(
        done.events[..],
        [
            Event::EntriesPlaced { placed: 4, entrants: 4, .. },
            Event::ContestFinalized { pot: 4_000, protocol_fee: 40, creator_fee: 200, .. },
        ]
    ));
    assert_eq!(status(&world), Status::Finished);
    // 60 and 40 per cent of 3,760.
    world.claim(b).unwrap();
    world.claim(a).unwrap();
    assert_eq!(world.claim(c), Err(Code::NothingOwed.into()));
    assert_eq!(world.claim(b), Err(Code::AlreadyPaid.into()));
    assert_eq!(world.balance(b), FUNDS - 1_000 + 2_256);
    assert_eq!(world.balance(a), FUNDS - 1_000 + 1_504);
    assert_eq!(world.balance(c), FUNDS - 1_000);
    world.pay_creator_fee().unwrap();
    assert_eq!(world.pay_creator_fee(), Err(Code::AlreadyPaid.into()));
    world.pay_protocol_fee().unwrap();
    assert_eq!(world.pay_protocol_fee(), Err(Code::AlreadyPaid.into()));
    world.return_bond().unwrap();
    assert_eq!(world.return_bond(), Err(Code::AlreadyPaid.into()));
    assert_eq!(world.balance(world.creator), FUNDS + 200);
    assert_eq!(world.chain.tokens(world.treasury()), 40);
    assert_eq!(world.refund(a), Err(Code::WrongState.into()));
    for agent in &agents {
        assert_eq!(world.close_entry(*agent), Err(Fault::NotSettled.into()), "its result is not counted");
        world.record(*agent).unwrap();
        assert_eq!(world.record(*agent), Err(Fault::AlreadyRecorded.into()));
    }
    let counted = |world: &World, agent| world.see_profile(agent, |profile| profile.counters());
    let (first, last) = (counted(&world, b), counted(&world, d));
    assert_eq!((first.entered, first.completed, first.wins, first.top_three), (1, 1, 1, 1));
    assert_eq!((first.eliminations, first.earnings), (0, 2_256));
    assert_eq!((last.completed, last.wins, last.top_three, last.eliminations), (1, 0, 0, 1));
    close_all(&mut world, &agents);
    let wallet = world.chain.wallet();
    let out = world.fund(wallet, 0);
    assert_eq!(world.withdraw(out, 41), Err(Code::InsufficientFunds.into()));
    world.withdraw(out, 40).unwrap();
    assert_eq!(world.chain.tokens(out), 40);
    assert_eq!(world.chain.tokens(world.treasury()), 0);
}

#[test]
fn equal_entrants_share_their_places() {
    let mut world = World::created(&terms());
    let agents = world.entrants(3);
    world.start().unwrap();
    let [a, b, c] = agents[..] else { panic!() };
    world.round(1, &[(a, false, Some(1)), (b, false, Some(1)), (c, false, Some(1))]).unwrap();
    world.finalize(0, &[a, b, c]).unwrap();
    // 2,820 of 3,000 are left for two places, which three share.
    for agent in [c, a, b] {
        world.claim(agent).unwrap();
        assert_eq!(world.balance(agent), FUNDS - 1_000 + 940);
        assert_eq!(world.see_entry(agent, |entry| entry.standing()), 1);
    }
}

#[test]
fn a_left_over_unit_goes_to_who_entered_first() {
    let mut terms = terms();
    terms.entry_fee = 1;
    terms.creator_fee_bps = 0;
    let mut world = World::created(&terms);
    let agents = world.entrants(3);
    world.start().unwrap();
    world.round(1, &[(agents[0], true, None)]).unwrap();
    // 3 are 2 and 1 for two places, which the second and the third share.
    world.finalize(0, &[agents[1], agents[2], agents[0]]).unwrap();
    world.claim(agents[2]).unwrap();
    world.claim(agents[1]).unwrap();
    let balances: Vec<_> = agents.iter().map(|agent| world.balance(*agent)).collect();
    assert_eq!(balances, [FUNDS - 1, FUNDS + 1, FUNDS]);
}

#[test]
fn a_cancelled_contest_gives_all_back() {
    let mut world = World::created(&terms());
    let agents = world.entrants(3);
    assert_eq!(world.chain.tokens(world.escrow()), 3_000);
    assert_eq!(world.refund(agents[0]), Err(Code::WrongState.into()), "registration is not over");
    world.cancel().unwrap();
    assert_eq!(status(&world), Status::Cancelled);
    for agent in &agents {
        assert_eq!(world.close_entry(*agent), Err(Fault::NotSettled.into()));
        let done = world.refund(*agent).unwrap();
        assert!(
            matches!(done.events[..], [Event::ObligationPaid { kind: 4, amount: 1_000, .. }]),
            "{done:?}"
        );
        assert_eq!(world.balance(*agent), FUNDS);
        assert_eq!(world.refund(*agent), Err(Code::AlreadyPaid.into()));
    }
    world.close_entry(agents[0]).unwrap();
    assert_eq!(world.close_contest(), Err(Fault::NotSettled.into()), "entries are open");
    world.close_entry(agents[1]).unwrap();
    world.close_entry(agents[2]).unwrap();
    assert_eq!(world.close_contest(), Err(Fault::NotSettled.into()), "the bond is owed");
    world.return_bond().unwrap();
    assert_eq!(world.balance(world.creator), FUNDS);
    close_all(&mut world, &[]);
}

#[test]
fn an_expired_contest_is_cancelled_by_its_first_refund() {
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.chain.set_time_s(BEGIN_S + REGISTRATION_S - 1);
    assert_eq!(world.refund(agents[0]), Err(Code::WrongState.into()));
    world.chain.set_time_s(BEGIN_S + REGISTRATION_S);
    let late = world.agent();
    assert_eq!(world.enter(late), Err(Code::RegistrationExpired.into()));
    assert_eq!(world.start(), Err(Code::RegistrationExpired.into()));
    assert_eq!(world.return_bond(), Err(Code::WrongState.into()), "somebody has paid");
    assert_eq!(world.refund(late), Err(Code::NothingOwed.into()));
    assert_eq!(status(&world), Status::Registration, "a refund of nothing ends nothing");
    let done = world.refund(agents[1]).unwrap();
    assert!(matches!(
        done.events[..],
        [Event::ContestCancelled { reason: 1, .. }, Event::ObligationPaid { .. }]
    ));
    assert_eq!(status(&world), Status::Cancelled);
    world.refund(agents[0]).unwrap();
    world.return_bond().unwrap();
    assert_eq!(world.balance(world.creator), FUNDS);
    assert_eq!(world.close_contest(), Err(Fault::NotSettled.into()), "only entries are open");
    close_all(&mut world, &agents);
}

#[test]
fn where_nobody_has_paid_the_bond_ends_an_expired_contest() {
    let mut world = World::created(&terms());
    assert_eq!(world.return_bond(), Err(Code::WrongState.into()));
    world.chain.set_time_s(BEGIN_S + REGISTRATION_S);
    world.return_bond().unwrap();
    assert_eq!((status(&world), world.balance(world.creator)), (Status::Cancelled, FUNDS));
    close_all(&mut world, &[]);
}

#[test]
fn an_abandoned_contest_gives_the_bond_to_the_treasury() {
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.start().unwrap();
    world.chain.pass_s(119);
    assert_eq!(world.abandon(), Err(Code::NotTimedOut.into()));
    world.chain.pass_s(1);
    assert_eq!(world.round(1, &[]), Err(Code::OracleTimedOut.into()));
    world.abandon().unwrap();
    assert_eq!(world.abandon(), Err(Code::WrongState.into()));
    assert_eq!(world.chain.tokens(world.treasury()), 500);
    assert_eq!(world.return_bond(), Err(Code::WrongState.into()));
    for agent in &agents {
        world.refund(*agent).unwrap();
        assert_eq!(world.balance(*agent), FUNDS);
    }
    close_all(&mut world, &agents);
    assert_eq!(world.balance(world.creator), FUNDS - 500);
}

#[test]
fn nothing_is_closed_before_the_end() {
    let mut world = World::created(&terms());
    assert_eq!(world.close_contest(), Err(Code::WrongState.into()), "its bond is in the vault");
    let agents = world.entrants(2);
    let refused = |world: &mut World| {
        assert_eq!(world.close_entry(agents[0]), Err(Code::WrongState.into()), "{:?}", status(world));
        assert_eq!(world.close_contest(), Err(Code::WrongState.into()), "{:?}", status(world));
    };
    refused(&mut world);
    world.start().unwrap();
    refused(&mut world);
    world.page(Page { round: 1, page: 1, last: false, actions_root: None, said: &[] }).unwrap();
    refused(&mut world);
}

#[test]
fn who_leaves_gets_fee_and_rent_back_and_may_enter_again() {
    let mut world = World::created(&terms());
    let agent = world.agent();
    assert_eq!(world.leave(agent), Err(Code::NotFound.into()));
    let (before, other) = (world.chain.lamports(agent), world.agent());
    world.enter(agent).unwrap();
    assert_eq!(world.enter(agent), Err(Code::AlreadyEntered.into()));
    let asked = world.ask_leave(other, agent);
    assert_eq!(world.chain.send(&[asked]).map(drop), Err(Code::Forbidden.into()));
    world.leave(agent).unwrap();
    assert_eq!(world.balance(agent), FUNDS);
    assert_eq!(
        world.chain.lamports(agent),
        before - 3 * 5_000,
        "three transactions cost their fees and nothing else"
    );
    assert_eq!(world.see(|contest| (contest.pot(), contest.entrants(), contest.escrow_due())), (0, 0, 0));
    assert_eq!(world.see_profile(agent, |profile| profile.entered()), 0);
    world.enter(agent).unwrap();
    assert_eq!(world.see_entry(agent, |entry| entry.number()), 2, "a number is never given twice");
    world.cancel().unwrap();
    assert_eq!(world.leave(agent), Err(Code::WrongState.into()));
}

#[test]
fn a_mint_of_token_2022_is_played_to_the_end() {
    let pointer = [18, 0, 64, 0].into_iter().chain([0; 64]).collect::<Vec<u8>>();
    let mut world = World::with(TOKEN_2022_PROGRAM, &pointer);
    world.init_protocol().unwrap();
    world.open_treasury().unwrap();
    world.register(world.creator).unwrap();
    world.create(&terms()).unwrap();
    let agents = world.entrants(2);
    world.start().unwrap();
    world.round(1, &[(agents[0], true, None)]).unwrap();
    world.finalize(0, &[agents[1], agents[0]]).unwrap();
    agents.iter().for_each(|agent| drop(world.claim(*agent).unwrap()));
    agents.iter().for_each(|agent| drop(world.record(*agent).unwrap()));
    world.pay_creator_fee().unwrap();
    world.pay_protocol_fee().unwrap();
    world.return_bond().unwrap();
    close_all(&mut world, &agents);
    assert_eq!(world.chain.tokens(world.treasury()), 20);
}

#[test]
fn the_authority_is_the_deployer_until_it_hands_over() {
    let (mut world, out) = with_treasury_of(9);
    let (deployer, stranger, other) = (world.chain.deployer, world.chain.wallet(), world.chain.wallet());
    let theft = world.ask_withdraw(stranger, out, 1, 1);
    assert_eq!(world.chain.send(std::slice::from_ref(&theft)).map(drop), Err(Code::Forbidden.into()));
    let names = |world: &mut World, by, whom| {
        let asked = world.ask_set_authority(by, whom);
        world.chain.send(&[asked]).map(drop)
    };
    assert_eq!(names(&mut world, stranger, stranger), Err(Code::Forbidden.into()));
    names(&mut world, deployer, stranger).unwrap();
    assert_eq!(world.withdraw(out, 1), Err(Code::Forbidden.into()));
    world.chain.send(&[theft]).unwrap();
    assert_eq!(world.chain.tokens(out), 1);
    names(&mut world, stranger, other).unwrap();
    assert_eq!(names(&mut world, stranger, stranger), Err(Code::Forbidden.into()), "it has handed it on");
    // Who may upgrade the program names it again, whatever became of the wallet that had it.
    names(&mut world, deployer, deployer).unwrap();
    world.withdraw(out, 1).unwrap();
    assert_eq!(world.chain.tokens(out), 2);
}

/// A protocol whose treasury holds so much, and a token account of somebody's.
fn with_treasury_of(amount: u64) -> (World, Key) {
    let mut world = World::with(arena_escrow_interface::TOKEN_PROGRAM, &[]);
    let stranger = world.chain.wallet();
    let asked = world.ask_init_protocol(stranger);
    assert_eq!(world.chain.send(&[asked]).map(drop), Err(Fault::NotDeployer.into()));
    world.init_protocol().unwrap();
    assert_eq!(world.init_protocol().map(drop), Err(Fault::AccountTaken.into()));
    world.open_treasury().unwrap();
    assert_eq!(world.open_treasury().map(drop), Err(Fault::AccountTaken.into()));
    let (treasury, out) = (world.treasury(), world.fund(stranger, 0));
    let (owner, mint, token_program) = (world.protocol(), world.mint, world.token_program);
    world.chain.tokens_at(treasury, owner, mint, token_program, amount);
    (world, out)
}

#[test]
fn a_withdrawal_is_done_once_under_its_number() {
    let (mut world, out) = with_treasury_of(9);
    let deployer = world.chain.deployer;
    let take = |world: &mut World, amount, number| {
        let asked = world.ask_withdraw(deployer, out, amount, number);
        world.chain.send(&[asked]).map(drop)
    };
    for number in [0, 2, u64::MAX] {
        assert_eq!(take(&mut world, 5, number), Err(Code::VersionMismatch.into()), "{number}");
    }
    assert_eq!(take(&mut world, 0, 1), Err(Code::Invalid.into()));
    assert_eq!(take(&mut world, 10, 1), Err(Code::InsufficientFunds.into()));
    take(&mut world, 5, 1).unwrap();
    assert_eq!(take(&mut world, 4, 1), Err(Code::VersionMismatch.into()), "signed anew, and not done again");
    take(&mut world, 4, 2).unwrap();
    assert_eq!((world.chain.tokens(out), world.next_withdrawal()), (9, 3));
}

/// The loader leaves the last address standing where it was.
#[test]
fn a_program_that_nobody_may_upgrade_has_no_deployer() {
    let has_deployer = |world: &mut World, has: u8| {
        let at = world.chain.program_data();
        world.chain.change(at, |data| data[12] = has);
    };
    let mut world = World::with(arena_escrow_interface::TOKEN_PROGRAM, &[]);
    let (deployer, stranger) = (world.chain.deployer, world.chain.wallet());
    has_deployer(&mut world, 0);
    assert_eq!(world.init_protocol().map(drop), Err(Fault::NotDeployer.into()));
    has_deployer(&mut world, 1);
    world.init_protocol().unwrap();
    let handing = world.ask_set_authority(deployer, stranger);
    world.chain.send(&[handing]).unwrap();
    has_deployer(&mut world, 0);
    let back = world.ask_set_authority(deployer, deployer);
    assert_eq!(world.chain.send(std::slice::from_ref(&back)).map(drop), Err(Code::Forbidden.into()));
    has_deployer(&mut world, 1);
    world.chain.send(&[back]).unwrap();
}
