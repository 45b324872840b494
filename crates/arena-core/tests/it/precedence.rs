//! The order of checks, which is part of the contract: of two reasons to refuse, the earlier one is told.
//!
//! Each row breaks one more thing than the row after it, from the last check to the first.

use arena_core::{
    collaboration::{Budget, Caller, Command, Evidence, NewStep, Rejection, Role},
    ArenaConfig, ArenaEvent, Fence, HandlePermissions, Sequence,
};

use crate::world::{
    adopt, after, agent, artifact, claim, complete, config, for_whom, id, join, number, plain, reopen, say,
    World,
};

/// What a command is refused with, as seen by a caller at a sequence; `ok` when it is not.
fn told(world: &World, caller: &Caller, command: &Command, if_match: Option<u64>) -> &'static str {
    match world.ask_at(caller, command, if_match.map(Sequence::new)) {
        Ok(decision) => match decision.outcome {
            arena_core::aggregate::Outcome::Refused(rejection) => rejection.code(),
            arena_core::aggregate::Outcome::Accepted | arena_core::aggregate::Outcome::Sealed => "ok",
        },
        Err(rejection) => rejection.code(),
    }
}

fn bounded(name: &str, only_step: u32) -> Caller {
    Caller::Agent { agent_id: id(name), at_most: HandlePermissions::ALL, only_step: Some(number(only_step)) }
}

/// Step 1 waits for 2, is for cat, and the budget is spent.
fn everything_wrong() -> World {
    let waits = NewStep { assignee: Some("cat".parse().unwrap()), ..after(&[2]) };
    let budget = Budget { attempts: Some(0), ..Budget::default() };
    World::of(ArenaConfig { steps: vec![waits, for_whom("oz"), for_whom("cat")], budget, ..config() })
}

#[test]
fn a_claim_is_checked_from_bounds_to_budget() {
    let created = everything_wrong();
    let active = created.clone().activated();
    let too_short =
        |step| Command::ClaimStep { step: Some(number(step)), lease: Some(arena_core::Millis::new(1)) };
    let stranger = agent("zed");
    let table = [
        ("bounds before membership", told(&created, &stranger, &too_short(9), Some(0)), "invalid"),
        ("membership before existence", told(&created, &stranger, &claim(9), Some(0)), "not_found"),
        ("existence before If-Match", told(&created, &agent("oz"), &claim(9), Some(0)), "not_found"),
        ("If-Match before status", told(&created, &agent("oz"), &claim(1), Some(0)), "version_mismatch"),
        ("status before permission", told(&created, &agent("oz"), &claim(1), None), "wrong_state"),
        (
            "permission before the handle's step",
            told(&active, &bounded("oz", 3), &claim(1), None),
            "forbidden",
        ),
        ("the assignee before readiness", told(&active, &agent("bob"), &claim(1), None), "forbidden"),
        ("readiness before the budget", told(&active, &agent("cat"), &claim(1), None), "step_not_ready"),
        ("the budget last", told(&active, &agent("cat"), &claim(3), None), "budget_spent"),
    ];
    for (order, told, code) in table {
        assert_eq!(told, code, "{order}");
    }
    let refusal = |caller, step| active.ask(&caller, &claim(step)).unwrap_err();
    assert!(matches!(refusal(bounded("oz", 3), 1), Rejection::Forbidden { .. }));
    assert!(matches!(refusal(bounded("bob", 3), 1), Rejection::OtherStep { .. }));
    assert!(matches!(refusal(agent("bob"), 1), Rejection::NotAssigned { .. }));
}

#[test]
fn a_claim_of_a_held_step_is_told_so_before_the_budget() {
    let budget = Budget { attempts: Some(1), ..Budget::default() };
    let mut world = World::of(ArenaConfig { steps: vec![plain("1")], budget, ..config() }).activated();
    world.claimed("bob", 1);
    assert_eq!(told(&world, &agent("cat"), &claim(1), None), "already_claimed");
}

