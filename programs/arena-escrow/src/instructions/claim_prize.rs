//! A prize is paid to its winner, whoever asks.

use arena_core::{
    contest::{CounterChange, PayoutKind},
    Amount,
};
use arena_escrow_interface::{accounts::ProfileMut, instructions::ClaimPrizeAccounts, Fault};

use crate::{accounts::check, call::Call, contests::write, payouts::Payout, vaults::Out, Answer};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &ClaimPrizeAccounts::ROLES, None)?;
    let accounts = ClaimPrizeAccounts::named(checked.rows);
    let out = Out {
        contest: accounts.contest,
        vault: accounts.escrow,
        to: accounts.agent_tokens,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    let entry = Some(accounts.entry);
    let payout = Payout { kind: PayoutKind::Prize, payee: accounts.agent, entry, out };
    let earned = CounterChange::Earned { amount: Amount::at_most(payout.pay()?) };
    let mut data = write(accounts.profile)?;
    let mut profile = ProfileMut::open(&mut data).ok_or(Fault::WrongKind)?;
    let counters = profile.view().counters().after(earned);
    profile.set_counters(counters);
    Ok(())
}
