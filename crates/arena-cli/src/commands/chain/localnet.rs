//! `arena chain localnet`: runs the program `arena-localnet`, which holds a local chain and is built apart.

use std::{
    env,
    ffi::OsString,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

use clap::Args;

use crate::{args::Global, exit::Exit, failure::Failure, output::Output};

/// The program.
const PROGRAM: &str = "arena-localnet";
/// How to come by it.
const BUILD: &str = "cargo build --release --manifest-path programs/localnet/Cargo.toml";

/// A local chain.
#[derive(Args, Debug)]
#[command(
    after_help = "Prints one line when it is ready and runs until it is told to stop; what was on it is gone then.\nOptions go to `arena-localnet`: --port, --fund ADDRESS, --slot-ms, ...; `arena-localnet --help` names them all."
)]
pub(super) struct Localnet {
    /// Options of `arena-localnet`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTIONS")]
    options: Vec<OsString>,
}

impl Localnet {
    /// Becomes that program.
    pub(super) fn run(mut self, global: &Global, output: Output) -> Result<(), Failure> {
        let Some(program) = found() else {
            let detail =
                format!("there is no program {PROGRAM} beside this one or in PATH; build it with `{BUILD}`");
            return Err(Failure::new(Exit::NotFound, "missing", detail));
        };
        let says = |option: &str, given: &[OsString]| {
            given.iter().any(|one| one.to_string_lossy().starts_with(option))
        };
        if output.is_json() && !says("--json", &self.options) {
            self.options.push("--json".into());
        }
        if !says("--data", &self.options) {
            self.options.extend(["--data".into(), global.data.join("localnet").into_os_string()]);
        }
        let error = Command::new(&program).args(self.options).exec();
        Err(Failure::file("run", &program, &error))
    }
}

/// Beside this program first, then where programs are.
fn found() -> Option<PathBuf> {
    let own = env::current_exe().ok();
    let beside = own.as_deref().and_then(Path::parent).map(|folder| folder.join(PROGRAM));
    let path = env::var_os("PATH").unwrap_or_default();
    let everywhere = env::split_paths(&path).map(|folder| folder.join(PROGRAM));
    beside.into_iter().chain(everywhere).find(|file| file.is_file())
}
