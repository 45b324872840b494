//! What holds after any sequence of commands, at any time, by anybody.

use std::collections::BTreeSet;

use arena_core::{
    collaboration::{Command, NewStep, Role, Status, StepEdit, StepStatus},
    ArenaConfig, ArenaEvent, Fence, Millis, SharedArena,
};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest, Strategy, TestCaseError};

use crate::world::{
    adopt, agent, approve, artifact, cancel, claim, claim_next, complete, config, edit, fact, fail, id, join,
    leave, number, operator, plain, release, renew, reopen, role, say, World,
};

const NAMES: [&str; 6] = ["ann", "bob", "cat", "oz", "zed", "dot"];
const ROLES: [Role; 3] = [Role::Coordinator, Role::Worker, Role::Observer];

/// One thing that happens: who, what, three free choices, and how much time passes before it.
type Happening = (u8, u8, u8, u8, u8, u16);

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let happening = (
        any::<u8>(),
        any::<u8>(),
        0_u8..9,
        any::<u8>(),
        any::<u8>(),
        prop::sample::select(vec![0_u16, 0, 0, 1, 20, 60, 90]),
    );
    prop::collection::vec(happening, 1..80)
}

fn pick<T: Copy>(from: &[T], choice: u8) -> T {
    from[usize::from(choice) % from.len()]
}

/// A fence that is mostly the current one of the step, else any that was given.
fn fence(world: &World, step: u32, choice: u8) -> Fence {
    let current =
        world.arena.step(number(step)).and_then(|step| step.claim.as_ref()).map(|claim| claim.fence);
    let any = Fence::new(u64::from(choice) % 12);
    if choice < 64 {
        any
    } else {
        current.unwrap_or(any)
    }
}

fn new_steps(existing: u32, choice: u8, other: u8) -> Vec<NewStep> {
    let depends_on =
        (1..=existing.min(8)).filter(|step| choice & (1 << (step - 1)) != 0).map(number).collect();
    let assignee = pick(&[None, None, Some("bob"), Some("role:worker"), Some("role:coordinator")], other);
    let step = NewStep {
        depends_on,
        assignee: assignee.map(|assignee| assignee.parse().unwrap()),
        max_attempts: Some(u32::from(other % 3) + 1),
        ..plain("random")
    };
    let mut proved = plain("proved");
    proved.depends_on = vec![number(existing + 1)];
    proved.evidence.approval = choice.is_multiple_of(2);
    vec![step, proved]
}

fn command(world: &World, (_, what, step, choice, other, _): Happening) -> Command {
    let existing = u32::try_from(world.arena.steps().count()).unwrap();
    let step = u32::from(step) + 1;
    let fence = fence(world, step, choice);
    let name = pick(&NAMES, choice);
    match what % 40 {
        0..=4 => claim(step),
        5..=8 => claim_next(),
        9 | 10 => renew(step, fence),
        11 | 12 => release(step, fence),
        13..=17 => complete(step, fence),
        18 | 19 => fail(step, fence),
        20 => approve(step),
        21 => reopen(step),
        22 => cancel(step),
        23 | 24 => adopt(step, Fence::new(u64::from(choice) % 12)),
        25..=27 => Command::AddSteps { steps: new_steps(existing, choice, other) },
        28 => edit(
            step,
            StepEdit {
                depends_on: (other.is_multiple_of(2)).then(|| {
                    (1..=existing.min(8)).filter(|s| choice & (1 << (s - 1)) != 0).map(number).collect()
                }),
                assignee: (other.is_multiple_of(3)).then(|| "cat".parse().unwrap()),
                ..StepEdit::default()
            },
        ),
        29 => join(name, pick(&ROLES, other)),
        30 => leave(name),
        31 => role(name, pick(&ROLES, other)),
        32 => artifact(
            pick(&["a", "b"], choice),
            (other.is_multiple_of(2)).then_some((step, fence)),
            pick(&[None, Some(1), Some(2)], other),
        ),
        33 => fact(pick(&["k", "l"], choice), pick(&[None, Some(0), Some(1)], other)),
        34 => say("hello"),
        35 | 36 => Command::PassDeadlines,
        37 if other < 40 => Command::Settle,
        38 => Command::Archive,
        _ => claim_next(),
    }
}

fn play(happenings: &[Happening]) -> Result<World, TestCaseError> {
    let steps = new_steps(0, 0, 0);
    let mut world =
        World::of(ArenaConfig { open: true, steps, settle_grace: Millis::from_secs(30), ..config() })
            .activated();
    for happening in happenings {
        world.pass(u64::from(happening.5));
        let command = command(&world, *happening);
        let before = world.arena.clone();
        let recorded = world.history.len();
        let told = match (&command, happening.0 % 16) {
            (Command::PassDeadlines, _) => world.timer(),
            (_, 15) => world.tell(&operator(), &command),
            (_, who) => world.tell(&agent(pick(&NAMES, who)), &command),
        };
        if world.history.len() == recorded {
            prop_assert_eq!(&world.arena, &before, "nothing recorded, nothing changed");
        }
        if told.is_ok() && world.arena.status() != Status::Archived {
            prop_assert!(world
                .arena
                .next_deadline()
                .is_none_or(|at| at > world.now || world.arena.status() == Status::Settling));
        }
        holds(&world)?;
    }
    Ok(world)
}

