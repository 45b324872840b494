//! What went wrong in escrows of others, each tried here.

use arena_core::contest::Code;
use arena_escrow_interface::{
    accounts::Entry,
    seeds,
    terms::{Terms, MOST_BYTES},
    Error, Fault, Key, LOCAL_PROGRAM_ID, TOKEN_2022_PROGRAM, TOKEN_PROGRAM,
};
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::{
    chain::{address, derived, key, Refused},
    world::{terms, World, FUNDS},
};

fn fault(fault: Fault) -> Refused {
    fault.into()
}

/// A finished contest of two; the first won.
pub(crate) fn finished() -> (World, Vec<Key>) {
    let mut world = World::created(&terms());
    let agents = world.entrants(2);
    world.start().unwrap();
    world.round(1, &[(agents[1], true, None)]).unwrap();
    world.finalize(0, &agents).unwrap();
    (world, agents)
}

#[test]
fn a_payout_goes_to_the_payee_and_nobody_else() {
    let (mut world, agents) = finished();
    let thief = world.agent();
    let (stolen, entry) = (world.tokens_of(thief), world.entry(agents[0]));
    let mut to_thief = world.ask_claim(agents[0]);
    to_thief.metas[4].address = stolen;
    assert_eq!(world.chain.send(&[to_thief]), Err(fault(Fault::WrongAddress)));
    // The winner's entry under the thief's name.
    let mut as_thief = world.ask_claim(thief);
    as_thief.metas[3].address = entry;
    assert_eq!(world.chain.send(&[as_thief]), Err(fault(Fault::WrongAddress)));
    // Another token account of the winner's own.
    let other = world.chain.fresh();
    let (mint, token_program) = (world.mint, world.token_program);
    world.chain.tokens_at(other, agents[0], mint, token_program, 0);
    let mut elsewhere = world.ask_claim(agents[0]);
    elsewhere.metas[4].address = other;
    assert_eq!(world.chain.send(&[elsewhere]), Err(fault(Fault::WrongAddress)));
    // Earnings are counted in the winner's profile only.
    let profile = world.profile(thief);
    let mut counted = world.ask_claim(agents[0]);
    counted.metas[1].address = profile;
    assert_eq!(world.chain.send(&[counted]), Err(fault(Fault::WrongAddress)));
    assert_eq!(world.claim(thief), Err(Code::NothingOwed.into()));
    world.claim(agents[0]).unwrap();
    assert_eq!(world.balance(thief), FUNDS);
}

#[test]
fn an_entry_of_another_contest_is_nothing_here() {
    let (mut world, agents) = finished();
    let winner_here = world.entry(agents[0]);
    world.id = [9; 16];
    world.create(&terms()).unwrap();
    for agent in &agents {
        world.enter(*agent).unwrap();
    }
    let mut refund = world.ask_refund(agents[0]);
    refund.metas[2].address = winner_here;
    assert_eq!(world.chain.send(&[refund]), Err(fault(Fault::WrongAddress)));
    let mut leave = world.ask_leave(agents[0], agents[0]);
    leave.metas[3].address = winner_here;
    assert_eq!(world.chain.send(&[leave]), Err(fault(Fault::WrongAddress)));
    world.start().unwrap();
    let mut page = world.ask_page(
        world.creator,
        crate::asks::Page {
            round: 1,
            page: 1,
            last: true,
            actions_root: None,
            said: &[(agents[0], true, None)],
        },
    );
    page.metas[2].address = winner_here;
    assert_eq!(world.chain.send(&[page]), Err(Code::Invalid.into()));
    world.round(1, &[]).unwrap();
    let mut finalize = world.ask_finalize(world.creator, 0, None, &agents);
    finalize.metas[2].address = winner_here;
    assert_eq!(world.chain.send(&[finalize]), Err(Code::Invalid.into()));
}

#[test]
fn a_vault_of_another_contest_pays_nothing() {
    let (mut world, agents) = finished();
    let (escrow, bond_vault) = (world.escrow(), world.bond_vault());
    world.id = [9; 16];
    world.create(&terms()).unwrap();
    let mut refund = world.ask_enter(agents[0]);
    refund.metas[5].address = escrow;
    assert_eq!(world.chain.send(&[refund]), Err(fault(Fault::WrongAddress)));
    world.cancel().unwrap();
    let mut bond = world.ask_return_bond();
    bond.metas[3].address = bond_vault;
    assert_eq!(world.chain.send(&[bond]), Err(fault(Fault::WrongAddress)));
    let mut from_escrow = world.ask_return_bond();
    from_escrow.metas[3].address = world.escrow();
    assert_eq!(world.chain.send(&[from_escrow]), Err(fault(Fault::WrongAddress)));
}

