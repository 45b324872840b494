//! The proof that others can work with the OpenAPI document: a linter, a generated client in two languages, made-up calls.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{console, mcp_client, workspace};

/// What is set up for it, for those who start the tests.
pub(crate) const SETS_UP: &str = "\
The proof of the OpenAPI document installs npm and Python packages into target/openapi-tests, and nodejs, npm and Python's
venv with apt-get where they are missing.";

/// Where the proof is.
const SCRIPTS: &str = "tests/openapi";
/// Each program that is needed, and Debian's package that brings it.
const PROGRAMS: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];

/// The command that runs it, with all that it needs in its place.
///
/// # Errors
///
/// When something is missing and cannot be installed here: the proof is then not run, and that is a failure.
pub(crate) fn prepared() -> Result<Command> {
    console::install_programs(&PROGRAMS)?;
    let (scripts, target) = (workspace::root().join(SCRIPTS), target());
    let folder = target.join("openapi-tests");
    install_modules(&scripts, &folder)?;
    let python = mcp_client::environment(&scripts, &folder)?;
    workspace::run(workspace::cargo().args(["build", "--package", "arena-cli", "--bin", "arena"]))?;
    let mut proof = Command::new(python);
    proof.arg(scripts.join("check.py")).arg(target.join("debug/arena")).args([&folder, &folder]);
    Ok(proof)
}

/// Installs the npm packages of the lockfile.
fn install_modules(scripts: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(scripts.join(name), folder.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    println!("Installing the npm packages of {SCRIPTS}/package-lock.json into {}", folder.display());
    let mut install = Command::new("npm");
    install.current_dir(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    workspace::run(&mut install).context("their packages cannot be installed")
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}
