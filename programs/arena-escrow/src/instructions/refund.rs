//! An entry fee is paid back to its entrant, whoever asks; the first after registration expired ends the contest too.

use arena_core::contest::{Code, PayoutKind};
use arena_escrow_interface::{accounts::EntryMut, instructions::RefundAccounts, Fault, Key};

use crate::{
    accounts::check,
    addresses::bytes,
    call::Call,
    chain,
    contests::{contest_mut, entry, read, write},
    payouts::{is_open, Payout},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &RefundAccounts::ROLES, None)?;
    let accounts = RefundAccounts::named(checked.rows);
    let payout = Payout {
        kind: PayoutKind::Refund,
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
        is_open(entry.amount(), entry.is_paid() == 1)?;
        entry.amount()
    };
    {
        let mut data = write(accounts.entry)?;
        EntryMut::open(&mut data).ok_or(Fault::WrongKind)?.set_is_paid(1);
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let due = contest.view().escrow_due().saturating_sub(amount);
        contest.set_escrow_due(due);
    }
    payout.pay(amount, Key(*bytes(accounts.agent.address())))
}
