//! A contest's account and its entries: how they are opened, and how rules are asked about them.

use arena_core::contest::{
    status::{self, Action},
    timing, Code, Status,
};
use arena_escrow_interface::{
    accounts::{status_number, Contest, ContestMut, Entry, EntryMut},
    Fault, Key,
};
use pinocchio::{
    account::{Ref, RefMut},
    AccountView, Address,
};

use crate::{
    accounts::or,
    addresses::{bytes, same},
    Answer,
};

/// The bytes of an account, for reading.
#[inline(always)]
pub(crate) fn read(account: &AccountView) -> Answer<Ref<'_, [u8]>> {
    account.try_borrow().map_err(|_| Fault::DuplicateAccount.into())
}

/// The bytes of an account, for writing.
#[inline(always)]
pub(crate) fn write(account: &AccountView) -> Answer<RefMut<'_, [u8]>> {
    account.try_borrow_mut().map_err(|_| Fault::DuplicateAccount.into())
}

/// A contest, in bytes that were checked to be one.
#[inline(always)]
pub(crate) fn contest(data: &[u8]) -> Answer<Contest<'_>> {
    Contest::read(data).ok_or(Fault::WrongKind.into())
}

/// A contest to be changed, in bytes that were checked to be one.
#[inline(always)]
pub(crate) fn contest_mut(data: &mut [u8]) -> Answer<ContestMut<'_>> {
    ContestMut::open(data).ok_or(Fault::WrongKind.into())
}

/// An entry; `None` for an account that was never made.
#[inline(always)]
pub(crate) fn entry(data: &[u8]) -> Option<Entry<'_>> {
    Entry::read(data)
}

/// The entries that come after the fixed accounts of an instruction.
pub(crate) struct Entries<'a> {
    pub(crate) program_id: &'a Address,
    pub(crate) contest: Key,
    pub(crate) accounts: &'a [AccountView],
}

impl Entries<'_> {
    /// Changes one after the other; each must be the program's, and of the contest.
    #[inline(always)]
    pub(crate) fn change(&self, mut change: impl FnMut(&mut EntryMut<'_>) -> Answer) -> Answer {
        for account in self.accounts {
            or(account.is_writable(), Fault::NotWritable)?;
            rule(account.owned_by(self.program_id), Code::Invalid)?;
            let mut data = write(account)?;
            let mut entry = EntryMut::open(&mut data).ok_or(Code::Invalid)?;
            rule(same(&entry.view().contest().0, &self.contest.0), Code::Invalid)?;
            change(&mut entry)?;
        }
        Ok(())
    }
}

/// The status after an action, which is refused where the table has none.
#[inline(always)]
pub(crate) fn after(contest: &Contest<'_>, action: Action) -> Answer<Status> {
    let current = contest.stands().ok_or(Fault::WrongKind)?;
    Ok(status::after(current, action).ok_or(Code::WrongState)?)
}

/// Refuses when the code says so.
#[inline(always)]
pub(crate) fn rule(is_so: bool, code: Code) -> Answer {
    if is_so {
        Ok(())
    } else {
        Err(code.into())
    }
}

/// Refuses an action that is the oracle's to anybody else.
#[inline(always)]
pub(crate) fn is_oracle(contest: &Contest<'_>, caller: &AccountView) -> Answer {
    rule(same(bytes(caller.address()), &contest.oracle().0), Code::Forbidden)
}

/// Whether registration is over.
#[inline(always)]
pub(crate) fn registration_is_over(contest: &Contest<'_>, now_ms: u64) -> bool {
    timing::is_over(now_ms, timing::registration_ends_ms(contest.created_at_ms()))
}

/// Whether the oracle is timed out.
#[inline(always)]
pub(crate) fn is_timed_out(contest: &Contest<'_>, now_ms: u64) -> bool {
    let timeout_ms = timing::timeout_ms(
        contest.started_at_ms(),
        contest.last_submission_at_ms(),
        contest.duration_s(),
        contest.elimination_interval_s(),
    );
    timing::is_over(now_ms, timeout_ms)
}

/// Makes a contest terminal.
#[inline(always)]
pub(crate) fn end(contest: &mut ContestMut<'_>, status: Status, now_ms: u64) {
    contest.set_status(status_number(status));
    contest.set_ended_at_ms(now_ms);
}

/// Closes an account of the program: it holds nothing any more and its lamports are the payee's.
pub(crate) fn close(account: &AccountView, payee: &AccountView) -> Answer {
    let lamports = payee.lamports().checked_add(account.lamports()).ok_or(Fault::ChainRefused)?;
    payee.set_lamports(lamports);
    account.set_lamports(0);
    account.close().map_err(|_| Fault::DuplicateAccount.into())
}
