//! The treasury's part of the pot is paid to the treasury, whoever asks.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::instructions::PayProtocolFeeAccounts;

use crate::{accounts::check, call::Call, payouts::Payout, vaults::Out, Answer};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &PayProtocolFeeAccounts::ROLES, None)?;
    let accounts = PayProtocolFeeAccounts::named(checked.rows);
    let out = Out {
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.treasury,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    let payout = Payout { kind: PayoutKind::ProtocolFee, payee: accounts.treasury, entry: None, out };
    payout.pay().map(|_| ())
}
