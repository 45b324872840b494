//! An entry that nothing is owed for is closed; its rent goes back to the entrant, whoever asks.

use arena_core::contest::{Code, Status};
use arena_escrow_interface::{
    accounts::{Contest, Entry},
    events::Event,
    instructions::CloseEntryAccounts,
    Fault, Key,
};

use crate::{
    accounts::{check, or},
    addresses::bytes,
    books,
    call::Call,
    chain,
    contests::{close, contest, contest_mut, entry, read, rule, write},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &CloseEntryAccounts::ROLES, None)?;
    let accounts = CloseEntryAccounts::named(checked.rows);
    {
        let data = read(accounts.entry)?;
        let entry = entry(&data).ok_or(Fault::WrongKind)?;
        is_settled(&contest(&read(accounts.contest)?)?, &entry)?;
    }
    {
        let mut data = write(accounts.contest)?;
        books::entry_closed(&mut contest_mut(&mut data)?)?;
    }
    close(accounts.entry, accounts.agent)?;
    chain::log(&Event::EntryClosed {
        contest: Key(*bytes(accounts.contest.address())),
        agent: Key(*bytes(accounts.agent.address())),
    });
    Ok(())
}

/// Refuses while the entry's prize or refund is open, or its result is not counted.
fn is_settled(contest: &Contest<'_>, entry: &Entry<'_>) -> Answer {
    rule(contest.stands().is_some_and(Status::is_terminal), Code::WrongState)?;
    or(contest.owed_to(entry).is_none_or(|owed| owed.is_paid), Fault::NotSettled)?;
    let is_counted = contest.stands() != Some(Status::Finished) || entry.is_recorded() == 1;
    or(is_counted, Fault::NotSettled)
}
