//! Late results: kept once, adopted by a coordinator.

use arena_core::{
    collaboration::{Evidence, NewStep, Rejection, StepStatus},
    ArenaEvent, Fence, Millis,
};

use crate::world::{
    adopt, after, approve, artifact, cancel, claim, code, complete, fail, id, number, plain, release, reopen,
    steps, World,
};

/// Step 1 with bob's lease just over, and bob's fence.
fn late(step: NewStep) -> (World, Fence) {
    let mut world =
        World::active(vec![NewStep { lease_ms: Some(Millis::from_secs(5)), ..step }, plain("other")]);
    let fence = world.claimed("bob", 1);
    world.pass(5);
    (world, fence)
}

fn kept(fence: Fence, current: Option<Fence>) -> Rejection {
    Rejection::StaleFence { step: number(1), given: fence, current, orphan: true }
}

#[test]
fn a_late_completion_is_kept_as_an_orphan_and_refused() {
    let (mut world, fence) = late(plain("late"));
    let before = world.history.len();
    assert_eq!(world.bob(complete(1, fence)), Err(kept(fence, None)));
    assert!(matches!(
        world.history[before..],
        [ArenaEvent::LeaseExpired { .. }, ArenaEvent::ResultOrphaned { result: Some(_), cost: Some(3), .. }]
    ));
    let orphan = world.arena.orphan(fence).unwrap();
    assert_eq!((orphan.step, &orphan.agent_id, orphan.has_result), (number(1), &id("bob"), true));
    assert_eq!(orphan.sequence.get(), u64::try_from(world.history.len()).unwrap());
    assert_eq!(world.status(1), StepStatus::Ready);
}

#[test]
fn a_late_completion_is_kept_once() {
    let (mut world, fence) = late(plain("late"));
    world.bob(complete(1, fence)).unwrap_err();
    let before = world.history.len();
    assert_eq!(world.bob(complete(1, fence)), Err(kept(fence, None)));
    assert_eq!(world.history.len(), before);
}

#[test]
fn a_late_completion_is_kept_while_another_holds_the_step() {
    let (mut world, fence) = late(plain("late"));
    let current = world.claimed("cat", 1);
    assert_eq!(world.bob(complete(1, fence)), Err(kept(fence, Some(current))));
    world.cat(complete(1, current)).unwrap();
    assert_eq!(world.step(1).completed.as_ref().unwrap().agent_id, id("cat"));
}

#[test]
fn a_late_completion_is_kept_for_a_step_that_failed_by_it() {
    let (mut world, fence) = late(NewStep { max_attempts: Some(1), ..plain("once") });
    assert_eq!(world.bob(complete(1, fence)), Err(kept(fence, None)));
    assert_eq!(world.status(1), StepStatus::Failed);
    world.ann(adopt(1, fence)).unwrap();
    assert_eq!(world.status(1), StepStatus::Completed);
}

#[test]
fn a_fence_of_another_agent_or_step_keeps_nothing() {
    let (mut world, fence) = late(plain("late"));
    for told in [world.cat(complete(1, fence)), world.bob(complete(2, fence))] {
        assert!(matches!(told, Err(Rejection::StaleFence { orphan: false, .. })));
    }
    assert_eq!(world.arena.orphans().count(), 0);
}

#[test]
fn nothing_is_kept_for_a_step_that_is_over() {
    let (mut world, fence) = late(plain("late"));
    world.done("cat", 1);
    assert!(matches!(world.bob(complete(1, fence)), Err(Rejection::WrongStepStatus { .. })));
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    world.ann(cancel(1)).unwrap();
    assert!(matches!(world.bob(complete(1, fence)), Err(Rejection::StaleFence { orphan: false, .. })));
}

#[test]
fn only_a_completion_is_kept_of_what_comes_late() {
    let (mut world, fence) = late(plain("late"));
    for command in [fail(1, fence), release(1, fence), artifact("a", Some((1, fence)), None)] {
        assert!(matches!(world.bob(command), Err(Rejection::StaleFence { orphan: false, .. })));
    }
}

