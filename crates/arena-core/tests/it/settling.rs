//! Draining and sealing.

use arena_core::{
    collaboration::{Command, NewStep, Rejection, Status, StepStatus},
    ArenaConfig, ArenaEvent, Millis,
};

use crate::world::{
    agent, artifact, claim, code, complete, config, id, join, number, operator, plain, release, renew, say,
    steps, World, START,
};
use arena_core::collaboration::Role;

fn settling(grace_s: u64, lease_s: &[u64]) -> World {
    let steps = lease_s
        .iter()
        .map(|s| NewStep { lease_ms: Some(Millis::from_secs(*s)), ..plain("leased") })
        .collect();
    let config = ArenaConfig { settle_grace: Millis::from_secs(grace_s), steps, ..config() };
    let mut world = World::of(config).activated();
    for step in 1..=u32::try_from(lease_s.len()).unwrap() {
        world.claimed("bob", step);
    }
    world.ann(Command::Settle).unwrap();
    world
}

#[test]
fn settling_caps_every_lease_at_its_deadline() {
    let mut world = settling(30, &[10, 90]);
    let deadline = START.plus(Millis::from_secs(30));
    assert_eq!(world.arena.settle_deadline(), Some(deadline));
    assert_eq!(world.expires_at(1), START.plus(Millis::from_secs(10)));
    assert_eq!(world.expires_at(2), deadline);
    world.pass(9);
    let fence = world.fence(2);
    assert_eq!(world.bob(renew(2, fence)), Ok(vec![]), "there is nothing left to gain");
    let fence = world.fence(1);
    world.bob(artifact("a", Some((1, fence)), None)).unwrap();
    assert_eq!(world.expires_at(1), START.plus(Millis::from_secs(19)));
    let longer = Command::RenewLease { step: number(1), fence, lease: Some(Millis::from_secs(3_600)) };
    world.bob(longer).unwrap();
    assert_eq!(world.expires_at(1), deadline);
}

#[test]
fn a_settling_arena_lets_claims_end_and_none_begin() {
    let mut world = settling(30, &[90, 90]);
    assert_eq!(code(&world.bob(claim(1))), "wrong_state");
    assert_eq!(code(&world.bob(artifact("own", None, None))), "wrong_state");
    assert_eq!(code(&world.ann(join("new", Role::Worker))), "wrong_state");
    let fence = world.fence(1);
    assert_eq!(code(&world.bob(complete(1, fence))), "ok");
    assert_eq!(code(&world.bob(say("done"))), "ok");
    assert_eq!(world.status(1), StepStatus::Completed);
}

#[test]
fn a_coordinator_archives_at_once_when_no_lease_is_open() {
    let mut world = settling(30, &[90]);
    let deadline = world.arena.settle_deadline().unwrap();
    assert_eq!(world.ann(Command::Archive), Err(Rejection::LeasesOpen { steps: vec![number(1)], deadline }));
    let fence = world.fence(1);
    world.bob(release(1, fence)).unwrap();
    let events = world.ann(Command::Archive).unwrap();
    assert!(matches!(events[..], [ArenaEvent::ArenaArchived { .. }]));
    assert_eq!(world.arena.status(), Status::Archived);
    assert!(world.arena.report_hash().is_some());
    assert_eq!(world.arena.next_deadline(), None);
}

#[test]
fn any_participant_or_the_timer_archives_after_the_deadline() {
    for caller in [agent("oz"), agent("bob"), operator()] {
        let mut world = settling(30, &[]);
        world.pass(29);
        let early = world.tell(&caller, &Command::Archive);
        assert_eq!(code(&early), if caller == operator() { "ok" } else { "forbidden" });
        let mut world = settling(30, &[]);
        world.pass(30);
        assert_eq!(code(&world.tell(&caller, &Command::Archive)), "ok");
    }
    let mut world = settling(30, &[]);
    world.pass(29);
    assert_eq!(world.timer(), Ok(vec![]));
    world.pass(1);
    assert!(matches!(world.timer().unwrap()[..], [ArenaEvent::ArenaArchived { .. }]));
}

#[test]
fn the_deadline_revokes_what_it_ends_and_expires_what_ended_before() {
    let mut world = settling(30, &[10, 90]);
    let (first, second) = (world.fence(1), world.fence(2));
    world.pass(31);
    let events = world.timer().unwrap();
    assert_eq!(
        events[..2],
        [
            ArenaEvent::LeaseExpired { step: number(1), agent_id: id("bob"), fence: first },
            ArenaEvent::LeaseRevoked { step: number(2), agent_id: id("bob"), fence: second },
        ]
    );
    assert!(matches!(events[2..], [ArenaEvent::ArenaArchived { .. }]));
}

#[test]
fn a_completion_after_the_deadline_is_late_though_the_arena_is_not_yet_archived() {
    let mut world = settling(30, &[90]);
    let fence = world.fence(1);
    world.pass(30);
    assert!(matches!(world.bob(complete(1, fence)), Err(Rejection::StaleFence { orphan: true, .. })));
    world.timer().unwrap();
    assert_eq!(world.arena.orphans().count(), 1);
}

#[test]
fn without_grace_leases_end_at_once() {
    let mut world = settling(0, &[90]);
    let events = world.timer().unwrap();
    assert!(matches!(events[..], [ArenaEvent::LeaseRevoked { .. }, ArenaEvent::ArenaArchived { .. }]));
}

#[test]
fn the_settle_deadline_is_the_next_deadline_of_a_settling_arena() {
    let world = settling(30, &[10]);
    assert_eq!(world.arena.next_deadline(), Some(START.plus(Millis::from_secs(10))));
    let world = settling(30, &[]);
    assert_eq!(world.arena.next_deadline(), Some(START.plus(Millis::from_secs(30))));
}

#[test]
fn nothing_follows_the_seal() {
    let mut world = settling(0, &[]);
    world.timer().unwrap();
    assert_eq!(code(&world.ann(Command::AddSteps { steps: steps(1) })), "wrong_state");
    assert_eq!(code(&world.ann(Command::Archive)), "wrong_state");
    assert_eq!(code(&world.timer()), "wrong_state");
}
