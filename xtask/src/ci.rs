//! `cargo xtask ci`: everything a change must pass, cheapest first; stops at the first that fails.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{program, test, tidy, workspace};

/// The plan that is run on the repository's own crates.
const EXAMPLE_PLAN: &str = "examples/source-report.toml";

/// Checks formatting, the tree, lints, documentation, tests and the example plan.
pub(crate) fn run() -> Result<()> {
    step("fmt", || workspace::run(&mut cargo(&["fmt", "--all", "--check"])))?;
    step("fmt of the local chain", || {
        workspace::run(&mut cargo(&["fmt", "--manifest-path", "programs/localnet/Cargo.toml", "--check"]))
    })?;
    step("tidy", tidy::run)?;
    step("clippy", || {
        let arguments = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
        workspace::run(&mut cargo(&arguments))
    })?;
    step("program", || program::lint().and_then(|()| program::check_where_possible()))?;
    step("doc", || {
        let mut command = cargo(&["doc", "--workspace", "--no-deps", "--all-features"]);
        workspace::run(command.env("RUSTDOCFLAGS", "-D warnings"))
    })?;
    step("test", || test::run(&[]))?;
    step("example", example)?;
    println!("\nci: everything passed");
    Ok(())
}

/// Runs the example plan on a store of its own, removed first so that each run begins anew.
fn example() -> Result<()> {
    let data = workspace::root().join("target/example");
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("cannot remove {}", data.display()))?;
    }
    let mut command = cargo(&["run", "--package", "arena-cli", "--"]);
    command.args(["run", EXAMPLE_PLAN, "--set", "folder=crates", "--data"]).arg(&data);
    workspace::run(&mut command)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.args(arguments);
    command
}

fn step(name: &str, check: impl FnOnce() -> Result<()>) -> Result<()> {
    println!("\n=== {name}");
    check().with_context(|| format!("{name} failed"))
}
