//! The plan: dependencies, strategy, assignees, editing, cancelling, reopening.

use arena_core::{
    collaboration::{Command, NewStep, Rejection, StepEdit, StepStatus, Strategy},
    ArenaConfig, ArenaEvent,
};
use StepStatus::{Cancelled, Claimed, Completed, Failed, Ready, Waiting};

use crate::world::{
    after, agent, cancel, claim, claim_next, code, complete, config, edit, fail, for_whom, id, number, plain,
    reopen, steps, Told, World,
};

fn add(steps: Vec<NewStep>) -> Command {
    Command::AddSteps { steps }
}

fn depend(on: &[u32]) -> StepEdit {
    StepEdit { depends_on: Some(on.iter().copied().map(number).collect()), ..StepEdit::default() }
}

fn invalid_field(told: &Told) -> &str {
    match told {
        Err(Rejection::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    }
}

fn statuses(world: &World) -> Vec<StepStatus> {
    world.arena.steps().map(|step| step.status).collect()
}

#[test]
fn a_step_is_ready_when_all_it_depends_on_is_completed_or_cancelled() {
    let mut world = World::active(vec![plain("1"), plain("2"), after(&[1, 2]), after(&[3])]);
    assert_eq!(statuses(&world), [Ready, Ready, Waiting, Waiting]);
    world.done("bob", 1);
    assert_eq!(statuses(&world), [Completed, Ready, Waiting, Waiting]);
    let waiting_for = vec![number(2)];
    assert_eq!(
        world.bob(claim(3)),
        Err(Rejection::StepNotReady { step: number(3), current: Waiting, waiting_for })
    );
    world.ann(cancel(2)).unwrap();
    assert_eq!(statuses(&world), [Completed, Cancelled, Ready, Waiting]);
    assert_eq!((world.arena.completed_steps(), world.arena.total_steps()), (1, 3));
}

#[test]
fn a_failed_step_blocks_those_that_depend_on_it() {
    let mut world = World::active(vec![NewStep { max_attempts: Some(1), ..plain("1") }, after(&[1])]);
    let fence = world.claimed("bob", 1);
    world.bob(fail(1, fence)).unwrap();
    assert_eq!(statuses(&world), [Failed, Waiting]);
}

#[test]
fn a_step_added_after_its_dependency_was_completed_is_ready() {
    let mut world = World::active(steps(2));
    world.done("bob", 1);
    world.ann(cancel(2)).unwrap();
    let events = world.ann(add(vec![after(&[1, 2]), after(&[3])])).unwrap();
    assert!(matches!(events[..], [ArenaEvent::StepsAdded { first, .. }] if first == number(3)));
    assert_eq!(statuses(&world), [Completed, Cancelled, Ready, Waiting]);
}

#[test]
fn steps_of_one_request_may_depend_on_later_ones() {
    let mut world = World::active(steps(1));
    world.ann(add(vec![after(&[3]), plain("3")])).unwrap();
    assert_eq!(statuses(&world), [Ready, Waiting, Ready]);
}

#[test]
fn unknown_steps_itself_and_cycles_are_refused_with_the_path() {
    let mut world = World::active(steps(2));
    let table = [
        (vec![plain("3"), after(&[9])], "steps[1].depends_on"),
        (vec![after(&[3])], "steps[0].depends_on"),
        (vec![plain("3"), after(&[5]), after(&[4])], "steps[1].depends_on"),
        (vec![after(&[1]), after(&[3, 5]), after(&[4])], "steps[1].depends_on"),
    ];
    for (steps, field) in table {
        assert_eq!(invalid_field(&world.ann(add(steps))), field);
    }
    assert_eq!(world.arena.total_steps(), 2);
    let three = vec![after(&[1]), after(&[3, 6]), after(&[4]), after(&[5])];
    let refused = world.ann(add(three)).unwrap_err();
    assert_eq!(refused.to_string(), "steps[1].depends_on: would make a cycle: 4 -> 6 -> 5 -> 4");
    let cyclic = ArenaConfig { steps: vec![after(&[2]), after(&[1])], ..config() };
    assert!(
        matches!(cyclic.check(&world.limits), Err(Rejection::Invalid { field, .. }) if field == "steps[0].depends_on")
    );
}

#[test]
fn a_dependency_named_twice_counts_once() {
    let mut world = World::active(vec![plain("1"), after(&[1, 1])]);
    world.done("bob", 1);
    assert_eq!(world.status(2), Ready);
}

#[test]
fn an_edit_may_not_close_a_cycle() {
    let mut world = World::active(vec![plain("1"), after(&[1]), after(&[2])]);
    for depends_on in [&[1_u32][..], &[2], &[3], &[9]] {
        assert_eq!(invalid_field(&world.ann(edit(1, depend(depends_on)))), "depends_on");
    }
    let refused = world.ann(edit(1, depend(&[3]))).unwrap_err();
    assert_eq!(refused.to_string(), "depends_on: would make a cycle: 1 -> 3 -> 2 -> 1");
    assert_eq!(code(&world.ann(edit(3, depend(&[1])))), "ok");
    assert_eq!(code(&world.ann(edit(2, depend(&[3])))), "ok");
}

#[test]
fn editing_dependencies_makes_a_step_wait_or_ready() {
    let mut world = World::active(vec![plain("1"), plain("2"), after(&[1])]);
    world.ann(edit(2, depend(&[1]))).unwrap();
    world.ann(edit(3, depend(&[]))).unwrap();
    assert_eq!(statuses(&world), [Ready, Waiting, Ready]);
    world.done("bob", 1);
    assert_eq!(statuses(&world), [Completed, Ready, Ready]);
}

#[test]
fn a_step_no_longer_hears_of_what_it_depended_on_before() {
    let mut world = World::active(vec![plain("1"), plain("2"), after(&[1])]);
    world.ann(edit(3, depend(&[2]))).unwrap();
    world.done("bob", 1);
    assert_eq!((world.status(3), world.step(3).open_dependencies), (Waiting, 1));
}

#[test]
fn an_edit_sets_what_it_names_and_nothing_else() {
    let mut world = World::active(vec![NewStep { description: Some("all of it".into()), ..plain("1") }]);
    let change = StepEdit { title: Some("new".into()), max_attempts: Some(7), ..StepEdit::default() };
    world.ann(edit(1, change)).unwrap();
    let step = world.step(1);
    assert_eq!((&*step.title, step.description.as_deref(), step.max_attempts), ("new", Some("all of it"), 7));
    world.ann(edit(1, StepEdit { description: Some("".into()), ..StepEdit::default() })).unwrap();
    assert_eq!(world.step(1).description, None);
    assert_eq!(world.ann(edit(1, StepEdit::default())), Ok(vec![]));
}

#[test]
fn an_edit_leaves_at_least_one_attempt_to_a_step_that_can_be_claimed() {
    let mut world = World::active(steps(2));
    let attempts = |allowed| StepEdit { max_attempts: Some(allowed), ..StepEdit::default() };
    for _ in 0..2 {
        let fence = world.claimed("bob", 1);
        world.bob(fail(1, fence)).unwrap();
    }
    let field = "max_attempts".to_owned();
    let reason = "2 attempts are used already; allow at least 3".to_owned();
    let refused = Err(Rejection::Invalid { field, reason });
    assert_eq!(world.ann(edit(1, attempts(2))), refused);
    world.ann(edit(1, depend(&[2]))).unwrap();
    assert_eq!((world.ann(edit(1, attempts(1))), world.status(1)), (refused, Waiting));
    world.ann(edit(1, StepEdit { depends_on: Some(vec![]), ..attempts(3) })).unwrap();
    let fence = world.claimed("bob", 1);
    world.bob(fail(1, fence)).unwrap();
    assert_eq!(world.status(1), Failed);
    world.ann(edit(1, attempts(1))).unwrap();
    world.ann(reopen(1)).unwrap();
    assert_eq!((world.status(1), world.step(1).max_attempts), (Ready, 1));
}

#[test]
fn a_claimed_or_finished_step_is_not_edited() {
    let mut world = World::active(steps(3));
    world.claimed("bob", 1);
    world.done("bob", 2);
    world.ann(cancel(3)).unwrap();
    for step in 1..=3 {
        assert_eq!(
            code(&world.ann(edit(step, StepEdit { max_attempts: Some(1), ..StepEdit::default() }))),
            "wrong_state"
        );
    }
}

#[test]
fn an_assignee_binds_and_next_ready_passes_over_what_is_for_others() {
    let steps = vec![for_whom("cat"), for_whom("role:coordinator"), for_whom("role:worker"), plain("4")];
    let mut world = World::active(steps);
    let assignee = "cat".parse().unwrap();
    assert_eq!(world.bob(claim(1)), Err(Rejection::NotAssigned { step: number(1), assignee }));
    assert_eq!(code(&world.bob(claim(2))), "forbidden");
    assert_eq!(code(&world.ann(claim(3))), "forbidden");
    for (name, expected) in [("bob", 3), ("bob", 4), ("cat", 1), ("ann", 2)] {
        let events = world.by(name, claim_next()).unwrap();
        assert!(
            matches!(events[..], [ArenaEvent::StepClaimed { step, .. }] if step == number(expected)),
            "{name}"
        );
    }
}

#[test]
fn a_changed_assignee_moves_a_ready_step() {
    let mut world = World::active(vec![for_whom("cat")]);
    assert_eq!(world.bob(claim_next()), Ok(vec![]));
    world.ann(edit(1, StepEdit { assignee: Some("bob".parse().unwrap()), ..StepEdit::default() })).unwrap();
    assert_eq!(world.cat(claim_next()), Ok(vec![]));
    assert_eq!(code(&world.bob(claim(1))), "ok");
}

#[test]
fn in_a_pipeline_every_step_has_an_assignee() {
    let unassigned = ArenaConfig { strategy: Strategy::Pipeline, steps: steps(1), ..config() };
    let limits = World::new(vec![]).limits;
    assert!(
        matches!(unassigned.check(&limits), Err(Rejection::Invalid { field, .. }) if field == "steps[0].assignee")
    );
    let assigned = ArenaConfig { steps: vec![for_whom("bob")], ..unassigned };
    let mut world = World::of(assigned).activated();
    let told = world.ann(add(vec![for_whom("cat"), plain("2")]));
    assert_eq!(invalid_field(&told), "steps[1].assignee");
}

#[test]
fn cancelling_a_claimed_step_revokes_its_lease() {
    let mut world = World::active(steps(1));
    let fence = world.claimed("bob", 1);
    let events = world.ann(cancel(1)).unwrap();
    let revoked = ArenaEvent::LeaseRevoked { step: number(1), agent_id: id("bob"), fence };
    assert_eq!(events, [revoked, ArenaEvent::StepCancelled { step: number(1) }]);
    assert_eq!(code(&world.bob(complete(1, fence))), "stale_fence");
    assert_eq!(world.arena.next_deadline(), None);
}

#[test]
fn a_completed_or_cancelled_step_cannot_be_cancelled() {
    let mut world = World::active(steps(2));
    world.done("bob", 1);
    world.ann(cancel(2)).unwrap();
    assert_eq!(code(&world.ann(cancel(1))), "wrong_state");
    assert_eq!(code(&world.ann(cancel(2))), "wrong_state");
}

#[test]
fn reopening_gives_all_attempts_back_and_takes_the_completion_away() {
    let mut world = World::active(vec![plain("1"), after(&[1])]);
    world.done("bob", 1);
    world.ann(reopen(1)).unwrap();
    assert_eq!(statuses(&world), [Ready, Waiting]);
    let step = world.step(1);
    assert_eq!((step.attempts, step.completed.is_none(), step.cost), (0, true, 3));
    assert_eq!(world.arena.completed_steps(), 0);
    assert_eq!(world.arena.participant(&id("bob")).unwrap().completed_steps, 0);
}

#[test]
fn reopening_is_refused_while_a_dependent_is_claimed_or_completed() {
    let mut world = World::active(vec![plain("1"), after(&[1])]);
    world.done("bob", 1);
    let refused = Err(Rejection::DependentStarted { step: number(1), dependent: number(2) });
    let fence = world.claimed("bob", 2);
    assert_eq!(world.ann(reopen(1)), refused);
    world.bob(complete(2, fence)).unwrap();
    assert_eq!(world.ann(reopen(1)), refused);
    world.ann(reopen(2)).unwrap();
    assert_eq!(code(&world.ann(reopen(1))), "ok");
    assert_eq!(statuses(&world), [Ready, Waiting]);
}

#[test]
fn only_failed_and_completed_steps_are_reopened() {
    let mut world =
        World::active(vec![plain("1"), plain("2"), NewStep { max_attempts: Some(1), ..plain("3") }]);
    world.claimed("bob", 1);
    world.ann(cancel(2)).unwrap();
    assert_eq!(code(&world.ann(reopen(1))), "wrong_state");
    assert_eq!(code(&world.ann(reopen(2))), "wrong_state");
    let fence = world.claimed("bob", 3);
    world.bob(fail(3, fence)).unwrap();
    assert_eq!(code(&world.ann(reopen(3))), "ok");
    assert_eq!(statuses(&world), [Claimed, Cancelled, Ready]);
    assert!(world.ask(&agent("bob"), &claim(3)).is_ok());
}
