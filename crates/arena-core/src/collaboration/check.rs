//! The bounds of each value of a command, checked before anything else.
use super::{
    commands::Command,
    rejection::Rejection,
    types::{ArenaConfig, Limits},
};
impl Command {
    /// Stub.
    pub fn check(&self, _limits: &Limits) -> Result<(), Rejection> {
        Ok(())
    }
}
impl ArenaConfig {
    /// Stub.
    pub fn check(&self, _limits: &Limits) -> Result<(), Rejection> {
        Ok(())
    }
}
