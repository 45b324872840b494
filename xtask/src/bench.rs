//! `cargo xtask bench`: the measurements of `arena bench`, always as a release build.

use anyhow::Result;

use crate::workspace;

/// Runs `arena bench` with `arguments`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let mut command = workspace::cargo();
    command.args(["run", "--release", "--package", "arena-cli", "--", "bench"]).args(arguments);
    workspace::run(&mut command)
}
