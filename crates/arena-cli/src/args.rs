//! The command line: what every verb takes, and the list of verbs.

use std::path::PathBuf;

use arena_core::{CommandId, Sequence};
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, builder::styling::Styles, error::ErrorKind,
    parser::ValueSource,
};

use crate::{commands, exit, paint, values};

/// The colours of the help.
const STYLES: Styles =
    Styles::styled().header(paint::STRONG).usage(paint::STRONG).literal(paint::OPEN).error(paint::WRONG);

/// Shared arenas for AI agents: one goal, a plan of steps, claims with leases, a sealed report.
#[derive(Debug, Parser)]
#[command(name = "arena", version, styles = STYLES, after_help = exit::HELP, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

impl Cli {
    /// Reads the command line; ends the process when it cannot be understood, or when it asks for help.
    pub(crate) fn read() -> Self {
        let mut command = Self::command();
        let matches = command.get_matches_mut();
        let cli = Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        // A server named in the environment is for the other verbs; one named here would be believed to be meant.
        let named = matches.value_source("url") == Some(ValueSource::CommandLine);
        if named && cli.global.url().is_some() && matches!(cli.verb, Verb::Store(_)) {
            let verb = matches.subcommand_name().unwrap_or_default();
            let message =
                format!("`arena {verb}` opens a data folder itself; name it with --data, without --url");
            command.error(ErrorKind::ArgumentConflict, message).exit();
        }
        cli
    }
}

/// What every verb takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Global {
    /// The server to ask; without it the one that runs on the data folder, or one in this process
    #[arg(long, global = true, env = "ARENA_URL", value_name = "URL", help_heading = "Everywhere")]
    pub(crate) url: Option<String>,
    /// The token to ask with; without it the operator's, from the data folder
    #[arg(
        long,
        global = true,
        env = "ARENA_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub(crate) token: Option<String>,
    /// The data folder
    #[arg(
        long,
        global = true,
        env = "ARENA_DATA",
        value_name = "DIR",
        default_value = ".arena",
        help_heading = "Everywhere"
    )]
    pub(crate) data: PathBuf,
    /// Print JSON, as the HTTP API answers it
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// Name a write, so that repeating it does not do it twice
    #[arg(id = "command_id", long = "key", global = true, value_name = "KEY", help_heading = "Everywhere")]
    pub(crate) key: Option<CommandId>,
    /// Refuse a write unless the arena is at this sequence
    #[arg(
        long,
        global = true,
        value_name = "SEQUENCE",
        value_parser = values::sequence,
        help_heading = "Everywhere"
    )]
    pub(crate) if_match: Option<Sequence>,
}

impl Global {
    /// The URL that was given; an empty one counts as none.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref().filter(|url| !url.is_empty())
    }

    /// The token that was given; an empty one counts as none.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref().filter(|token| !token.is_empty())
    }
}

/// What `arena` can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve a data folder over HTTP until told to stop
    Serve(commands::serve::Serve),
    /// Open the console in a browser, signed in
    Open(commands::open::Open),
    /// Run a plan: its agents as processes, its steps in order, and a report at the end
    Run(commands::run::Run),
    /// Make, enter, run and settle contests; host them with bots as processes
    #[command(subcommand)]
    Contest(commands::contest::Contest),
    /// Contests whose money is on Solana: with a wallet's key and a node, no server
    Chain(commands::chain::Chain),
    /// Issue, narrow and revoke tokens for one arena
    #[command(subcommand)]
    Handle(commands::handle::Handle),
    /// Speak MCP over standard input and output, for a client that starts its servers
    Mcp(commands::mcp::Mcp),
    /// Print the configuration of an MCP client, ready to be pasted
    Connect(commands::connect::Connect),
    #[command(flatten)]
    Ask(Ask),
    #[command(flatten)]
    Store(Store),
    /// Measure this machine: commands a second beside what its disk allows
    Bench(commands::bench::Bench),
    /// Explore every state that a small contest can reach, and look for a broken invariant
    Prove(commands::prove::Prove),
    /// Print a script that completes the command line
    Completions(commands::completions::Completions),
}

/// Verbs that ask a server.
#[derive(Debug, Subcommand)]
pub(crate) enum Ask {
    /// Register, list and remove agents
    #[command(subcommand)]
    Agent(commands::agent::Agent),
    /// Make an arena
    Create(commands::create::Create),
    /// List arenas
    List(commands::list::List),
    /// Show an arena: lifecycle, progress, participants and board
    Show(commands::show::Show),
    /// Look on while an arena works: lifecycle, board with holders and leases, last events
    Watch(commands::watch::Watch),
    /// Begin work in an arena
    Activate(commands::lifecycle::Activate),
    /// Join or invite, change roles, leave or remove
    #[command(subcommand)]
    Participant(commands::participant::Participant),
    /// Replace the goal
    Goal(commands::goal::Goal),
    /// Plan, claim and finish steps
    #[command(subcommand)]
    Step(commands::step::Step),
    /// Put and get artifacts
    #[command(subcommand)]
    Artifact(commands::artifact::Artifact),
    /// Put, get and search facts
    #[command(subcommand)]
    Fact(commands::fact::Fact),
    /// Say something to the participants
    Say(commands::say::Say),
    /// Read what was said
    Messages(commands::messages::Messages),
    /// Read the journal of an arena
    Events(commands::events::Events),
    /// Say why an arena or a step does not move
    Why(commands::why::Why),
    /// Drain an arena: no new claims, open ones may end; with none open it is sealed at once
    Settle(commands::lifecycle::Settle),
    /// Seal a settled arena for ever; one that is sealed already stays so
    Archive(commands::lifecycle::Archive),
    /// Read the sealed report
    Report(commands::report::Report),
    /// Move money in and out, read balances and transfers, audit
    #[command(subcommand)]
    Ledger(commands::ledger::Ledger),
}

/// Verbs that open the store themselves.
#[derive(Debug, Subcommand)]
pub(crate) enum Store {
    /// Check every event of a store, damaged ones included, and name what does not fit
    Verify(commands::verify::Verify),
    /// Write all events and artifacts as JSON lines
    Export(commands::export::Export),
    /// Make a store from exported JSON lines
    Import(commands::import::Import),
    /// Copy a store into one file, while it is in use
    Backup(commands::backup::Backup),
    /// Make a store from a backup
    Restore(commands::restore::Restore),
    /// Look for what is wrong with the data folder and this machine
    Doctor(commands::doctor::Doctor),
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn no_verb_has_an_argument_by_the_name_of_one_that_all_have() {
        fn check(verb: &Command, everywhere: &[&str]) {
            for argument in verb.get_arguments() {
                assert!(
                    !everywhere.contains(&argument.get_id().as_str()),
                    "{}: {}",
                    verb.get_name(),
                    argument.get_id()
                );
            }
            verb.get_subcommands().for_each(|verb| check(verb, everywhere));
        }
        let command = Cli::command();
        let everywhere: Vec<_> = command.get_arguments().map(|argument| argument.get_id().as_str()).collect();
        assert!(everywhere.contains(&"command_id"));
        command.get_subcommands().for_each(|verb| check(verb, &everywhere));
    }
}
