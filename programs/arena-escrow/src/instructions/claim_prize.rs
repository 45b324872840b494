//! A prize is paid to its winner, whoever asks.

use arena_core::{
    contest::{payout, Code, CounterChange, PayoutKind},
    Amount,
};
use arena_escrow_interface::{
    accounts::{Contest, Entry, EntryMut, ProfileMut},
    instructions::ClaimPrizeAccounts,
    Fault, Key,
};

use crate::{
    accounts::check,
    addresses::bytes,
    call::Call,
    chain,
    contests::{contest, contest_mut, entry, read, write},
    payouts::{is_open, Payout},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &ClaimPrizeAccounts::ROLES, None)?;
    let accounts = ClaimPrizeAccounts::named(checked.rows);
    let payout = Payout {
        kind: PayoutKind::Prize,
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.agent_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
        now_ms: chain::now_ms()?,
    };
    payout.admit()?;
    let amount = {
        let data = read(accounts.entry)?;
        let entry = entry(&data).ok_or(Code::NothingOwed)?;
        let amount = prize(&contest(&read(accounts.contest)?)?, &entry);
        is_open(amount, entry.is_paid() == 1)?;
        amount
    };
    {
        let mut data = write(accounts.entry)?;
        EntryMut::open(&mut data).ok_or(Fault::WrongKind)?.set_is_paid(1);
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let due = contest.view().escrow_due().saturating_sub(amount);
        contest.set_escrow_due(due);
        let mut data = write(accounts.profile)?;
        let mut profile = ProfileMut::open(&mut data).ok_or(Fault::WrongKind)?;
        let earned = CounterChange::Earned { amount: Amount::at_most(amount) };
        let counters = profile.view().counters().after(earned);
        profile.set_counters(counters);
    }
    payout.pay(amount, Key(*bytes(accounts.agent.address())))
}

/// What an entry of a finished contest won.
pub(super) fn prize(contest: &Contest<'_>, entry: &Entry<'_>) -> u64 {
    let standing = entry.standing();
    let group = standing.checked_sub(1).and_then(|index| usize::try_from(index).ok());
    match group.and_then(|index| contest.tied().get(index).copied()) {
        Some(tied) => payout::tied_share(&contest.prizes(), standing, tied, entry.before()),
        None => 0,
    }
}
