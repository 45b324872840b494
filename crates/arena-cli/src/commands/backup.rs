//! `arena backup`: a copy of a store in one file, while it is in use.

use std::path::PathBuf;

use arena_runtime::offline;
use clap::Args;
use serde_json::json;

use crate::{args::Global, failure::Failure, output::Output, store::require_store};

/// Where to.
#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The file to make
    file: PathBuf,
}

impl Backup {
    /// Copies it.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        require_store(&global.data)?;
        offline::backup(&global.data, &self.file)?;
        let (data, file) = (&global.data, &self.file);
        output.answer(&json!({ "file": file }), |_| {
            format!("backed up {} to {}\n", data.display(), file.display())
        })
    }
}
