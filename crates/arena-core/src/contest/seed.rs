//! The seed that was committed to: one commitment has one seed, however it is spelled.

#[cfg(feature = "aggregates")]
use alloc::vec::Vec;

use super::bounds::SEED_BYTES;
#[cfg(feature = "aggregates")]
use crate::hash::Hash;

/// The bytes that a text spells in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelled {
    bytes: [u8; SEED_BYTES / 2],
    length: usize,
}

impl Spelled {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

/// Whether a text may be a seed.
#[must_use]
pub const fn in_bounds(seed: &str) -> bool {
    !seed.is_empty() && seed.len() <= SEED_BYTES
}

/// Reads a text as pairs of hexadecimal digits; `None` where it is none, or longer than a seed.
fn spelled(text: &str) -> Option<Spelled> {
    let pairs = text.as_bytes().chunks_exact(2);
    if text.is_empty() || text.len() > SEED_BYTES || !pairs.remainder().is_empty() {
        return None;
    }
    let mut bytes = [0; SEED_BYTES / 2];
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        *byte = pair.iter().try_fold(0, |byte: u8, digit| Some(byte << 4 | value(*digit)?))?;
    }
    Some(Spelled { bytes, length: text.len() / 2 })
}

const fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(digit.wrapping_sub(b'a').wrapping_add(10)),
        b'A'..=b'F' => Some(digit.wrapping_sub(b'A').wrapping_add(10)),
        _ => None,
    }
}

/// What opened a commitment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened<'a> {
    /// The bytes of the seed's text.
    Text(&'a [u8]),
    /// The bytes that the text spells.
    Spelled(Spelled),
}

/// Opens a commitment with a seed: with the bytes of its text, or, where the text is hexadecimal, with those it spells; `None`
/// when `is_committed` knows neither. Chance is drawn from these bytes, never from the spelling.
#[must_use]
pub fn opened(seed: &str, is_committed: impl Fn(&[u8]) -> bool) -> Option<Opened<'_>> {
    if is_committed(seed.as_bytes()) {
        return Some(Opened::Text(seed.as_bytes()));
    }
    spelled(seed).filter(|spelled| is_committed(spelled.as_bytes())).map(Opened::Spelled)
}

/// The bytes that `commitment` is the SHA-256 of, as [`opened`] finds them in a seed.
#[cfg(feature = "aggregates")]
#[must_use]
pub fn opened_seed(seed: &str, commitment: &Hash) -> Option<Vec<u8>> {
    opened(seed, |bytes| Hash::of(bytes) == *commitment).map(|opened| match opened {
        Opened::Text(bytes) => bytes.to_vec(),
        Opened::Spelled(spelled) => spelled.as_bytes().to_vec(),
    })
}
