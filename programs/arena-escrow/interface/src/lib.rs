//! What the escrow program and its clients share, so that nothing is typed twice: the instructions with their arguments and accounts,
//! the layouts of accounts, the numbers of errors, and the events.
//!
//! The rules are not here: status, time, order, payout and bounds are functions of `arena-core`, which the program calls and a
//! client may call to know the answer before it asks. What accounts say in the words of the rules is here once for both: the terms
//! ([`accounts::Contest::terms`]) and what is owed ([`accounts::Contest::obligation`]).
#![no_std]

#[cfg(test)]
extern crate std;

pub mod accounts;
mod addresses;
pub mod args;
pub mod error;
pub mod events;
pub mod instructions;
pub mod layout;
mod lists;
mod roles;
pub mod terms;
pub mod wire;

pub use addresses::{
    seeds, ASSOCIATED_TOKEN_PROGRAM, LOADER, LOCAL_PROGRAM_ID, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
};
pub use error::{Error, Fault};
pub use lists::{Mark, Marks, Shares};
pub use wire::Key;
