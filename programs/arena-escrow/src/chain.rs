//! What the program asks of the chain: its clock, its price of storage, hashes, points of the curve, and to log.
#![expect(unsafe_code, reason = "system calls take pointers")]

use arena_escrow_interface::{events::Event, Fault};

use crate::Answer;

/// The sysvar that holds the time.
const CLOCK: [u8; 32] = [
    6, 167, 213, 23, 24, 199, 116, 201, 40, 86, 99, 152, 105, 29, 94, 182, 139, 94, 184, 163, 155, 75, 109,
    92, 115, 85, 91, 33, 0, 0, 0, 0,
];
/// The seconds since 1970 come after four other numbers.
const CLOCK_SECONDS: u64 = 32;
/// The sysvar that holds the price of storage.
const RENT: [u8; 32] = [
    6, 167, 213, 23, 25, 44, 92, 81, 33, 140, 201, 76, 61, 74, 241, 127, 88, 218, 238, 8, 155, 161, 253, 68,
    227, 219, 217, 138, 0, 0, 0, 0,
];
/// The bytes that every account costs on top of its data.
const ACCOUNT_OVERHEAD: u64 = 128;
/// The bits of 2.0 and of 1.0: the years of rent that free an account of it, or all in the price already.
const TWO: u64 = 0x4000_0000_0000_0000;
const ONE: u64 = 0x3ff0_0000_0000_0000;

mod system {
    #[cfg(target_arch = "bpf")]
    pub(super) use pinocchio::syscalls::{
        sol_curve_validate_point, sol_get_sysvar, sol_log_data, sol_sha256,
    };

    /// Elsewhere nothing answers.
    #[cfg(not(target_arch = "bpf"))]
    mod absent {
        pub(in super::super) unsafe fn sol_sha256(_: *const u8, _: u64, _: *mut u8) -> u64 {
            1
        }
        pub(in super::super) unsafe fn sol_curve_validate_point(_: u64, _: *const u8, _: *mut u8) -> u64 {
            1
        }
        pub(in super::super) unsafe fn sol_get_sysvar(_: *const u8, _: *mut u8, _: u64, _: u64) -> u64 {
            1
        }
        pub(in super::super) unsafe fn sol_log_data(_: *const u8, _: u64) {}
    }
    #[cfg(not(target_arch = "bpf"))]
    pub(super) use absent::{sol_curve_validate_point, sol_get_sysvar, sol_log_data, sol_sha256};
}

/// The time in milliseconds since 1970; before that it is 0.
pub(crate) fn now_ms() -> Answer<u64> {
    let seconds = i64::from_le_bytes(sysvar(&CLOCK, CLOCK_SECONDS)?);
    Ok(u64::try_from(seconds).unwrap_or(0).wrapping_mul(1_000))
}

/// The lamports with which an account of so many bytes stays for ever.
pub(crate) fn rent_for(bytes: usize) -> Answer<u64> {
    let price: [u8; 16] = sysvar(&RENT, 0)?;
    let [a, b, c, d, e, f, g, h, years @ ..] = price;
    let per_byte = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
    let once = (bytes as u64).wrapping_add(ACCOUNT_OVERHEAD).wrapping_mul(per_byte);
    match u64::from_le_bytes(years) {
        ONE => Ok(once),
        TWO => Ok(once.wrapping_add(once)),
        _ => Err(Fault::ChainRefused.into()),
    }
}

fn sysvar<const N: usize>(id: &[u8; 32], offset: u64) -> Answer<[u8; N]> {
    let mut bytes = [0; N];
    // SAFETY: `id` has the 32 bytes of an address, and `bytes` has room for the N that are asked for.
    let status = unsafe { system::sol_get_sysvar(id.as_ptr(), bytes.as_mut_ptr(), offset, N as u64) };
    if status == 0 {
        Ok(bytes)
    } else {
        Err(Fault::ChainRefused.into())
    }
}

/// The SHA-256 of parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Answer<[u8; 32]> {
    let mut hash = [0; 32];
    // SAFETY: a slice of slices is laid out as the call wants it, pointer before length, and `hash` has room for a digest.
    let status = unsafe { system::sol_sha256(parts.as_ptr().cast(), parts.len() as u64, hash.as_mut_ptr()) };
    if status == 0 {
        Ok(hash)
    } else {
        Err(Fault::ChainRefused.into())
    }
}

/// Whether 32 bytes are a point of the curve, so that somebody may have a key for them.
pub(crate) fn is_on_curve(bytes: &[u8; 32]) -> bool {
    const CURVE_25519_EDWARDS: u64 = 0;
    let mut unused = [0_u8; 32];
    // SAFETY: both have the 32 bytes of a point.
    let status =
        unsafe { system::sol_curve_validate_point(CURVE_25519_EDWARDS, bytes.as_ptr(), unused.as_mut_ptr()) };
    status == 0
}

/// Logs a change.
#[inline(never)]
pub(crate) fn log(event: &Event) {
    let mut room = [0; Event::MOST_BYTES];
    if let Some(bytes) = event.encode(&mut room) {
        let parts = [bytes];
        // SAFETY: a slice of slices is laid out as the call wants it, pointer before length.
        unsafe { system::sol_log_data(parts.as_ptr().cast(), parts.len() as u64) };
    }
}
