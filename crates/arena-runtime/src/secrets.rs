//! The store's two secrets, kept beside it in files only the owner can read: `operator.token` and `handle.key`.

use std::{fs, io::Write, path::Path};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    error::{RuntimeError, StorageError},
    ids,
    tokens::{HandleKey, OPERATOR},
};

/// The file that holds the operator's token.
pub const OPERATOR_TOKEN: &str = "operator.token";
/// The file that holds the key handle tokens are signed with.
const HANDLE_KEY: &str = "handle.key";

/// The operator's token and the handles' key.
pub(crate) struct Secrets {
    pub(crate) operator: String,
    pub(crate) handles: HandleKey,
}

impl Secrets {
    /// Secrets that end with the process.
    ///
    /// # Errors
    /// [`RuntimeError::NoRandomness`].
    pub(crate) fn fleeting() -> Result<Self, RuntimeError> {
        Ok(Self { operator: ids::secret(OPERATOR)?, handles: HandleKey::new(ids::random()?) })
    }

    /// The secrets in `dir`, made when they are not there.
    ///
    /// # Errors
    /// [`StorageError`] when a file cannot be read, written or understood.
    pub(crate) fn in_dir(dir: &Path) -> Result<Self, RuntimeError> {
        let operator = kept(&dir.join(OPERATOR_TOKEN), || ids::secret(OPERATOR))?;
        let key = kept(&dir.join(HANDLE_KEY), || Ok(URL_SAFE_NO_PAD.encode(ids::random::<32>()?)))?;
        let key = URL_SAFE_NO_PAD.decode(&key).ok().and_then(|key| key.try_into().ok());
        let handles = key.map(HandleKey::new).ok_or_else(|| {
            let path = dir.join(HANDLE_KEY);
            StorageError::Refused(format!(
                "{} is not a key; remove it to make a new one (handles given out end)",
                path.display()
            ))
        })?;
        Ok(Self { operator, handles })
    }
}

/// The text in a file, made when there is none; the file appears whole or not at all.
fn kept(path: &Path, make: impl FnOnce() -> Result<String, RuntimeError>) -> Result<String, RuntimeError> {
    let unavailable =
        |error: std::io::Error| StorageError::Unavailable(format!("{}: {error}", path.display()));
    match fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => Ok(text.trim().to_owned()),
        Ok(_) => {
            Err(StorageError::Refused(format!("{} is empty; remove it to make a new one", path.display()))
                .into())
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let text = make()?;
            write_private(path, &text).map_err(unavailable)?;
            Ok(text)
        }
        Err(error) => Err(unavailable(error).into()),
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let fresh = path.with_extension("new");
    // What an interrupted start left is of no use.
    let _ = fs::remove_file(&fresh);
    let mut options = fs::File::options();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
}
