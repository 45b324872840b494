//! The state of a shared arena, and how it is read.

use alloc::{sync::Arc, vec::Vec};

use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync, VectorSync};
use serde::{Deserialize, Serialize};

use super::{
    entries::{Artifact, Fact, Orphan, Participant, Spent},
    ready::ReadySteps,
    step::Step,
    types::{ArtifactName, Budget, FactKey, Role, Status, StepStatus, Strategy},
};
use crate::{
    hash::Hash,
    ids::{AgentId, ArenaId, Fence, Sequence, StepNumber},
    time::{Millis, Timestamp},
};

/// A collaborative arena: it decides commands and is folded from events.
///
/// A clone shares its collections with the original, so it costs the same however much the arena holds. Its JSON form
/// is its snapshot. Contents of facts, results and messages are not in it: they stand in the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedArena {
    pub(super) arena_id: ArenaId,
    pub(super) sequence: Sequence,
    pub(super) status: Status,
    pub(super) goal: Arc<str>,
    pub(super) strategy: Strategy,
    pub(super) open: bool,
    pub(super) created_by: AgentId,
    pub(super) created_at: Timestamp,
    pub(super) activated_at: Option<Timestamp>,
    pub(super) settle_grace: Millis,
    pub(super) settle_deadline: Option<Timestamp>,
    pub(super) report_hash: Option<Hash>,
    pub(super) budget: Budget,
    pub(super) spent: Spent,
    pub(super) last_fence: Fence,
    pub(super) coordinators: u32,
    pub(super) completed_steps: u32,
    pub(super) total_steps: u32,
    pub(super) participants: RedBlackTreeMapSync<AgentId, Participant>,
    /// Completed steps of agents that left.
    pub(super) former: RedBlackTreeMapSync<AgentId, u32>,
    pub(super) steps: VectorSync<Step>,
    pub(super) ready: ReadySteps,
    /// Open leases in the order in which they end.
    pub(super) leases: RedBlackTreeSetSync<(Timestamp, StepNumber)>,
    pub(super) orphans: RedBlackTreeMapSync<Fence, Orphan>,
    pub(super) artifacts: RedBlackTreeMapSync<ArtifactName, Artifact>,
    pub(super) facts: RedBlackTreeMapSync<FactKey, Fact>,
}

/// How far a shared arena is: derived from its events, never set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArenaAggregate {
    /// Steps that stand completed.
    pub completed_steps: u32,
    /// Steps that are not cancelled.
    pub total_steps: u32,
    /// Who takes part, sorted.
    pub participants: Vec<AgentId>,
}

impl SharedArena {
    /// Which arena.
    #[must_use]
    pub const fn arena_id(&self) -> ArenaId {
        self.arena_id
    }

    /// The number of its last event.
    #[must_use]
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Where it stands in its lifecycle.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What it is for.
    #[must_use]
    pub const fn goal(&self) -> &Arc<str> {
        &self.goal
    }

    /// Who may claim.
    #[must_use]
    pub const fn strategy(&self) -> Strategy {
        self.strategy
    }

    /// Whether any registered agent may read it and join.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// Who made it.
    #[must_use]
    pub const fn created_by(&self) -> &AgentId {
        &self.created_by
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When work began.
    #[must_use]
    pub const fn activated_at(&self) -> Option<Timestamp> {
        self.activated_at
    }

    /// How long settling waits for open leases.
    #[must_use]
    pub const fn settle_grace(&self) -> Millis {
        self.settle_grace
    }

    /// When every lease ends, once it settles.
    #[must_use]
    pub const fn settle_deadline(&self) -> Option<Timestamp> {
        self.settle_deadline
    }

    /// The hash of the sealed report, once archived.
    #[must_use]
    pub const fn report_hash(&self) -> Option<Hash> {
        self.report_hash
    }

    /// What it may spend.
    #[must_use]
    pub const fn budget(&self) -> Budget {
        self.budget
    }

    /// What it has spent.
    #[must_use]
    pub const fn spent(&self) -> Spent {
        self.spent
    }

    /// Steps that stand completed.
    #[must_use]
    pub const fn completed_steps(&self) -> u32 {
        self.completed_steps
    }

    /// Steps that are not cancelled.
    #[must_use]
    pub const fn total_steps(&self) -> u32 {
        self.total_steps
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> ArenaAggregate {
        ArenaAggregate {
            completed_steps: self.completed_steps,
            total_steps: self.total_steps,
            participants: self.participants.keys().cloned().collect(),
        }
    }

    /// Who takes part, sorted.
    pub fn participants(&self) -> impl Iterator<Item = (&AgentId, &Participant)> {
        self.participants.iter()
    }

    /// One participant.
    #[must_use]
    pub fn participant(&self, agent_id: &AgentId) -> Option<&Participant> {
        self.participants.get(agent_id)
    }

    /// The plan, in the order of the numbers.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter()
    }

    /// One step.
    #[must_use]
    pub fn step(&self, step: StepNumber) -> Option<&Step> {
        self.steps.get(step.index())
    }

    /// The steps that an agent holds, in the order of the numbers.
    pub fn held_by(&self, agent_id: &AgentId) -> impl Iterator<Item = StepNumber> + '_ {
        self.participants.get(agent_id).into_iter().flat_map(|participant| participant.holds.iter())
    }

    /// Late results, in the order of their fences.
    pub fn orphans(&self) -> impl Iterator<Item = &Orphan> {
        self.orphans.values()
    }

    /// The late result of one claim.
    #[must_use]
    pub fn orphan(&self, fence: Fence) -> Option<&Orphan> {
        self.orphans.get(&fence)
    }

    /// The current artifacts, by name.
    pub fn artifacts(&self) -> impl Iterator<Item = (&ArtifactName, &Artifact)> {
        self.artifacts.iter()
    }

    /// The current version of one artifact.
    #[must_use]
    pub fn artifact(&self, name: &ArtifactName) -> Option<&Artifact> {
        self.artifacts.get(name)
    }

    /// The current facts, by key.
    pub fn facts(&self) -> impl Iterator<Item = (&FactKey, &Fact)> {
        self.facts.iter()
    }

    /// The current version of one fact.
    #[must_use]
    pub fn fact(&self, key: &FactKey) -> Option<&Fact> {
        self.facts.get(key)
    }

    /// The ready step with the lowest number that an agent in this role may claim; `only_step`: no other will do.
    #[must_use]
    pub fn next_ready(
        &self,
        agent_id: &AgentId,
        role: Role,
        only_step: Option<StepNumber>,
    ) -> Option<StepNumber> {
        let Some(only) = only_step else { return self.ready.first_for(agent_id, role) };
        let step =
            self.step(only).filter(|step| step.status == StepStatus::Ready && role != Role::Observer)?;
        let admitted = step.assignee.as_ref().is_none_or(|assignee| assignee.admits(agent_id, role));
        admitted.then_some(only)
    }

    /// When time next decides something: the earliest end of a lease, or the settle deadline.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let lease = self.leases.first().map(|(expires_at, _)| *expires_at);
        let settling = self.settle_deadline.filter(|_| self.status == Status::Settling);
        lease.into_iter().chain(settling).min()
    }

    /// How many entries the state holds, for those who keep it in memory or write it down.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.participants.size()
            + self.former.size()
            + self.steps.len()
            + self.orphans.size()
            + self.artifacts.size()
            + self.facts.size()
    }
}
