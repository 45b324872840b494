//! The payer's key file: made once, read ever after.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use solana_keypair::Keypair;

/// Why the payer's key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot use the key file {path}: {error}")]
    File {
        /// Where it is.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The file holds something else.
    #[error("{path} is not a key file: it must hold an array of 64 numbers")]
    Shape {
        /// Where it is.
        path: String,
    },
}

/// The key in the file at `path`, in the form that Solana's tools use; made and written (mode 0600) where there is none.
///
/// # Errors
///
/// When the file cannot be read or written, or holds something else.
pub fn payer(path: &Path) -> Result<Keypair, KeyError> {
    let shown = || path.display().to_string();
    let file = |error| KeyError::File { path: shown(), error };
    match fs::read(path) {
        Ok(text) => {
            let bytes = serde_json::from_slice::<Vec<u8>>(&text).ok();
            bytes
                .and_then(|bytes| Keypair::try_from(bytes.as_slice()).ok())
                .ok_or_else(|| KeyError::Shape { path: shown() })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = Keypair::new();
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(file)?;
            }
            let mut made = fs::OpenOptions::new();
            let mut made = made.write(true).create_new(true).mode(0o600).open(path).map_err(file)?;
            let text = serde_json::to_string(&key.to_bytes().to_vec())
                .map_err(|_| KeyError::Shape { path: shown() })?;
            made.write_all(text.as_bytes()).map_err(file)?;
            Ok(key)
        }
        Err(error) => Err(file(error)),
    }
}
