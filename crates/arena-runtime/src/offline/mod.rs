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
    storage::{DATABASE, backup_file, inspect, make_private, open_folder},
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
    backup_file(&dir.join(DATABASE), to)?;
    make_private(to).map_err(|error| StorageError::Unavailable(format!("{}: {error}", to.display())))
}

/// Makes a store in `dir` from a backup, after checking all of it. Handles that were given out end, and the operator's token is new.
///
/// # Errors
/// [`StorageError::Refused`] when `dir` holds a store already; [`StorageError::Damaged`] when the backup is not what was
/// written, and `dir` is then left without a store.
pub fn restore(from: &Path, dir: &Path) -> Result<StoreVerification, StorageError> {
    require_no_store(dir)?;
    let _lock = open_folder(dir)?;
    let aside = dir.join(RESTORING);
    // What an interrupted restore left is of no use.
    let _ = fs::remove_dir_all(&aside);
    let restored = restore_through(from, &aside, dir);
    let _ = fs::remove_dir_all(&aside);
    restored
}

/// The folder in which a backup is checked before it becomes the store.
const RESTORING: &str = "restoring";

fn restore_through(from: &Path, aside: &Path, dir: &Path) -> Result<StoreVerification, StorageError> {
    let failed = |error: std::io::Error| StorageError::Unavailable(format!("{}: {error}", from.display()));
    fs::create_dir(aside).map_err(failed)?;
    let copy = aside.join(DATABASE);
    fs::copy(from, &copy).map_err(failed)?;
    make_private(&copy).map_err(failed)?;
    let checked = verify(aside, &[])?;
    if let Some(first) = checked.divergences.first() {
        return Err(StorageError::Damaged {
            arena_id: first.arena_id,
            sequence: first.sequence,
            reason: first.reason.clone(),
        });
    }
    fs::File::open(&copy).and_then(|file| file.sync_all()).map_err(failed)?;
    fs::rename(&copy, dir.join(DATABASE)).map_err(failed)?;
    fs::File::open(dir).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(checked)
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
