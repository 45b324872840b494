//! Bounds: of values, checked first, and of what an arena holds.

use arena_core::{
    collaboration::{Budget, Command, Evidence, Limits, NewStep, Rejection, Role, StepEdit},
    ArenaConfig, Fence, Hash, Millis,
};

use crate::world::{after, artifact, config, fact, id, join, number, plain, say, steps, World};

fn long(bytes: usize) -> std::sync::Arc<str> {
    "x".repeat(bytes).into()
}

/// What is named as out of bounds: the field, and whether it is too large.
fn refused(checked: Result<(), Rejection>) -> (String, &'static str) {
    match checked {
        Err(Rejection::Invalid { field, .. }) => (field, "invalid"),
        Err(Rejection::TooLarge { field, .. }) => (field, "too_large"),
        other => panic!("{other:?}"),
    }
}

fn lease(ms: u64) -> Command {
    Command::ClaimStep { step: None, lease: Some(Millis::new(ms)) }
}

fn put(media_type: &str, size: u64) -> Command {
    Command::PutArtifact {
        name: "a".parse().unwrap(),
        claim: None,
        expected_version: None,
        kind: arena_core::collaboration::ArtifactKind::File,
        media_type: media_type.into(),
        sha256: Hash::ZERO,
        size,
    }
}

fn know(content: &str, confidence: u16, tags: Vec<String>) -> Command {
    let key = "k".parse().unwrap();
    Command::PutFact {
        key,
        content: content.into(),
        confidence: Some(confidence),
        tags,
        expected_version: None,
    }
}

fn add(step: NewStep) -> Command {
    Command::AddSteps { steps: vec![plain("first"), step] }
}

#[test]
fn values_at_their_bounds_are_accepted() {
    let limits = Limits::default();
    let full = NewStep {
        title: long(limits.title_bytes),
        description: Some(long(limits.description_bytes)),
        depends_on: (1..=64).map(number).collect(),
        lease_ms: Some(Limits::MAX_LEASE),
        max_attempts: Some(Limits::MAX_ATTEMPTS),
        ..plain("full")
    };
    let commands = [
        Command::UpdateGoal { goal: long(limits.goal_bytes) },
        add(full),
        lease(1_000),
        lease(86_400_000),
        Command::CompleteStep {
            step: number(1),
            fence: Fence::ZERO,
            result: Some(long(limits.text_bytes)),
            cost: Some(Limits::MAX_INTEGER),
        },
        put("text/plain; charset=utf-8", limits.artifact_bytes),
        know(&long(limits.text_bytes), 1_000, vec!["x".repeat(128); 32]),
        know("", 0, vec![]),
        say(&long(limits.text_bytes)),
    ];
    for command in commands {
        assert_eq!(command.check(&limits), Ok(()));
    }
}

