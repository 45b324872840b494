//! Shared arenas.
mod commands;
mod events;
mod permissions;
mod rejection;
mod types;
pub use commands::{Caller, Command, Context};
pub use events::ArenaEvent;
pub use permissions::{HandlePermissions, Permission};
pub use rejection::Rejection;
pub use types::{
    ArenaConfig, ArtifactKind, ArtifactName, Assignee, Budget, Evidence, FactKey, Limits, NewStep, Role, Status, StepEdit,
    StepStatus, Strategy,
};
