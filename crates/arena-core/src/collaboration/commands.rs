//! What can be asked of a shared arena, and the context in which it is asked.

use alloc::{string::String, sync::Arc, vec::Vec};

use super::{
    limits::Limits,
    permissions::HandlePermissions,
    types::{ArtifactKind, ArtifactName, FactKey, NewStep, Role, StepEdit},
};
use crate::{
    hash::Hash,
    ids::{AgentId, Fence, Sequence, StepNumber},
    time::{Millis, Timestamp},
};

/// A command to an existing arena; who may give it and when is the table of section 5 of the design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Begin work.
    Activate,
    /// Join (the caller names itself) or invite.
    AddParticipant {
        /// Who joins.
        agent_id: AgentId,
        /// As what.
        role: Role,
    },
    /// Leave (the caller names itself) or remove.
    RemoveParticipant {
        /// Who leaves.
        agent_id: AgentId,
    },
    /// Give a participant another role.
    ChangeRole {
        /// Whose role.
        agent_id: AgentId,
        /// The new role.
        role: Role,
    },
    /// Replace the goal.
    UpdateGoal {
        /// The new goal.
        goal: Arc<str>,
    },
    /// Add steps to the plan.
    AddSteps {
        /// The steps; numbered on from the last.
        steps: Vec<NewStep>,
    },
    /// Change a step that is neither claimed nor over.
    EditStep {
        /// Which.
        step: StepNumber,
        /// What changes.
        edit: StepEdit,
    },
    /// Take a step out of the plan.
    CancelStep {
        /// Which.
        step: StepNumber,
    },
    /// Hold a step exclusively.
    ClaimStep {
        /// Which; the next ready one when absent.
        step: Option<StepNumber>,
        /// For how long; the step's own length when absent.
        lease: Option<Millis>,
    },
    /// Extend a lease.
    RenewLease {
        /// The step held.
        step: StepNumber,
        /// The claim's number.
        fence: Fence,
        /// For how long; the claim's own length when absent.
        lease: Option<Millis>,
    },
    /// Give a claim back.
    ReleaseStep {
        /// The step held.
        step: StepNumber,
        /// The claim's number.
        fence: Fence,
        /// Why.
        reason: Option<Arc<str>>,
    },
    /// Approve a step.
    ApproveStep {
        /// Which.
        step: StepNumber,
    },
    /// Finish a claimed step.
    CompleteStep {
        /// The step held.
        step: StepNumber,
        /// The claim's number.
        fence: Fence,
        /// What came out.
        result: Option<Arc<str>>,
        /// What it cost.
        cost: Option<u64>,
    },
    /// Give up an attempt.
    FailStep {
        /// The step held.
        step: StepNumber,
        /// The claim's number.
        fence: Fence,
        /// Why.
        reason: Option<Arc<str>>,
        /// What it cost.
        cost: Option<u64>,
    },
    /// Open a failed or completed step again.
    ReopenStep {
        /// Which.
        step: StepNumber,
    },
    /// Take a late result as the step's own.
    AdoptResult {
        /// Which step.
        step: StepNumber,
        /// The late claim's number.
        fence: Fence,
    },
    /// Put a version of an artifact, whose bytes are already durable.
    PutArtifact {
        /// Its name.
        name: ArtifactName,
        /// The claim it is put under.
        claim: Option<(StepNumber, Fence)>,
        /// The version it must follow; 0: it must not exist.
        expected_version: Option<u64>,
        /// What it is.
        kind: ArtifactKind,
        /// Its media type.
        media_type: Arc<str>,
        /// The hash of its bytes.
        sha256: Hash,
        /// How many bytes.
        size: u64,
    },
    /// Put a version of a fact.
    PutFact {
        /// Its key.
        key: FactKey,
        /// What is so.
        content: Arc<str>,
        /// How sure, in whole per mille.
        confidence: Option<u16>,
        /// Its tags, sorted and unique.
        tags: Vec<String>,
        /// The version it must follow; 0: it must not exist.
        expected_version: Option<u64>,
    },
    /// Say something.
    SendMessage {
        /// Whom it addresses; it hides from nobody.
        to: Vec<AgentId>,
        /// The text.
        body: Arc<str>,
    },
    /// Begin to drain.
    Settle,
    /// Seal.
    Archive,
    /// Carry out what time has decided: lease expiry, the settle deadline. The timer's, not a participant's.
    PassDeadlines,
}

/// Who gives a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// An agent, with the upper bounds its token sets.
    Agent {
        /// Which.
        agent_id: AgentId,
        /// What the token allows at most; what counts is its intersection with the live role.
        at_most: HandlePermissions,
        /// The only step the token is good for.
        only_step: Option<StepNumber>,
    },
    /// The operator, who also acts as the agent `operator`; may settle, archive and remove anywhere.
    Operator {
        /// The agent `operator`.
        agent_id: AgentId,
    },
    /// The runtime's timer.
    System,
}

impl Caller {
    /// The agent that acts; none for the timer.
    #[must_use]
    pub const fn agent_id(&self) -> Option<&AgentId> {
        match self {
            Self::Agent { agent_id, .. } | Self::Operator { agent_id } => Some(agent_id),
            Self::System => None,
        }
    }

    /// What the caller's token allows at most.
    #[must_use]
    pub const fn at_most(&self) -> HandlePermissions {
        match self {
            Self::Agent { at_most, .. } => *at_most,
            Self::Operator { .. } => HandlePermissions::ALL,
            Self::System => HandlePermissions::NONE,
        }
    }

    /// The only step that the caller's token is good for.
    #[must_use]
    pub const fn only_step(&self) -> Option<StepNumber> {
        match self {
            Self::Agent { only_step, .. } => *only_step,
            Self::Operator { .. } | Self::System => None,
        }
    }
}

/// What a decision needs from outside its arena.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The time of the command: `max(clock, last recorded_at)`.
    pub now: Timestamp,
    /// Who asks.
    pub caller: &'a Caller,
    /// The sequence the caller says the arena is at (`If-Match`).
    pub if_match: Option<Sequence>,
    /// The bounds in force.
    pub limits: &'a Limits,
    /// An agent the command names that is not registered.
    pub unregistered: Option<AgentId>,
}
