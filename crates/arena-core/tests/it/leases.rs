//! Claims, leases and fences.

use arena_core::{
    collaboration::{Command, NewStep, Rejection, Status, StepStatus},
    ArenaEvent, Fence, Millis, Timestamp,
};

use crate::world::{
    artifact, claim, claim_next, code, complete, fail, id, number, plain, release, renew, steps, World,
};

fn lease(seconds: u64) -> NewStep {
    NewStep { lease_ms: Some(Millis::from_secs(seconds)), ..plain("leased") }
}

fn after_ms(from: Timestamp, ms: u64) -> Timestamp {
    from.plus(Millis::new(ms))
}

#[test]
fn a_claim_lasts_sixty_seconds_unless_somebody_says_otherwise() {
    let mut world = World::active(vec![plain("default"), lease(5), lease(5)]);
    world.claimed("bob", 1);
    world.claimed("bob", 2);
    world.bob(Command::ClaimStep { step: Some(number(3)), lease: Some(Millis::from_secs(9)) }).unwrap();
    assert_eq!(world.expires_at(1), after_ms(world.now, 60_000));
    assert_eq!(world.expires_at(2), after_ms(world.now, 5_000));
    assert_eq!(world.expires_at(3), after_ms(world.now, 9_000));
}

#[test]
fn a_held_step_is_refused_to_others_and_to_its_holder() {
    let mut world = World::active(steps(1));
    world.claimed("bob", 1);
    let expires_at = world.expires_at(1);
    let refused = Err(Rejection::AlreadyClaimed { step: number(1), holder: id("bob"), expires_at });
    assert_eq!(world.cat(claim(1)), refused);
    assert_eq!(world.bob(claim(1)), refused);
}

#[test]
fn a_lease_is_over_when_now_reaches_its_end_and_not_before() {
    let mut world = World::active(vec![lease(5)]);
    let fence = world.claimed("bob", 1);
    world.now = after_ms(world.now, 4_999);
    assert_eq!(code(&world.cat(claim(1))), "already_claimed");
    assert_eq!(world.timer(), Ok(vec![]));
    world.now = after_ms(world.now, 1);
    assert_eq!(
        world.timer(),
        Ok(vec![ArenaEvent::LeaseExpired { step: number(1), agent_id: id("bob"), fence }])
    );
    assert_eq!(world.status(1), StepStatus::Ready);
}

#[test]
fn a_passed_deadline_counts_though_the_timer_has_not_run() {
    let mut world = World::active(vec![lease(5)]);
    let first = world.claimed("bob", 1);
    world.pass(5);
    let events = world.cat(claim(1)).unwrap();
    assert_eq!(events[0], ArenaEvent::LeaseExpired { step: number(1), agent_id: id("bob"), fence: first });
    assert!(matches!(&events[1], ArenaEvent::StepClaimed { agent_id, .. } if *agent_id == id("cat")));
    assert_eq!(world.step(1).attempts, 2);
}

#[test]
fn a_refusal_records_not_even_the_deadlines_that_passed() {
    let mut world = World::active(vec![lease(5), plain("other")]);
    let fence = world.claimed("bob", 1);
    world.pass(5);
    let before = world.arena.clone();
    assert_eq!(code(&world.bob(renew(1, fence))), "stale_fence");
    assert_eq!(world.arena, before);
}

#[test]
fn every_claim_has_a_higher_fence_in_the_whole_arena() {
    let mut world = World::active(steps(3));
    let mut last = Fence::ZERO;
    for step in [2, 1, 3, 2, 1] {
        let fence = world.claimed("bob", step);
        assert!(fence > last);
        last = fence;
        world.bob(release(step, fence)).unwrap();
    }
}

#[test]
fn renewal_moves_the_end_by_the_claims_own_length_or_by_what_is_asked() {
    let mut world = World::active(vec![lease(5)]);
    let fence = world.claimed("bob", 1);
    world.pass(3);
    world.bob(renew(1, fence)).unwrap();
    assert_eq!(world.expires_at(1), after_ms(world.now, 5_000));
    let longer = Some(Millis::from_secs(20));
    world.bob(Command::RenewLease { step: number(1), fence, lease: longer }).unwrap();
    world.pass(1);
    world.bob(renew(1, fence)).unwrap();
    assert_eq!(world.expires_at(1), after_ms(world.now, 20_000), "the claim keeps the new length");
}

