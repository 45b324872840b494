//! The wire of Arena: the JSON shapes of every request and answer, their schemas, and the codes of its problems.
//!
//! Shapes hold no rules: a request that parses is well formed, and the rules of `arena-core` say whether it is granted.
//! Unknown fields of a request are refused by name; optional fields of an answer are left out when absent.
//! With the feature `client`, [`client::Client`] speaks these shapes over HTTP.

pub mod agents;
pub mod arenas;
pub mod artifacts;
mod bounded;
pub mod brief;
#[cfg(feature = "client")]
pub mod client;
pub mod clock;
pub mod contests;
pub mod entries;
pub mod events;
pub mod facts;
pub mod handles;
pub mod health;
pub mod ledger;
pub mod list;
pub mod messages;
pub mod narrow;
pub mod participants;
pub mod payouts;
pub mod problem;
pub mod receipt;
pub mod report;
pub mod rounds;
pub mod schema;
pub mod steps;
pub mod terms;
pub mod verify;

pub use list::List;
pub use problem::{Code, Problem};