#[test]
fn a_completion_is_checked_from_membership_to_evidence() {
    let evidence = Evidence { artifacts: vec!["a".parse().unwrap()], approval: false };
    let proved = NewStep { evidence, ..plain("1") };
    let mut world = World::active(vec![proved, plain("2")]);
    let fence = world.claimed("bob", 1);
    let stale = Fence::new(99);
    let sequence = world.arena.sequence().get();
    let oz = agent("oz");
    let table = [
        ("membership", told(&world, &agent("zed"), &complete(9, stale), Some(0)), "not_found"),
        ("existence", told(&world, &oz, &complete(9, stale), Some(0)), "not_found"),
        ("If-Match", told(&world, &oz, &complete(1, stale), Some(sequence - 1)), "version_mismatch"),
        ("permission", told(&world, &oz, &complete(1, stale), Some(sequence)), "forbidden"),
        (
            "the fence before the holder",
            told(&world, &agent("cat"), &complete(1, stale), None),
            "stale_fence",
        ),
        ("the holder before evidence", told(&world, &agent("cat"), &complete(1, fence), None), "forbidden"),
        ("evidence", told(&world, &agent("bob"), &complete(1, fence), None), "evidence_missing"),
    ];
    for (order, told, code) in table {
        assert_eq!(told, code, "{order}");
    }
    world.bob(artifact("a", Some((1, fence)), None)).unwrap();
    world.bob(complete(1, fence)).unwrap();
    assert_eq!(
        told(&world, &agent("cat"), &complete(1, stale), None),
        "wrong_state",
        "a completed step first of all"
    );
}

#[test]
fn if_match_is_met_by_the_sequence_that_was_read_though_deadlines_have_passed() {
    let mut world = World::active(vec![plain("1")]);
    world.claimed("bob", 1);
    let read = world.arena.sequence().get();
    world.pass(60);
    assert_eq!(told(&world, &agent("cat"), &claim(1), Some(read)), "ok");
    assert_eq!(told(&world, &agent("cat"), &claim(1), Some(read + 1)), "version_mismatch");
}

#[test]
fn an_artifact_is_checked_from_the_fence_to_the_version() {
    let mut world = World::active(vec![plain("1")]);
    world.bob(artifact("a", None, None)).unwrap();
    let fence = world.claimed("cat", 1);
    let cat = agent("cat");
    let table = [
        (
            "the fence",
            told(&world, &cat, &artifact("a", Some((1, Fence::new(99))), Some(9)), None),
            "stale_fence",
        ),
        (
            "the holder",
            told(&world, &agent("bob"), &artifact("a", Some((1, fence)), Some(9)), None),
            "forbidden",
        ),
        ("the slot", told(&world, &cat, &artifact("a", None, Some(9)), None), "forbidden"),
        (
            "the version",
            told(&world, &cat, &artifact("a", Some((1, fence)), Some(9)), None),
            "version_mismatch",
        ),
    ];
    for (order, told, code) in table {
        assert_eq!(told, code, "{order}");
    }
}

#[test]
fn an_adoption_is_checked_from_the_steps_status_to_evidence() {
    let evidence = Evidence { artifacts: vec![], approval: true };
    let mut world = World::active(vec![plain("1"), NewStep { evidence, ..after(&[1]) }]);
    world.done("bob", 1);
    let fence = world.claimed("bob", 2);
    world.pass(60);
    world.bob(complete(2, fence)).unwrap_err();
    let ann = agent("ann");
    assert_eq!(told(&world, &ann, &adopt(1, Fence::new(99)), None), "wrong_state");
    assert_eq!(told(&world, &ann, &adopt(2, Fence::new(99)), None), "no_orphan");
    assert_eq!(told(&world, &ann, &adopt(2, fence), None), "evidence_missing");
    world.ann(reopen(1)).unwrap();
    assert_eq!(told(&world, &ann, &adopt(2, fence), None), "step_not_ready");
}

#[test]
fn an_invitation_is_checked_from_permission_to_registration() {
    let mut world = World::active(vec![]);
    world.unregistered = Some(id("bob"));
    world.limits.participants = 4;
    assert_eq!(told(&world, &agent("cat"), &join("bob", Role::Worker), None), "forbidden");
    assert_eq!(told(&world, &agent("ann"), &join("bob", Role::Worker), None), "already_joined");
    assert_eq!(told(&world, &agent("ann"), &join("new", Role::Worker), None), "limit_reached");
    world.limits.participants = 5;
    assert_eq!(told(&world, &agent("ann"), &join("new", Role::Worker), None), "invalid");
}

#[test]
fn what_was_accepted_comes_after_the_deadlines_that_passed() {
    let mut world = World::active(vec![plain("1")]);
    world.claimed("bob", 1);
    world.pass(60);
    let events = world.cat(say("hello")).unwrap();
    assert!(matches!(events[..], [ArenaEvent::LeaseExpired { .. }, ArenaEvent::MessageSent { .. }]));
}
