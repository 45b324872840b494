//! What a shared arena answers to a command: pure, and in a fixed order of checks.
use super::{
    aggregate::SharedArena,
    commands::{Command, Context},
    rejection::Rejection,
    types::ArenaConfig,
    Decision,
};
use crate::ids::ArenaId;
impl SharedArena {
    /// Stub.
    pub fn create(
        _arena_id: ArenaId,
        _config: &ArenaConfig,
        _context: &Context<'_>,
    ) -> Result<Decision, Rejection> {
        Err(Rejection::LastCoordinator)
    }
    /// Stub.
    pub fn decide(&self, _command: &Command, _context: &Context<'_>) -> Result<Decision, Rejection> {
        Err(Rejection::LastCoordinator)
    }
}
