//! Artifacts, facts, messages.

use arena_core::{
    collaboration::{Command, Permission, Rejection},
    ArenaEvent, Hash,
};

use crate::world::{artifact, code, fact, id, number, steps, World};

fn version_mismatch(current: u64, expected: Option<u64>) -> Rejection {
    Rejection::VersionMismatch { current, expected }
}

#[test]
fn versions_of_an_artifact_count_from_one() {
    let mut world = World::active(vec![]);
    world.bob(artifact("a/b", None, None)).unwrap();
    world.bob(artifact("a/b", None, None)).unwrap();
    world.bob(artifact("a/b", None, Some(2))).unwrap();
    let (name, current) = world.arena.artifacts().next().unwrap();
    assert_eq!((name.as_str(), current.version, &current.slot), ("a/b", 3, &id("bob")));
}

#[test]
fn an_expected_version_must_be_the_current_one() {
    let mut world = World::active(vec![]);
    assert_eq!(world.bob(artifact("a", None, Some(1))), Err(version_mismatch(0, Some(1))));
    assert_eq!(code(&world.bob(artifact("a", None, Some(0)))), "ok");
    assert_eq!(world.bob(artifact("a", None, Some(0))), Err(version_mismatch(1, Some(0))));
}

#[test]
fn a_name_belongs_to_the_slot_that_first_wrote_it() {
    let mut world = World::active(steps(1));
    world.bob(artifact("a", None, None)).unwrap();
    let forbidden = Err(Rejection::Forbidden { missing: Permission::Coordinate });
    assert_eq!(world.cat(artifact("a", None, Some(1))), forbidden);
    assert_eq!(world.ann(artifact("a", None, None)), Err(version_mismatch(1, None)));
    assert_eq!(code(&world.ann(artifact("a", None, Some(1)))), "ok");
    let fence = world.claimed("cat", 1);
    assert_eq!(world.cat(artifact("a", Some((1, fence)), None)), Err(version_mismatch(2, None)));
    assert_eq!(world.cat(artifact("a", Some((1, fence)), Some(1))), Err(version_mismatch(2, Some(1))));
    assert_eq!(code(&world.cat(artifact("a", Some((1, fence)), Some(2)))), "ok");
    let current = world.arena.artifact(&"a".parse().unwrap()).unwrap();
    assert_eq!((current.version, &current.slot, current.step), (3, &id("bob"), Some(number(1))));
    assert_eq!(current.author, id("cat"), "the version is its writer's, whosever slot it is in");
    assert_eq!(code(&world.bob(artifact("a", None, None))), "ok", "the slot's owner needs no version");
}

#[test]
fn a_fact_carries_its_author_its_hash_and_each_tag_once() {
    let mut world = World::active(vec![]);
    let events = world.bob(fact("k", None)).unwrap();
    let [ArenaEvent::FactPut { version: 1, sha256, tags, agent_id, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((*sha256, agent_id), (Hash::of(b"so it is"), &id("bob")));
    assert_eq!(*tags, ["a", "b"]);
    let kept = world.arena.fact(&"k".parse().unwrap()).unwrap();
    assert_eq!(kept.sequence, world.arena.sequence());
}

#[test]
fn an_expected_version_makes_a_fact_a_compare_and_set() {
    let mut world = World::active(vec![]);
    assert_eq!(world.bob(fact("k", Some(1))), Err(version_mismatch(0, Some(1))));
    assert_eq!(code(&world.bob(fact("k", Some(0)))), "ok");
    assert_eq!(world.cat(fact("k", Some(0))), Err(version_mismatch(1, Some(0))));
    assert_eq!(code(&world.cat(fact("k", Some(1)))), "ok");
    assert_eq!(code(&world.bob(fact("k", None))), "ok");
    let kept = world.arena.fact(&"k".parse().unwrap()).unwrap();
    assert_eq!((kept.version, &kept.author), (3, &id("bob")));
}

#[test]
fn a_message_addresses_registered_agents() {
    let mut world = World::active(vec![]);
    let said = |to: &[&str]| Command::SendMessage {
        to: to.iter().map(|name| id(name)).collect(),
        body: "hi".into(),
    };
    let events = world.bob(said(&["cat", "ann", "cat"])).unwrap();
    assert_eq!(events, [ArenaEvent::MessageSent { to: vec![id("ann"), id("cat")], body: "hi".into() }]);
    world.unregistered = Some(id("zed"));
    assert!(matches!(world.bob(said(&["zed"])), Err(Rejection::Invalid { field, .. }) if field == "to"));
}
