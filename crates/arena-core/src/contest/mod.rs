//! Contests: entry fees and a bond in escrow, rounds submitted by an oracle, derived standings, and payouts of what is owed.
//!
//! A [`Command`] is decided by [`Contest::decide`] in a [`Context`] and gives [`ContestEvent`]s or a [`Rejection`];
//! [`Contest::evolve`] folds events into the state; [`posting`] says what money an event moves and [`counted`] which
//! profiles. What the chain shares are free functions over single values: [`bounds`], [`timing`], [`status`], [`rounds`],
//! [`standings`], [`payout`], [`seed`], [`gates`], and the [`Code`] of each refusal.

#[cfg(feature = "aggregates")]
mod aggregate;
pub mod bounds;
mod code;
#[cfg(feature = "aggregates")]
mod commands;
mod counters;
#[cfg(feature = "aggregates")]
mod decide;
#[cfg(feature = "aggregates")]
mod entries;
#[cfg(feature = "aggregates")]
mod events;
#[cfg(feature = "aggregates")]
mod evolve;
#[cfg(feature = "aggregates")]
mod exits;
pub mod gates;
#[cfg(feature = "aggregates")]
pub mod merkle;
#[cfg(feature = "aggregates")]
mod obligations;
#[cfg(feature = "aggregates")]
mod pages;
#[cfg(feature = "aggregates")]
mod payee;
pub mod payout;
#[cfg(feature = "aggregates")]
mod postings;
#[cfg(feature = "aggregates")]
mod profiles;
#[cfg(feature = "aggregates")]
mod rejection;
pub mod rounds;
pub mod seed;
pub mod standings;
pub mod status;
#[cfg(feature = "aggregates")]
mod terms;
pub mod timing;
mod types;

#[cfg(feature = "aggregates")]
pub use aggregate::Contest;
pub use code::Code;
#[cfg(feature = "aggregates")]
pub use commands::{Command, Context, RoundPage};
pub use counters::{CounterChange, Counters};
#[cfg(feature = "aggregates")]
pub use entries::{Entry, EntryResult, Obligation, Round, Standing, StoredActions};
#[cfg(feature = "aggregates")]
pub use events::ContestEvent;
#[cfg(feature = "aggregates")]
pub use exits::{Exit, ExitAction};
#[cfg(feature = "aggregates")]
pub use payee::Payee;
#[cfg(feature = "aggregates")]
pub use postings::posting;
#[cfg(feature = "aggregates")]
pub use profiles::{counted, Profile};
#[cfg(feature = "aggregates")]
pub use rejection::Rejection;
#[cfg(feature = "aggregates")]
pub use seed::opened_seed;
#[cfg(feature = "aggregates")]
pub use terms::Terms;
pub use types::{CancelReason, Gates, NotAScore, ObligationStatus, PayoutKind, Score, Status};

/// What a contest decides.
#[cfg(feature = "aggregates")]
pub type Decision = crate::aggregate::Decision<ContestEvent, Rejection>;
/// What the caller of a contest is told.
#[cfg(feature = "aggregates")]
pub type Outcome = crate::aggregate::Outcome<Rejection>;
