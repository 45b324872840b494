//! The creator's part of the pot is paid to the creator, whoever asks.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::{instructions::PayCreatorFeeAccounts, Key};

use crate::{
    accounts::check,
    addresses::bytes,
    call::Call,
    chain,
    contests::{contest_mut, write},
    payouts::{is_open, Payout},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &PayCreatorFeeAccounts::ROLES, None)?;
    let accounts = PayCreatorFeeAccounts::named(checked.rows);
    let payout = Payout {
        kind: PayoutKind::CreatorFee,
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.creator_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
        now_ms: chain::now_ms()?,
    };
    payout.admit()?;
    let amount = {
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let amount = contest.view().creator_fee();
        is_open(amount, contest.view().creator_fee_paid() == 1)?;
        let due = contest.view().escrow_due().saturating_sub(amount);
        contest.set_escrow_due(due);
        contest.set_creator_fee_paid(1);
        amount
    };
    payout.pay(amount, Key(*bytes(accounts.creator.address())))
}
