//! `arena restore`: a store made from a backup.

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

use arena_runtime::offline;
use clap::Args;
use serde_json::json;

use crate::{args::Global, exit::Exit, failure::Failure, output::Output, text::count};

/// What every SQLite database begins with (<https://www.sqlite.org/fileformat.html>).
const SQLITE: [u8; 16] = *b"SQLite format 3\0";

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
        require_database(&self.file)?;
        let checked = offline::restore(&self.file, data)?.checked_events;
        let answer = json!({ "data": data, "events": checked });
        output.answer(&answer, |_| format!("restored {} into {}\n", count(checked, "event"), data.display()))
    }
}

/// Refuses what is no backup by its first bytes, before anything is made; the rest is checked when it is in its place.
fn require_database(path: &Path) -> Result<(), Failure> {
    let mut first = [0; SQLITE.len()];
    match File::open(path).and_then(|mut file| file.read_exact(&mut first)) {
        Ok(()) if first == SQLITE => return Ok(()),
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
        Err(error) => return Err(Failure::file("read", path, &error)),
    }
    let detail = format!("{} is no backup: it is not an SQLite database", path.display());
    Err(Failure::new(Exit::Refused, "malformed", detail)
        .with_hint("`arena restore` takes what `arena backup` made, `arena import` what `arena export` made"))
}
