//! The proof with the official MCP client: it is installed from the package index into `target/`, and drives the built binary.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::workspace;

/// Where the scripts and the client's version are.
const SCRIPTS: &str = "crates/arena-cli/tests/mcp_client";
/// The Debian packages that make and fill a virtual environment.
const PACKAGES: [&str; 3] = ["python3", "python3-venv", "python3-pip"];

/// What is said before anything is set up.
pub(crate) const SETS_UP: &str = "\
The proof with the official MCP client installs that client (Python) into target/mcp-client; where Python's venv is
missing it installs Debian's python3, python3-venv and python3-pip first, and says so.";

/// The command that runs it, with all that it needs in its place.
pub(crate) fn prepared() -> Result<Command> {
    let python = environment(&workspace::root().join(SCRIPTS), &target().join("mcp-client"))?;
    workspace::run(workspace::cargo().args(["build", "--package", "arena-cli"]))?;
    let mut proof = Command::new(python);
    proof.arg(workspace::root().join(SCRIPTS).join("proof.py")).arg(target().join("debug/arena"));
    Ok(proof)
}

/// A Python in `folder` that has the packages of `scripts/requirements.txt`, in the versions that stand there.
///
/// # Errors
///
/// When there is no Python that makes virtual environments, or the packages cannot be installed.
pub(crate) fn environment(scripts: &Path, folder: &Path) -> Result<PathBuf> {
    let python = folder.join("venv/bin/python");
    let wanted = scripts.join("requirements.txt");
    let installed = folder.join("installed.txt");
    let wanted_text =
        fs::read_to_string(&wanted).with_context(|| format!("cannot read {}", wanted.display()))?;
    if python.exists() && fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(python);
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    if !make(folder) {
        install_packages()?;
        ensure!(make(folder), "python3 -m venv fails; install {}", PACKAGES.join(", "));
    }
    let mut install = Command::new(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&wanted);
    workspace::run(&mut install)?;
    fs::write(&installed, wanted_text).with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(python)
}

/// Makes the virtual environment anew; whether that went well.
fn make(folder: &Path) -> bool {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv", "--clear"]).arg(folder.join("venv"));
    workspace::run(&mut venv).is_ok()
}

/// Installs what Debian keeps apart from Python.
fn install_packages() -> Result<()> {
    println!("python3 -m venv does not work here: installing {}", PACKAGES.join(", "));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        workspace::run(&mut command)
    };
    let help = || format!("install {} and run it again", PACKAGES.join(", "));
    apt(&["update"]).with_context(help)?;
    apt(&[&["install", "--yes", "--no-install-recommends"], &PACKAGES[..]].concat()).with_context(help)
}

fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace::root().join("target"), PathBuf::from)
}
