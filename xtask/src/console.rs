//! The console's tests in a real browser: what they need, set up aloud, and how they are run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// What is set up for them, for those who start the tests.
pub(crate) const SETS_UP: &str = "The console's tests install npm packages into target/, and chromium, nodejs and npm with apt-get where they are missing.";

/// Each program that is needed, and Debian's package that brings it.
const PROGRAMS: [(&str, &str); 3] = [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm")];

/// The command that runs the tests, with all it needs set up and said; its output is that of node's test runner.
///
/// # Errors
///
/// When something is missing and cannot be installed here: the tests are then not run, and that is a failure.
pub(crate) fn prepared() -> Result<Command> {
    install_programs(&PROGRAMS)?;
    let modules = install_modules()?;
    workspace::run(workspace::cargo().args(["build", "--package", "arena-cli", "--bin", "arena"]))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from);
    let browser = found("chromium").context("chromium was there a moment ago")?;
    let mut command = Command::new("node");
    command
        .current_dir(workspace::root())
        // One file after another: each has a server and a browser of its own.
        .args(["--test", "--test-concurrency=1", "--test-reporter=tap"])
        .args(test_files()?)
        .env("CONSOLE_ARENA", target.join("debug/arena"))
        .env("CONSOLE_MODULES", &modules)
        .env("CONSOLE_BROWSER", browser)
        .env("CONSOLE_PICTURES", target.join("console-tests/pictures"));
    println!("Pictures of every page go to {}", target.join("console-tests/pictures").display());
    Ok(command)
}

/// The files of tests, in order.
fn test_files() -> Result<Vec<PathBuf>> {
    let folder = workspace::root().join("tests/console");
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Installs what is missing of programs by their packages' names, where that is possible without asking anybody.
///
/// # Errors
///
/// When something is missing and cannot be installed here.
pub(crate) fn install_programs(programs: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(program, _)| found(program).is_none())
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0");
    if !is_root || found("apt-get").is_none() {
        bail!("{names} must be installed, such as by `apt-get install {names}`");
    }
    println!("Installing for the tests: {names}");
    let mut install = Command::new("apt-get");
    install
        .args(["install", "-y", "--no-install-recommends"])
        .args(&missing)
        .env("DEBIAN_FRONTEND", "noninteractive");
    workspace::run(Command::new("apt-get").args(["update", "-q"]))
        .and_then(|()| workspace::run(&mut install))
        .with_context(|| format!("{names} cannot be installed here"))
}

/// Installs the npm packages of the lockfile under `target`.
fn install_modules() -> Result<PathBuf> {
    let (from, to) =
        (workspace::root().join("tests/console"), workspace::root().join("target/console-tests"));
    fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
    for name in ["package.json", "package-lock.json"] {
        fs::copy(from.join(name), to.join(name)).with_context(|| format!("cannot copy {name}"))?;
    }
    println!("Installing the npm packages of tests/console/package-lock.json into {}", to.display());
    let mut install = Command::new("npm");
    install.current_dir(&to).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    workspace::run(&mut install).context("their packages cannot be installed")?;
    Ok(to)
}

/// Where a program is on the `PATH`.
fn found(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| Path::is_file(file))
}
