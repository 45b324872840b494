//! The client of Arena's program on Solana: the chain holds a contest's money, and this says how to move it.
//!
//! [`Chain`] reads and lists the program's accounts and sends [`Action`]s, of which [`Addresses`] makes one for each instruction. What
//! takes several of them is here too: [`Page::of_round`] for a round, [`Addresses::finalizing`] for the end,
//! [`HeldContest::owed_now`] for what is to be paid, [`Addresses::closing`] for what is left to close. A send
//! survives a lost confirmation without doing the thing twice. What the program's bytes look like is said by
//! `arena-escrow-interface`, which the program itself is built from; who may do what is a rule of `arena-core`, which the program
//! calls.

mod accounts;
mod action;
mod actions;
mod addresses;
mod chain;
mod error;
mod events;
mod exits;
mod explain;
mod fees;
mod files;
mod funding;
mod instruction;
mod keys;
mod note;
mod owed;
mod refusal;
mod rounds;
mod rpc;
mod send;
mod shown;
mod shows;
mod terms;
#[cfg(test)]
mod tests;

pub use accounts::{HeldContest, HeldEntry, HeldProfile, HeldProtocol, sort_by_standing};
pub use action::Action;
pub use addresses::{Addresses, LOCAL_PROGRAM, address, associated, key};
pub use arena_escrow_interface::{Mark, events::Event};
pub use chain::{Chain, Logged};
pub use error::ChainError;
pub use events::decode as decode_events;
pub use exits::WayOut;
pub use explain::Asked;
pub use fees::PRICE_CAP;
pub use files::{Alone, write_durably};
pub use funding::TopUp;
pub use keys::{read_keypair, write_keypair};
pub use note::{Note, Signed};
pub use owed::{Closing, Payout};
pub use refusal::Refusal;
pub use rounds::{PAGE_ENTRIES, Page, Places};
pub use rpc::{Account, Rpc};
pub use send::{Sending, Sent};
pub use shown::{ShownContest, ShownEntry, ShownOwed, ShownProfile, ShownProtocol, ShownTerms, shown_event};
pub use solana_address::Address;
pub use solana_instruction::Instruction;
pub use solana_keypair::Keypair;
pub use solana_signature::Signature;
pub use solana_signer::Signer;
pub use terms::ChainTerms;
