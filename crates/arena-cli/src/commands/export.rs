//! `arena export`: all events and artifacts as JSON lines.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use arena_runtime::offline;
use clap::Args;
use serde_json::json;

use crate::{args::Global, failure::Failure, output::Output, store::require_store, text::count};

/// Where to.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The file to make; standard output unless said
    file: Option<PathBuf>,
}

impl Export {
    /// Writes it; with `--json` and a file, says what was written.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        require_store(&global.data)?;
        let Some(path) = self.file else {
            let mut stdout = BufWriter::new(io::stdout().lock());
            offline::export(&global.data, &mut stdout)?;
            return stdout
                .flush()
                .map_err(|error| Failure::file("write", "standard output".as_ref(), &error));
        };
        let file = File::create_new(&path).map_err(|error| Failure::file("make", &path, &error))?;
        let mut writer = BufWriter::new(file);
        let events = offline::export(&global.data, &mut writer)?;
        let file = writer.into_inner().map_err(|error| Failure::file("write", &path, error.error()))?;
        file.sync_all().map_err(|error| Failure::file("write", &path, &error))?;
        let answer = json!({ "file": path, "events": events });
        output.answer(&answer, |_| {
            let (data, events) = (global.data.display(), count(events, "event"));
            format!("exported {events} of {data} to {}\n", path.display())
        })
    }
}
