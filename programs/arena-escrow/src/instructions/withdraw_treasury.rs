//! The authority takes tokens out of the treasury.

use arena_core::contest::Code;
use arena_escrow_interface::{
    accounts::Protocol, args, events::Event, instructions::WithdrawTreasuryAccounts, seeds, Fault, Key,
};
use pinocchio::cpi::{Seed, Signer};

use crate::{
    accounts::check,
    addresses::{bytes, same},
    call::Call,
    chain,
    contests::{read, rule},
    tokens::{self, Transfer},
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    let args::WithdrawTreasury { amount } = call.args(args::WithdrawTreasury::read)?;
    let checked = check(call, &WithdrawTreasuryAccounts::ROLES, None)?;
    let accounts = WithdrawTreasuryAccounts::named(checked.rows);
    let bump = {
        let data = read(accounts.protocol)?;
        let protocol = Protocol::read(&data).ok_or(Fault::WrongKind)?;
        rule(same(bytes(accounts.authority.address()), &protocol.authority().0), Code::Forbidden)?;
        [protocol.bump()]
    };
    rule(amount > 0, Code::Invalid)?;
    rule(tokens::amount_of(accounts.treasury)? >= amount, Code::InsufficientFunds)?;
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
        mint: Key(*bytes(accounts.mint.address())),
        amount,
        destination: Key(*bytes(accounts.destination.address())),
    });
    Ok(())
}
