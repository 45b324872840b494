//! A contest that owes nothing is closed with its vaults; their rent goes back to the creator, whoever asks.
//!
//! What strangers sent to the vaults must not keep them open: it goes to the treasury. So does a slashed bond that could not be moved
//! when the contest was abandoned.

use arena_core::contest::{Code, PayoutKind, Status};
use arena_escrow_interface::{
    accounts::Contest, events::Event, instructions::CloseContestAccounts, Fault, Key,
};
use pinocchio::AccountView;

use crate::{
    accounts::{check, or},
    addresses::bytes,
    call::Call,
    chain,
    contests::{close, contest, read, rule},
    tokens::{self, Closing},
    vaults::{Out, Seal},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &CloseContestAccounts::ROLES, None)?;
    let accounts = CloseContestAccounts::named(checked.rows);
    let seal = {
        let data = read(accounts.contest)?;
        let contest = contest(&data)?;
        is_settled(&contest)?;
        Seal::of(&contest)
    };
    let mut swept: u64 = 0;
    for vault in [accounts.escrow, accounts.bond_vault] {
        swept = swept.saturating_add(sweep(&accounts, vault)?);
        let closing = Closing {
            account: vault,
            to: accounts.creator,
            owner: accounts.contest,
            token_program: accounts.token_program,
        };
        seal.sign(|signers| closing.close(signers))?;
    }
    close(accounts.contest, accounts.creator)?;
    chain::log(&Event::ContestClosed { contest: Key(*bytes(accounts.contest.address())), swept });
    Ok(())
}

/// Refuses while an entry is open or anything is owed.
fn is_settled(contest: &Contest<'_>) -> Answer {
    rule(contest.stands().is_some_and(Status::is_terminal), Code::WrongState)?;
    or(contest.open_entries() == 0, Fault::NotSettled)?;
    or(contest.escrow_due() == 0, Fault::NotSettled)?;
    let bond = contest.obligation(PayoutKind::Bond, None);
    or(bond.is_none_or(|bond| bond.is_paid), Fault::NotSettled)
}

/// Empties a vault into the treasury; gives how much it was.
fn sweep(accounts: &CloseContestAccounts<&AccountView>, vault: &AccountView) -> Answer<u64> {
    let amount = tokens::amount_of(vault)?;
    let sweep = Out {
        contest: accounts.contest,
        vault,
        to: accounts.treasury,
        mint: accounts.mint,
        token_program: accounts.token_program,
    };
    sweep.transfer(amount)?;
    Ok(amount)
}
