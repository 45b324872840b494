//! The rules of Arena: deterministic state machines with no clock, randomness, I/O, floats or hash order.
//!
//! A command is decided against a state ([`collaboration::SharedArena::decide`]) and answers with events; events are
//! folded into the state by `evolve`, which never decides. Time, ids and whatever a rule needs from outside
//! its arena come in through a context, so replaying the same events gives the same bytes.
//!
//! Without the feature `aggregates` only the contest's functions over single values are there: they allocate nothing and
//! depend on nothing, and the program on the chain calls them.
#![no_std]

#[cfg(feature = "aggregates")]
extern crate alloc;
#[cfg(test)]
extern crate std;

#[cfg(feature = "aggregates")]
pub mod aggregate;
pub mod amount;
#[cfg(feature = "aggregates")]
pub mod collaboration;
pub mod contest;
#[cfg(feature = "aggregates")]
pub mod handles;
#[cfg(feature = "aggregates")]
pub mod hash;
#[cfg(feature = "aggregates")]
pub mod ids;
#[cfg(feature = "aggregates")]
pub mod ledger;
#[cfg(feature = "aggregates")]
pub mod registry;
#[cfg(feature = "aggregates")]
pub mod time;
mod words;

pub use amount::Amount;
#[cfg(feature = "aggregates")]
pub use collaboration::{ArenaAggregate, ArenaConfig, ArenaEvent, HandlePermissions, SharedArena};
#[cfg(feature = "aggregates")]
pub use contest::{Contest, ContestEvent};
#[cfg(feature = "aggregates")]
pub use hash::Hash;
#[cfg(feature = "aggregates")]
pub use ids::{AgentId, ArenaId, CommandId, Fence, HandleId, Position, Sequence, StepNumber};
#[cfg(feature = "aggregates")]
pub use time::{Millis, Timestamp};
