//! The authority takes tokens out of the treasury.
//!
//! Each withdrawal has a number, one after what the protocol counts: signed as often as anybody likes it is done once, whatever a
//! node says became of it.

use arena_core::contest::Code;
use arena_escrow_interface::{
    accounts::ProtocolMut, args, events::Event, instructions::WithdrawTreasuryAccounts, seeds, Fault, Key,
};
use pinocchio::{
    cpi::{Seed, Signer},
    AccountView,
};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{rule, write},
    tokens::{self, Transfer},
    Answer,
};

type Accounts<'a> = WithdrawTreasuryAccounts<&'a AccountView>;

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args = call.args(args::WithdrawTreasury::read)?;
    let checked = check(call, &WithdrawTreasuryAccounts::ROLES, None)?;
    let accounts = WithdrawTreasuryAccounts::named(checked.rows);
    let bump = [count(&accounts, &args)?];
    let args::WithdrawTreasury { amount, number } = args;
    let [name] = seeds::protocol();
    let seeds = [Seed::from(name), Seed::from(&bump)];
    let out = Transfer {
        from: accounts.treasury,
        mint: accounts.mint,
        to: accounts.destination,
        authority: accounts.protocol,
        token_program: accounts.token_program,
        decimals: tokens::decimals_of(accounts.mint)?,
    };
    out.of(amount, &[Signer::from(&seeds)])?;
    chain::log(&Event::TreasuryWithdrawn {
        number,
        mint: Key(*bytes(accounts.mint.address())),
        amount,
        destination: Key(*bytes(accounts.destination.address())),
    });
    Ok(())
}

/// Refuses what may not be taken out, and counts the withdrawal; gives the bump of the protocol's address.
fn count(accounts: &Accounts<'_>, args: &args::WithdrawTreasury) -> Answer<u8> {
    let mut data = write(accounts.protocol)?;
    let mut protocol = ProtocolMut::open(&mut data).ok_or(Fault::WrongKind)?;
    let view = protocol.view();
    rule(same(bytes(accounts.authority.address()), &view.authority().0), Code::Forbidden)?;
    rule(view.withdrawals().checked_add(1) == Some(args.number), Code::VersionMismatch)?;
    rule(args.amount > 0, Code::Invalid)?;
    rule(tokens::amount_of(accounts.treasury)? >= args.amount, Code::InsufficientFunds)?;
    let bump = view.bump();
    protocol.set_withdrawals(args.number);
    Ok(bump)
}
