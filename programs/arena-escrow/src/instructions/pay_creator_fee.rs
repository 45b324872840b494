//! The creator's part of the pot is paid to the creator, whoever asks.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::instructions::PayCreatorFeeAccounts;

use crate::{accounts::check, call::Call, payouts::Payout, vaults::Out, Answer};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &PayCreatorFeeAccounts::ROLES, None)?;
    let accounts = PayCreatorFeeAccounts::named(checked.rows);
    let out = Out {
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.creator_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    let payout = Payout { kind: PayoutKind::CreatorFee, payee: accounts.creator, entry: None, out };
    payout.pay().map(|_| ())
}
