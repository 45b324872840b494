//! An entrant leaves, gets the fee back at once, and may enter again.

use arena_core::contest::{status::Action, Code, CounterChange};
use arena_escrow_interface::{accounts::ProfileMut, events::Event, instructions::LeaveAccounts, Fault, Key};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    books,
    call::Call,
    chain,
    contests::{after, close, contest, contest_mut, entry, read, rule, write},
    vaults::Out,
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &LeaveAccounts::ROLES, None)?;
    let accounts = LeaveAccounts::named(checked.rows);
    let now_ms = chain::now_ms()?;
    let amount = {
        let data = read(accounts.entry)?;
        let entry = entry(&data).ok_or(Code::NotFound)?;
        after(&contest(&read(accounts.contest)?)?, Action::Leave)?;
        rule(same(&entry.agent().0, bytes(accounts.agent.address())), Code::Forbidden)?;
        entry.amount()
    };
    {
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        books::left(&mut contest, amount)?;
        let mut data = write(accounts.profile)?;
        let mut profile = ProfileMut::open(&mut data).ok_or(Fault::WrongKind)?;
        let counters = profile.view().counters().after(CounterChange::Left);
        profile.set_counters(counters);
    }
    close(accounts.entry, accounts.agent)?;
    let out = Out {
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.agent_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    out.transfer(amount)?;
    chain::log(&Event::EntryWithdrawn {
        contest: Key(*bytes(accounts.contest.address())),
        agent: Key(*bytes(accounts.agent.address())),
        amount,
        at_ms: now_ms,
    });
    Ok(())
}
