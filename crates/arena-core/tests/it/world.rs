//! An arena with a hand on its clock: commands go in as named agents, events are folded in as the runtime does.

use std::sync::Arc;

use arena_core::{
    aggregate::Outcome,
    collaboration::{
        Budget, Caller, Command, Context, Decision, Evidence, Head, Limits, NewStep, Rejection, Role, Step,
        StepStatus,
    },
    AgentId, ArenaConfig, ArenaEvent, ArenaId, Fence, HandlePermissions, Hash, Millis, Sequence, SharedArena,
    StepNumber, Timestamp,
};

pub(crate) const ARENA: ArenaId = ArenaId::from_bytes([7; 16]);
pub(crate) const START: Timestamp = Timestamp::from_millis(1_000_000);

/// What a caller is told: the events of its command, or why not.
pub(crate) type Told = Result<Vec<ArenaEvent>, Rejection>;

/// An arena, the time, and all that happened.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) arena: SharedArena,
    pub(crate) now: Timestamp,
    pub(crate) limits: Limits,
    pub(crate) history: Vec<ArenaEvent>,
    pub(crate) unregistered: Option<AgentId>,
}

impl World {
    /// An arena made by the coordinator `ann`, with the workers `bob` and `cat` and the observer `oz`.
    pub(crate) fn new(steps: Vec<NewStep>) -> Self {
        Self::of(ArenaConfig { steps, ..config() })
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for one call; a borrow would only be in the way")]
    pub(crate) fn of(config: ArenaConfig) -> Self {
        let limits = Limits::default();
        let caller = agent("ann");
        let context =
            Context { now: START, caller: &caller, if_match: None, limits: &limits, unregistered: None };
        let history = SharedArena::create(&config, &context).unwrap().events;
        let mut arena = SharedArena::begin(ARENA, &history[0]).unwrap();
        history.iter().skip(1).for_each(|event| arena.evolve(event));
        Self { arena, now: START, limits, history, unregistered: None }
    }

    /// The same, at work.
    pub(crate) fn active(steps: Vec<NewStep>) -> Self {
        Self::new(steps).activated()
    }

    pub(crate) fn activated(mut self) -> Self {
        self.ann(Command::Activate).unwrap();
        self
    }

    pub(crate) fn ask(&self, caller: &Caller, command: &Command) -> Result<Decision, Rejection> {
        self.ask_at(caller, command, None)
    }

    pub(crate) fn ask_at(
        &self,
        caller: &Caller,
        command: &Command,
        if_match: Option<Sequence>,
    ) -> Result<Decision, Rejection> {
        command.check(&self.limits)?;
        let unregistered = self.unregistered.clone();
        self.arena
            .decide(command, &Context { now: self.now, caller, if_match, limits: &self.limits, unregistered })
    }

    pub(crate) fn tell(&mut self, caller: &Caller, command: &Command) -> Told {
        let Decision { mut events, outcome } = self.ask(caller, command)?;
        events.iter().for_each(|event| self.arena.evolve(event));
        if outcome == Outcome::Sealed {
            let report = self.arena.report(self.head());
            let report_hash = Hash::of(&serde_json::to_vec(&report).unwrap());
            let archived = ArenaEvent::ArenaArchived { report_hash };
            self.arena.evolve(&archived);
            events.push(archived);
        }
        self.history.extend(events.iter().cloned());
        match outcome {
            Outcome::Accepted | Outcome::Sealed => Ok(events),
            Outcome::Refused(rejection) => Err(rejection),
        }
    }

    pub(crate) fn head(&self) -> Head {
        Head { sequence: self.arena.sequence(), hash: Hash::of(b"head") }
    }

    #[expect(clippy::needless_pass_by_value, reason = "made for one call; a borrow would only be in the way")]
    pub(crate) fn by(&mut self, name: &str, command: Command) -> Told {
        self.tell(&agent(name), &command)
    }

    pub(crate) fn ann(&mut self, command: Command) -> Told {
        self.by("ann", command)
    }

    pub(crate) fn bob(&mut self, command: Command) -> Told {
        self.by("bob", command)
    }

    pub(crate) fn cat(&mut self, command: Command) -> Told {
        self.by("cat", command)
    }

    pub(crate) fn timer(&mut self) -> Told {
        self.tell(&Caller::System, &Command::PassDeadlines)
    }

    pub(crate) fn pass(&mut self, seconds: u64) {
        self.now = self.now.plus(Millis::from_secs(seconds));
    }

    /// Claims a step as an agent and says the fence.
    pub(crate) fn claimed(&mut self, name: &str, step: u32) -> Fence {
        self.by(name, claim(step)).unwrap();
        self.fence(step)
    }

    /// Claims and completes a step as an agent.
    pub(crate) fn done(&mut self, name: &str, step: u32) {
        let fence = self.claimed(name, step);
        self.by(name, complete(step, fence)).unwrap();
    }

    pub(crate) fn step(&self, step: u32) -> &Step {
        self.arena.step(number(step)).unwrap()
    }

    pub(crate) fn status(&self, step: u32) -> StepStatus {
        self.step(step).status
    }

    pub(crate) fn fence(&self, step: u32) -> Fence {
        self.step(step).claim.as_ref().unwrap().fence
    }

    pub(crate) fn expires_at(&self, step: u32) -> Timestamp {
        self.step(step).claim.as_ref().unwrap().expires_at
    }

    /// The arena folded anew from all that happened.
    pub(crate) fn replayed(&self) -> SharedArena {
        let mut arena = SharedArena::begin(ARENA, &self.history[0]).unwrap();
        self.history.iter().skip(1).for_each(|event| arena.evolve(event));
        arena
    }
}

pub(crate) fn config() -> ArenaConfig {
    ArenaConfig {
        participants: vec![(id("bob"), Role::Worker), (id("cat"), Role::Worker), (id("oz"), Role::Observer)],
        ..ArenaConfig::new("ship it")
    }
}

pub(crate) fn budgeted(budget: Budget, steps: Vec<NewStep>) -> World {
    World::of(ArenaConfig { budget, steps, ..config() }).activated()
}

pub(crate) fn code(told: &Told) -> &'static str {
    told.as_ref().map_or_else(Rejection::code, |_| "ok")
}

