//! The seed that was committed to: one commitment has one seed, however it is spelled.

use alloc::vec::Vec;

use crate::hash::Hash;

/// The bytes that `commitment` is the SHA-256 of: those of the seed's text, or, where the text is hexadecimal, those it
/// spells; `None` when it is of neither. Chance is drawn from these bytes, never from the spelling.
#[must_use]
pub fn opened_seed(seed: &str, commitment: &Hash) -> Option<Vec<u8>> {
    let opens = |bytes: &Vec<u8>| Hash::of(bytes) == *commitment;
    Some(seed.as_bytes().to_vec()).filter(opens).or_else(|| spelled_bytes(seed).filter(opens))
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
