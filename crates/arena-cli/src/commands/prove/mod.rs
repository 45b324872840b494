//! `arena prove`: the real rules of contests, explored in every state that a small contest can reach.

mod action;
mod alphabet;
mod book;
mod cast;
mod laws;
mod ledger;
mod model;
mod mutants;
mod properties;
mod rules;
mod search;
mod shares;
mod sometimes;
mod state;
#[cfg(test)]
mod tests;
mod text;
mod way_out;

use clap::Args;
use serde::Serialize;

use self::{
    cast::{Cast, MOST_ENTRANTS, Setting},
    model::SmallContest,
    mutants::Mutant,
    rules::Rules,
    search::{Found, Trace},
};
use super::bench::clock;
use crate::{exit::Exit, failure::Failure, output::Output};

/// Entrants under the usual terms.
const ENTRANTS: usize = 5;
/// Entrants under the other terms, and of mutants: every one of them is noticed with so few.
const FEW_ENTRANTS: usize = 3;

/// What to explore.
#[derive(Args, Debug)]
#[command(after_help = "Exits with 7 when a law is broken, or when a mutant of the rules breaks none.")]
pub(crate) struct Prove {
    /// How many may enter, 2 to 6; 5 when absent, 3 for mutants
    #[arg(long, value_name = "NUMBER", value_parser = entrants)]
    entrants: Option<usize>,
    /// Get the rules wrong in this one way, and show the shortest way to where it is noticed
    #[arg(long, value_name = "NAME", value_parser = mutant, conflicts_with = "mutants")]
    mutant: Option<Mutant>,
    /// Get the rules wrong in every way there is a name for, one after the other
    #[arg(long)]
    mutants: bool,
}

/// How it went with one mutant.
#[derive(Debug, Serialize)]
struct Caught {
    mutant: &'static str,
    fault: &'static str,
    /// The law that is there to notice.
    expected: &'static str,
    killed: bool,
    states: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterexample: Option<Trace>,
}

/// How it went with all of them.
#[derive(Debug, Serialize)]
struct Hunt {
    ok: bool,
    entrants: usize,
    seconds: f64,
    mutants: Vec<Caught>,
}

impl Prove {
    /// Explores, and exits with 7 when what must hold does not.
    pub(crate) fn run(&self, output: Output) -> Result<(), Failure> {
        if let Some(mutant) = self.mutant {
            let caught = hunt(mutant, self.entrants.unwrap_or(FEW_ENTRANTS));
            output.answer(&caught, text::caught)?;
            return verdict(caught.killed, "survived", "no law notices this mutant");
        }
        if self.mutants {
            let hunt = hunt_all(self.entrants.unwrap_or(FEW_ENTRANTS));
            output.answer(&hunt, text::hunt)?;
            return verdict(
                hunt.ok,
                "survived",
                "some mutants are not noticed by the law that is there for it",
            );
        }
        if cfg!(debug_assertions) {
            output.complain("warning: this is a debug build; a release build is many times faster");
        }
        let proof = prove(self.entrants.unwrap_or(ENTRANTS));
        output.answer(&proof, text::proof)?;
        verdict(proof.ok, "broken", "the rules break a law, or never do what they must sometimes do")
    }
}

/// What was found of the real rules.
#[derive(Debug, Serialize)]
struct Proof {
    ok: bool,
    /// Of all models together.
    states: usize,
    seconds: f64,
    models: Vec<Found>,
}

fn verdict(ok: bool, code: &'static str, detail: &str) -> Result<(), Failure> {
    if ok { Ok(()) } else { Err(Failure::new(Exit::Damaged, code, detail)) }
}

/// The usual terms with all entrants; the others differ in what few entrants show as well as many.
fn prove(most: usize) -> Proof {
    let entrants = |setting| if setting == Setting::Usual { most } else { most.min(FEW_ENTRANTS) };
    let models = Setting::ALL.map(|setting| search::explore(&model(entrants(setting), setting, None)));
    Proof {
        ok: models.iter().all(Found::holds),
        states: models.iter().map(|found| found.states).sum(),
        seconds: models.iter().map(|found| found.seconds).sum(),
        models: models.into(),
    }
}

fn hunt(mutant: Mutant, entrants: usize) -> Caught {
    let found = search::shortest(&model(entrants, Setting::Usual, Some(mutant)));
    let expected = mutant.law().name();
    let killed = found.counterexample.as_ref().is_some_and(|trace| trace.breaks.contains(&expected));
    Caught {
        mutant: mutant.name(),
        fault: mutant.fault(),
        expected,
        killed,
        states: found.states,
        counterexample: found.counterexample,
    }
}

fn hunt_all(entrants: usize) -> Hunt {
    let watch = clock::Stopwatch::start();
    let mutants: Vec<Caught> = Mutant::ALL.into_iter().map(|mutant| hunt(mutant, entrants)).collect();
    let ok = mutants.iter().all(|caught| caught.killed);
    Hunt { ok, entrants, seconds: watch.elapsed().as_secs_f64(), mutants }
}

fn model(entrants: usize, setting: Setting, mutant: Option<Mutant>) -> SmallContest {
    SmallContest { cast: Cast::new(entrants, setting), rules: Rules { mutant }, names: false }
}

fn entrants(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (2..=MOST_ENTRANTS).contains(number));
    number.ok_or_else(|| format!("`{text}` is not 2 to {MOST_ENTRANTS}"))
}

fn mutant(text: &str) -> Result<Mutant, String> {
    Mutant::ALL.into_iter().find(|mutant| mutant.name() == text).ok_or_else(|| {
        let names: Vec<&str> = Mutant::ALL.into_iter().map(Mutant::name).collect();
        format!("`{text}` is none of {}", names.join(", "))
    })
}