#[test]
fn another_mint_is_refused_on_the_way_in_and_out() {
    let (mut world, agents) = finished();
    let worthless = world.chain.mint(TOKEN_PROGRAM, &[]);
    let (token_program, agent) = (world.token_program, agents[0]);
    let vault = world.chain.fresh();
    let mine = world.chain.fund(agent, worthless, token_program, FUNDS);
    let contest = world.contest();
    world.chain.tokens_at(vault, contest, worthless, token_program, FUNDS);
    let mut claim = world.ask_claim(agent);
    claim.metas[6].address = worthless;
    assert_eq!(world.chain.send(std::slice::from_ref(&claim)), Err(fault(Fault::WrongMint)));
    claim.metas[4].address = mine;
    assert_eq!(world.chain.send(std::slice::from_ref(&claim)), Err(fault(Fault::WrongMint)));
    claim.metas[5].address = vault;
    assert_eq!(world.chain.send(&[claim]), Err(fault(Fault::WrongAddress)));
    world.id = [9; 16];
    world.create(&terms()).unwrap();
    let mut enter = world.ask_enter(agent);
    enter.metas[4].address = mine;
    assert_eq!(world.chain.send(std::slice::from_ref(&enter)), Err(fault(Fault::WrongMint)));
    enter.metas[6].address = worthless;
    assert_eq!(world.chain.send(&[enter]), Err(fault(Fault::WrongMint)));
}

#[test]
fn lamports_sent_ahead_block_nothing() {
    let mut world = World::with(TOKEN_PROGRAM, &[]);
    let agent = world.chain.wallet();
    world.fund(agent, FUNDS);
    let accounts = [
        world.protocol(),
        world.treasury(),
        world.profile(world.creator),
        world.contest(),
        world.escrow(),
        world.bond_vault(),
        world.profile(agent),
        world.entry(agent),
    ];
    for (index, at) in accounts.into_iter().enumerate() {
        // One alone, one that is enough already, one more than enough.
        let lamports = [1, 2_039_280, 50_000_000][index % 3];
        let account = solana_account::Account { lamports, ..solana_account::Account::default() };
        world.chain.svm.set_account(address(at), account).unwrap();
    }
    world.init_protocol().unwrap();
    world.open_treasury().unwrap();
    world.register(world.creator).unwrap();
    world.register(agent).unwrap();
    world.create(&terms()).unwrap();
    world.enter(agent).unwrap();
    world.leave(agent).unwrap();
}

#[test]
fn tokens_sent_to_the_vaults_do_not_keep_them_open() {
    let (mut world, agents) = finished();
    let (mint, token_program) = (world.mint, world.token_program);
    for vault in [world.escrow(), world.bond_vault()] {
        let held = world.chain.tokens(vault);
        let contest = world.contest();
        world.chain.tokens_at(vault, contest, mint, token_program, held + 7);
    }
    world.claim(agents[0]).unwrap();
    world.claim(agents[1]).unwrap();
    world.pay_creator_fee().unwrap();
    world.return_bond().unwrap();
    for agent in &agents {
        world.record(*agent).unwrap();
        world.close_entry(*agent).unwrap();
    }
    assert_eq!(world.close_contest(), Err(fault(Fault::NotSettled)), "only the protocol fee is open");
    world.pay_protocol_fee().unwrap();
    assert_eq!(world.chain.tokens(world.treasury()), 20);
    world.close_contest().unwrap();
    assert_eq!(world.chain.tokens(world.treasury()), 20 + 14);
    assert_eq!(world.balance(world.creator), FUNDS + 100);
}

#[test]
fn terms_are_what_the_entrant_agreed_to() {
    let mut world = World::created(&terms());
    let agent = world.agent();
    let agreed = world.ask_enter(agent);
    world.cancel().unwrap();
    world.return_bond().unwrap();
    world.close_contest().unwrap();
    let mut dearer = terms();
    dearer.entry_fee = 900_000;
    world.create(&dearer).unwrap();
    assert_eq!(world.chain.send(&[agreed]), Err(fault(Fault::TermsDiffer)), "the same address, other terms");
    world.enter(agent).unwrap();
    assert_eq!(
        world.see_entry(agent, |entry| entry.terms_hash()),
        world.see(|contest| contest.terms_hash()),
        "the hash stands in the entry"
    );
}

