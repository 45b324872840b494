//! What the verbs that open the store themselves have in common.

use std::path::Path;

use arena_runtime::{RuntimeError, StorageError, storage::DATABASE};

use crate::{exit::Exit, failure::Failure};

/// Refuses a data folder that holds no store: mostly a wrong `--data`.
pub(crate) fn require_store(dir: &Path) -> Result<(), Failure> {
    if dir.join(DATABASE).exists() {
        return Ok(());
    }
    Err(Failure::new(Exit::NotFound, "no_store", format!("there is no store in {}", dir.display()))
        .with_hint("name one with --data, or make one with `arena create` or `arena serve`"))
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let (exit, code) = match &error {
            StorageError::Unavailable(_) => (Exit::Unavailable, "storage_unavailable"),
            StorageError::Damaged { .. } => (Exit::Damaged, "damaged"),
            StorageError::Refused(_) => (Exit::Refused, "refused"),
        };
        Self::new(exit, code, error.to_string())
    }
}

impl From<RuntimeError> for Failure {
    fn from(error: RuntimeError) -> Self {
        match error {
            RuntimeError::Storage(error) => error.into(),
            other => Self::new(Exit::Refused, "refused", other.to_string()),
        }
    }
}
