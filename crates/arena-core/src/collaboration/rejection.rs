//! Why a shared arena refuses: each with the facts that decided it and a stable code.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    permissions::Permission,
    types::{Assignee, Status, StepStatus},
};
use crate::{
    ids::{AgentId, Fence, Sequence, StepNumber},
    time::Timestamp,
};

/// A refusal. The order in which the rules check is part of the contract: existence and membership, `If-Match`, state, role or
/// ownership, then what needs the state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the facts named in each variant's sentence")]
pub enum Rejection {
    /// There is no such thing, or none that the caller may know of.
    NotFound { what: &'static str },
    /// The arena is at another sequence than the caller's `If-Match`.
    SequenceMismatch { current: Sequence, expected: Sequence },
    /// An artifact or fact is at another version than the caller expects (`None`: it did not say).
    VersionMismatch { current: u64, expected: Option<u64> },
    /// The arena's status does not allow the command.
    WrongStatus { current: Status, expected: &'static [Status] },
    /// The step's status does not allow the command.
    WrongStepStatus { step: StepNumber, current: StepStatus, expected: &'static [StepStatus] },
    /// The caller's role or handle does not give the permission.
    Forbidden { missing: Permission },
    /// Only the agent that holds the claim may do this.
    NotHolder { step: StepNumber, holder: AgentId },
    /// The step is for somebody else.
    NotAssigned { step: StepNumber, assignee: Assignee },
    /// The handle is good for another step only.
    OtherStep { only: StepNumber },
    /// A stranger may join an open arena as worker or observer only.
    RoleNotOpen,
    /// Steps it depends on are not yet completed or cancelled, or it is not open for claims at all.
    StepNotReady { step: StepNumber, current: StepStatus, waiting_for: Vec<StepNumber> },
    /// Another claim is open.
    AlreadyClaimed { step: StepNumber, holder: AgentId, expires_at: Timestamp },
    /// The fence is not the current one; `orphan`: the result is kept for adoption.
    StaleFence { step: StepNumber, given: Fence, current: Option<Fence>, orphan: bool },
    /// There is no orphan result with this fence.
    NoOrphan { step: StepNumber, fence: Fence },
    /// Evidence is missing: names of artifacts, and `approval`.
    EvidenceMissing { step: StepNumber, missing: Vec<String> },
    /// A budget is spent: `attempts`, `duration_ms` or `cost`.
    BudgetSpent { budget: &'static str, limit: u64, spent: u64 },
    /// The agent takes part already.
    AlreadyJoined { agent_id: AgentId },
    /// The last coordinator cannot leave or be demoted before the arena is archived.
    LastCoordinator,
    /// Leases are open and the deadline is not reached.
    LeasesOpen { steps: Vec<StepNumber>, deadline: Timestamp },
    /// The arena holds as many of these as it may.
    LimitReached { what: &'static str, limit: usize },
    /// A dependent of the step is claimed or completed.
    DependentStarted { step: StepNumber, dependent: StepNumber },
    /// A value is out of its bounds; `field` is its path in the request.
    Invalid { field: String, reason: String },
    /// A value is larger than it may be.
    TooLarge { field: String, limit: u64 },
}

impl Rejection {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::SequenceMismatch { .. } | Self::VersionMismatch { .. } => "version_mismatch",
            Self::WrongStatus { .. } | Self::WrongStepStatus { .. } => "wrong_state",
            Self::Forbidden { .. }
            | Self::NotHolder { .. }
            | Self::NotAssigned { .. }
            | Self::OtherStep { .. }
            | Self::RoleNotOpen => "forbidden",
            Self::StepNotReady { .. } => "step_not_ready",
            Self::AlreadyClaimed { .. } => "already_claimed",
            Self::StaleFence { .. } => "stale_fence",
            Self::NoOrphan { .. } => "no_orphan",
            Self::EvidenceMissing { .. } => "evidence_missing",
            Self::BudgetSpent { .. } => "budget_spent",
            Self::AlreadyJoined { .. } => "already_joined",
            Self::LastCoordinator => "last_coordinator",
            Self::LeasesOpen { .. } => "leases_open",
            Self::LimitReached { .. } => "limit_reached",
            Self::DependentStarted { .. } => "dependent_started",
            Self::Invalid { .. } => "invalid",
            Self::TooLarge { .. } => "too_large",
        }
    }
}

impl core::error::Error for Rejection {}

/// Writes a list with commas.
struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what } => {
                write!(f, "there is no such {what}, or you do not take part; check the id, or join first")
            }
            Self::SequenceMismatch { current, expected } => {
                write!(f, "the arena is at sequence {current}, not {expected}; read it again and decide anew")
            }
            Self::VersionMismatch { current, expected: Some(expected) } => {
                write!(f, "it is at version {current}, not {expected}; read it again and send expected_version {current}")
            }
            Self::VersionMismatch { current, expected: None } => {
                write!(
                    f,
                    "it is another's, at version {current}; read it and send expected_version {current}"
                )
            }
            Self::WrongStatus { current, expected } => {
                write!(f, "the arena is {current}; this needs it {}", Listed(expected))
            }
            Self::WrongStepStatus { step, current, expected } => {
                write!(f, "step {step} is {current}; this needs it {}", Listed(expected))
            }
            Self::Forbidden { missing } => {
                write!(f, "this needs the permission {missing}; ask a coordinator for another role or handle")
            }
            Self::NotHolder { step, holder } => {
                write!(f, "step {step} is held by {holder}; only the holder may do this")
            }
            Self::NotAssigned { step, assignee } => {
                write!(f, "step {step} is for {assignee}; claim another one")
            }
            Self::OtherStep { only } => write!(f, "this handle is for step {only} only"),
            Self::RoleNotOpen => {
                f.write_str("an open arena is joined as worker or observer; a coordinator must be invited")
            }
            Self::StepNotReady { step, current, waiting_for } if waiting_for.is_empty() => {
                write!(f, "step {step} is {current} and cannot be claimed")
            }
            Self::StepNotReady { step, waiting_for, .. } => {
                write!(
                    f,
                    "step {step} waits for steps {}; claim without a number to get a ready one",
                    Listed(waiting_for)
                )
            }
            Self::AlreadyClaimed { step, holder, expires_at } => {
                write!(f, "step {step} is held by {holder} until {expires_at}; claim another one or wait")
            }
            Self::StaleFence { step, given, orphan: true, .. } => {
                write!(f, "the lease of fence {given} on step {step} has ended; its first result is kept and a coordinator may adopt it")
            }
            Self::StaleFence { step, given, current: Some(current), .. } => {
                write!(f, "fence {given} on step {step} is not the current one ({current}); stop this work or claim again")
            }
            Self::StaleFence { step, given, current: None, .. } => {
                write!(f, "fence {given} on step {step} holds no lease; claim the step again")
            }
            Self::NoOrphan { step, fence } => write!(f, "step {step} has no late result with fence {fence}"),
            Self::EvidenceMissing { step, missing } => {
                write!(
                    f,
                    "step {step} cannot be completed without: {}; see to it and complete again",
                    Listed(missing)
                )
            }
            Self::BudgetSpent { budget, limit, spent } => {
                write!(f, "the budget {budget} is spent ({spent} of {limit}); settle the arena")
            }
            Self::AlreadyJoined { agent_id } => {
                write!(f, "{agent_id} takes part already; change the role instead")
            }
            Self::LastCoordinator => {
                f.write_str("the last coordinator stays; make another participant coordinator first")
            }
            Self::LeasesOpen { steps, deadline } => {
                write!(f, "steps {} are still held; wait for them or until {deadline}", Listed(steps))
            }
            Self::LimitReached { what, limit } => write!(f, "the arena may hold {limit} {what} and no more"),
            Self::DependentStarted { step, dependent } => {
                write!(f, "step {dependent}, which depends on step {step}, is claimed or completed; reopen or cancel it first")
            }
            Self::Invalid { field, reason } => write!(f, "{field}: {reason}"),
            Self::TooLarge { field, limit } => write!(f, "{field} is larger than {limit} bytes"),
        }
    }
}
