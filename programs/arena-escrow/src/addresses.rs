//! Derived addresses: always of the canonical bump, which is searched for and never taken from the caller.

use arena_escrow_interface::Fault;
use pinocchio::Address;

use crate::{chain, Answer};

/// What is hashed after the seeds, the bump and the program.
const MARKER: &[u8] = b"ProgramDerivedAddress";

/// An address that was derived, with its bump.
pub(crate) struct Derived {
    pub(crate) address: [u8; 32],
    pub(crate) bump: u8,
}

/// Derives the address of at most three seeds under a program: of the highest bump whose address is no point of the curve.
#[inline(never)]
pub(crate) fn derive(seeds: [&[u8]; 3], program_id: &[u8; 32]) -> Answer<Derived> {
    let [first, second, third] = seeds;
    let mut bump = u8::MAX;
    loop {
        let address = chain::sha256(&[first, second, third, &[bump], program_id, MARKER])?;
        if !chain::is_on_curve(&address) {
            return Ok(Derived { address, bump });
        }
        bump = bump.checked_sub(1).ok_or(Fault::ChainRefused)?;
    }
}

/// The seeds, filled up with empty ones, which change nothing in the hash.
pub(crate) trait Padded<'a> {
    fn padded(self) -> [&'a [u8]; 3];
}

impl<'a> Padded<'a> for [&'a [u8]; 1] {
    #[inline(always)]
    fn padded(self) -> [&'a [u8]; 3] {
        let [first] = self;
        [first, &[], &[]]
    }
}

impl<'a> Padded<'a> for [&'a [u8]; 2] {
    #[inline(always)]
    fn padded(self) -> [&'a [u8]; 3] {
        let [first, second] = self;
        [first, second, &[]]
    }
}

impl<'a> Padded<'a> for [&'a [u8]; 3] {
    #[inline(always)]
    fn padded(self) -> [&'a [u8]; 3] {
        self
    }
}

/// Whether two addresses are the same: four words are cheaper to compare than 32 bytes.
#[inline(always)]
pub(crate) fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    let (left, _) = left.as_chunks::<8>();
    let (right, _) = right.as_chunks::<8>();
    left.iter().zip(right).all(|(left, right)| u64::from_le_bytes(*left) == u64::from_le_bytes(*right))
}

/// The bytes of an address.
#[inline(always)]
pub(crate) fn bytes(address: &Address) -> &[u8; 32] {
    address.as_array()
}
