//! `cargo xtask test`: every test of the workspace, streamed, with one closing line that counts them.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// How many tests ran, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

/// Runs unit, integration and documentation tests and builds the examples; `arguments` go to `cargo test`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    println!(
        "Sets up nothing outside this folder: builds into target/, and each test makes and removes its own"
    );
    println!("temporary folder and listens on 127.0.0.1 only.");
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--all-features", "--no-fail-fast"]).args(arguments);
    println!("Running `{}`", workspace::shown(&command));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo has no output to read")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.context("cannot read cargo's output")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        count = count.plus(parse(&line));
    }
    let ended_well = child.wait().context("cannot wait for cargo")?.success();
    let count = count.with_broken_run(ended_well);
    println!("\n{} passed, {} failed", count.passed, count.failed);
    if count.failed > 0 {
        bail!("tests failed; their output is above");
    }
    Ok(())
}

impl Count {
    const fn plus(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }

    /// A build that failed or a test process that died without a result line is one failure, never none.
    fn with_broken_run(self, ended_well: bool) -> Self {
        if ended_well { self } else { Self { failed: self.failed.max(1), ..self } }
    }
}

/// Reads a line such as `test result: ok. 3 passed; 0 failed; 0 ignored; ...`; any other line counts nothing.
fn parse(line: &str) -> Count {
    let Some(result) = line.trim().strip_prefix("test result: ") else { return Count::default() };
    let number_of = |word: &str| {
        result
            .split([';', '.'])
            .filter_map(|part| part.trim().strip_suffix(word))
            .find_map(|number| number.trim().parse().ok())
            .unwrap_or(0)
    };
    Count { passed: number_of("passed"), failed: number_of("failed") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_summed_and_others_are_not() {
        let lines = [
            "running 3 tests",
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.25s",
            "7 passed",
        ];
        let sum = lines.into_iter().map(parse).fold(Count::default(), Count::plus);
        assert_eq!(sum, Count { passed: 13, failed: 2 });
    }

    #[test]
    fn a_run_that_broke_off_never_counts_as_none_failed() {
        let count = Count { passed: 5, failed: 0 };
        assert_eq!(count.with_broken_run(false).failed, 1);
        assert_eq!(count.with_broken_run(true).failed, 0);
    }
}
