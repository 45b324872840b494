//! Budgets: what is spent refuses further claims.

use arena_core::{
    collaboration::{Budget, Command, Limits, Rejection, Spent},
    Fence, Millis,
};

use crate::world::{budgeted, claim, claim_next, code, complete, fail, number, release, steps, World};

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

#[test]
fn costs_add_up_to_an_exact_integer_or_are_refused() {
    let completing = |step, fence: Fence, cost| Command::CompleteStep {
        step: number(step),
        fence,
        result: None,
        cost: Some(cost),
    };
    let failing = |step, fence: Fence, cost| Command::FailStep {
        step: number(step),
        fence,
        reason: None,
        cost: Some(cost),
    };
    let mut world = World::active(steps(4));
    let first = world.claimed("bob", 1);
    world.bob(completing(1, first, Limits::MAX_INTEGER - 1)).unwrap();
    let held = world.claimed("bob", 2);
    let late = world.claimed("bob", 3);
    world.bob(release(3, late)).unwrap();
    let before = world.history.len();
    for command in [completing(2, held, 2), failing(2, held, 2), completing(3, late, 2)] {
        let told = world.bob(command);
        assert!(matches!(&told, Err(Rejection::Invalid { field, .. }) if field == "cost"), "{told:?}");
    }
    assert_eq!(world.history.len(), before);
    world.bob(failing(2, held, 1)).unwrap();
    assert_eq!(world.arena.spent().cost, Limits::MAX_INTEGER);
    let held = world.claimed("bob", 2);
    world.bob(completing(2, held, 0)).unwrap();
}
