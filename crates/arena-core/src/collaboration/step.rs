//! A step: what is to be done, where it stands, and who holds it.

use alloc::{sync::Arc, vec::Vec};

use rpds::RedBlackTreeSetSync;
use serde::{Deserialize, Serialize};

use super::{
    limits::Limits,
    types::{Assignee, Evidence, NewStep, StepEdit, StepStatus},
};
use crate::{
    ids::{AgentId, Fence, Sequence, StepNumber},
    time::{Millis, Timestamp},
};

/// How many ended claims a step remembers, so that their late results can be kept: of more, the last ones. A completion
/// under an older claim is stale like one under somebody else's, and its result is not kept.
const PAST_CLAIMS: usize = 64;

/// A unit of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number in the arena.
    pub number: StepNumber,
    /// What is to be done, in a line.
    pub title: Arc<str>,
    /// The whole task.
    pub description: Option<Arc<str>>,
    /// Where it stands.
    pub status: StepStatus,
    /// The steps it waits for, sorted.
    pub depends_on: Arc<[StepNumber]>,
    /// The steps that wait for it.
    pub dependents: RedBlackTreeSetSync<StepNumber>,
    /// How many of `depends_on` are neither completed nor cancelled.
    pub open_dependencies: u32,
    /// Who it is for.
    pub assignee: Option<Assignee>,
    /// The lease of a claim that asks for none.
    pub lease_ms: Millis,
    /// How often it may be tried.
    pub max_attempts: u32,
    /// How often it was, since it was made or reopened.
    pub attempts: u32,
    /// What completion needs.
    pub evidence: Arc<Evidence>,
    /// The coordinator who approved it.
    pub approved_by: Option<AgentId>,
    /// Who holds it.
    pub claim: Option<Claim>,
    /// How it was done.
    pub completed: Option<Completion>,
    /// What all its attempts cost, late ones included.
    pub cost: u64,
    /// Why the last attempt that was given up was.
    pub last_failure: Option<Failure>,
    /// How many late results of it are kept.
    pub(super) late_results: usize,
    /// The last claims that ended without completing it, and whose they were.
    pub(super) past_claims: Arc<Vec<(Fence, AgentId)>>,
}

/// An exclusive hold on a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who holds it.
    pub agent_id: AgentId,
    /// The claim's number.
    pub fence: Fence,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// By how much a write renews it.
    pub lease_ms: Millis,
}

/// Why an attempt was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Who gave it up.
    pub agent_id: AgentId,
    /// What it said.
    pub reason: Arc<str>,
}

/// How a step was completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// Whose work it was.
    pub agent_id: AgentId,
    /// The claim it was done under.
    pub fence: Fence,
    /// When.
    pub at: Timestamp,
    /// The event that holds the result's text.
    pub sequence: Sequence,
    /// Whether there is a text.
    pub has_result: bool,
}

impl StepStatus {
    /// Whether what depends on the step need not wait for it: completed or cancelled.
    #[must_use]
    pub const fn is_done(self) -> bool {
        match self {
            Self::Completed | Self::Cancelled => true,
            Self::Waiting | Self::Ready | Self::Claimed | Self::Failed => false,
        }
    }
}

impl Step {
    /// A step that waits, not yet linked to what it depends on.
    pub(super) fn new(number: StepNumber, asked: &NewStep) -> Self {
        Self {
            number,
            title: asked.title.clone(),
            description: asked.description.clone(),
            status: StepStatus::Waiting,
            depends_on: asked.depends_on.as_slice().into(),
            dependents: RedBlackTreeSetSync::new_sync(),
            open_dependencies: 0,
            assignee: asked.assignee.clone(),
            lease_ms: asked.lease_ms.unwrap_or(Limits::DEFAULT_LEASE),
            max_attempts: asked.max_attempts.unwrap_or(Limits::DEFAULT_ATTEMPTS),
            attempts: 0,
            evidence: Arc::new(asked.evidence.clone()),
            approved_by: None,
            claim: None,
            completed: None,
            cost: 0,
            last_failure: None,
            late_results: 0,
            past_claims: Arc::default(),
        }
    }

    /// The claim, when `fence` is its number.
    #[must_use]
    pub fn claim_with(&self, fence: Fence) -> Option<&Claim> {
        self.claim.as_ref().filter(|claim| claim.fence == fence)
    }

    /// What the step is when nobody holds it and attempts remain.
    pub(super) const fn at_rest(&self) -> StepStatus {
        if self.open_dependencies == 0 {
            StepStatus::Ready
        } else {
            StepStatus::Waiting
        }
    }

    /// What the step is after an attempt that came to nothing.
    pub(super) const fn after_attempt(&self) -> StepStatus {
        if self.attempts >= self.max_attempts {
            StepStatus::Failed
        } else {
            self.at_rest()
        }
    }

    /// Sets what an edit sets, but for the dependencies and the assignee.
    pub(super) fn apply(&mut self, edit: &StepEdit) {
        if let Some(title) = &edit.title {
            self.title = title.clone();
        }
        if let Some(description) = &edit.description {
            self.description = Some(description.clone()).filter(|text| !text.is_empty());
        }
        self.lease_ms = edit.lease_ms.unwrap_or(self.lease_ms);
        self.max_attempts = edit.max_attempts.unwrap_or(self.max_attempts);
        if let Some(evidence) = &edit.evidence {
            self.evidence = Arc::new(evidence.clone());
        }
    }

    /// Whether a claim with this number was the agent's and ended without completing the step.
    #[must_use]
    pub fn was_held_by(&self, agent_id: &AgentId, fence: Fence) -> bool {
        self.past_claims.iter().any(|(past, holder)| *past == fence && holder == agent_id)
    }

    /// Remembers a claim that ended, and forgets the oldest when there are too many.
    pub(super) fn remember(&mut self, claim: &Claim) {
        let past_claims = Arc::make_mut(&mut self.past_claims);
        if past_claims.len() >= PAST_CLAIMS {
            past_claims.remove(0);
        }
        past_claims.push((claim.fence, claim.agent_id.clone()));
    }
}
