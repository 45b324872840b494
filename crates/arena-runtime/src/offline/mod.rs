//! Work on a store without a server: verify, back up, restore, export, import, diagnose.

mod doctor;
mod transfer;
mod verify;

use std::{fs, path::Path};

pub use self::{
    doctor::{Finding, doctor},
    transfer::{export, import},
    verify::{Expected, StoreVerification, verify},
};
use crate::{
    error::StorageError,
    storage::{DATABASE, backup_file, inspect},
};

/// Copies the store in `dir`, which may be in use, into one new file.
///
/// The file holds the journal and all artifacts; the secrets beside the store (`operator.token`, `handle.key`) are not in it.
///
/// # Errors
/// [`StorageError::Refused`] when there is no store, or the file is there already; [`StorageError::Unavailable`].
pub fn backup(dir: &Path, to: &Path) -> Result<(), StorageError> {
    require_store(dir)?;
    if to.exists() {
        return Err(StorageError::Refused(format!("{} is there already; name a new file", to.display())));
    }
    backup_file(&dir.join(DATABASE), to)
}

/// Makes a store in `dir` from a backup, after checking all of it. Handles that were given out end, and the operator's token is new.
///
/// # Errors
/// [`StorageError::Refused`] when `dir` holds a store already; [`StorageError::Damaged`] when the backup is not what was
/// written, and `dir` is then left without a store.
pub fn restore(from: &Path, dir: &Path) -> Result<StoreVerification, StorageError> {
    require_no_store(dir)?;
    let failed = |error: std::io::Error| StorageError::Unavailable(format!("{}: {error}", from.display()));
    fs::create_dir_all(dir).map_err(failed)?;
    let place = dir.join(DATABASE);
    fs::copy(from, &place).map_err(failed)?;
    let checked = verify(dir, &[]);
    let fault = match &checked {
        Ok(found) => found.divergences.first().map(|first| StorageError::Damaged {
            arena_id: first.arena_id,
            sequence: first.sequence,
            reason: first.reason.clone(),
        }),
        Err(error) => Some(error.clone()),
    };
    if let Some(fault) = fault {
        fs::remove_file(&place).map_err(failed)?;
        return Err(fault);
    }
    fs::File::open(&place).and_then(|file| file.sync_all()).map_err(failed)?;
    checked
}

fn require_store(dir: &Path) -> Result<(), StorageError> {
    if dir.join(DATABASE).exists() {
        Ok(())
    } else {
        Err(StorageError::Refused(format!(
            "there is no store in {}; name its folder with --data",
            dir.display()
        )))
    }
}

fn require_no_store(dir: &Path) -> Result<(), StorageError> {
    if dir.join(DATABASE).exists() {
        Err(StorageError::Refused(format!("{} holds a store already; name an empty folder", dir.display())))
    } else {
        Ok(())
    }
}
