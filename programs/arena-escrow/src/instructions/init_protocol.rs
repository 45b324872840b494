//! Names the wallet that takes out of the treasury: only who may upgrade the program can, once.

use arena_escrow_interface::{
    accounts::{Protocol, ProtocolMut},
    events::Event,
    instructions::InitProtocolAccounts,
    seeds, Fault, Key,
};

use crate::{
    accounts::{check, or},
    addresses::{bytes, same, Padded},
    call::Call,
    chain,
    contests::{read, write},
    opening::Opening,
    Answer,
};

/// The loader's account of a program: what it begins with, and where it says who may upgrade the program.
const PROGRAM_DATA: [u8; 4] = [3, 0, 0, 0];
const HAS_AUTHORITY: usize = 12;
const AUTHORITY: usize = 13;

#[inline(never)]
pub(super) fn run(call: &Call<'_>) -> Answer {
    call.no_args()?;
    let checked = check(call, &InitProtocolAccounts::ROLES, None)?;
    let accounts = InitProtocolAccounts::named(checked.rows);
    let authority = bytes(accounts.authority.address());
    is_deployer(&read(accounts.program_data)?, authority)?;
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

fn is_deployer(program_data: &[u8], authority: &[u8; 32]) -> Answer {
    let named: Option<&[u8; 32]> = program_data.get(AUTHORITY..).and_then(<[u8]>::first_chunk);
    let is_program_data = program_data.first_chunk() == Some(&PROGRAM_DATA);
    let has_authority = program_data.get(HAS_AUTHORITY) == Some(&1);
    let is_named = named.is_some_and(|named| same(named, authority));
    or(is_program_data && has_authority && is_named, Fault::NotDeployer)
}
