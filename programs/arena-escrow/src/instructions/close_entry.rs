//! An entry that nothing is owed for is closed; its rent goes back to the entrant, whoever asks.

use arena_core::contest::{Code, Status};
use arena_escrow_interface::{
    accounts::{Contest, Entry},
    events::Event,
    instructions::CloseEntryAccounts,
    Fault, Key,
};

use super::claim_prize::prize;
use crate::{
    accounts::{check, or},
    addresses::bytes,
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
        let mut contest = contest_mut(&mut data)?;
        let open_entries = contest.view().open_entries().saturating_sub(1);
        contest.set_open_entries(open_entries);
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
    let is_paid = entry.is_paid() == 1;
    match contest.stands() {
        Some(Status::Finished) => {
            or(is_paid || prize(contest, entry) == 0, Fault::NotSettled)?;
            or(entry.is_recorded() == 1, Fault::NotSettled)
        }
        Some(Status::Cancelled | Status::Abandoned) => or(is_paid || entry.amount() == 0, Fault::NotSettled),
        Some(Status::Registration | Status::Active | Status::Eliminating) | None => {
            rule(false, Code::WrongState)
        }
    }
}
