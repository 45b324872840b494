//! Exploring a model to its end, or to the shortest way into a breach.

use std::{num::NonZeroUsize, thread::available_parallelism};

use serde::Serialize;
use stateright::{Checker, Expectation, HasDiscoveries, Model, Path};

use super::{action::Action, clock::Stopwatch, laws::Law, model::SmallContest, state::State};

/// What an exploration found.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    /// What the terms are called.
    pub(super) terms: &'static str,
    pub(super) entrants: usize,
    /// Whether every state that can be reached was seen.
    pub(super) exhaustive: bool,
    /// States that differ.
    pub(super) states: usize,
    /// Steps that led to them, those to states seen before included.
    pub(super) steps: usize,
    /// The most steps that a state is away from the first one.
    pub(super) depth: usize,
    pub(super) seconds: f64,
    pub(super) properties: Vec<Held>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counterexample: Option<Trace>,
}

/// A property, and whether it held.
#[derive(Debug, Serialize)]
pub(super) struct Held {
    pub(super) property: &'static str,
    /// `always` or `sometimes`.
    pub(super) expected: &'static str,
    pub(super) holds: bool,
}

/// A way into a breach.
#[derive(Debug, Serialize)]
pub(super) struct Trace {
    /// The laws that do not hold where it ends.
    pub(super) breaks: Vec<&'static str>,
    pub(super) steps: Vec<Step>,
}

/// One step of it, and the money after it.
#[derive(Debug, Serialize)]
pub(super) struct Step {
    pub(super) said: String,
    pub(super) status: String,
    pub(super) escrow: i64,
    pub(super) bond: i64,
    pub(super) treasury: i64,
}

impl Found {
    pub(super) fn holds(&self) -> bool {
        self.properties.iter().all(|property| property.holds)
    }
}

impl SmallContest {
    /// Whether a law is the one that has to notice the mutant.
    fn is_meant(&self, law: &str) -> bool {
        self.rules.mutant.is_some_and(|mutant| mutant.law().name() == law)
    }
}

/// Explores a model with as many threads as there are cores; ends early at a breach.
pub(super) fn explore(model: &SmallContest) -> Found {
    run(model, available_parallelism().map_or(1, NonZeroUsize::get), None)
}

/// Explores a model of a mutant until the law that is there for it is broken, and takes the shortest way there.
pub(super) fn shortest(model: &SmallContest) -> Found {
    let mut found = run(model, 1, None);
    // The checker looks at some states beyond the first breach and keeps the last it sees: look again below that one.
    while let Some(trace) = &found.counterexample {
        let shorter = run(model, 1, Some(trace.steps.len() + 1));
        let lasts = |trace: &Trace| trace.breaks.iter().any(|law| model.is_meant(law));
        match shorter.counterexample.filter(lasts) {
            Some(shorter) => found.counterexample = Some(shorter),
            None => break,
        }
    }
    found
}

fn run(model: &SmallContest, threads: usize, below: Option<usize>) -> Found {
    let watch = Stopwatch::start();
    let meant = model.rules.mutant.map(|mutant| mutant.law().name());
    // A mutant has to be noticed by the law that is there for it, whichever others notice it too.
    let end = meant.map_or(HasDiscoveries::AnyFailures, |law| HasDiscoveries::AnyOf([law].into()));
    let builder = model.clone().checker().threads(threads).finish_when(end);
    let builder = match below {
        None => builder,
        Some(depth) => builder.target_max_depth(depth),
    };
    let checker = builder.spawn_bfs().join();
    let discoveries = checker.discoveries();
    let properties: Vec<Held> = model
        .properties()
        .iter()
        .map(|property| {
            let is_found = discoveries.contains_key(property.name);
            let (expected, holds) = match property.expectation {
                Expectation::Always => ("always", !is_found),
                Expectation::Sometimes => ("sometimes", is_found),
                Expectation::Eventually => ("eventually", !is_found),
            };
            Held { property: property.name, expected, holds }
        })
        .collect();
    let is_breach = |name: &str| Law::ALL.iter().any(|law| law.name() == name);
    let breach = discoveries
        .into_iter()
        .filter(|(name, _)| is_breach(name))
        .min_by_key(|(name, path)| (!model.is_meant(name), path.clone().into_actions().len(), *name));
    let exhaustive = breach.is_none() && below.is_none();
    Found {
        terms: model.cast.setting.name(),
        entrants: model.cast.entrants().count(),
        exhaustive,
        states: checker.unique_state_count(),
        steps: checker.state_count(),
        depth: checker.max_depth(),
        seconds: watch.elapsed().as_secs_f64(),
        properties,
        counterexample: breach.map(|(_, path)| traced(model, path)),
    }
}

fn traced(model: &SmallContest, path: Path<State, Action>) -> Trace {
    let broken = |law: &Law| !model.keeps(path.last_state(), *law);
    let breaks = Law::ALL.iter().filter(|law| broken(law)).map(|law| law.name()).collect();
    let visited = path.into_vec();
    let after = visited.iter().skip(1);
    let steps = visited.iter().zip(after).filter_map(|((before, action), (after, _))| {
        let said = action.as_ref()?.said(&model.cast, &before.book);
        Some(Step {
            said,
            status: after.contest.status().to_string(),
            escrow: after.ledger.escrow,
            bond: after.ledger.bond,
            treasury: after.ledger.treasury,
        })
    });
    Trace { breaks, steps: steps.collect() }
}
