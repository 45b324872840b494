//! `arena import`: a store made from exported JSON lines.

use std::{
    fs::File,
    io::{self, BufReader},
};

use arena_runtime::offline;
use clap::Args;
use serde_json::json;

use crate::{args::Global, failure::Failure, output::Output, text::count, values::Source};

/// Where from.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The file that `arena export` wrote (`-`: standard input)
    file: Source,
}

impl Import {
    /// Makes a store in the data folder, which must not hold one.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<(), Failure> {
        let events = match self.file.path() {
            None => offline::import(io::stdin().lock(), &global.data)?,
            Some(path) => {
                let file = File::open(path).map_err(|error| Failure::file("read", path, &error))?;
                offline::import(BufReader::new(file), &global.data)?
            }
        };
        let data = &global.data;
        let answer = json!({ "data": data, "events": events });
        output.answer(&answer, |_| format!("imported {} into {}\n", count(events, "event"), data.display()))
    }
}
