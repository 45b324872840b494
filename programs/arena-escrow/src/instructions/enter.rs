//! An agent enters, and pays the fee.

use arena_core::contest::{
    gates::{self, has_place, may_enter},
    status::Action,
    Code, CounterChange,
};
use arena_escrow_interface::{
    accounts::{Contest, Entry, EntryMut, Profile, ProfileMut},
    args,
    events::Event,
    instructions::EnterAccounts,
    seeds, Fault, Key,
};
use pinocchio::{AccountView, Address};

use crate::{
    accounts::{check, or},
    addresses::{bytes, same},
    books,
    call::Call,
    chain,
    contests::{after, contest, contest_mut, read, registration_is_over, rule, write},
    opening::Opening,
    tokens::{self, Transfer},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args = call.args(args::Enter::read)?;
    let checked = check(call, &EnterAccounts::ROLES, None)?;
    let accounts = EnterAccounts::named(checked.rows);
    let now_ms = chain::now_ms()?;
    admit(&accounts, &args, now_ms)?;
    let bump = EnterAccounts::named(checked.bumps).entry;
    let fee = record(call.program_id, &accounts, bump, now_ms)?;
    let decimals = contest(&read(accounts.contest)?)?.decimals();
    let fee_in = Transfer {
        from: accounts.agent_tokens,
        mint: accounts.mint,
        to: accounts.escrow,
        authority: accounts.agent,
        token_program: accounts.token_program,
        decimals,
    };
    fee_in.of(fee, &[])
}

/// The rules of entering, in their order.
#[inline(never)]
fn admit(accounts: &EnterAccounts<&AccountView>, args: &args::Enter, now_ms: u64) -> Answer {
    let data = read(accounts.contest)?;
    let contest = contest(&data)?;
    after(&contest, Action::Enter)?;
    let agent = bytes(accounts.agent.address());
    let runs_it = same(agent, &contest.creator().0) || same(agent, &contest.oracle().0);
    rule(may_enter(runs_it, contest.creator_may_enter() == 1), Code::Forbidden)?;
    rule(!registration_is_over(&contest, now_ms), Code::RegistrationExpired)?;
    rule(has_place(contest.entrants(), contest.max_agents()), Code::ContestFull)?;
    rule(accounts.entry.is_data_empty(), Code::AlreadyEntered)?;
    meets_gates(&contest, &read(accounts.profile)?, now_ms)?;
    or(args.terms_hash == contest.terms_hash(), Fault::TermsDiffer)?;
    rule(tokens::amount_of(accounts.agent_tokens)? >= contest.entry_fee(), Code::InsufficientFunds)
}

fn meets_gates(contest: &Contest<'_>, profile: &[u8], now_ms: u64) -> Answer {
    let profile = Profile::read(profile).ok_or(Fault::WrongKind)?;
    let age_s = gates::age_s(profile.registered_at_ms(), now_ms);
    rule(gates::first_unmet(&contest.gates(), &profile.counters(), age_s).is_none(), Code::GateNotMet)
}

/// Makes the entry and counts it; gives the fee.
#[inline(never)]
fn record(
    program_id: &Address,
    accounts: &EnterAccounts<&AccountView>,
    bump: u8,
    now_ms: u64,
) -> Answer<u64> {
    let contest_key = Key(*bytes(accounts.contest.address()));
    let agent = Key(*bytes(accounts.agent.address()));
    let seeds = seeds::entry(&contest_key.0, &agent.0);
    let opening = Opening {
        payer: accounts.agent,
        account: accounts.entry,
        seeds,
        bump,
        owner: program_id,
        size: Entry::SIZE,
    };
    opening.open()?;
    let mut data = write(accounts.contest)?;
    let mut contest = contest_mut(&mut data)?;
    let view = contest.view();
    let (fee, terms_hash) = (view.entry_fee(), view.terms_hash());
    let number = view.last_number().checked_add(1).ok_or(Code::LimitReached)?;
    contest.set_last_number(number);
    books::entered(&mut contest, fee)?;
    let mut data = write(accounts.entry)?;
    let mut entry = EntryMut::begin(&mut data, bump).ok_or(Fault::WrongKind)?;
    entry.set_contest(contest_key);
    entry.set_agent(agent);
    entry.set_terms_hash(terms_hash);
    entry.set_number(number);
    entry.set_amount(fee);
    entry.set_entered_at_ms(now_ms);
    let mut data = write(accounts.profile)?;
    let mut profile = ProfileMut::open(&mut data).ok_or(Fault::WrongKind)?;
    let counters = profile.view().counters().after(CounterChange::Entered);
    profile.set_counters(counters);
    chain::log(&Event::AgentEntered { contest: contest_key, agent, number, amount: fee, at_ms: now_ms });
    Ok(fee)
}
