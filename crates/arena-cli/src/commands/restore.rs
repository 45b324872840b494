//! `arena restore`: a store made from a backup.

use std::path::PathBuf;

use arena_runtime::offline;
use clap::Args;
use serde_json::json;

use crate::{args::Global, failure::Failure, output::Output, text::count};

/// Where from.
#[derive(Args, Debug)]
pub(crate) struct Restore {
    /// The file that `arena backup` made
    file: PathBuf,
}

impl Restore {
    /// Makes a store in the data folder, which must not hold one.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let data = &global.data;
        let checked = offline::restore(&self.file, data)?.checked_events;
        let answer = json!({ "data": data, "events": checked });
        output.answer(&answer, |_| format!("restored {} into {}\n", count(checked, "event"), data.display()))
    }
}
