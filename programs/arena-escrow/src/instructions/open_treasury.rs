//! Opens the treasury's token account of a mint; a contest of that mint cannot be made before.

use arena_escrow_interface::{events::Event, instructions::OpenTreasuryAccounts, seeds, Key};

use crate::{
    accounts::check,
    addresses::{bytes, Padded},
    call::Call,
    chain, mints,
    opening::Opening,
    tokens, Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &OpenTreasuryAccounts::ROLES, None)?;
    let accounts = OpenTreasuryAccounts::named(checked.rows);
    mints::check(accounts.mint)?;
    let mint = bytes(accounts.mint.address());
    let seeds = seeds::treasury(mint).padded();
    let bump = OpenTreasuryAccounts::named(checked.bumps).treasury;
    let opening = Opening {
        payer: accounts.payer,
        account: accounts.treasury,
        seeds,
        bump,
        owner: accounts.token_program.address(),
        size: tokens::ACCOUNT_SIZE,
    };
    opening.open()?;
    let protocol = bytes(accounts.protocol.address());
    tokens::initialize(accounts.treasury, accounts.mint, protocol, accounts.token_program)?;
    chain::log(&Event::TreasuryOpened {
        mint: Key(*mint),
        treasury: Key(*bytes(accounts.treasury.address())),
    });
    Ok(())
}
