//! The rules of Arena: deterministic state machines with no clock, randomness, I/O, floats or hash order.
//!
//! A command is decided against a state ([`collaboration::SharedArena::decide`]) and answers with events; events are
//! folded into the state by `evolve`, which never decides. Time, ids and whatever a rule needs from outside
//! its arena come in through a context, so replaying the same events gives the same bytes.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod aggregate;
pub mod amount;
pub mod collaboration;
pub mod contest;
pub mod handles;
pub mod hash;
pub mod ids;
pub mod ledger;
pub mod registry;
pub mod time;
mod words;

pub use amount::Amount;
pub use collaboration::{ArenaAggregate, ArenaConfig, ArenaEvent, HandlePermissions, SharedArena};
pub use contest::{Contest, ContestEvent};
pub use hash::Hash;
pub use ids::{AgentId, ArenaId, CommandId, Fence, HandleId, Position, Sequence, StepNumber};
pub use time::{Millis, Timestamp};
