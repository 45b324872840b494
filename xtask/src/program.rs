//! `cargo xtask program`: builds the escrow program and its mutants with the stock compiler, and keeps the built files as fixtures; with
//! `--check` it compares instead.
//!
//! The fixtures are what the tests run. Before anyone puts real money on it the program must be rebuilt with the vendors' toolchain and
//! audited.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};

use crate::{elf, mutants::MUTANTS, workspace};

/// What is set up for the program's suite, for those who start the tests.
pub(crate) const SETS_UP: &str = "\
The escrow program's suite runs its built file in a chain in its own process, built into programs/arena-escrow/target, \
once, which takes minutes.";

/// The folder of the program's own workspace.
const FOLDER: &str = "programs/arena-escrow";
const FIXTURE: &str = "programs/arena-escrow/fixture/arena_escrow.so";
const FIXTURE_HASH: &str = "programs/arena-escrow/fixture/arena_escrow.so.sha256";
/// The folder of the mutants' files.
const MUTANT_FIXTURES: &str = "programs/arena-escrow/fixture/mutants";

/// The linker for the chain's machine; the newest that fits the compiler's LLVM.
const LINKER: &str = "sbpf-linker";
const LINKER_VERSION: &str = "0.1.9";
const TARGET: &str = "bpfel-unknown-none";

/// Every system call of the program. One that is called and not listed here is linked with its arguments deleted, and the file
/// still loads: that is why the built file's undefined symbols are compared with this list.
const SYSTEM_CALLS: [&str; 5] =
    ["sol_curve_validate_point", "sol_get_sysvar", "sol_invoke_signed_c", "sol_log_data", "sol_sha256"];

/// Builds, and writes the fixtures or compares with them.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let is_check = match arguments {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("usage: cargo xtask program [--check]"),
    };
    has_core_source()?;
    let linker = linker()?;
    let bytes = build(&linker, &workspace::root())?;
    let hash = hexadecimal(&Sha256::digest(&bytes));
    println!("{} bytes, SHA-256 {hash}", bytes.len());
    let mut files = vec![
        (FIXTURE.to_owned(), bytes),
        (FIXTURE_HASH.to_owned(), format!("{hash}  arena_escrow.so\n").into_bytes()),
    ];
    for mutant in MUTANTS {
        let bytes = build(&linker, &mutant.source()?)?;
        files.push((format!("{MUTANT_FIXTURES}/{}.so", mutant.name), bytes));
    }
    files.iter().try_for_each(|(file, bytes)| if is_check { compare(file, bytes) } else { keep(file, bytes) })
}

/// The command that runs the program's suite on the file that is kept.
///
/// # Errors
///
/// Never: cargo says what is missing.
pub(crate) fn suite() -> Result<Command> {
    let mut command = workspace::cargo();
    command.current_dir(workspace::root().join(FOLDER)).args([
        "test",
        "--workspace",
        "--locked",
        "--no-fail-fast",
    ]);
    Ok(command)
}

/// Compares the kept files with the source where the pieces for that are, and says so where not. A build service, which sets `CI`, has to
/// have them.
pub(crate) fn check_where_possible() -> Result<()> {
    if let Err(missing) = has_core_source() {
        if std::env::var_os("CI").is_some() {
            return Err(missing.context("the program cannot be compared with its source"));
        }
        println!("The kept files were not compared with their source: {missing}");
        return Ok(());
    }
    run(&["--check".to_owned()])
}

/// Lints the program's workspace.
pub(crate) fn lint() -> Result<()> {
    let mut command = workspace::cargo();
    command.current_dir(workspace::root().join(FOLDER)).args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]);
    workspace::run(&mut command)
}

/// The source of the compiler's core library, which is built for the chain's machine.
fn has_core_source() -> Result<()> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output().context("cannot start rustc")?;
    let sysroot = String::from_utf8(output.stdout).context("rustc's sysroot is no text")?;
    let source = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/core");
    ensure!(source.exists(), "the source of core is missing; run `rustup component add rust-src`");
    Ok(())
}

/// The linker, installed into this project's target folder when it is not there.
fn linker() -> Result<PathBuf> {
    let folder = workspace::root().join("target/tools");
    let linker = folder.join("bin").join(LINKER);
    let version = Command::new(&linker).arg("--version").stderr(Stdio::null()).output();
    let is_there = version.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == LINKER_VERSION)
    });
    if !is_there {
        println!("Installs {LINKER} {LINKER_VERSION} into target/tools, which takes a minute or two.");
        let mut install = workspace::cargo();
        install
            .args(["install", LINKER, "--version", LINKER_VERSION, "--locked", "--force", "--root"])
            .arg(&folder);
        workspace::run(&mut install)?;
    }
    Ok(linker)
}

/// Builds the program from the repository or a copy of it; the build's folder does not get into the file.
fn build(linker: &Path, source: &Path) -> Result<Vec<u8>> {
    let target = workspace::root().join("target/program");
    let flags = [
        "-Zlocation-detail=none".to_owned(),
        format!("-Clinker={}", linker.display()),
        format!("-Clink-arg=--export=entrypoint,{}", SYSTEM_CALLS.join(",")),
    ];
    let mut command = workspace::cargo();
    command
        .current_dir(source.join(FOLDER))
        .args([
            "build",
            "--release",
            "--lib",
            "--locked",
            "--target",
            TARGET,
            "-Zbuild-std=core",
            "--target-dir",
        ])
        .arg(&target)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    workspace::run(&mut command)?;
    let built = target.join(TARGET).join("release/libarena_escrow.so");
    let bytes = fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
    check_system_calls(&bytes)?;
    Ok(bytes)
}

fn check_system_calls(bytes: &[u8]) -> Result<()> {
    let used = elf::undefined_symbols(bytes).context("the built file is not what the chain loads")?;
    let listed: BTreeSet<String> = SYSTEM_CALLS.iter().map(ToString::to_string).collect();
    ensure!(
        used == listed,
        "the program calls {used:?}, and SYSTEM_CALLS lists {listed:?}; a call that is not listed loses its arguments"
    );
    Ok(())
}

fn keep(file: &str, bytes: &[u8]) -> Result<()> {
    let path = workspace::root().join(file);
    let folder = path.parent().unwrap_or(&path);
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    fs::write(&path, bytes).with_context(|| format!("cannot write {file}"))?;
    println!("wrote {file}");
    Ok(())
}

fn compare(file: &str, bytes: &[u8]) -> Result<()> {
    let kept = fs::read(workspace::root().join(file)).with_context(|| format!("cannot read {file}"))?;
    ensure!(kept == bytes, "{file} is not what the source gives; run `cargo xtask program` and the tests");
    println!("{file} is what the source gives");
    Ok(())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
