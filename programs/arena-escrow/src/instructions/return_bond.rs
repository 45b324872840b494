//! The bond is paid back to the creator, whoever asks; where nobody has paid a fee it ends an expired contest too.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::instructions::ReturnBondAccounts;

use crate::{accounts::check, call::Call, payouts::Payout, vaults::Out, Answer};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &ReturnBondAccounts::ROLES, None)?;
    let accounts = ReturnBondAccounts::named(checked.rows);
    let out = Out {
        contest: accounts.contest,
        vault: accounts.bond_vault,
        to: accounts.creator_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    let payout = Payout { kind: PayoutKind::Bond, payee: accounts.creator, entry: None, out };
    payout.pay().map(|_| ())
}