#[test]
fn an_adopted_result_completes_the_step_as_its_makers() {
    let (mut world, fence) = late(plain("late"));
    world.bob(complete(1, fence)).unwrap_err();
    let orphaned = world.arena.orphan(fence).unwrap().sequence;
    let events = world.ann(adopt(1, fence)).unwrap();
    assert!(matches!(
        &events[..],
        [ArenaEvent::ResultAdopted { .. }, ArenaEvent::StepCompleted { agent_id, cost: Some(3), .. }] if *agent_id == id("bob")
    ));
    let completed = world.step(1).completed.clone().unwrap();
    assert_eq!((completed.fence, completed.sequence, completed.has_result), (fence, orphaned, true));
    assert_eq!(world.arena.participant(&id("bob")).unwrap().completed_steps, 1);
    assert_eq!((world.arena.spent().cost, world.step(1).cost), (3, 3), "its cost counts once");
    assert!(world.arena.orphan(fence).unwrap().adopted);
}

#[test]
fn adoption_takes_the_step_from_whoever_holds_it() {
    let (mut world, fence) = late(plain("late"));
    let current = world.claimed("cat", 1);
    world.bob(complete(1, fence)).unwrap_err();
    let events = world.ann(adopt(1, fence)).unwrap();
    assert_eq!(events[0], ArenaEvent::LeaseRevoked { step: number(1), agent_id: id("cat"), fence: current });
    assert_eq!(code(&world.cat(complete(1, current))), "wrong_state");
}

#[test]
fn adoption_needs_the_orphan_the_dependencies_and_the_evidence() {
    let evidence = Evidence { artifacts: vec!["a".parse().unwrap()], approval: true };
    let (mut world, fence) = late(NewStep { evidence, ..plain("late") });
    assert_eq!(world.ann(adopt(1, fence)), Err(Rejection::NoOrphan { step: number(1), fence }));
    world.bob(complete(1, fence)).unwrap_err();
    assert_eq!(world.ann(adopt(2, fence)), Err(Rejection::NoOrphan { step: number(2), fence }));
    let missing = vec!["a".into(), "approval".into()];
    assert_eq!(world.ann(adopt(1, fence)), Err(Rejection::EvidenceMissing { step: number(1), missing }));
    world.bob(artifact("a", None, None)).unwrap();
    world.ann(approve(1)).unwrap();
    world.ann(adopt(1, fence)).unwrap();
    assert_eq!(code(&world.ann(adopt(1, fence))), "wrong_state");
    world.ann(reopen(1)).unwrap();
    assert_eq!(code(&world.ann(adopt(1, fence))), "no_orphan", "a result is adopted once");
}

#[test]
fn a_result_is_not_adopted_while_the_step_waits() {
    let mut world = World::active(vec![plain("first"), after(&[1])]);
    world.done("bob", 1);
    let fence = world.claimed("bob", 2);
    world.pass(60);
    world.bob(complete(2, fence)).unwrap_err();
    world.ann(reopen(1)).unwrap();
    let waiting_for = vec![number(1)];
    assert_eq!(
        world.ann(adopt(2, fence)),
        Err(Rejection::StepNotReady { step: number(2), current: StepStatus::Waiting, waiting_for })
    );
}

#[test]
fn a_released_claims_result_is_kept_too() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    world.bob(release(1, fence)).unwrap();
    assert_eq!(world.bob(complete(1, fence)), Err(kept(fence, None)));
}

#[test]
fn sixty_four_past_claims_are_remembered() {
    let mut world = World::active(steps(1));
    let mut fences = Vec::new();
    for _ in 0..65 {
        world.bob(claim(1)).unwrap();
        let fence = world.fence(1);
        world.bob(release(1, fence)).unwrap();
        fences.push(fence);
    }
    assert!(matches!(world.bob(complete(1, fences[0])), Err(Rejection::StaleFence { orphan: false, .. })));
    assert_eq!(world.bob(complete(1, fences[1])), Err(kept(fences[1], None)));
}

#[test]
fn sixty_four_late_results_of_a_step_are_kept_and_no_more() {
    let mut world = World::active(steps(2));
    let mut late = |step| {
        let fence = world.claimed("bob", step);
        world.bob(release(step, fence)).unwrap();
        let before = world.history.len();
        let told = world.bob(complete(step, fence));
        (fence, told, world.history.len() - before)
    };
    let mut last = Fence::ZERO;
    for _ in 0..64 {
        let (fence, told, events) = late(1);
        assert_eq!((told, events), (Err(kept(fence, None)), 1));
        last = fence;
    }
    let reached = Rejection::LimitReached { what: "late results of the step", limit: 64 };
    let (_, told, events) = late(1);
    assert_eq!((told, events), (Err(reached), 0));
    assert_eq!(code(&late(2).1), "stale_fence", "each step has its own");
    assert_eq!(world.bob(complete(1, last)), Err(kept(last, None)), "what is kept is still told so");
    assert_eq!(world.replayed(), world.arena);
}
