//! What is kept of a transaction before it is sent, so that whoever goes on after a crash asks for that one first.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use arena_core::Hash;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use crate::error::ChainError;

/// Where the note of one action is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Nowhere: the action is lost with this process. The program refuses what was done before.
    Nowhere,
    /// In a file until it is known what became of the transaction.
    UntilKnown(PathBuf),
    /// In a file for good: the same action under it is answered as before, another one is refused.
    ForGood(PathBuf),
}

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Its name on the chain.
    pub signature: Signature,
    /// Its bytes.
    pub wire: Vec<u8>,
    /// No block above this height takes it.
    pub last_valid_block_height: u64,
}

/// What a note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It was signed, and may have been sent.
    Signed(Signed),
    /// It is done: by this transaction, or by one that is not known.
    Done(Option<Signature>),
}

/// A note as it stands in its file.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    /// Of the instructions and the payer: which action it is.
    intent: Hash,
    done: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    transaction: String,
    #[serde(default)]
    last_valid_block_height: u64,
}

impl Note {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Nowhere => None,
            Self::UntilKnown(path) | Self::ForGood(path) => Some(path),
        }
    }

    /// What is noted of this action.
    pub(crate) fn read(&self, intent: &Hash) -> Result<Option<Kept>, ChainError> {
        let Some(path) = self.path() else { return Ok(None) };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(ChainError::File { path: path.to_owned(), source }),
        };
        let damaged = || ChainError::File {
            path: path.to_owned(),
            source: io::Error::new(io::ErrorKind::InvalidData, "it does not hold what was written"),
        };
        let record: Record = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        if record.intent != *intent {
            return Err(ChainError::OtherAction { path: path.to_owned() });
        }
        let signature = record.signature.map(|text| text.parse().map_err(|_| damaged())).transpose()?;
        if record.done {
            return Ok(Some(Kept::Done(signature)));
        }
        Ok(Some(Kept::Signed(Signed {
            signature: signature.ok_or_else(damaged)?,
            wire: BASE64_STANDARD.decode(&record.transaction).map_err(|_| damaged())?,
            last_valid_block_height: record.last_valid_block_height,
        })))
    }

    /// Whether there is a note, of whatever action.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.path().is_some_and(Path::exists)
    }

    /// The transaction by which the noted action was done, if it is done and known.
    #[must_use]
    pub fn done_by(&self) -> Option<Signature> {
        let record: Record = serde_json::from_slice(&fs::read(self.path()?).ok()?).ok()?;
        record.signature.filter(|_| record.done)?.parse().ok()
    }

    /// A transaction that was signed and of which it is not noted what became of it, with what it was for.
    pub(crate) fn open(&self) -> Option<(Hash, Signed)> {
        let record: Record = serde_json::from_slice(&fs::read(self.path()?).ok()?).ok()?;
        match self.read(&record.intent).ok()?? {
            Kept::Signed(signed) => Some((record.intent, signed)),
            Kept::Done(_) => None,
        }
    }

    /// Notes a transaction before it is sent; on return the note survives a loss of power.
    pub(crate) fn signed(&self, intent: &Hash, signed: &Signed) -> Result<(), ChainError> {
        self.write(&Record {
            intent: *intent,
            done: false,
            signature: Some(signed.signature.to_string()),
            transaction: BASE64_STANDARD.encode(&signed.wire),
            last_valid_block_height: signed.last_valid_block_height,
        })
    }

    /// Notes that it is done.
    pub(crate) fn done(&self, intent: &Hash, signature: Option<&Signature>) -> Result<(), ChainError> {
        match self {
            Self::Nowhere => Ok(()),
            Self::UntilKnown(_) => self.clear(),
            Self::ForGood(_) => self.write(&Record {
                intent: *intent,
                done: true,
                signature: signature.map(ToString::to_string),
                transaction: String::new(),
                last_valid_block_height: 0,
            }),
        }
    }

    /// Forgets a transaction that can no longer be carried out.
    pub(crate) fn clear(&self) -> Result<(), ChainError> {
        let Some(path) = self.path() else { return Ok(()) };
        match fs::remove_file(path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(source) => Err(ChainError::File { path: path.to_owned(), source }),
        }
    }

    fn write(&self, record: &Record) -> Result<(), ChainError> {
        let Some(path) = self.path() else { return Ok(()) };
        let bytes = serde_json::to_vec(record).unwrap_or_default();
        durable(path, &bytes).map_err(|source| ChainError::File { path: path.to_owned(), source })
    }
}

/// Writes a file that is there whole or not at all, for its owner only.
fn durable(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(test: &str) -> Note {
        let folder = std::env::temp_dir().join(format!("arena-note-{}-{test}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        Note::ForGood(folder.join("one.json"))
    }

    fn signed() -> Signed {
        Signed { signature: Signature::from([7; 64]), wire: vec![1, 2, 3], last_valid_block_height: 9 }
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_only_for_its_own_action() {
        let (note, intent) = (note("read"), Hash::of(b"enter"));
        assert_eq!(note.read(&intent).unwrap(), None);
        note.signed(&intent, &signed()).unwrap();
        assert_eq!(note.read(&intent).unwrap(), Some(Kept::Signed(signed())));
        assert!(matches!(note.read(&Hash::of(b"leave")), Err(ChainError::OtherAction { .. })));
        note.done(&intent, Some(&signed().signature)).unwrap();
        assert_eq!(note.read(&intent).unwrap(), Some(Kept::Done(Some(signed().signature))));
        note.clear().unwrap();
        note.clear().unwrap();
        assert_eq!(note.read(&intent).unwrap(), None);
    }

    #[test]
    fn a_note_that_is_kept_until_it_is_known_goes_once_it_is() {
        let Note::ForGood(path) = note("known") else { unreachable!() };
        let (note, intent) = (Note::UntilKnown(path), Hash::of(b"enter"));
        note.signed(&intent, &signed()).unwrap();
        note.done(&intent, None).unwrap();
        assert_eq!(note.read(&intent).unwrap(), None);
    }

    #[test]
    fn a_damaged_note_is_no_note_of_nothing() {
        let (note, intent) = (note("damaged"), Hash::of(b"enter"));
        note.signed(&intent, &signed()).unwrap();
        fs::write(note.path().unwrap(), b"{").unwrap();
        assert!(matches!(note.read(&intent), Err(ChainError::File { .. })));
    }
}
