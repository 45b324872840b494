//! What a plan is read from: stored with the arena, so that a resumed run needs the arena only.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{Plan, PlanError, check};

/// A plan's text with everything else that its meaning depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSource {
    /// The file, as it was named when the run was started.
    pub file: String,
    /// The folder of the file, absolute: `{{plan_folder}}`.
    pub folder: String,
    /// The folder the run was started in, absolute: where processes start, and what relative paths mean.
    pub called_from: String,
    /// The variables that were set for this run.
    pub variables: BTreeMap<String, String>,
    /// The plan itself.
    pub text: String,
}

impl Plan {
    /// Reads and checks a plan; `variables` override those that the plan declares.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, and with every mistake in it at once.
    pub fn load(path: &Path, variables: BTreeMap<String, String>) -> Result<Self, PlanError> {
        let unreadable = |source| PlanError::Unreadable { path: path.to_owned(), source };
        let text = fs::read_to_string(path).map_err(unreadable)?;
        let absolute = path.canonicalize().map_err(unreadable)?;
        let folder = absolute.parent().unwrap_or(&absolute).to_owned();
        let called_from = env::current_dir().map_err(|source| PlanError::NoCurrentFolder { source })?;
        let (folder, called_from) = (as_text(folder)?, as_text(called_from)?);
        Self::from_source(PlanSource {
            file: path.display().to_string(),
            folder,
            called_from,
            variables,
            text,
        })
    }

    /// Checks a plan that was read before.
    ///
    /// # Errors
    ///
    /// With every mistake in it at once.
    pub fn from_source(source: PlanSource) -> Result<Self, PlanError> {
        check::check(source)
    }
}

fn as_text(path: PathBuf) -> Result<String, PlanError> {
    path.into_os_string().into_string().map_err(|path| PlanError::PathNotText { path: path.into() })
}
