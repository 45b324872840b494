//! Contests: entry fees and a bond in escrow, rounds submitted by an oracle, derived standings, and payouts of what is owed.
//!
//! A [`Command`] is decided by [`Contest::decide`] in a [`Context`] and gives [`ContestEvent`]s or a [`Rejection`];
//! [`Contest::evolve`] folds events into the state; [`posting`] says what money an event moves and [`counted`] which
//! profiles. What the chain shares are free functions over single values: [`bounds`], [`timing`], [`status`],
//! [`standings`], [`payout`].

mod aggregate;
pub mod bounds;
mod commands;
mod counters;
mod decide;
mod entries;
mod events;
mod evolve;
mod exits;
pub mod merkle;
mod obligations;
mod pages;
pub mod payout;
mod postings;
mod rejection;
mod seed;
pub mod standings;
pub mod status;
mod terms;
pub mod timing;
mod types;

pub use aggregate::Contest;
pub use commands::{Command, Context, RoundPage};
pub use counters::{counted, CounterChange, Counters, Profile};
pub use entries::{Entry, EntryResult, Obligation, Round, Standing, StoredActions};
pub use events::ContestEvent;
pub use exits::{Exit, ExitAction};
pub use postings::posting;
pub use rejection::Rejection;
pub use seed::opened_seed;
pub use terms::Terms;
pub use types::{CancelReason, Gates, NotAScore, ObligationStatus, Payee, PayoutKind, Score, Status};

/// What a contest decides.
pub type Decision = crate::aggregate::Decision<ContestEvent, Rejection>;
/// What the caller of a contest is told.
pub type Outcome = crate::aggregate::Outcome<Rejection>;
