//! What is kept of a transaction before it is sent, so that whoever goes on after a crash asks for that one first.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use arena_core::Hash;
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use crate::{
    error::ChainError,
    files::{Alone, write_durably},
};

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
    /// The slot of the block that it is signed over: no earlier block can hold it.
    pub slot: u64,
    /// No block above this height takes it.
    pub last_valid_block_height: u64,
    /// Whether it was seen to be carried out, in a block that could still be taken back.
    pub has_landed: bool,
}

/// What a note says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It may have been sent, and may have been carried out.
    Sent(Signed),
    /// It is done for good: by this transaction, or by one that is not known.
    Done(Option<Signature>),
}

/// Which action it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Intent {
    /// Of the instructions and the payer.
    pub(crate) intent: Hash,
    /// Its number, where such actions have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u64>,
}

/// A note as it stands in its file.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    #[serde(flatten)]
    intent: Intent,
    done: bool,
    has_landed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    transaction: String,
    slot: u64,
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
    pub(crate) fn read(&self, intent: &Intent) -> Result<Option<Kept>, ChainError> {
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
        if !record.done && record.signature.is_none() {
            return Ok(None);
        }
        let signature = record.signature.map(|text| text.parse().map_err(|_| damaged())).transpose()?;
        if record.done {
            return Ok(Some(Kept::Done(signature)));
        }
        Ok(Some(Kept::Sent(Signed {
            signature: signature.ok_or_else(damaged)?,
            wire: BASE64_STANDARD.decode(&record.transaction).map_err(|_| damaged())?,
            slot: record.slot,
            last_valid_block_height: record.last_valid_block_height,
            has_landed: record.has_landed,
        })))
    }

    /// Whether there is a note, of whatever action.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.path().is_some_and(Path::exists)
    }

    /// The transaction by which the noted action was done, if it is done and known; what the chain could still take back counts too.
    #[must_use]
    pub fn done_by(&self) -> Option<Signature> {
        let record: Record = serde_json::from_slice(&fs::read(self.path()?).ok()?).ok()?;
        record.signature.filter(|_| record.done || record.has_landed)?.parse().ok()
    }

    /// The number that the noted action has, to be asked for again under the same one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        let record: Record = serde_json::from_slice(&fs::read(self.path()?).ok()?).ok()?;
        record.intent.number
    }

    /// A transaction of which it is not noted for good what became of it, with what it was for.
    pub(crate) fn open(&self) -> Option<(Intent, Signed)> {
        let record: Record = serde_json::from_slice(&fs::read(self.path()?).ok()?).ok()?;
        match self.read(&record.intent).ok()?? {
            Kept::Sent(signed) => Some((record.intent, signed)),
            Kept::Done(_) => None,
        }
    }

    /// Notes a transaction, before it is sent at the latest; on return the note survives a loss of power.
    pub(crate) fn sent(&self, intent: &Intent, signed: &Signed) -> Result<(), ChainError> {
        self.write(&Record {
            intent: *intent,
            done: false,
            has_landed: signed.has_landed,
            signature: Some(signed.signature.to_string()),
            transaction: BASE64_STANDARD.encode(&signed.wire),
            slot: signed.slot,
            last_valid_block_height: signed.last_valid_block_height,
        })
    }

    /// Notes that it is done for good.
    pub(crate) fn done(&self, intent: &Intent, signature: Option<&Signature>) -> Result<(), ChainError> {
        match self {
            Self::Nowhere => Ok(()),
            Self::UntilKnown(_) => self.clear(),
            Self::ForGood(_) => self.write(&Record {
                intent: *intent,
                done: true,
                has_landed: true,
                signature: signature.map(ToString::to_string),
                transaction: String::new(),
                slot: 0,
                last_valid_block_height: 0,
            }),
        }
    }

    /// Forgets a transaction that can no longer be carried out. The number of an action that has one stays: under the next the same
    /// thing could be done twice.
    pub(crate) fn forget(&self, intent: &Intent) -> Result<(), ChainError> {
        if intent.number.is_none() {
            return self.clear();
        }
        self.write(&Record {
            intent: *intent,
            done: false,
            has_landed: false,
            signature: None,
            transaction: String::new(),
            slot: 0,
            last_valid_block_height: 0,
        })
    }

    /// Removes the note.
    fn clear(&self) -> Result<(), ChainError> {
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
        write_durably(path, &bytes)
    }

    /// Waits until nobody else works with this note, and keeps others from it as long as the answer lives; a sender does not, since more
    /// than the send may have to be done alone.
    ///
    /// # Errors
    /// [`ChainError::File`] when the file that says so cannot be made.
    pub async fn alone(&self) -> Result<Option<Alone>, ChainError> {
        match self.path() {
            Some(path) => Alone::with(path.with_extension("lock")).await.map(Some),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(test: &str) -> Note {
        let folder = std::env::temp_dir().join(format!("arena-note-{}-{test}", std::process::id()));
        fs::remove_dir_all(&folder).ok();
        Note::ForGood(folder.join("one.json"))
    }

    fn intent(number: Option<u64>) -> Intent {
        Intent { intent: Hash::of(b"enter"), number }
    }

    fn signed() -> Signed {
        let signature = Signature::from([7; 64]);
        Signed { signature, wire: vec![1, 2, 3], slot: 8, last_valid_block_height: 9, has_landed: false }
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_only_for_its_own_action() {
        let (note, enter) = (note("read"), intent(Some(3)));
        assert_eq!(note.read(&enter).unwrap(), None);
        note.sent(&enter, &signed()).unwrap();
        assert_eq!(note.read(&enter).unwrap(), Some(Kept::Sent(signed())));
        assert_eq!(note.number(), Some(3));
        for other in [intent(None), intent(Some(4)), Intent { intent: Hash::of(b"leave"), ..intent(Some(3)) }]
        {
            assert!(matches!(note.read(&other), Err(ChainError::OtherAction { .. })));
        }
        assert_eq!(note.done_by(), None);
        let landed = Signed { has_landed: true, ..signed() };
        note.sent(&enter, &landed).unwrap();
        assert_eq!(note.read(&enter).unwrap(), Some(Kept::Sent(landed)), "until it cannot be taken back");
        assert_eq!(note.done_by(), Some(signed().signature));
        note.done(&enter, Some(&signed().signature)).unwrap();
        assert_eq!(note.read(&enter).unwrap(), Some(Kept::Done(Some(signed().signature))));
        note.clear().unwrap();
        note.clear().unwrap();
        assert_eq!(note.read(&enter).unwrap(), None);
    }

    #[test]
    fn a_note_that_is_kept_until_it_is_known_goes_once_it_is() {
        let Note::ForGood(path) = note("known") else { unreachable!() };
        let (note, intent) = (Note::UntilKnown(path), intent(None));
        note.sent(&intent, &signed()).unwrap();
        note.done(&intent, None).unwrap();
        assert_eq!(note.read(&intent).unwrap(), None);
    }

    #[test]
    fn a_damaged_note_is_no_note_of_nothing() {
        let (note, intent) = (note("damaged"), intent(None));
        note.sent(&intent, &signed()).unwrap();
        fs::write(note.path().unwrap(), b"{").unwrap();
        assert!(matches!(note.read(&intent), Err(ChainError::File { .. })));
    }
}
