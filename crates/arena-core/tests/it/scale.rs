//! Ten thousand steps: everything still works, and a clone shares what it holds.

use arena_core::{collaboration::NewStep, ArenaConfig};

use crate::world::{after, claim_next, complete, config, leave, plain, World};

#[test]
fn ten_thousand_steps_are_claimed_in_order_and_completed() {
    let mut world = World::active((0..10_000).map(|_| plain("one of many")).collect());
    for step in 1..=10_000 {
        world.bob(claim_next()).unwrap();
        let fence = world.fence(step);
        world.bob(complete(step, fence)).unwrap();
    }
    assert_eq!((world.arena.completed_steps(), world.arena.total_steps()), (10_000, 10_000));
    assert_eq!(world.bob(claim_next()), Ok(vec![]));
    assert_eq!(world.replayed(), world.arena);
}

#[test]
fn a_chain_and_a_fan_of_dependencies_open_step_by_step() {
    let chain: Vec<NewStep> =
        (1..=5_000_u32).map(|step| if step == 1 { plain("1") } else { after(&[step - 1]) }).collect();
    let fan = (0..4_999).map(|_| after(&[5_000]));
    let steps = chain.into_iter().chain(fan).collect();
    let mut world = World::of(ArenaConfig { steps, ..config() }).activated();
    for step in 1..=5_000 {
        world.done("bob", step);
    }
    assert!(world.bob(claim_next()).is_ok_and(|events| !events.is_empty()));
    assert_eq!(world.arena.steps().filter(|step| step.open_dependencies > 0).count(), 0);
    world.ann(leave("bob")).unwrap();
}
