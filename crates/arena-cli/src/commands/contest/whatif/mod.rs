//! `arena contest whatif`: what terms would pay, by outcome, and how long money can be held; computed by the rules, with no server.

mod money;
mod text;
mod times;

use arena_core::contest::Terms;
use clap::Args;
use serde::Serialize;

use self::{
    money::{Outcomes, Standings},
    times::Times,
};
use super::terms::TermsArgs;
use crate::{exit::Exit, failure::Failure, output::Output};

/// Terms, and how it might end.
#[derive(Args, Debug)]
#[command(
    after_help = "Example: arena contest whatif --fee 1000 --bond 5000 --split 60,40 --entrants 3 --standings 1,1,3"
)]
pub(crate) struct Whatif {
    #[command(flatten)]
    terms: TermsArgs,
    /// How many enter; as many as --standings says, or --max, unless said
    #[arg(long, value_name = "AGENTS")]
    entrants: Option<u32>,
    /// The place of each entrant in entry order, equals sharing one, such as 1,1,3; without ties unless said
    #[arg(long, value_name = "PLACES", value_delimiter = ',')]
    standings: Vec<u32>,
}

/// What came out.
#[derive(Debug, Serialize)]
struct Answer {
    entrants: u32,
    pot: u64,
    outcomes: Outcomes,
    times: Times,
}

impl Whatif {
    /// Computes it.
    pub(super) fn run(self, output: Output) -> Result<(), Failure> {
        let (_, asked) = self.terms.read()?;
        let terms = Terms::try_from(asked).map_err(|unclear| wrong(&unclear))?;
        terms.check().map_err(|invalid| wrong(&invalid))?;
        let entrants = match self.entrants {
            Some(entrants) => entrants,
            None if self.standings.is_empty() => terms.max_agents,
            None => u32::try_from(self.standings.len()).unwrap_or(u32::MAX),
        };
        if entrants > terms.max_agents {
            return Err(wrong(&format!("{entrants} entrants are more than --max {}", terms.max_agents)));
        }
        let standings = Standings::new(entrants, &self.standings).map_err(|reason| wrong(&reason))?;
        let outcomes = Outcomes::of(&terms, entrants, &standings);
        let pot = terms.entry_fee.get() * u64::from(entrants);
        let answer = Answer { entrants, pot, outcomes, times: Times::of(&terms) };
        output.answer(&answer, |answer| text::page(answer, &terms))
    }
}

/// What was given makes no contest.
fn wrong(reason: &impl ToString) -> Failure {
    Failure::new(Exit::Usage, "terms", reason.to_string())
}
