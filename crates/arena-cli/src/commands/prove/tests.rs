//! The models themselves, with few entrants: what holds, what notices each mutant, and that names do not matter.

use std::collections::HashSet;

use stateright::Model;

use super::{state::State, *};

#[test]
fn the_rules_keep_every_law_under_all_terms() {
    let proof = prove(2);
    assert!(proof.ok, "{proof:#?}");
    assert!(proof.models.iter().all(|found| found.exhaustive));
}

#[test]
fn each_mutant_is_noticed_by_its_law() {
    let hunt = hunt_all(2);
    let survived: Vec<_> = hunt.mutants.iter().filter(|caught| !caught.killed).collect();
    assert!(hunt.ok && survived.is_empty(), "{survived:#?}");
}

#[test]
fn each_law_has_a_mutant_that_it_notices() {
    let noticed: Vec<_> = Mutant::ALL.into_iter().map(Mutant::law).collect();
    let idle: Vec<_> = laws::Law::ALL.iter().filter(|law| !noticed.contains(*law)).collect();
    assert!(idle.is_empty(), "{idle:?}");
}

/// Every state that can be reached, each as what it is without names.
fn reachable(model: &SmallContest) -> HashSet<State> {
    let mut seen: HashSet<State> = model.init_states().into_iter().collect();
    let mut waiting: Vec<State> = seen.iter().cloned().collect();
    while let Some(state) = waiting.pop() {
        for next in model.next_states(&state) {
            if seen.insert(next.clone()) {
                waiting.push(next);
            }
        }
    }
    seen.into_iter().map(|state| state.keyed(&model.cast, false)).collect()
}

#[test]
fn telling_entrants_apart_by_name_finds_nothing_more() {
    for (entrants, setting) in [(2, Setting::Usual), (2, Setting::CreatorPlays), (3, Setting::OneUnit)] {
        let without = model(entrants, setting, None);
        let with = SmallContest { names: true, ..without.clone() };
        let (with, without) = (reachable(&with), reachable(&without));
        assert!(with == without && without.len() > 100, "{setting:?}");
    }
}
