//! Who may upgrade the program, as the loader keeps it.

use pinocchio::AccountView;

use crate::{
    addresses::{bytes, same},
    contests::read,
    Answer,
};

/// The loader's account of a program: what it begins with, and where it says who may upgrade the program.
const PROGRAM_DATA: [u8; 4] = [3, 0, 0, 0];
const HAS_AUTHORITY: usize = 12;
const AUTHORITY: usize = 13;

/// Whether a wallet may upgrade the program, by the loader's account of it.
pub(crate) fn is_deployer(wallet: &AccountView, program_data: &AccountView) -> Answer<bool> {
    let data = read(program_data)?;
    let named: Option<&[u8; 32]> = data.get(AUTHORITY..).and_then(<[u8]>::first_chunk);
    let is_program_data = data.first_chunk() == Some(&PROGRAM_DATA);
    let has_authority = data.get(HAS_AUTHORITY) == Some(&1);
    let is_named = named.is_some_and(|named| same(named, bytes(wallet.address())));
    Ok(is_program_data && has_authority && is_named)
}
