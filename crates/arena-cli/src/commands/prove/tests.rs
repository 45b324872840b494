//! The model itself, with few entrants: what holds, what notices each mutant, and that names do not matter.

use super::*;

#[test]
fn the_rules_keep_every_law_with_two_entrants() {
    let found = prove(2);
    assert!(found.holds() && found.exhaustive, "{found:#?}");
}

#[test]
fn each_mutant_is_noticed_by_its_law() {
    let hunt = hunt_all(2);
    let survived: Vec<_> = hunt.mutants.iter().filter(|caught| !caught.killed).collect();
    assert!(survived.is_empty(), "{survived:#?}");
}