/// Whatever the creator wrote down: an oracle or none, a text, an empty one or none.
#[test]
fn the_hash_of_the_terms_is_that_of_what_the_contest_shows() {
    let mut world = World::new();
    let oracle = world.agent();
    let mut hashes = Vec::new();
    for (id, oracle, action_schema) in [
        (0, None, None),
        (1, None, Some("")),
        (2, Some(oracle), Some("moves")),
        (3, Some(world.creator), None),
    ] {
        let rules_hash = Some([7; 32]).filter(|_| id % 2 == 0);
        let given = Terms { oracle, action_schema, rules_hash, ..terms() };
        world.id = [id; 16];
        world.create(&given).unwrap();
        world.see(|contest| {
            let (mint, shown, mut room) = (contest.mint(), contest.terms().unwrap(), [0; MOST_BYTES]);
            assert_eq!(shown, given.kept(world.creator));
            let hash: [u8; 32] = Sha256::digest(shown.hashed(&mint, &mut room).unwrap().concat()).into();
            assert_eq!(contest.terms_hash(), hash, "{id}");
            hashes.push(hash);
        });
    }
    assert_eq!(hashes[1], hashes[3], "they say the same");
    assert_ne!(hashes[0], hashes[1], "one has a hash of the rules");
}

#[test]
fn a_contest_that_was_closed_and_made_again_begins_with_nothing() {
    let (mut world, agents) = finished();
    let before = world.see(|contest| contest.terms_hash());
    agents.iter().for_each(|agent| drop(world.claim(*agent).unwrap()));
    world.pay_creator_fee().unwrap();
    world.pay_protocol_fee().unwrap();
    world.return_bond().unwrap();
    for agent in &agents {
        world.record(*agent).unwrap();
        world.close_entry(*agent).unwrap();
    }
    world.close_contest().unwrap();
    assert!(world.claim(agents[0]).is_err());
    world.create(&terms()).unwrap();
    assert_eq!(world.create(&terms()), Err(fault(Fault::AccountTaken)));
    assert_eq!(world.see(|contest| contest.terms_hash()), before);
    assert_eq!(world.see(|contest| (contest.entrants(), contest.pot(), contest.bond_fate())), (0, 0, 0));
    assert_eq!(world.claim(agents[0]), Err(Code::WrongState.into()));
    assert_eq!(world.record(agents[0]), Err(fault(Fault::WrongOwner)), "the entry is gone");
}

#[test]
fn an_address_of_another_bump_is_refused() {
    let mut world = World::created(&terms());
    let agent = world.agent();
    let (contest, canonical) = (world.contest(), world.entry(agent));
    let seeds = seeds::entry(&contest.0, &agent.0);
    let others = (0..=255_u8).filter_map(|bump| {
        let [name, contest, agent] = seeds;
        Address::create_program_address(&[name, contest, agent, &[bump]], &address(LOCAL_PROGRAM_ID)).ok()
    });
    let other = others.map(key).find(|at| *at != canonical).unwrap();
    let mut enter = world.ask_enter(agent);
    enter.metas[3].address = other;
    assert_eq!(world.chain.send(&[enter]), Err(fault(Fault::WrongAddress)));
    world.enter(agent).unwrap();
}

#[test]
fn mints_with_extensions_that_break_accounting_are_refused() {
    // Transfer fee, close authority, confidential transfer, frozen by default, not transferable, interest, permanent delegate,
    // hook, confidential fee, scaled amounts, pausable, and one that nobody knows yet.
    for extension in [1_u16, 3, 4, 6, 9, 10, 12, 14, 16, 25, 26, 999] {
        let [low, high] = extension.to_le_bytes();
        let harmless = [19, 0, 2, 0, 1, 1];
        let bytes: Vec<u8> = harmless.into_iter().chain([low, high, 1, 0, 0]).collect();
        let mut world = World::with(TOKEN_2022_PROGRAM, &bytes);
        world.init_protocol().unwrap();
        assert_eq!(world.open_treasury(), Err(fault(Fault::MintNotAllowed)), "{extension}");
        // Not even where a treasury had been opened before.
        let (treasury, owner) = (world.treasury(), world.protocol());
        let (mint, token_program) = (world.mint, world.token_program);
        world.chain.tokens_at(treasury, owner, mint, token_program, 0);
        world.register(world.creator).unwrap();
        assert_eq!(world.create(&terms()), Err(fault(Fault::MintNotAllowed)), "{extension}");
    }
}

