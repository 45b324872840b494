//! What a contest's account counts: what was paid in, what is owed, who has an entry.
//!
//! A count that would leave its range means that the books are wrong, which no call can bring about; then nothing is paid and
//! nothing closed.

use arena_escrow_interface::{accounts::ContestMut, Fault};

use crate::Answer;

/// An entry was made, and its fee paid in.
#[inline(always)]
pub(crate) fn entered(contest: &mut ContestMut<'_>, fee: u64) -> Answer {
    let view = contest.view();
    let (pot, due) = (view.pot().checked_add(fee), view.escrow_due().checked_add(fee));
    let (entrants, alive) = (view.entrants().checked_add(1), view.alive().checked_add(1));
    let open_entries = view.open_entries().checked_add(1);
    contest.set_pot(balanced(pot)?);
    contest.set_escrow_due(balanced(due)?);
    contest.set_entrants(balanced(entrants)?);
    contest.set_alive(balanced(alive)?);
    contest.set_open_entries(balanced(open_entries)?);
    Ok(())
}

/// An entrant left, and its fee with it.
#[inline(always)]
pub(crate) fn left(contest: &mut ContestMut<'_>, fee: u64) -> Answer {
    let view = contest.view();
    let (pot, entrants) = (view.pot().checked_sub(fee), view.entrants().checked_sub(1));
    contest.set_pot(balanced(pot)?);
    contest.set_entrants(balanced(entrants)?);
    put_out(contest, 1)?;
    paid_out(contest, fee)?;
    entry_closed(contest)
}

/// So many are no longer in play; gives how many are left.
#[inline(always)]
pub(crate) fn put_out(contest: &mut ContestMut<'_>, count: u32) -> Answer<u32> {
    let alive = balanced(contest.view().alive().checked_sub(count))?;
    contest.set_alive(alive);
    Ok(alive)
}

/// An amount leaves the escrow.
#[inline(always)]
pub(crate) fn paid_out(contest: &mut ContestMut<'_>, amount: u64) -> Answer {
    let due = contest.view().escrow_due().checked_sub(amount);
    contest.set_escrow_due(balanced(due)?);
    Ok(())
}

/// An entry's account is closed.
#[inline(always)]
pub(crate) fn entry_closed(contest: &mut ContestMut<'_>) -> Answer {
    let open_entries = contest.view().open_entries().checked_sub(1);
    contest.set_open_entries(balanced(open_entries)?);
    Ok(())
}

#[inline(always)]
fn balanced<T>(count: Option<T>) -> Answer<T> {
    count.ok_or_else(|| Fault::Unbalanced.into())
}
