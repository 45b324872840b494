//! Joining, leaving, roles.

use arena_core::{
    collaboration::{Rejection, Role, StepStatus},
    ArenaConfig, ArenaEvent,
};

use crate::world::{
    code, complete, config, id, join, leave, number, operator, plain, release, reopen, role, say, steps,
    World,
};

fn open() -> World {
    World::of(ArenaConfig { open: true, steps: steps(1), ..config() }).activated()
}

#[test]
fn the_creator_joins_first_as_coordinator() {
    let world = World::new(vec![]);
    assert!(matches!(
        &world.history[..2],
        [ArenaEvent::ArenaCreated { agent_id, .. }, ArenaEvent::AgentJoined { agent_id: first, role: Role::Coordinator, .. }]
            if *agent_id == id("ann") && *first == id("ann")
    ));
    let progress = world.arena.progress();
    assert_eq!(progress.participants, ["ann", "bob", "cat", "oz"].map(id));
}

#[test]
fn a_stranger_joins_an_open_arena_as_worker_or_observer_only() {
    let mut world = open();
    assert_eq!(world.by("zed", join("zed", Role::Coordinator)), Err(Rejection::RoleNotOpen));
    assert_eq!(code(&world.by("zed", join("yan", Role::Worker))), "not_found");
    assert_eq!(code(&world.by("zed", say("hello"))), "not_found");
    assert_eq!(code(&world.by("zed", join("zed", Role::Worker))), "ok");
    assert_eq!(code(&world.by("zed", say("hello"))), "ok");
    assert_eq!(code(&World::active(vec![]).by("zed", join("zed", Role::Worker))), "not_found");
}

#[test]
fn nobody_joins_twice() {
    let mut world = open();
    let refused = Err(Rejection::AlreadyJoined { agent_id: id("bob") });
    assert_eq!(world.bob(join("bob", Role::Worker)), refused);
    assert_eq!(world.ann(join("bob", Role::Observer)), refused);
}

#[test]
fn an_unregistered_agent_is_not_invited() {
    let mut world = open();
    world.unregistered = Some(id("new"));
    assert!(
        matches!(world.ann(join("new", Role::Worker)), Err(Rejection::Invalid { field, .. }) if field == "agent_id")
    );
}

#[test]
fn the_last_coordinator_neither_leaves_nor_is_demoted() {
    let mut world = open();
    assert_eq!(world.ann(leave("ann")), Err(Rejection::LastCoordinator));
    assert_eq!(world.tell(&operator(), &leave("ann")), Err(Rejection::LastCoordinator));
    assert_eq!(world.ann(role("ann", Role::Worker)), Err(Rejection::LastCoordinator));
    assert_eq!(world.ann(role("ann", Role::Coordinator)), Ok(vec![]), "the same role is no change");
    world.ann(role("bob", Role::Coordinator)).unwrap();
    world.ann(leave("ann")).unwrap();
    assert_eq!(world.bob(leave("bob")), Err(Rejection::LastCoordinator));
}

#[test]
fn whoever_leaves_gives_its_claims_back_first() {
    let mut world = World::active(steps(3));
    let (second, first) = (world.claimed("bob", 2), world.claimed("bob", 1));
    let events = world.ann(leave("bob")).unwrap();
    let released = |step, fence| ArenaEvent::StepReleased {
        step: number(step),
        agent_id: id("bob"),
        fence,
        reason: None,
    };
    let left = ArenaEvent::AgentLeft { agent_id: id("bob"), timestamp: world.now };
    assert_eq!(events, [released(1, first), released(2, second), left]);
    assert_eq!((world.status(1), world.arena.spent().attempts), (StepStatus::Ready, 0));
    assert_eq!(code(&world.bob(release(1, first))), "not_found");
}

#[test]
fn whoever_leaves_gives_back_only_what_it_still_holds() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    world.bob(release(1, fence)).unwrap();
    world.claimed("cat", 1);
    assert!(matches!(world.bob(leave("bob")).unwrap()[..], [ArenaEvent::AgentLeft { .. }]));
    assert_eq!(world.status(1), StepStatus::Claimed);
}

#[test]
fn a_role_counts_at_each_call() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    world.ann(role("bob", Role::Observer)).unwrap();
    assert_eq!(code(&world.bob(complete(1, fence))), "forbidden");
    world.ann(role("bob", Role::Worker)).unwrap();
    assert_eq!(code(&world.bob(complete(1, fence))), "ok");
}

#[test]
fn completed_steps_are_counted_through_leaving_and_coming_back() {
    let mut world = World::active(steps(2));
    world.done("bob", 1);
    world.done("bob", 2);
    world.bob(leave("bob")).unwrap();
    world.ann(reopen(2)).unwrap();
    assert_eq!(world.arena.completed_steps(), 1);
    world.ann(join("bob", Role::Worker)).unwrap();
    assert_eq!(world.arena.participant(&id("bob")).unwrap().completed_steps, 1);
}

#[test]
fn who_is_not_there_cannot_be_removed_or_changed() {
    let mut world = World::active(vec![plain("1")]);
    for command in [leave("zed"), role("zed", Role::Worker)] {
        assert_eq!(world.ann(command), Err(Rejection::NotFound { what: "participant" }));
    }
}
