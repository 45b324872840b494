//! The creator ends a contest before it started.

use arena_core::contest::{status::Action, CancelReason, Code};
use arena_escrow_interface::{
    events::{reason_number, Event},
    instructions::CancelAccounts,
    Key,
};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{after, contest_mut, end, rule, write},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &CancelAccounts::ROLES, None)?;
    let accounts = CancelAccounts::named(checked.rows);
    let at_ms = chain::now_ms()?;
    let mut data = write(accounts.contest)?;
    let mut contest = contest_mut(&mut data)?;
    let cancelled = after(&contest.view(), Action::Cancel)?;
    rule(same(bytes(accounts.creator.address()), &contest.view().creator().0), Code::Forbidden)?;
    end(&mut contest, cancelled, at_ms);
    chain::log(&Event::ContestCancelled {
        contest: Key(*bytes(accounts.contest.address())),
        reason: reason_number(CancelReason::Creator),
        at_ms,
    });
    Ok(())
}
