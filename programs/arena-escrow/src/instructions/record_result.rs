//! What an entry of a finished contest came to is counted in its agent's profile, once.
//!
//! Not while the contest is finalized page by page: it may still be abandoned then, and nobody has completed it.

use arena_core::contest::{Code, CounterChange, Status};
use arena_escrow_interface::{
    accounts::{EntryMut, ProfileMut},
    events::Event,
    instructions::RecordResultAccounts,
    Fault, Key,
};

use crate::{
    accounts::{check, or},
    addresses::bytes,
    call::Call,
    chain,
    contests::{contest, read, rule, write},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &RecordResultAccounts::ROLES, None)?;
    let accounts = RecordResultAccounts::named(checked.rows);
    rule(contest(&read(accounts.contest)?)?.stands() == Some(Status::Finished), Code::WrongState)?;
    let mut data = write(accounts.entry)?;
    let mut entry = EntryMut::open(&mut data).ok_or(Fault::WrongKind)?;
    or(entry.view().is_recorded() == 0, Fault::AlreadyRecorded)?;
    entry.set_is_recorded(1);
    let (standing, eliminated) = (entry.view().standing(), entry.view().out().is_some());
    let mut data = write(accounts.profile)?;
    let mut profile = ProfileMut::open(&mut data).ok_or(Fault::WrongKind)?;
    let counters = profile.view().counters().after(CounterChange::Completed { standing, eliminated });
    profile.set_counters(counters);
    chain::log(&Event::ResultRecorded {
        contest: Key(*bytes(accounts.contest.address())),
        agent: Key(*bytes(accounts.agent.address())),
        standing,
    });
    Ok(())
}
