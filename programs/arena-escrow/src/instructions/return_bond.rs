//! The bond is paid back to the creator, whoever asks; where nobody has paid a fee it ends an expired contest too.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::{accounts::BondFate, instructions::ReturnBondAccounts, Key};

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
    let checked = check(call, &ReturnBondAccounts::ROLES, None)?;
    let accounts = ReturnBondAccounts::named(checked.rows);
    let payout = Payout {
        kind: PayoutKind::Bond,
        contest: accounts.contest,
        vault: accounts.bond_vault,
        to: accounts.creator_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
        now_ms: chain::now_ms()?,
    };
    payout.admit()?;
    let amount = {
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let amount = contest.view().bond();
        is_open(amount, contest.view().bond_fate() != BondFate::Held as u8)?;
        contest.set_bond_fate(BondFate::Returned as u8);
        amount
    };
    payout.pay(amount, Key(*bytes(accounts.creator.address())))
}
