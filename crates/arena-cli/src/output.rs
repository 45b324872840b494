//! Where answers go: standard output, as JSON or as text with colour on a terminal only (`NO_COLOR` is respected).

use std::io::{self, Write};

use serde::Serialize;

use crate::{exit::Exit, failure::Failure};

/// How answers are printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
}

impl Output {
    /// JSON or text.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether answers are JSON.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints an answer: one line of JSON, or what `text` makes of it.
    pub(crate) fn answer<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            let line = serde_json::to_string(value).map_err(|error| {
                Failure::new(Exit::Refused, "internal", format!("the answer has no JSON: {error}"))
            })?;
            return self.line(&line);
        }
        self.text(&text(value))
    }

    /// Prints a line.
    pub(crate) fn line(self, line: &str) -> Result<(), Failure> {
        self.text(&format!("{line}\n"))
    }

    /// Prints text as it is.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        let mut stdout = anstream::stdout().lock();
        self.written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    }

    /// Prints bytes as they are, for a file or a pipe.
    pub(crate) fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        self.written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }

    /// Prints a line to standard error; that nobody reads it is no failure.
    pub(crate) fn complain(self, line: &str) {
        let _ = writeln!(anstream::stderr(), "{line}");
    }

    /// A reader that went away (`arena list | head -1`) has what it wanted.
    fn written(self, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
                Exit::Refused,
                "output",
                format!("cannot write to standard output: {error}"),
            )),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}
