//! Anyone ends a contest whose oracle is timed out; its bond goes to the treasury at once.

use arena_core::contest::{status::Action, Code};
use arena_escrow_interface::{accounts::BondFate, events::Event, instructions::AbandonAccounts, Key};

use crate::{
    accounts::check,
    addresses::bytes,
    call::Call,
    chain,
    contests::{after, contest_mut, end, is_timed_out, rule, write},
    tokens,
    vaults::Out,
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &AbandonAccounts::ROLES, None)?;
    let accounts = AbandonAccounts::named(checked.rows);
    let now_ms = chain::now_ms()?;
    let amount = {
        let mut data = write(accounts.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let abandoned = after(&contest.view(), Action::Abandon)?;
        rule(is_timed_out(&contest.view(), now_ms), Code::NotTimedOut)?;
        end(&mut contest, abandoned, now_ms);
        contest.set_bond_fate(BondFate::Slashed as u8);
        contest.view().bond()
    };
    // A frozen account must not keep the entrants from their refunds: the bond then follows when the contest is closed.
    if !tokens::is_frozen(accounts.bond_vault)? && !tokens::is_frozen(accounts.treasury)? {
        let slash = Out {
            contest: accounts.contest,
            vault: accounts.bond_vault,
            to: accounts.treasury,
            mint: accounts.mint,
            token_program: accounts.token_program,
        };
        slash.transfer(amount)?;
    }
    chain::log(&Event::ContestAbandoned {
        contest: Key(*bytes(accounts.contest.address())),
        amount,
        at_ms: now_ms,
    });
    Ok(())
}
