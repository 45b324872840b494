//! `arena contest bot`: plays a game by a built-in strategy, speaking the bots' protocol on standard input and output.

use std::io;

use arena_agents::contest::strategies::{STRATEGIES, Strategy};
use clap::Args;

use crate::{exit::Exit, failure::Failure, output::Output};

/// What to play.
#[derive(Args, Debug)]
#[command(after_help = "A cup names a strategy directly; this verb is what a host then starts.")]
pub(crate) struct Bot {
    /// The game: rock-paper-scissors, snakes or prisoners-dilemma
    #[arg(required_unless_present = "list")]
    game: Option<String>,
    /// The strategy
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    strategy: Option<String>,
    /// List games and strategies
    #[arg(long)]
    list: bool,
}

impl Bot {
    /// Plays until it is over.
    pub(crate) fn run(self, output: Output) -> Result<(), Failure> {
        let (Some(game), Some(name)) = (self.game, self.strategy) else { return list(output) };
        let Some(strategy) = Strategy::find(&game, &name) else {
            let known: Vec<&str> = Strategy::names(&game).collect();
            let detail = if known.is_empty() {
                format!("there is no game {game}; `arena contest bot --list` lists them")
            } else {
                format!("{game} has no strategy {name}; it has {}", known.join(", "))
            };
            return Err(Failure::new(Exit::Usage, "usage", detail));
        };
        match strategy.play(io::stdin().lock(), io::stdout().lock()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let detail = format!("a message of the host cannot be understood: {error}");
                Err(Failure::new(Exit::Refused, "malformed", detail))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn list(output: Output) -> Result<(), Failure> {
    let all: Vec<_> = STRATEGIES
        .iter()
        .map(|one| serde_json::json!({ "game": one.game, "strategy": one.name, "about": one.about }))
        .collect();
    let text = |_: &_| {
        let lines = STRATEGIES.iter().map(|one| format!("{:<20} {:<12} {}\n", one.game, one.name, one.about));
        lines.collect()
    };
    output.answer(&serde_json::json!({ "items": all }), text)
}
