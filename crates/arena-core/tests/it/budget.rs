//! Budgets: what is spent refuses further claims.

use arena_core::{
    collaboration::{Budget, Rejection, Spent},
    Millis,
};

use crate::world::{budgeted, claim, claim_next, code, complete, fail, release, steps, World};

fn refused(world: &mut World) -> (&'static str, u64, u64) {
    match world.bob(claim_next()) {
        Err(Rejection::BudgetSpent { budget, limit, spent }) => (budget, limit, spent),
        other => panic!("{other:?}"),
    }
}

#[test]
fn claims_that_were_not_given_back_spend_attempts() {
    let mut world = budgeted(Budget { attempts: Some(2), ..Budget::default() }, steps(3));
    let fence = world.claimed("bob", 1);
    world.bob(release(1, fence)).unwrap();
    world.claimed("bob", 1);
    world.claimed("bob", 2);
    assert_eq!(refused(&mut world), ("attempts", 2, 2));
    assert_eq!(code(&world.bob(claim(3))), "budget_spent");
    let fence = world.fence(1);
    assert_eq!(code(&world.bob(complete(1, fence))), "ok", "what is claimed may be finished");
}

#[test]
fn time_is_spent_from_activation() {
    let mut world =
        budgeted(Budget { duration_ms: Some(Millis::from_secs(10)), ..Budget::default() }, steps(2));
    world.pass(9);
    world.claimed("bob", 1);
    world.pass(1);
    assert_eq!(refused(&mut world), ("duration_ms", 10_000, 10_000));
}

#[test]
fn complete_fail_and_late_results_spend_cost() {
    let mut world = budgeted(Budget { cost: Some(8), ..Budget::default() }, steps(4));
    world.done("bob", 1);
    let fence = world.claimed("bob", 2);
    world.bob(fail(2, fence)).unwrap();
    assert_eq!(world.arena.spent(), Spent { attempts: 2, cost: 5 });
    let fence = world.claimed("bob", 3);
    world.pass(60);
    world.bob(complete(3, fence)).unwrap_err();
    assert_eq!(refused(&mut world), ("cost", 8, 8));
}

#[test]
fn the_first_of_several_spent_budgets_is_named() {
    let budget = Budget { attempts: Some(1), duration_ms: Some(Millis::from_secs(1)), cost: Some(0) };
    let mut world = budgeted(budget, steps(2));
    world.pass(1);
    assert_eq!(refused(&mut world).0, "duration_ms");
    assert_eq!(world.arena.budget(), budget);
}