#[test]
fn a_mint_of_a_program_that_is_no_token_program_is_refused() {
    let somebodys = Key([8; 32]);
    let mut world = World::with(somebodys, &[]);
    world.init_protocol().unwrap();
    assert_eq!(world.open_treasury(), Err(fault(Fault::WrongProgram)));
    let (treasury, owner, mint) = (world.treasury(), world.protocol(), world.mint);
    world.chain.tokens_at(treasury, owner, mint, somebodys, 0);
    world.register(world.creator).unwrap();
    assert_eq!(world.create(&terms()), Err(fault(Fault::WrongProgram)));
}

#[test]
fn tokens_and_mints_that_were_never_initialised_are_refused() {
    let mut world = World::created(&terms());
    let agent = world.agent();
    let (tokens, mint) = (world.tokens_of(agent), world.mint);
    world.chain.change(tokens, |data| data[108] = 0);
    assert_eq!(world.enter(agent), Err(fault(Fault::WrongKind)));
    world.chain.change(tokens, |data| data[108] = 1);
    world.chain.change(mint, |data| data[45] = 0);
    assert_eq!(world.enter(agent), Err(fault(Fault::WrongKind)));
    world.chain.change(mint, |data| data[45] = 1);
    world.enter(agent).unwrap();
}

#[test]
fn bounds_of_terms_titles_and_names_are_the_rules() {
    let mut world = World::new();
    let invalid = || Err(Error::Rule(Code::Invalid).into());
    let spoils: [fn(&mut Terms<'_>); 12] = [
        |terms| terms.max_agents = 101,
        |terms| terms.max_agents = 1,
        |terms| terms.min_agents = 1,
        |terms| terms.min_agents = 101,
        |terms| terms.entry_fee = (1 << 53) / 100 + 1,
        |terms| terms.bond = 1 << 53,
        |terms| terms.prize_split_bps = arena_escrow_interface::Shares::new(&[9_999]).unwrap(),
        |terms| terms.creator_fee_bps = 2_001,
        |terms| terms.elimination_interval_s = 9,
        |terms| terms.elimination_interval_s = 86_401,
        |terms| terms.duration_s = 0,
        |terms| terms.min_age_s = 1 << 53,
    ];
    for (index, spoil) in spoils.iter().enumerate() {
        let mut terms = terms();
        spoil(&mut terms);
        assert_eq!(world.create(&terms), invalid(), "{index}");
    }
    let long = "x".repeat(257);
    let terms_with = Terms { action_schema: Some(&long), ..terms() };
    assert_eq!(world.create(&terms_with), invalid());
    for title in ["", "   ", "a\nb", &"x".repeat(129)] {
        let asked = world.ask_create(title, &terms());
        assert_eq!(world.chain.send(&[asked]), invalid(), "{title:?}");
    }
    for name in ["", "a\nb", &"x".repeat(33)] {
        let wallet = world.chain.wallet();
        let asked = world.ask_register(wallet, name);
        assert_eq!(world.chain.send(&[asked]), invalid(), "{name:?}");
    }
    let mut rich = terms();
    rich.bond = FUNDS + 1;
    assert_eq!(world.create(&rich), Err(Code::InsufficientFunds.into()));
    let mut dear = terms();
    dear.entry_fee = FUNDS + 1;
    world.create(&dear).unwrap();
    let agent = world.agent();
    assert_eq!(world.enter(agent), Err(Code::InsufficientFunds.into()));
}

#[test]
fn every_account_reads_back_as_it_was_written() {
    let mut world = World::new();
    let named = Terms { action_schema: Some("moves"), rules_hash: Some([7; 32]), min_age_s: 0, ..terms() };
    world.create(&named).unwrap();
    let agent = world.agent();
    world.enter(agent).unwrap();
    let data = world.chain.data(world.entry(agent));
    let entry = Entry::read(&data).unwrap();
    assert_eq!(
        (entry.agent(), entry.contest(), entry.amount(), entry.number()),
        (agent, world.contest(), 1_000, 1)
    );
    world.see(|contest| {
        assert_eq!(contest.creator(), world.creator);
        assert_eq!(contest.oracle(), world.creator);
        assert_eq!((contest.has_rules_hash(), contest.rules_hash()), (1, [7; 32]));
        assert_eq!(&contest.title()[..usize::from(contest.title_length())], b"a contest");
        assert_eq!(&contest.action_schema()[..usize::from(contest.action_schema_length())], b"moves");
        assert_eq!(contest.treasury(), derived(&seeds::treasury(&world.mint.0)));
        assert_eq!((contest.decimals(), contest.places(), contest.prize_split_bps()[1]), (6, 2, 4_000));
    });
}
