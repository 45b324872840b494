//! In which statuses of an arena each command is allowed: the table of section 5 of the design.

use super::super::{commands::Command, types::Status};

/// A set of statuses that some command is allowed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    Created,
    CreatedActive,
    Active,
    ActiveSettling,
    CreatedActiveSettling,
    Settling,
}

impl Window {
    pub(super) const fn of(command: &Command) -> Self {
        match command {
            Command::Activate => Self::Created,
            Command::AddParticipant { .. }
            | Command::ChangeRole { .. }
            | Command::UpdateGoal { .. }
            | Command::AddSteps { .. }
            | Command::EditStep { .. }
            | Command::CancelStep { .. } => Self::CreatedActive,
            Command::RemoveParticipant { .. } | Command::SendMessage { .. } => Self::CreatedActiveSettling,
            Command::ClaimStep { .. }
            | Command::ReopenStep { .. }
            | Command::PutFact { .. }
            | Command::PutArtifact { claim: None, .. }
            | Command::Settle => Self::Active,
            Command::RenewLease { .. }
            | Command::ReleaseStep { .. }
            | Command::ApproveStep { .. }
            | Command::CompleteStep { .. }
            | Command::FailStep { .. }
            | Command::AdoptResult { .. }
            | Command::PutArtifact { claim: Some(_), .. }
            | Command::PassDeadlines => Self::ActiveSettling,
            Command::Archive => Self::Settling,
        }
    }

    pub(super) const fn allows(self, status: Status) -> bool {
        match (status, self) {
            (Status::Created, Self::Created | Self::CreatedActive | Self::CreatedActiveSettling)
            | (
                Status::Active,
                Self::CreatedActive | Self::Active | Self::ActiveSettling | Self::CreatedActiveSettling,
            )
            | (Status::Settling, Self::ActiveSettling | Self::CreatedActiveSettling | Self::Settling) => true,
            (Status::Created, Self::Active | Self::ActiveSettling | Self::Settling)
            | (Status::Active, Self::Created | Self::Settling)
            | (Status::Settling, Self::Created | Self::CreatedActive | Self::Active)
            | (
                Status::Archived,
                Self::Created
                | Self::CreatedActive
                | Self::Active
                | Self::ActiveSettling
                | Self::CreatedActiveSettling
                | Self::Settling,
            ) => false,
        }
    }

    /// The statuses, for the refusal.
    pub(super) const fn statuses(self) -> &'static [Status] {
        match self {
            Self::Created => &[Status::Created],
            Self::CreatedActive => &[Status::Created, Status::Active],
            Self::Active => &[Status::Active],
            Self::ActiveSettling => &[Status::Active, Status::Settling],
            Self::CreatedActiveSettling => &[Status::Created, Status::Active, Status::Settling],
            Self::Settling => &[Status::Settling],
        }
    }
}
