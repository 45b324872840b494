//! Random commands, by whom and in which arena: the same steps can be taken in two runtimes and their answers compared.

use std::{collections::BTreeMap, sync::Mutex};

use arena_runtime::{
    ArenaHandle, ArenaId, ArenaManager, Ask, Fence, Millis, NewArtifact, RuntimeError, StepNumber,
    collaboration::{ArtifactKind, Command, Evidence, NewStep, Role, StepEdit},
};
use proptest::prelude::*;

use crate::fixture::{advance, agent, config, id, register, step, text, view};

/// Who takes part in a walk; the first is the coordinator.
pub(crate) const NAMES: [&str; 4] = ["carol", "alice", "bob", "dave"];

/// One step of a walk.
#[derive(Clone, Debug)]
pub(crate) struct Stride {
    arena: usize,
    who: usize,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Activate,
    Invite(usize),
    Remove(usize),
    Role(usize, Role),
    Goal(u8),
    Add { depends_on: Option<u32>, approval: bool },
    Edit(u32),
    Cancel(u32),
    Claim(Option<u32>),
    Renew(u32),
    Release(u32),
    Approve(u32),
    Complete { step: u32, back: u64 },
    Fail(u32),
    Reopen(u32),
    Adopt { step: u32, back: u64 },
    Artifact { name: u8, held: Option<u32> },
    Fact(u8),
    Say,
    Settle,
    Archive,
    Time(u64),
}

/// A stride through one of `arenas`.
pub(crate) fn stride(arenas: usize) -> impl Strategy<Value = Stride> {
    (0..arenas, 0..NAMES.len(), what()).prop_map(|(arena, who, what)| Stride { arena, who, what })
}

fn what() -> impl Strategy<Value = What> {
    let number = || 1..6u32;
    let role = prop_oneof![Just(Role::Coordinator), Just(Role::Worker), Just(Role::Observer)];
    prop_oneof![
        2 => Just(What::Activate),
        1 => (0..NAMES.len()).prop_map(What::Invite),
        1 => (0..NAMES.len()).prop_map(What::Remove),
        1 => (0..NAMES.len(), role).prop_map(|(who, role)| What::Role(who, role)),
        1 => any::<u8>().prop_map(What::Goal),
        3 => (prop::option::of(number()), prop::bool::weighted(0.2)).prop_map(|(depends_on, approval)| What::Add { depends_on, approval }),
        1 => number().prop_map(What::Edit),
        1 => number().prop_map(What::Cancel),
        10 => prop::option::of(number()).prop_map(What::Claim),
        2 => number().prop_map(What::Renew),
        3 => number().prop_map(What::Release),
        1 => number().prop_map(What::Approve),
        8 => (number(), 0..3u64).prop_map(|(step, back)| What::Complete { step, back }),
        2 => number().prop_map(What::Fail),
        1 => number().prop_map(What::Reopen),
        2 => (number(), 0..3u64).prop_map(|(step, back)| What::Adopt { step, back }),
        3 => (0..3u8, prop::option::of(number())).prop_map(|(name, held)| What::Artifact { name, held }),
        3 => (0..4u8).prop_map(What::Fact),
        2 => Just(What::Say),
        1 => prop::bool::weighted(0.2).prop_map(|settle| if settle { What::Settle } else { What::Say }),
        1 => Just(What::Archive),
        3 => (1..8_000u64).prop_map(What::Time),
    ]
}

/// A runtime being walked through.
pub(crate) struct Walk {
    pub(crate) manager: ArenaManager,
    pub(crate) arenas: Vec<ArenaId>,
    /// The last claim's number, of each step.
    fences: Mutex<BTreeMap<(ArenaId, StepNumber), Fence>>,
}

impl Walk {
    /// Registers the agents and makes the arenas; the first is at work.
    pub(crate) async fn begin(manager: ArenaManager, arenas: usize) -> Self {
        register(&manager, &NAMES).await;
        let mut made = Vec::new();
        for _ in 0..arenas {
            let config = config(&["alice", "bob"], 2);
            let arena_id = manager.create_as(agent(NAMES[0]), config).await.unwrap();
            made.push(arena_id);
        }
        view(&manager, NAMES[0], made[0]).activate().await.unwrap();
        Self { manager, arenas: made, fences: Mutex::default() }
    }

    /// Takes one step, and says how it was answered.
    pub(crate) async fn take(&self, stride: &Stride) -> String {
        if let What::Time(ms) = stride.what {
            advance(&self.manager, ms).await;
            return "time".to_owned();
        }
        let view = view(&self.manager, NAMES[stride.who], self.arenas[stride.arena]);
        match self.ask(&view, &stride.what).await {
            Ok(what) => what,
            Err(error) => error.code().to_owned(),
        }
    }

