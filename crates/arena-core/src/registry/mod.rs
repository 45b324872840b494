//! The registry: which agents there are, the hashes of their tokens, and the handles that were given out.
//!
//! It belongs to no arena: its events stand in the system stream. It decides and evolves as an arena does.

mod aggregate;
mod commands;
mod decide;
mod events;
mod money;
mod rejection;

pub use aggregate::{IssuedHandle, RegisteredAgent, Registry};
pub use commands::{RegistryCommand, RegistryContext};
pub use events::RegistryEvent;
pub use rejection::RegistryRejection;
