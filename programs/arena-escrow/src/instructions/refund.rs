//! An entry fee is paid back to its entrant, whoever asks; the first after registration expired ends the contest too.

use arena_core::contest::PayoutKind;
use arena_escrow_interface::instructions::RefundAccounts;

use crate::{accounts::check, call::Call, payouts::Payout, vaults::Out, Answer};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &RefundAccounts::ROLES, None)?;
    let accounts = RefundAccounts::named(checked.rows);
    let out = Out {
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.agent_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    let entry = Some(accounts.entry);
    let payout = Payout { kind: PayoutKind::Refund, payee: accounts.agent, entry, out };
    payout.pay().map(|_| ())
}
