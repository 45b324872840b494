//! Makes a contest with its two vaults, and puts its bond up.

use arena_core::contest::{bounds, Code};
use arena_escrow_interface::{
    accounts::{Contest, ContestMut},
    args,
    events::Event,
    instructions::CreateContestAccounts,
    seeds,
    terms::{Terms, MOST_BYTES},
    Fault, Key,
};
use pinocchio::AccountView;

use crate::{
    accounts::check,
    addresses::{bytes, Padded},
    call::Call,
    chain,
    contests::{rule, write},
    mints,
    opening::Opening,
    tokens::{self, Transfer},
    Answer,
};

type Accounts<'a> = CreateContestAccounts<&'a AccountView>;

/// A contest to be made.
#[derive(Clone, Copy)]
struct Making<'a> {
    accounts: &'a Accounts<'a>,
    bumps: &'a CreateContestAccounts<u8>,
    args: &'a args::CreateContest<'a>,
    terms_hash: [u8; 32],
    now_ms: u64,
}

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args = call.args(args::CreateContest::read)?;
    let checked = check(call, &CreateContestAccounts::ROLES, Some(&args.id))?;
    let accounts = CreateContestAccounts::named(checked.rows);
    mints::check(accounts.mint)?;
    rule(bounds::title_in_bounds(args.title) && bounds::is_plain(args.title), Code::Invalid)?;
    args.terms.check()?;
    let bond = args.terms.bond;
    rule(tokens::amount_of(accounts.creator_tokens)? >= bond, Code::InsufficientFunds)?;
    let now_ms = chain::now_ms()?;
    // What is hashed is what is kept.
    let args = args::CreateContest { terms: args.terms.kept(key(accounts.creator)), ..args };
    let terms_hash = hash(&args, accounts.mint)?;
    let bumps = CreateContestAccounts::named(checked.bumps);
    let making = Making { accounts: &accounts, bumps: &bumps, args: &args, terms_hash, now_ms };
    make_contest(call, &making)?;
    make_vaults(&making)?;
    let decimals = tokens::decimals_of(accounts.mint)?;
    let bond_in = Transfer {
        from: accounts.creator_tokens,
        mint: accounts.mint,
        to: accounts.bond_vault,
        authority: accounts.creator,
        token_program: accounts.token_program,
        decimals,
    };
    bond_in.of(bond, &[])?;
    chain::log(&Event::ContestCreated {
        contest: key(accounts.contest),
        creator: key(accounts.creator),
        mint: key(accounts.mint),
        terms_hash,
        bond,
        at_ms: now_ms,
    });
    Ok(())
}

#[inline(never)]
fn hash(args: &args::CreateContest<'_>, mint: &AccountView) -> Answer<[u8; 32]> {
    let mut room = [0; MOST_BYTES];
    let mint = key(mint);
    let parts = args.terms.hashed(&mint, &mut room).ok_or(Code::Invalid)?;
    chain::sha256(&parts)
}

#[inline(never)]
fn make_contest(call: &Call<'_>, making: &Making<'_>) -> Answer {
    let Making { accounts, bumps, args, terms_hash, now_ms } = *making;
    let seeds = seeds::contest(bytes(accounts.creator.address()), &args.id);
    let opening = Opening {
        payer: accounts.creator,
        account: accounts.contest,
        seeds,
        bump: bumps.contest,
        owner: call.program_id,
        size: Contest::SIZE,
    };
    opening.open()?;
    let mut data = write(accounts.contest)?;
    let mut contest = ContestMut::begin(&mut data, bumps.contest).ok_or(Fault::WrongKind)?;
    contest.set_id(args.id);
    contest.set_creator(key(accounts.creator));
    contest.set_mint(key(accounts.mint));
    contest.set_token_program(key(accounts.token_program));
    contest.set_decimals(tokens::decimals_of(accounts.mint)?);
    contest.set_treasury(key(accounts.treasury));
    contest.set_terms_hash(terms_hash);
    contest.set_created_at_ms(now_ms);
    write_terms(&mut contest, &args.terms);
    write_texts(&mut contest, args)
}

#[inline(never)]
fn write_terms(contest: &mut ContestMut<'_>, terms: &Terms<'_>) {
    contest.set_oracle(terms.oracle.unwrap_or_default());
    contest.set_entry_fee(terms.entry_fee);
    contest.set_bond(terms.bond);
    contest.set_min_agents(terms.min_agents);
    contest.set_max_agents(terms.max_agents);
    contest.set_prize_split_bps(terms.prize_split_bps.padded());
    contest.set_places(terms.prize_split_bps.places());
    contest.set_creator_fee_bps(terms.creator_fee_bps);
    contest.set_elimination_interval_s(terms.elimination_interval_s);
    contest.set_duration_s(terms.duration_s);
    contest.set_has_rules_hash(u8::from(terms.rules_hash.is_some()));
    contest.set_rules_hash(terms.rules_hash.unwrap_or_default());
    contest.set_has_seed_commitment(u8::from(terms.seed_commitment.is_some()));
    contest.set_seed_commitment(terms.seed_commitment.unwrap_or_default());
    contest.set_creator_may_enter(u8::from(terms.creator_may_enter));
    contest.set_min_completed(terms.min_completed);
    contest.set_min_wins(terms.min_wins);
    contest.set_min_age_s(terms.min_age_s);
}

#[inline(never)]
fn write_texts(contest: &mut ContestMut<'_>, args: &args::CreateContest<'_>) -> Answer {
    let mut title = [0; bounds::TITLE_BYTES];
    contest.set_title_length(padded(&mut title, args.title)?);
    contest.set_title(title);
    let mut schema = [0; bounds::ACTION_SCHEMA_BYTES];
    contest.set_action_schema_length(padded(&mut schema, args.terms.action_schema.unwrap_or_default())?);
    contest.set_action_schema(schema);
    Ok(())
}

/// Copies a text to the front, and gives its length.
fn padded(room: &mut [u8], text: &str) -> Answer<u16> {
    room.get_mut(..text.len()).ok_or(Code::Invalid)?.copy_from_slice(text.as_bytes());
    Ok(u16::try_from(text.len()).map_err(|_| Code::Invalid)?)
}

#[inline(never)]
fn make_vaults(making: &Making<'_>) -> Answer {
    let Making { accounts, bumps, .. } = *making;
    let contest = bytes(accounts.contest.address());
    make_vault(accounts, accounts.escrow, seeds::escrow(contest), bumps.escrow)?;
    make_vault(accounts, accounts.bond_vault, seeds::bond(contest), bumps.bond_vault)?;
    let mut data = write(accounts.contest)?;
    let mut contest = ContestMut::open(&mut data).ok_or(Fault::WrongKind)?;
    contest.set_escrow(key(accounts.escrow));
    contest.set_escrow_bump(bumps.escrow);
    contest.set_bond_vault(key(accounts.bond_vault));
    contest.set_bond_bump(bumps.bond_vault);
    Ok(())
}

#[inline(always)]
fn make_vault(accounts: &Accounts<'_>, vault: &AccountView, seeds: [&[u8]; 2], bump: u8) -> Answer {
    let opening = Opening {
        payer: accounts.creator,
        account: vault,
        seeds: seeds.padded(),
        bump,
        owner: accounts.token_program.address(),
        size: tokens::ACCOUNT_SIZE,
    };
    opening.open()?;
    tokens::initialize(vault, accounts.mint, bytes(accounts.contest.address()), accounts.token_program)
}

fn key(account: &AccountView) -> Key {
    Key(*bytes(account.address()))
}
