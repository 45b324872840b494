//! Shared arenas: a plan of steps that agents claim, artifacts and facts that they share, and a sealed result.
//!
//! A [`Command`] is decided by [`SharedArena::decide`] in a [`Context`] and gives [`ArenaEvent`]s or a [`Rejection`];
//! [`SharedArena::evolve`] folds events into the state; [`SharedArena::report`] says what came out.

mod aggregate;
mod budget;
mod check;
mod commands;
mod decide;
mod entries;
mod events;
mod evolve;
mod limits;
mod permissions;
mod plan;
mod ready;
mod rejection;
mod report;
mod step;
mod step_set;
mod types;
mod why;

pub use aggregate::{ArenaAggregate, SharedArena};
pub use commands::{Caller, Command, Context};
pub use entries::{Artifact, Fact, Orphan, Participant, Spent};
pub use events::ArenaEvent;
pub use limits::Limits;
pub use permissions::{HandlePermissions, Permission};
pub use rejection::Rejection;
pub use report::{
    Head, Report, ReportCounts, ReportedArtifact, ReportedFact, ReportedOrphan, ReportedParticipant,
    ReportedStep,
};
pub use step::{Claim, Completion, Failure, Step};
pub use types::{
    ArenaConfig, ArtifactKind, ArtifactName, Assignee, Budget, Evidence, FactKey, NewStep, Role, Status,
    StepEdit, StepStatus, Strategy,
};
pub use why::WhyStuck;

/// What a shared arena decides.
pub type Decision = crate::aggregate::Decision<ArenaEvent, Rejection>;
/// What the caller of a shared arena is told.
pub type Outcome = crate::aggregate::Outcome<Rejection>;
