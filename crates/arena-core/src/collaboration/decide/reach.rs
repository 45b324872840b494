//! What a command touches: one step, contents, or the arena as a whole.

use super::super::commands::Command;
use crate::ids::{AgentId, StepNumber};

/// What a command touches.
pub(super) enum Reach {
    Step(StepNumber),
    /// What the caller adds of its own, or whichever step is next for it.
    Contents,
    /// The plan, the participants, the lifecycle.
    Arena,
}

impl Command {
    /// The step that the command names.
    #[must_use]
    pub const fn step(&self) -> Option<StepNumber> {
        match self.reach() {
            Reach::Step(step) => Some(step),
            Reach::Contents | Reach::Arena => None,
        }
    }

    pub(super) const fn reach(&self) -> Reach {
        match self {
            Self::EditStep { step, .. }
            | Self::CancelStep { step }
            | Self::RenewLease { step, .. }
            | Self::ReleaseStep { step, .. }
            | Self::ApproveStep { step }
            | Self::CompleteStep { step, .. }
            | Self::FailStep { step, .. }
            | Self::ReopenStep { step }
            | Self::AdoptResult { step, .. }
            | Self::ClaimStep { step: Some(step), .. }
            | Self::PutArtifact { claim: Some((step, _)), .. } => Reach::Step(*step),
            Self::ClaimStep { step: None, .. }
            | Self::PutArtifact { claim: None, .. }
            | Self::PutFact { .. }
            | Self::SendMessage { .. } => Reach::Contents,
            Self::Activate
            | Self::AddParticipant { .. }
            | Self::RemoveParticipant { .. }
            | Self::ChangeRole { .. }
            | Self::UpdateGoal { .. }
            | Self::AddSteps { .. }
            | Self::Settle
            | Self::Archive
            | Self::PassDeadlines => Reach::Arena,
        }
    }

    /// Whether this is `agent` asking to join by itself.
    pub(super) fn is_join_of(&self, agent: &AgentId) -> bool {
        matches!(self, Self::AddParticipant { agent_id, .. } if agent_id == agent)
    }
}
