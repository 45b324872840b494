//! A data folder of a test's own, and the binary run on it.

use std::{
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A folder that is removed at the end of the test.
pub(crate) struct Folder {
    dir: TempDir,
}

/// What a run of the binary left.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    said: String,
}

/// A server of the binary, killed when it is dropped.
pub(crate) struct Serving {
    child: Child,
    pub(crate) url: String,
    pub(crate) ready: Value,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The data folder; it does not exist at first.
    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// A path beside the data folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file beside the data folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The binary on this data folder, with nothing of the environment that it reads.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = bare(args);
        command.arg("--data").arg(self.data()).current_dir(self.dir.path());
        command
    }

    /// Runs the binary.
    pub(crate) fn arena(&self, args: &[&str]) -> Ran {
        ran(args, &self.command(args).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs the binary as the bearer of a token.
    pub(crate) fn arena_as(&self, token: &str, args: &[&str]) -> Ran {
        ran(args, &self.command(args).env("ARENA_TOKEN", token).stdin(Stdio::null()).output().unwrap())
    }

    /// Runs the binary with something on its standard input.
    pub(crate) fn arena_fed(&self, input: &[u8], args: &[&str]) -> Ran {
        let mut command = self.command(args);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        ran(args, &child.wait_with_output().unwrap())
    }

    /// Runs the binary with `--json`, expects success and reads the answer.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        self.arena(&[args, &["--json"]].concat()).json()
    }

    /// The same, as the bearer of a token.
    pub(crate) fn json_as(&self, token: &str, args: &[&str]) -> Value {
        self.arena_as(token, &[args, &["--json"]].concat()).json()
    }

    /// Starts a server on a free port.
    pub(crate) fn serve(&self, args: &[&str]) -> Serving {
        self.serve_at("127.0.0.1:0", args)
    }

    /// Starts a server at an address.
    pub(crate) fn serve_at(&self, address: &str, args: &[&str]) -> Serving {
        let args = [&["serve", "--listen", address, "--json"], args].concat();
        let mut command = self.command(&args);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("not ready: {line:?}: {error}"));
        Serving { child, url: ready["url"].as_str().unwrap().to_owned(), ready }
    }

    /// Registers an agent and gives its token.
    pub(crate) fn register(&self, agent: &str) -> String {
        self.json(&["agent", "register", agent])["token"].as_str().unwrap().to_owned()
    }

    /// The operator's token.
    pub(crate) fn operator(&self) -> String {
        std::fs::read_to_string(self.data().join("operator.token")).unwrap().trim().to_owned()
    }
}

/// The binary with nothing of the environment that it reads.
pub(crate) fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_arena"));
    for name in
        ["ARENA_URL", "ARENA_TOKEN", "ARENA_DATA", "ARENA_FENCE", "RUST_LOG", "NO_COLOR", "CLICOLOR_FORCE"]
    {
        command.env_remove(name);
    }
    command.args(args);
    command
}

fn ran(args: &[&str], output: &Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        said: args.join(" "),
    }
}

impl Ran {
    /// Expects success.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "arena {}\n{}{}", self.said, self.stdout, self.stderr);
        self
    }

    /// Expects success and reads the answer.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        let ran = self.ok();
        serde_json::from_str(&ran.stdout)
            .unwrap_or_else(|error| panic!("arena {}: {error}: {}", ran.said, ran.stdout))
    }

    /// Expects a failure with this exit code and, on standard error as JSON, this code; gives the problem.
    #[track_caller]
    pub(crate) fn refused(self, exit: i32, code: &str) -> Value {
        assert_eq!(self.code, exit, "arena {}\n{}{}", self.said, self.stdout, self.stderr);
        let line = self.stderr.lines().last().unwrap_or_default();
        let problem: Value = serde_json::from_str(line)
            .unwrap_or_else(|error| panic!("arena {}: {error}: {line:?}", self.said));
        assert_eq!(problem["code"], code, "arena {}: {problem}", self.said);
        problem
    }
}

impl Serving {
    /// Ends it at once, as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal by its name and gives the exit code.
    pub(crate) fn signal(mut self, name: &str) -> Option<i32> {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap().code()
    }

    /// Moves the test clock on.
    pub(crate) fn advance(&self, operator: &str, advance_ms: u64) {
        let client = arena_api::client::Client::new(&self.url, operator).unwrap();
        let asked = arena_api::clock::AdvanceClock { advance_ms: arena_core::Millis::new(advance_ms) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { client.advance_clock(&asked).await }).unwrap();
    }

    /// Which process it is.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text at a JSON pointer.
#[track_caller]
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no text at {pointer}: {value}"))
}

/// Whether a file exists.
pub(crate) fn exists(path: impl AsRef<Path>) -> bool {
    path.as_ref().exists()
}