/// What must be so in every state.
fn holds(world: &World) -> Result<(), TestCaseError> {
    let arena = &world.arena;
    let count = |status| u32::try_from(arena.steps().filter(|step| step.status == status).count()).unwrap();
    let all = u32::try_from(arena.steps().count()).unwrap();
    prop_assert!(arena.completed_steps() <= arena.total_steps());
    prop_assert_eq!(arena.completed_steps(), count(StepStatus::Completed));
    prop_assert_eq!(arena.total_steps(), all - count(StepStatus::Cancelled));
    let by_agents: u32 = arena.participants().map(|(_, participant)| participant.completed_steps).sum();
    prop_assert!(by_agents <= arena.completed_steps());
    prop_assert!(arena.participants().any(|(_, participant)| participant.role == Role::Coordinator));
    for step in arena.steps() {
        let open = arena.open_dependencies(step).len();
        prop_assert_eq!(step.open_dependencies as usize, open);
        let mirrored =
            arena.steps().filter(|other| other.depends_on.contains(&step.number)).map(|other| other.number);
        prop_assert_eq!(step.dependents.iter().copied().collect::<Vec<_>>(), mirrored.collect::<Vec<_>>());
        prop_assert_eq!(step.claim.is_some(), step.status == StepStatus::Claimed);
        prop_assert_eq!(step.completed.is_some(), step.status == StepStatus::Completed);
        match step.status {
            StepStatus::Waiting => prop_assert!(open > 0),
            StepStatus::Ready | StepStatus::Claimed | StepStatus::Completed => prop_assert_eq!(open, 0),
            StepStatus::Failed => prop_assert!(step.attempts > 0),
            StepStatus::Cancelled => {}
        }
    }
    claims_hold(arena)?;
    next_ready_holds(arena)
}

fn claims_hold(arena: &SharedArena) -> Result<(), TestCaseError> {
    let claims: Vec<_> =
        arena.steps().filter_map(|step| step.claim.as_ref().map(|claim| (step.number, claim))).collect();
    for (agent, _) in arena.participants() {
        let claimed: Vec<_> =
            claims.iter().filter(|(_, claim)| claim.agent_id == *agent).map(|(step, _)| *step).collect();
        prop_assert_eq!(arena.held_by(agent).collect::<Vec<_>>(), claimed);
    }
    let fences: BTreeSet<Fence> = claims.iter().map(|(_, claim)| claim.fence).collect();
    prop_assert_eq!(fences.len(), claims.len());
    let earliest = claims.iter().map(|(_, claim)| claim.expires_at).min();
    if arena.status() == Status::Active {
        prop_assert_eq!(arena.next_deadline(), earliest);
    }
    for (_, claim) in claims {
        prop_assert!(arena.participant(&claim.agent_id).is_some());
        prop_assert!(arena.settle_deadline().is_none_or(|deadline| claim.expires_at <= deadline));
    }
    Ok(())
}

/// The index of ready steps says what a search says.
fn next_ready_holds(arena: &SharedArena) -> Result<(), TestCaseError> {
    for name in NAMES {
        for role in ROLES {
            let admits = |assignee: &arena_core::collaboration::Assignee| assignee.admits(&id(name), role);
            let searched = arena
                .steps()
                .find(|step| step.status == StepStatus::Ready && step.assignee.as_ref().is_none_or(admits))
                .map(|step| step.number)
                .filter(|_| role != Role::Observer);
            prop_assert_eq!(arena.next_ready(&id(name), role, None), searched);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn replaying_the_events_gives_the_live_state(happenings in happenings()) {
        let world = play(&happenings)?;
        prop_assert_eq!(&world.replayed(), &world.arena);
        prop_assert_eq!(world.arena.sequence().get() as usize, world.history.len());
    }

    #[test]
    fn a_snapshot_read_back_is_the_state_and_goes_on_as_it(happenings in happenings(), later in happenings()) {
        let mut world = play(&happenings)?;
        let text = serde_json::to_string(&world.arena).unwrap();
        let restored: SharedArena = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(&restored, &world.arena);
        prop_assert_eq!(serde_json::to_string(&restored).unwrap(), text);
        let mut twin = World { arena: restored, ..world.clone() };
        for happening in later {
            let command = command(&world, happening);
            let caller = agent(pick(&NAMES, happening.0));
            prop_assert_eq!(world.tell(&caller, &command), twin.tell(&caller, &command));
        }
        prop_assert_eq!(world.arena, twin.arena);
    }

    #[test]
    fn fences_only_grow(happenings in happenings()) {
        let world = play(&happenings)?;
        let given: Vec<Fence> = world.history.iter().filter_map(|event| match event {
            ArenaEvent::StepClaimed { fence, .. } => Some(*fence),
            _ => None,
        }).collect();
        prop_assert!(given.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn every_event_of_a_step_belongs_to_the_claim_that_was_open(happenings in happenings()) {
        let world = play(&happenings)?;
        let mut open = std::collections::BTreeMap::new();
        for event in &world.history {
            match event {
                ArenaEvent::StepClaimed { step, agent_id, fence, .. } => {
                    prop_assert_eq!(open.insert(*step, (agent_id.clone(), *fence)), None, "two claims of one step");
                }
                ArenaEvent::LeaseRenewed { step, agent_id, fence, .. } => {
                    prop_assert_eq!(open.get(step), Some(&(agent_id.clone(), *fence)));
                }
                ArenaEvent::StepReleased { step, agent_id, fence, .. }
                | ArenaEvent::LeaseExpired { step, agent_id, fence }
                | ArenaEvent::LeaseRevoked { step, agent_id, fence }
                | ArenaEvent::StepFailed { step, agent_id, fence, .. } => {
                    prop_assert_eq!(open.remove(step), Some((agent_id.clone(), *fence)));
                }
                ArenaEvent::StepCompleted { step, agent_id, fence, .. } => {
                    let held = open.remove(step);
                    prop_assert!(held.is_none_or(|held| held == (agent_id.clone(), *fence)));
                }
                _ => {}
            }
        }
    }
}
