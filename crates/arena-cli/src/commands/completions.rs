//! `arena completions`: scripts that complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{args::Cli, failure::Failure, output::Output};

/// A script for one shell.
#[derive(Args, Debug)]
#[command(after_help = "For bash: arena completions bash > ~/.local/share/bash-completion/completions/arena")]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    /// Prints the script; with `--json` as one string.
    pub(crate) fn run(&self, output: &Output) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "arena", &mut script);
        let script = String::from_utf8_lossy(&script).into_owned();
        output.answer(&script, Clone::clone)
    }
}
