//! Names the wallet that takes out of the treasury: only who may upgrade the program can, once.

use arena_escrow_interface::{
    accounts::{Protocol, ProtocolMut},
    events::Event,
    instructions::InitProtocolAccounts,
    seeds, Fault, Key,
};

use crate::{
    accounts::{check, or},
    addresses::{bytes, Padded},
    call::Call,
    chain,
    contests::write,
    deployer::is_deployer,
    opening::Opening,
    Answer,
};

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &InitProtocolAccounts::ROLES, None)?;
    let accounts = InitProtocolAccounts::named(checked.rows);
    let authority = bytes(accounts.authority.address());
    or(is_deployer(accounts.authority, accounts.program_data)?, Fault::NotDeployer)?;
    let seeds = seeds::protocol().padded();
    let bump = InitProtocolAccounts::named(checked.bumps).protocol;
    let opening = Opening {
        payer: accounts.authority,
        account: accounts.protocol,
        seeds,
        bump,
        owner: call.program_id,
        size: Protocol::SIZE,
    };
    opening.open()?;
    let mut data = write(accounts.protocol)?;
    let mut protocol = ProtocolMut::begin(&mut data, bump).ok_or(Fault::WrongKind)?;
    protocol.set_authority(Key(*authority));
    chain::log(&Event::ProtocolInitialised { authority: Key(*authority) });
    Ok(())
}
