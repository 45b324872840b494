//! The tests on a local chain: whole contests, and the TypeScript client generated from the program's IDL.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{console, workspace};

/// What is set up for whole contests, for those who start the tests.
pub(crate) const SETS_UP_CHAIN: &str = "\
The tests on a local chain build a Solana node as a library into programs/localnet/target, once, which takes minutes.";

/// The local chain, a workspace of its own.
const MANIFEST: &str = "programs/localnet/Cargo.toml";
/// What describes the program for generators of clients.
const IDL: &str = "programs/arena-escrow/idl/arena_escrow.json";
/// Accounts of each kind with what the Rust readers see in them.
const SAMPLES: &str = "programs/arena-escrow/idl/accounts.json";
/// Where the tests in TypeScript are.
const SCRIPTS: &str = "tests/chain-ts";
/// Each program that is needed, and Debian's package that brings it.
const PROGRAMS: [(&str, &str); 2] = [("node", "nodejs"), ("npm", "npm")];

/// What is set up for the TypeScript client's tests.
pub(crate) const SETS_UP_TYPESCRIPT: &str = "\
The TypeScript client's tests install npm packages into target/chain-ts, and nodejs and npm with apt-get where they are
missing.";

/// The command that runs whole contests on a local chain.
///
/// # Errors
///
/// Never: cargo says what is missing.
pub(crate) fn contests() -> Result<Command> {
    let mut command = workspace::cargo();
    command.args(["test", "--locked", "--manifest-path", MANIFEST]);
    spare_openssl(&mut command);
    Ok(command)
}

/// The command that runs the TypeScript client's tests, with all it needs set up and said.
///
/// # Errors
///
/// When something is missing and cannot be installed here, or the generated client does not pass the type checker: the
/// tests are then not run, and that is a failure.
pub(crate) fn typescript() -> Result<Command> {
    console::install_programs(&PROGRAMS)?;
    let folder = workspace::root().join("target/chain-ts");
    copy_scripts(&folder)?;
    println!("Installing the npm packages of {SCRIPTS}/package-lock.json into {}", folder.display());
    let run = |program: &str, arguments: &[&str]| {
        workspace::run(Command::new(program).current_dir(&folder).args(arguments))
    };
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .context("their packages cannot be installed")?;
    let idl = workspace::root().join(IDL);
    workspace::run(Command::new("node").current_dir(&folder).arg("generate.mjs").arg(&idl).arg("client"))
        .context("no client can be generated from the IDL")?;
    run("node_modules/.bin/tsc", &[]).context("the generated client or its tests have a type error")?;
    // Tests are run as CommonJS, which resolves the folders that the generated client imports.
    fs::write(folder.join("built/package.json"), "{}").context("cannot write the built package's file")?;
    // Built as the tests build it: alone it would be given other features, and most of the node be built a second time.
    workspace::run(contests()?.arg("--no-run"))?;
    let mut command = Command::new("node");
    command
        .current_dir(&folder)
        .args(["--test", "--test-reporter=tap"])
        .args(built_tests(&folder.join("built"))?)
        .env("CHAIN_LOCALNET", binary())
        .env("CHAIN_SAMPLES", workspace::root().join(SAMPLES));
    Ok(command)
}

/// Uses the system's OpenSSL where it can be built against: the node's own copy costs minutes to build.
fn spare_openssl(command: &mut Command) {
    let mut ask = Command::new("pkg-config");
    ask.args(["--exists", "openssl >= 3"]).stdout(Stdio::null()).stderr(Stdio::null());
    if ask.status().is_ok_and(|status| status.success()) {
        command.env("OPENSSL_NO_VENDOR", "1");
    }
}

/// Copies the scripts beside the packages that they import.
fn copy_scripts(to: &Path) -> Result<()> {
    for left in ["client", "built"] {
        if to.join(left).exists() {
            fs::remove_dir_all(to.join(left)).with_context(|| format!("cannot remove an old {left}"))?;
        }
    }
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    let from = workspace::root().join(SCRIPTS);
    for entry in fs::read_dir(&from).with_context(|| format!("cannot list {}", from.display()))? {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if path.is_file() {
            fs::copy(&path, to.join(&name)).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}

/// The tests that the TypeScript compiler wrote, by name.
fn built_tests(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut tests: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    tests.retain(|path| path.to_string_lossy().ends_with(".test.js"));
    tests.sort();
    ensure!(!tests.is_empty(), "{} has no tests", folder.display());
    Ok(tests)
}

/// The built `arena-localnet`.
fn binary() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace::root().join("programs/localnet/target"), PathBuf::from);
    target.join("debug/arena-localnet")
}
