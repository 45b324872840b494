//! A local Solana chain in this process, with Arena's program deployed and a test mint: for trying contests on one machine, and for tests.
//!
//! Nothing here reaches another machine: the chain runs offline, listens on 127.0.0.1 only, and is gone when it stops.

mod chain;
mod keys;
mod localnet;
mod ports;
mod token;

pub use chain::{Chain, ChainError, Pace};
pub use keys::{KeyError, payer};
pub use localnet::{DECIMALS, Deployed, LAMPORTS, Localnet, Options, TOKENS};
pub use ports::Ports;

use arena_escrow_interface::LOCAL_PROGRAM_ID;
use solana_pubkey::Pubkey;

/// Where the program is on a local chain.
#[must_use]
pub const fn program_id() -> Pubkey {
    Pubkey::new_from_array(LOCAL_PROGRAM_ID.0)
}
