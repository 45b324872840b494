//! Files that survive a loss of power, and that one process at a time works with.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::error::ChainError;

/// How long is waited before a file that others work with is looked at again.
const PAUSE: Duration = Duration::from_millis(20);

/// Writes a file that is there whole or not at all, for its owner only; makes its folder.
///
/// # Errors
/// [`ChainError::File`] when it cannot be written.
pub fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), ChainError> {
    let written = || -> io::Result<()> {
        let new = path.with_extension("new");
        let folder = made_folder(path)?;
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        File::open(folder)?.sync_all()
    };
    written().map_err(|source| ChainError::File { path: path.to_owned(), source })
}

/// Makes the folder of a file where there is none, for its owner only.
fn made_folder(path: &Path) -> io::Result<&Path> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    Ok(folder)
}

/// The right to work alone with something, by a file that goes with it.
#[derive(Debug)]
pub struct Alone {
    path: PathBuf,
    _held: File,
}

impl Alone {
    /// Waits for the right that goes by this file; makes its folder.
    ///
    /// # Errors
    /// [`ChainError::File`] when the file cannot be made.
    pub async fn with(path: PathBuf) -> Result<Self, ChainError> {
        loop {
            match taken(&path) {
                Ok(Some(held)) => return Ok(Self { path, _held: held }),
                Ok(None) => tokio::time::sleep(PAUSE).await,
                Err(source) => return Err(ChainError::File { path, source }),
            }
        }
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // A file that stays is locked by nobody.
        let _ = fs::remove_file(&self.path);
    }
}

/// The file, locked; none while somebody else holds it, or has just taken it away.
fn taken(path: &Path) -> io::Result<Option<File>> {
    made_folder(path)?;
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let is_there = match fs::metadata(path) {
        Ok(there) => there.ino() == file.metadata()?.ino(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    Ok(is_there.then_some(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_has_the_right_and_the_file_goes_with_it() {
        let folder = std::env::temp_dir().join(format!("arena-alone-{}", std::process::id()));
        let path = folder.join("one.lock");
        let first = Alone { path: path.clone(), _held: taken(&path).unwrap().unwrap() };
        assert!(taken(&path).unwrap().is_none());
        drop(first);
        assert!(!path.exists());
        assert!(taken(&path).unwrap().is_some());
    }
}
