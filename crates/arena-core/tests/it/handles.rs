//! Tokens with upper bounds: what counts is their intersection with the live role.

use arena_core::{
    collaboration::{Caller, Command, Permission, Rejection, Role},
    ArenaConfig, ArenaEvent, HandlePermissions,
};

use crate::world::{
    artifact, cancel, claim, claim_next, complete, config, fact, id, join, leave, number, role, say, steps,
    World,
};
use Permission::{Coordinate, Read, Share, Write};

fn handle(name: &str, permissions: &[Permission], only_step: Option<u32>) -> Caller {
    let at_most: HandlePermissions = permissions.iter().copied().collect();
    Caller::Agent { agent_id: id(name), at_most, only_step: only_step.map(number) }
}

fn missing(permission: Permission) -> Rejection {
    Rejection::Forbidden { missing: permission }
}

#[test]
fn a_handle_allows_no_more_than_it_says_and_no_more_than_the_role() {
    let mut world = World::active(steps(2));
    let reader = handle("ann", &[Read], None);
    assert_eq!(world.tell(&reader, &claim(1)), Err(missing(Write)));
    assert_eq!(world.tell(&reader, &say("x")), Err(missing(Share)));
    assert_eq!(world.tell(&reader, &cancel(1)), Err(missing(Coordinate)));
    let wide = handle("bob", &Permission::ALL, None);
    assert_eq!(world.tell(&wide, &cancel(1)), Err(missing(Coordinate)));
    assert!(world.tell(&wide, &claim(1)).is_ok());
    world.ann(role("bob", Role::Observer)).unwrap();
    assert_eq!(world.tell(&wide, &claim(2)), Err(missing(Write)));
}

#[test]
fn a_handle_for_one_step_touches_no_other_and_not_the_arena() {
    let mut world = World::active(steps(3));
    let bound = handle("bob", &Permission::ALL, Some(2));
    let other = Err(Rejection::OtherStep { only: number(2) });
    assert_eq!(world.tell(&bound, &claim(1)), other);
    assert_eq!(world.tell(&bound, &leave("bob")), other);
    let events = world.tell(&bound, &claim_next()).unwrap();
    assert!(matches!(events[..], [ArenaEvent::StepClaimed { step, .. }] if step == number(2)));
    assert_eq!(world.tell(&bound, &claim_next()), Ok(vec![]));
    let fence = world.fence(2);
    for command in
        [artifact("a", Some((2, fence)), None), artifact("b", None, None), fact("k", None), say("x")]
    {
        assert!(world.tell(&bound, &command).is_ok());
    }
    assert!(world.tell(&bound, &complete(2, fence)).is_ok());
    let bound = handle("ann", &Permission::ALL, Some(2));
    assert_eq!(world.tell(&bound, &Command::Settle), other);
    assert_eq!(world.tell(&bound, &cancel(1)), other);
}

#[test]
fn a_handle_joins_and_leaves_only_with_all_that_the_role_may_do() {
    let mut world = World::of(ArenaConfig { open: true, ..config() });
    let narrow = handle("zed", &[Read], None);
    assert_eq!(world.tell(&narrow, &join("zed", Role::Worker)), Err(missing(Write)));
    assert!(world.tell(&narrow, &join("zed", Role::Observer)).is_ok());
    assert_eq!(world.tell(&handle("bob", &[Read, Write], None), &leave("bob")), Err(missing(Share)));
    assert!(world.tell(&handle("bob", &[Read, Write, Share], None), &leave("bob")).is_ok());
}
