//! Files that are there whole or not at all, also after the power failed.

use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use super::error::HostError;

/// Makes a folder that only its owner can read.
pub(super) fn make_folder(path: &Path) -> Result<(), HostError> {
    let made =
        fs::create_dir_all(path).and_then(|()| fs::set_permissions(path, Permissions::from_mode(0o700)));
    made.map_err(|source| HostError::File { path: path.to_owned(), source })
}

/// Writes a file that only its owner can read, in place of the one that was there.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), HostError> {
    written(path, bytes).map_err(|source| HostError::File { path: path.to_owned(), source })
}

fn written(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = Path::new(&name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Writes a value as JSON.
pub(super) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), HostError> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| HostError::State { path: path.to_owned(), reason: error.to_string() })?;
    write(path, &bytes)
}

/// Reads a value that was written so; `None` when there is no such file.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, HostError> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| HostError::State { path: path.to_owned(), reason: error.to_string() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(HostError::File { path: path.to_owned(), source }),
    }
}