#[test]
fn values_out_of_bounds_are_refused_with_their_field() {
    let limits = Limits::default();
    let edit = |edit| Command::EditStep { step: number(1), edit };
    let many_names = (0..65).map(|n| format!("n{n}").parse().unwrap()).collect();
    let table = [
        (Command::UpdateGoal { goal: "  ".into() }, "goal", "invalid"),
        (Command::UpdateGoal { goal: long(limits.goal_bytes + 1) }, "goal", "too_large"),
        (Command::AddSteps { steps: vec![] }, "steps", "invalid"),
        (add(plain("")), "steps[1].title", "invalid"),
        (add(NewStep { title: long(limits.title_bytes + 1), ..plain("") }), "steps[1].title", "too_large"),
        (
            add(NewStep { description: Some(long(limits.description_bytes + 1)), ..plain("x") }),
            "steps[1].description",
            "too_large",
        ),
        (add(after(&(1..=65).collect::<Vec<_>>())), "steps[1].depends_on", "invalid"),
        (add(NewStep { lease_ms: Some(Millis::new(999)), ..plain("x") }), "steps[1].lease_ms", "invalid"),
        (add(NewStep { max_attempts: Some(0), ..plain("x") }), "steps[1].max_attempts", "invalid"),
        (
            add(NewStep { evidence: Evidence { artifacts: many_names, approval: false }, ..plain("x") }),
            "steps[1].evidence.artifacts",
            "invalid",
        ),
        (edit(StepEdit { title: Some("".into()), ..StepEdit::default() }), "title", "invalid"),
        (edit(StepEdit { max_attempts: Some(1_001), ..StepEdit::default() }), "max_attempts", "invalid"),
        (edit(StepEdit { lease_ms: Some(Millis::new(1)), ..StepEdit::default() }), "lease_ms", "invalid"),
        (lease(999), "lease_ms", "invalid"),
        (lease(86_400_001), "lease_ms", "invalid"),
        (
            Command::FailStep {
                step: number(1),
                fence: Fence::ZERO,
                reason: Some(long(limits.text_bytes + 1)),
                cost: None,
            },
            "reason",
            "too_large",
        ),
        (
            Command::CompleteStep { step: number(1), fence: Fence::ZERO, result: None, cost: Some(1 << 53) },
            "cost",
            "invalid",
        ),
        (put("", 1), "media_type", "invalid"),
        (put("text/plain\r\nx: y", 1), "media_type", "invalid"),
        (put("text/plain", limits.artifact_bytes + 1), "body", "too_large"),
        (know(&long(limits.text_bytes + 1), 0, vec![]), "content", "too_large"),
        (know("x", 1_001, vec![]), "confidence", "invalid"),
        (know("x", 0, vec!["a".into(); 33]), "tags", "invalid"),
        (know("x", 0, vec!["a".into(), String::new()]), "tags[1]", "invalid"),
        (say(""), "body", "invalid"),
        (say(&long(limits.text_bytes + 1)), "body", "too_large"),
    ];
    for (command, field, code) in table {
        assert_eq!(refused(command.check(&limits)), (field.to_owned(), code), "{command:?}");
    }
}

#[test]
fn a_configuration_out_of_bounds_is_refused_with_its_field() {
    let limits = Limits { participants: 3, steps: 2, ..Limits::default() };
    let twice = vec![(id("bob"), Role::Worker), (id("bob"), Role::Observer)];
    let three = ["bob", "cat", "oz"].map(|name| (id(name), Role::Worker)).to_vec();
    let empty = ArenaConfig { participants: vec![], ..config() };
    let table = [
        (ArenaConfig { goal: "".into(), ..empty.clone() }, "goal"),
        (ArenaConfig { participants: twice, ..empty.clone() }, "participants[1].agent_id"),
        (ArenaConfig { participants: three, ..empty.clone() }, "participants"),
        (ArenaConfig { steps: steps(3), ..empty.clone() }, "steps"),
        (ArenaConfig { settle_grace: Millis::new(86_400_001), ..empty.clone() }, "settle_grace_ms"),
        (
            ArenaConfig { budget: Budget { cost: Some(1 << 53), ..Budget::default() }, ..empty.clone() },
            "budget.cost",
        ),
    ];
    for (config, field) in table {
        assert_eq!(refused(config.check(&limits)).0, field);
    }
    assert_eq!(ArenaConfig { settle_grace: Millis::ZERO, ..empty }.check(&limits), Ok(()));
}

#[test]
fn an_arena_holds_no_more_than_its_limits() {
    let mut world = World::active(steps(2));
    world.limits = Limits { participants: 5, steps: 3, facts: 1, artifacts: 1, ..Limits::default() };
    let reached = |what, limit| Err(Rejection::LimitReached { what, limit });
    world.ann(join("new", Role::Worker)).unwrap();
    assert_eq!(world.ann(join("newer", Role::Worker)), reached("participants", 5));
    assert_eq!(world.ann(Command::AddSteps { steps: steps(2) }), reached("steps", 3));
    world.ann(Command::AddSteps { steps: steps(1) }).unwrap();
    world.bob(fact("a", None)).unwrap();
    world.bob(fact("a", None)).unwrap();
    assert_eq!(world.bob(fact("b", None)), reached("facts", 1));
    world.bob(artifact("a", None, None)).unwrap();
    world.bob(artifact("a", None, None)).unwrap();
    assert_eq!(world.bob(artifact("b", None, None)), reached("artifacts", 1));
}
