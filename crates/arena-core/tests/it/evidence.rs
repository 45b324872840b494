//! What a step's completion needs.

use arena_core::{
    collaboration::{Evidence, NewStep, Rejection, StepStatus},
    ArenaEvent, Millis,
};

use crate::world::{approve, artifact, code, complete, number, plain, reopen, World};

fn needing(artifacts: &[&str], approval: bool) -> NewStep {
    let artifacts = artifacts.iter().map(|name| name.parse().unwrap()).collect();
    NewStep { evidence: Evidence { artifacts, approval }, ..plain("proved") }
}

#[test]
fn completion_without_evidence_names_what_is_missing_and_renews_the_lease() {
    let mut world = World::active(vec![needing(&["b", "a"], true)]);
    let fence = world.claimed("bob", 1);
    world.pass(10);
    let before = world.history.len();
    let missing = vec!["a".into(), "b".into(), "approval".into()];
    assert_eq!(world.bob(complete(1, fence)), Err(Rejection::EvidenceMissing { step: number(1), missing }));
    assert!(matches!(world.history[before..], [ArenaEvent::LeaseRenewed { .. }]));
    assert_eq!(world.expires_at(1), world.now.plus(Millis::from_secs(60)));
    assert_eq!(world.status(1), StepStatus::Claimed);
    assert_eq!(world.arena.spent().cost, 0);
}

#[test]
fn completion_succeeds_with_artifacts_put_before_or_under_the_claim_and_an_approval() {
    let mut world = World::active(vec![needing(&["before", "under"], true)]);
    world.cat(artifact("before", None, None)).unwrap();
    world.ann(approve(1)).unwrap();
    let fence = world.claimed("bob", 1);
    assert_eq!(code(&world.bob(complete(1, fence))), "evidence_missing");
    world.bob(artifact("under", Some((1, fence)), None)).unwrap();
    assert_eq!(code(&world.bob(complete(1, fence))), "ok");
}

#[test]
fn an_approval_stands_through_claims_until_the_step_is_reopened() {
    let mut world = World::active(vec![needing(&[], true)]);
    world.ann(approve(1)).unwrap();
    assert_eq!(world.ann(approve(1)), Ok(vec![]), "a second approval changes nothing");
    world.claimed("bob", 1);
    world.pass(60);
    world.done("cat", 1);
    world.ann(reopen(1)).unwrap();
    assert_eq!(world.step(1).approved_by, None);
    let fence = world.claimed("cat", 1);
    assert_eq!(code(&world.cat(complete(1, fence))), "evidence_missing");
}

#[test]
fn a_step_that_is_over_is_not_approved() {
    let mut world = World::active(vec![plain("done")]);
    world.done("bob", 1);
    assert_eq!(code(&world.ann(approve(1))), "wrong_state");
}
