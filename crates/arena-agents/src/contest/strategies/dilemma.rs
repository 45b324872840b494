//! Strategies for the iterated prisoner's dilemma.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Strategy, chance::Chance};
use crate::contest::bots::Turn;

const GAME: &str = "prisoners-dilemma";

macro_rules! strategy {
    ($const:ident, $name:literal, $about:literal, $decide:expr) => {
        pub(super) const $const: Strategy =
            Strategy { game: GAME, name: $name, about: $about, decide: |turn| each(turn, $decide) };
    };
}

strategy!(TIT_FOR_TAT, "tit-for-tat", "begins friendly, then does what was done to it", |met, _| {
    met.theirs.ends_with('D')
});
strategy!(GENEROUS, "generous", "tit-for-tat that forgives one defection in three", |met, chance| {
    met.theirs.ends_with('D') && chance.below(3) > 0
});
strategy!(PAVLOV, "pavlov", "stays with what paid, changes what did not", |met, _| {
    met.mine.ends_with('D') != met.theirs.ends_with('D')
});
strategy!(GRUDGER, "grudger", "friendly until it is betrayed, and never again", |met, _| {
    met.theirs.contains('D')
});
strategy!(COOPERATOR, "cooperator", "always cooperates", |_, _| false);
strategy!(DEFECTOR, "defector", "always defects", |_, _| true);
strategy!(RANDOM, "random", "cooperates half the time", |_, chance| chance.below(2) == 0);

#[derive(Deserialize)]
struct Seen {
    opponents: BTreeMap<String, Met>,
}

/// What happened with one opponent, a letter a round: `C`, `D`, or `-` for a forfeited move.
#[derive(Deserialize)]
struct Met {
    mine: String,
    theirs: String,
}

/// Decides about each opponent whether to defect.
fn each(turn: &Turn, defects: fn(&Met, &mut Chance) -> bool) -> Result<Value, serde_json::Error> {
    let seen = Seen::deserialize(&turn.observation)?;
    let mut chance = Chance::new(turn.random);
    let action: BTreeMap<&String, &str> = seen
        .opponents
        .iter()
        .map(|(name, met)| (name, if defects(met, &mut chance) { "defect" } else { "cooperate" }))
        .collect();
    Ok(json!(action))
}
