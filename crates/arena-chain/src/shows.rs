//! What an account shows of whether something is done.

use arena_core::contest::Status;
use arena_escrow_interface::accounts::{Contest, Entry};

use crate::rpc::Account;

pub(crate) fn is_there(account: Option<&Account>) -> bool {
    account.is_some_and(|account| !account.data.is_empty())
}

pub(crate) fn is_gone(account: Option<&Account>) -> bool {
    !is_there(account)
}

pub(crate) fn is_paid(account: Option<&Account>) -> bool {
    is_gone(account) || of_entry(account, |entry| entry.is_paid() != 0)
}

pub(crate) fn of_contest(account: Option<&Account>, is: impl FnOnce(Contest<'_>) -> bool) -> bool {
    account.and_then(|account| Contest::read(&account.data)).is_some_and(is)
}

/// Whether it is a contest of this status.
pub(crate) fn stands(account: Option<&Account>, status: Status) -> bool {
    of_contest(account, |contest| contest.stands() == Some(status))
}

pub(crate) fn of_entry(account: Option<&Account>, is: impl FnOnce(Entry<'_>) -> bool) -> bool {
    account.and_then(|account| Entry::read(&account.data)).is_some_and(is)
}