#[test]
fn a_renewal_that_changes_nothing_records_nothing() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    assert_eq!(world.bob(renew(1, fence)), Ok(vec![]));
}

#[test]
fn every_write_under_a_claim_renews_it() {
    let mut world = World::active(vec![lease(5)]);
    let fence = world.claimed("bob", 1);
    world.pass(4);
    world.bob(artifact("a", Some((1, fence)), None)).unwrap();
    assert_eq!(world.expires_at(1), after_ms(world.now, 5_000));
}

#[test]
fn a_write_with_another_fence_is_stale() {
    let mut world = World::active(steps(2));
    let current = world.claimed("bob", 1);
    let other = Fence::new(99);
    let stale =
        |step, current| Rejection::StaleFence { step: number(step), given: other, current, orphan: false };
    for command in [
        renew(1, other),
        release(1, other),
        fail(1, other),
        complete(1, other),
        artifact("a", Some((1, other)), None),
    ] {
        assert_eq!(world.bob(command), Err(stale(1, Some(current))));
    }
    assert_eq!(world.bob(renew(2, other)), Err(stale(2, None)));
}

#[test]
fn a_right_fence_in_the_wrong_hands_is_refused_and_changes_nothing() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    let refused = Err(Rejection::NotHolder { step: number(1), holder: id("bob") });
    for command in [
        renew(1, fence),
        release(1, fence),
        fail(1, fence),
        complete(1, fence),
        artifact("a", Some((1, fence)), None),
    ] {
        assert_eq!(world.cat(command.clone()), refused);
        assert_eq!(world.ann(command), refused);
    }
}

#[test]
fn a_claim_of_any_step_takes_the_lowest_ready_one() {
    let mut world = World::active(steps(3));
    for expected in 1..=3 {
        let events = world.bob(claim_next()).unwrap();
        assert!(matches!(events[..], [ArenaEvent::StepClaimed { step, .. }] if step == number(expected)));
    }
    assert_eq!(world.bob(claim_next()), Ok(vec![]), "with none ready nothing happens");
}

#[test]
fn release_gives_the_attempt_back() {
    let mut world = World::active(steps(1));
    for _ in 0..5 {
        let fence = world.claimed("bob", 1);
        assert_eq!(world.step(1).attempts, 1);
        world.bob(release(1, fence)).unwrap();
    }
    assert_eq!(
        (world.status(1), world.step(1).attempts, world.arena.spent().attempts),
        (StepStatus::Ready, 0, 0)
    );
}

#[test]
fn failing_and_expiring_use_up_the_attempts() {
    let mut world = World::active(vec![NewStep { max_attempts: Some(2), ..lease(5) }]);
    let fence = world.claimed("bob", 1);
    world.bob(fail(1, fence)).unwrap();
    assert_eq!(world.status(1), StepStatus::Ready);
    let failure = world.step(1).last_failure.as_ref().unwrap();
    assert_eq!((failure.agent_id.as_str(), &*failure.reason), ("bob", "it broke"));
    world.claimed("bob", 1);
    world.pass(5);
    world.timer().unwrap();
    assert_eq!(world.status(1), StepStatus::Failed);
    assert_eq!(code(&world.bob(claim(1))), "step_not_ready");
}

#[test]
fn the_next_deadline_is_the_earliest_lease() {
    let mut world = World::active(vec![lease(50), lease(5), lease(20)]);
    assert_eq!(world.arena.next_deadline(), None);
    for step in 1..=3 {
        world.claimed("bob", step);
    }
    assert_eq!(world.arena.next_deadline(), Some(after_ms(world.now, 5_000)));
    assert_eq!(world.arena.status(), Status::Active);
}

#[test]
fn leases_that_end_together_end_in_the_order_of_their_steps() {
    let mut world = World::active(vec![lease(5), lease(5), lease(4)]);
    for step in [2, 1, 3] {
        world.claimed("bob", step);
    }
    world.pass(5);
    let ended: Vec<u32> = world
        .timer()
        .unwrap()
        .iter()
        .map(|event| match event {
            ArenaEvent::LeaseExpired { step, .. } => step.get(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ended, [3, 1, 2]);
}
