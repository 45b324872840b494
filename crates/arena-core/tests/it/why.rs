//! Why an arena does not go on.

use arena_core::collaboration::{Budget, Command, Evidence, Failure, NewStep, Status, WhyStuck};

use crate::world::{after, budgeted, cancel, fail, for_whom, number, plain, World};

#[test]
fn each_step_that_does_not_go_on_says_why() {
    let once = NewStep { max_attempts: Some(1), ..plain("1") };
    let approved = NewStep { evidence: Evidence { artifacts: vec![], approval: true }, ..plain("4") };
    let mut world = World::active(vec![once, after(&[1]), for_whom("zed"), approved, plain("5")]);
    let fence = world.claimed("bob", 1);
    world.bob(fail(1, fence)).unwrap();
    world.claimed("bob", 4);
    let failed = WhyStuck::Failed {
        step: number(1),
        attempts: 1,
        last_failure: Some(Failure { agent_id: "bob".parse().unwrap(), reason: "it broke".into() }),
        blocks: vec![number(2)],
    };
    assert_eq!(
        world.arena.stuck(world.now),
        [
            failed,
            WhyStuck::WaitsFor { step: number(2), waiting_for: vec![number(1)] },
            WhyStuck::NobodyMayClaim { step: number(3), assignee: Some("zed".parse().unwrap()) },
            WhyStuck::NeedsEvidence { step: number(4), missing: vec!["approval".into()] },
        ]
    );
}

#[test]
fn a_failed_step_blocks_only_what_is_still_open() {
    let once = NewStep { max_attempts: Some(1), ..plain("1") };
    let mut world = World::active(vec![once, after(&[1]), after(&[1])]);
    let fence = world.claimed("bob", 1);
    world.bob(fail(1, fence)).unwrap();
    world.ann(cancel(2)).unwrap();
    let why = world.arena.why(world.step(1));
    assert!(matches!(why, Some(WhyStuck::Failed { blocks, .. }) if blocks == [number(3)]));
}

#[test]
fn an_arena_says_that_it_is_not_active_or_that_a_budget_is_spent() {
    let mut world = World::new(vec![]);
    assert_eq!(world.arena.stuck(world.now), [WhyStuck::NotActive { status: Status::Created }]);
    world.ann(Command::Activate).unwrap();
    assert_eq!(world.arena.stuck(world.now), []);
    let world = budgeted(Budget { attempts: Some(0), ..Budget::default() }, vec![]);
    let spent = WhyStuck::BudgetSpent { budget: "attempts".into(), limit: 0, spent: 0 };
    assert_eq!(world.arena.stuck(world.now), [spent]);
}