pub(crate) fn id(name: &str) -> AgentId {
    name.parse().unwrap()
}

pub(crate) fn number(step: u32) -> StepNumber {
    StepNumber::new(step).unwrap()
}

pub(crate) fn agent(name: &str) -> Caller {
    Caller::Agent { agent_id: id(name), at_most: HandlePermissions::ALL, only_step: None }
}

pub(crate) fn operator() -> Caller {
    Caller::Operator { agent_id: id("operator") }
}

/// A step without a wish.
pub(crate) fn plain(title: &str) -> NewStep {
    NewStep {
        title: title.into(),
        description: None,
        depends_on: Vec::new(),
        assignee: None,
        lease_ms: None,
        max_attempts: None,
        evidence: Evidence::default(),
    }
}

pub(crate) fn steps(count: u32) -> Vec<NewStep> {
    (1..=count).map(|step| plain(&format!("step {step}"))).collect()
}

pub(crate) fn after(depends_on: &[u32]) -> NewStep {
    NewStep { depends_on: depends_on.iter().copied().map(number).collect(), ..plain("after") }
}

pub(crate) fn for_whom(assignee: &str) -> NewStep {
    NewStep { assignee: Some(assignee.parse().unwrap()), ..plain("assigned") }
}

pub(crate) fn claim(step: u32) -> Command {
    Command::ClaimStep { step: Some(number(step)), lease: None }
}

pub(crate) fn claim_next() -> Command {
    Command::ClaimStep { step: None, lease: None }
}

pub(crate) fn complete(step: u32, fence: Fence) -> Command {
    Command::CompleteStep { step: number(step), fence, result: Some("done".into()), cost: Some(3) }
}

pub(crate) fn fail(step: u32, fence: Fence) -> Command {
    Command::FailStep { step: number(step), fence, reason: Some("it broke".into()), cost: Some(2) }
}

pub(crate) fn renew(step: u32, fence: Fence) -> Command {
    Command::RenewLease { step: number(step), fence, lease: None }
}

pub(crate) fn release(step: u32, fence: Fence) -> Command {
    Command::ReleaseStep { step: number(step), fence, reason: None }
}

pub(crate) fn approve(step: u32) -> Command {
    Command::ApproveStep { step: number(step) }
}

pub(crate) fn cancel(step: u32) -> Command {
    Command::CancelStep { step: number(step) }
}

pub(crate) fn reopen(step: u32) -> Command {
    Command::ReopenStep { step: number(step) }
}

pub(crate) fn adopt(step: u32, fence: Fence) -> Command {
    Command::AdoptResult { step: number(step), fence }
}

pub(crate) fn edit(step: u32, edit: arena_core::collaboration::StepEdit) -> Command {
    Command::EditStep { step: number(step), edit }
}

pub(crate) fn join(name: &str, role: Role) -> Command {
    Command::AddParticipant { agent_id: id(name), role }
}

pub(crate) fn leave(name: &str) -> Command {
    Command::RemoveParticipant { agent_id: id(name) }
}

pub(crate) fn role(name: &str, role: Role) -> Command {
    Command::ChangeRole { agent_id: id(name), role }
}

pub(crate) fn artifact(name: &str, claim: Option<(u32, Fence)>, expected_version: Option<u64>) -> Command {
    Command::PutArtifact {
        name: name.parse().unwrap(),
        claim: claim.map(|(step, fence)| (number(step), fence)),
        expected_version,
        kind: arena_core::collaboration::ArtifactKind::Text,
        media_type: "text/plain".into(),
        sha256: Hash::of(name.as_bytes()),
        size: 5,
    }
}

pub(crate) fn fact(key: &str, expected_version: Option<u64>) -> Command {
    Command::PutFact {
        key: key.parse().unwrap(),
        content: "so it is".into(),
        confidence: Some(900),
        tags: vec!["b".into(), "a".into(), "b".into()],
        expected_version,
    }
}

pub(crate) fn say(body: &str) -> Command {
    Command::SendMessage { to: Vec::new(), body: Arc::from(body) }
}
