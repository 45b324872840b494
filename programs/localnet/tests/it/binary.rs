//! The program `arena`, built with its client of the chain, as somebody types its verbs.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use arena_chain::{Keypair, Signer, write_keypair};
use serde_json::Value;
use tempfile::TempDir;

use crate::world::World;

/// The binary, built here; or the one that `ARENA_BINARY` names.
static ARENA: LazyLock<PathBuf> = LazyLock::new(|| {
    if let Some(built) = std::env::var_os("ARENA_BINARY") {
        return built.into();
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut build = Command::new(env!("CARGO"));
    build.current_dir(&root).args(["build", "--quiet", "-p", "arena-cli", "--features", "solana"]);
    // What cargo says of this workspace is not for that one.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_") && name != "CARGO_HOME") {
        build.env_remove(name);
    }
    assert!(build.status().unwrap().success());
    root.join("target/debug/arena")
});

/// Where the binary is.
pub(crate) fn arena() -> PathBuf {
    ARENA.clone()
}

/// The verbs of `arena chain`, with a data folder of their own.
pub(crate) struct Verbs {
    folder: TempDir,
    rpc: String,
}

impl Verbs {
    /// Verbs that ask the node of this world.
    pub(crate) fn on(world: &World) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), rpc: world.chain.rpc().url().to_owned() }
    }

    /// Asks a node from now on through another address.
    pub(crate) fn through(&mut self, rpc: &str) {
        self.rpc = rpc.to_owned();
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A verb as this wallet, not started yet.
    pub(crate) fn command(&self, wallet: &Keypair, arguments: &[&str]) -> Command {
        let key = self.folder.path().join(format!("{}.json", wallet.pubkey()));
        // Not written again under a process that reads it.
        if !key.exists() {
            fs::write(&key, write_keypair(wallet)).unwrap();
        }
        let mut command = Command::new(arena());
        command.arg("chain").args(arguments).args(["--rpc", &self.rpc, "--price-cap", "0", "--look-ms", "1"]);
        command.arg("--json").arg("--keypair").arg(key).arg("--data").arg(self.data());
        command
    }

    /// What a verb prints that does what it is asked.
    pub(crate) fn done(&self, wallet: &Keypair, arguments: &[&str]) -> Value {
        let output = self.command(wallet, arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// How a verb exits that does not, and the code of its problem.
    pub(crate) fn refused(&self, wallet: &Keypair, arguments: &[&str]) -> (i32, String) {
        let output = self.command(wallet, arguments).output().unwrap();
        let code = output.status.code().unwrap();
        assert_ne!(code, 0, "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
        let problem: Value =
            serde_json::from_slice(&output.stderr).unwrap_or_else(|_| panic!("{}", said(&output)));
        (code, problem["code"].as_str().unwrap().to_owned())
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
