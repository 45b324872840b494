//! Whether a seed is the one that was committed to.

use alloc::vec::Vec;

use crate::hash::Hash;

/// Whether `commitment` is the SHA-256 of the seed's text, or, where the text is hexadecimal, of the bytes it spells.
#[must_use]
pub fn seed_opens(seed: &str, commitment: &Hash) -> bool {
    Hash::of(seed.as_bytes()) == *commitment
        || spelled_bytes(seed).is_some_and(|bytes| Hash::of(&bytes) == *commitment)
}

fn spelled_bytes(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text.chars().map(digit).collect();
    let digits = digits?;
    let pairs = digits.chunks_exact(2);
    if digits.is_empty() || !pairs.remainder().is_empty() {
        return None;
    }
    Some(pairs.map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

fn digit(character: char) -> Option<u8> {
    character.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
