//! How it is said what was explored.

use super::{
    Caught, Hunt,
    search::{Found, Trace},
};
use crate::{
    paint::{DONE, WRONG, paint},
    table::{Rows, item, styled},
    text::count,
};

/// What was found of the real rules.
pub(super) fn found(found: &Found) -> String {
    let mut rows = Rows::new(&["", "PROPERTY", ""]);
    for property in &found.properties {
        let (style, word) = if property.holds { (DONE, "holds") } else { (WRONG, "broken") };
        rows.add([styled(style, word), item(property.property), item(property.expected)]);
    }
    let whole =
        if found.exhaustive { "every state that can be reached was seen" } else { "ended at a breach" };
    let states = count(found.states as u64, "state");
    let steps = count(found.steps as u64, "step");
    let mut text = format!(
        "{states}, {steps}, {} deep, {:.1} s with {}: {whole}\n\n{}",
        found.depth,
        found.seconds,
        count(found.entrants as u64, "entrant"),
        rows.text()
    );
    if let Some(breach) = &found.counterexample {
        text.push('\n');
        text.push_str(&trace(breach));
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
