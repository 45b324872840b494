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

/// What a key file holds.
#[must_use]
pub fn write_keypair(pair: &Keypair) -> Vec<u8> {
    serde_json::to_vec(pair.to_bytes().as_slice()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use solana_signer::Signer;

    use super::*;

    #[test]
    fn a_key_file_reads_as_it_was_written_and_never_tells_what_it_holds() {
        let folder = std::env::temp_dir().join(format!("arena-keys-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let (path, pair) = (folder.join("id.json"), Keypair::new());
        fs::write(&path, write_keypair(&pair)).unwrap();
        assert_eq!(read_keypair(&path).unwrap().pubkey(), pair.pubkey());
        for wrong in ["[1,2,3]", "[1,2,300]", "secret words"] {
            fs::write(&path, wrong).unwrap();
            let said = read_keypair(&path).unwrap_err().to_string();
            assert!(said.contains("64 numbers") && !said.contains("secret"), "{said}");
        }
    }
}
