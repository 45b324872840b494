//! `cargo xtask test`: every test of the workspace, streamed, with one closing line that counts them.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{console, localnet, mcp_client, openapi, program, workspace};

/// How many tests ran, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
}

/// What is set up for a proof, what it is called, and the command that runs it.
type Proof = (&'static str, &'static str, fn() -> Result<Command>);

/// What runs after the tests in Rust, with programs and packages of others.
const PROOFS: &[Proof] = &[
    (program::SETS_UP, "the escrow program's suite", program::suite),
    (mcp_client::SETS_UP, "the proof with the official MCP client", mcp_client::prepared),
    (openapi::SETS_UP, "the proof of the OpenAPI document", openapi::prepared),
    (console::SETS_UP, "the console's tests in a browser", console::prepared),
    (localnet::SETS_UP_CHAIN, "the whole contests on a local chain", localnet::contests),
    (localnet::SETS_UP_TYPESCRIPT, "the TypeScript client on a local chain", localnet::typescript),
];

/// Runs unit, integration and documentation tests and builds the examples, then the proofs with programs of others;
/// `arguments` go to `cargo test`, and with some only that is run.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    println!(
        "Builds into target/, and each test makes and removes its own temporary folder and listens on 127.0.0.1 only."
    );
    for (sets_up, _, _) in PROOFS {
        println!("{sets_up}");
    }
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--all-features", "--no-fail-fast"]).args(arguments);
    let mut count = streamed(&mut command)?;
    for (_, name, prepared) in PROOFS {
        if arguments.is_empty() {
            count = count.plus(proven(name, *prepared));
        } else {
            println!("With arguments this is not run: {name}.");
        }
    }
    println!("\n{} passed, {} failed", count.passed, count.failed);
    if count.failed > 0 {
        bail!("tests failed; their output is above");
    }
    Ok(())
}

/// Runs a proof; that it cannot be run is a failure.
fn proven(name: &str, prepared: fn() -> Result<Command>) -> Count {
    match prepared().and_then(|mut proof| streamed(&mut proof)) {
        Ok(count) => count,
        Err(error) => {
            println!("error: {name} was not run: {error:#}");
            Count { passed: 0, failed: 1 }
        }
    }
}

/// Runs a command, shows what it prints, and counts the results in it.
fn streamed(command: &mut Command) -> Result<Count> {
    let shown = workspace::shown(command);
    println!("Running `{shown}`");
    let child = command.stdout(Stdio::piped()).spawn();
    let mut child = child.with_context(|| format!("cannot start `{shown}`"))?;
    let output = child.stdout.take().context("the command has no output to read")?;
    let mut count = Count::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line.with_context(|| format!("cannot read the output of `{shown}`"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        count = count.plus(parse(&line));
    }
    let ended_well = child.wait().with_context(|| format!("cannot wait for `{shown}`"))?.success();
    Ok(count.with_broken_run(ended_well))
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

/// Reads a line such as `test result: ok. 3 passed; 0 failed; 0 ignored; ...`, or `# pass 3` and `# fail 0` as node's test
/// runner prints them; any other line counts nothing.
fn parse(line: &str) -> Count {
    let number_after = |word: &str| line.strip_prefix(word).and_then(|number| number.trim().parse().ok());
    if let Some(passed) = number_after("# pass ") {
        return Count { passed, failed: 0 };
    }
    if let Some(failed) = number_after("# fail ") {
        return Count { passed: 0, failed };
    }
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
            "# pass 4",
            "# fail 1",
        ];
        let sum = lines.into_iter().map(parse).fold(Count::default(), Count::plus);
        assert_eq!(sum, Count { passed: 17, failed: 3 });
    }

    #[test]
    fn a_run_that_broke_off_never_counts_as_none_failed() {
        let count = Count { passed: 5, failed: 0 };
        assert_eq!(count.with_broken_run(false).failed, 1);
        assert_eq!(count.with_broken_run(true).failed, 0);
    }
}
