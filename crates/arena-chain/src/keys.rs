//! Key files in the form of the Solana tools: a JSON list of 64 numbers.

use std::{fs, path::Path};

use solana_keypair::Keypair;

use crate::error::ChainError;

/// Reads a key pair.
///
/// # Errors
/// When there is no such file, or it holds no key pair.
pub fn read_keypair(path: &Path) -> Result<Keypair, ChainError> {
    let text =
        fs::read_to_string(path).map_err(|source| ChainError::File { path: path.to_owned(), source })?;
    let wrong = |reason: String| ChainError::Key { path: path.to_owned(), reason };
    let bytes: Vec<u8> = serde_json::from_str(text.trim()).map_err(|error| {
        // What the file holds is a secret: the reason names the place, never the content.
        wrong(format!("line {}, column {}", error.line(), error.column()))
    })?;
    Keypair::try_from(bytes.as_slice()).map_err(|_| wrong(format!("{} numbers that fit no key", bytes.len())))
}
