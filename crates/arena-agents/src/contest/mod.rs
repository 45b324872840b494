//! Contests: games that are decided by a seed and actions, bots that are processes, and the host that is their oracle.
//!
//! A [`Cup`] is read from a file; a [`Host`] makes its contest, lets its bots play and pays everyone out; [`receipt::check`] checks what
//! came of it with nothing but the receipt.

mod actions;
pub mod bots;
mod cup;
pub mod games;
mod host;
pub mod receipt;
pub mod strategies;
mod table;

pub use actions::ActionLine;
pub use cup::{Cup, CupBot, CupError, Mover};
#[cfg(feature = "solana")]
pub use host::Solana;
pub use host::{
    BotWallet, ChainSide, Ending, Host, HostError, HostOptions, HostReport, HostedBot, Paid, Show, Unpaid,
};
