//! How it is said what was explored.

use super::{
    Caught, Hunt, Proof,
    search::{Found, Trace},
};
use crate::{
    paint::{DONE, WRONG, paint},
    table::{Rows, item, styled},
    text::count,
};

/// What was found of the real rules: a line for each model, then each property, which holds only if it does in all of them.
pub(super) fn proof(proof: &Proof) -> String {
    let mut models = Rows::new(&["TERMS", "ENTRANTS", "STATES", "STEPS", "DEPTH", "SECONDS", ""]);
    for found in &proof.models {
        let whole = if found.exhaustive { "all that can be reached" } else { "ended at a breach" };
        models.add([
            item(found.terms),
            item(found.entrants),
            item(found.states),
            item(found.steps),
            item(found.depth),
            item(format!("{:.1}", found.seconds)),
            item(whole),
        ]);
    }
    let mut properties = Rows::new(&["", "PROPERTY", ""]);
    for property in proof.models.first().map_or([].as_slice(), |found| &found.properties) {
        let holds = |found: &Found| {
            found.properties.iter().any(|other| other.property == property.property && other.holds)
        };
        let (style, word) = if proof.models.iter().all(holds) { (DONE, "holds") } else { (WRONG, "broken") };
        properties.add([styled(style, word), item(property.property), item(property.expected)]);
    }
    let mut text = format!("{}\n{}", models.text(), properties.text());
    for found in &proof.models {
        if let Some(breach) = &found.counterexample {
            text.push_str(&format!("\n{}:\n{}", found.terms, trace(breach)));
        }
    }
    text
}

/// How it went with one mutant, step by step.
pub(super) fn caught(caught: &Caught) -> String {
    let mut text = format!("{}: {}\n", caught.mutant, caught.fault);
    match &caught.counterexample {
        Some(breach) => text.push_str(&trace(breach)),
        None => text.push_str(&format!(
            "{} in {}\n",
            paint(WRONG, "survived"),
            count(caught.states as u64, "state")
        )),
    }
    text
}

/// How it went with all of them, a line each.
pub(super) fn hunt(hunt: &Hunt) -> String {
    let mut rows = Rows::new(&["", "MUTANT", "STEPS", "NOTICED BY"]);
    for caught in &hunt.mutants {
        let (style, word) = if caught.killed { (DONE, "killed") } else { (WRONG, "survived") };
        let (steps, laws) = match &caught.counterexample {
            Some(trace) => (trace.steps.len().to_string(), trace.breaks.as_slice()),
            None => (String::new(), [].as_slice()),
        };
        // The law that is there for it first.
        let mut laws = laws.to_vec();
        laws.sort_by_key(|law| *law != caught.expected);
        rows.add([styled(style, word), item(caught.mutant), item(steps), item(laws.join("; "))]);
    }
    let mutants = count(hunt.mutants.len() as u64, "mutant");
    let entrants = count(hunt.entrants as u64, "entrant");
    format!("{mutants}, {:.1} s with {entrants}\n\n{}", hunt.seconds, rows.text())
}

fn trace(trace: &Trace) -> String {
    let mut rows = Rows::new(&["", "WHAT HAPPENS", "STATUS", "ESCROW", "BOND", "TREASURY"]);
    for (number, step) in (1..).zip(&trace.steps) {
        rows.add([
            item(number),
            item(&step.said),
            item(&step.status),
            item(step.escrow),
            item(step.bond),
            item(step.treasury),
        ]);
    }
    let breaks = trace.breaks.iter().map(|law| format!("{}: {law}\n", paint(WRONG, "broken")));
    format!("{}\n{}", rows.text(), breaks.collect::<String>())
}