    async fn ask(&self, view: &ArenaHandle, what: &What) -> Result<String, RuntimeError> {
        let state = self.manager.operator(view.arena_id).state().await?.shared.clone();
        // The last claim's number, which may be over, or one before it.
        let fence = |number: u32, back: u64| {
            let last = self
                .fences
                .lock()
                .unwrap()
                .get(&(view.arena_id, step(number)))
                .map_or(1, |fence| fence.get());
            Fence::new(last.saturating_sub(back))
        };
        let command = match what {
            What::Time(_) => return Ok("time".to_owned()),
            What::Claim(number) => {
                let claimed = view.claim(number.map(step), None).await?;
                if let Some(held) = claimed {
                    self.fences.lock().unwrap().insert((view.arena_id, held.step), held.fence);
                }
                return Ok(format!("claimed {:?}", claimed.map(|held| (held.step, held.fence))));
            }
            What::Artifact { name, held } => {
                return self.artifact(view, *name, held.map(|n| (step(n), fence(n, 0)))).await;
            }
            What::Activate => Command::Activate,
            What::Invite(who) => Command::AddParticipant { agent_id: id(NAMES[*who]), role: Role::Worker },
            What::Remove(who) => Command::RemoveParticipant { agent_id: id(NAMES[*who]) },
            What::Role(who, role) => Command::ChangeRole { agent_id: id(NAMES[*who]), role: *role },
            What::Goal(n) => Command::UpdateGoal { goal: text(&format!("goal {n}")) },
            What::Add { depends_on, approval } => {
                let evidence = Evidence { artifacts: Vec::new(), approval: *approval };
                let depends_on = depends_on.iter().map(|n| step(*n)).collect();
                let new = NewStep { depends_on, evidence, max_attempts: Some(5), ..NewStep::titled("more") };
                Command::AddSteps { steps: vec![new] }
            }
            What::Edit(n) => {
                let edit = StepEdit {
                    title: Some(text("edited")),
                    lease_ms: Some(Millis::new(3_000)),
                    ..StepEdit::default()
                };
                Command::EditStep { step: step(*n), edit }
            }
            What::Cancel(n) => Command::CancelStep { step: step(*n) },
            What::Renew(n) => Command::RenewLease { step: step(*n), fence: fence(*n, 0), lease: None },
            What::Release(n) => Command::ReleaseStep { step: step(*n), fence: fence(*n, 0), reason: None },
            What::Approve(n) => Command::ApproveStep { step: step(*n) },
            What::Complete { step: n, back } => {
                let (result, cost) = (Some(text("what came out")), Some(3));
                Command::CompleteStep { step: step(*n), fence: fence(*n, *back), result, cost }
            }
            What::Fail(n) => {
                let (reason, cost) = (Some(text("no luck")), Some(1));
                Command::FailStep { step: step(*n), fence: fence(*n, 0), reason, cost }
            }
            What::Reopen(n) => Command::ReopenStep { step: step(*n) },
            What::Adopt { step: n, back } => Command::AdoptResult { step: step(*n), fence: fence(*n, *back) },
            What::Fact(n) => Command::PutFact {
                key: format!("fact/{n}").parse().unwrap(),
                content: text(&format!("content at {}", state.sequence())),
                confidence: Some(u16::from(*n)),
                tags: vec!["tag".to_owned()],
                expected_version: None,
            },
            What::Say => Command::SendMessage { to: vec![id("alice")], body: text("hello") },
            What::Settle => Command::Settle,
            What::Archive => Command::Archive,
        };
        view.submit(command).await.map(|sequence| format!("at {sequence:?}"))
    }

    async fn artifact(
        &self,
        view: &ArenaHandle,
        name: u8,
        claim: Option<(StepNumber, Fence)>,
    ) -> Result<String, RuntimeError> {
        let put = NewArtifact {
            name: format!("out/{name}").parse().unwrap(),
            claim,
            expected_version: None,
            kind: ArtifactKind::Data,
            media_type: "text/plain".into(),
            bytes: format!("bytes of {name} by {}", view.agent_id()).into_bytes().into(),
        };
        let ask = Ask::by(agent(view.agent_id().as_str()));
        let reply = self.manager.put_artifact(ask, view.arena_id, put, |_| Vec::new()).await?;
        Ok(format!("at {:?}", reply.sequence))
    }
}
