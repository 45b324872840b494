//! Every instruction of the program as an action: typed arguments in, and the accounts put together by the program's own tables.

mod payouts;
mod play;
mod protocol;

use arena_escrow_interface::Key;
use solana_address::Address;

use crate::{
    accounts::HeldContest,
    addresses::{Addresses, associated, key},
};

/// The instructions that a contest's money is moved by, with what is common to them.
struct Of<'a> {
    at: &'a Addresses,
    contest: &'a HeldContest,
}

impl Of<'_> {
    fn contest(&self) -> Key {
        key(&self.contest.address)
    }

    fn escrow(&self) -> Key {
        self.contest.view().escrow()
    }

    fn bond_vault(&self) -> Key {
        self.contest.view().bond_vault()
    }

    fn treasury(&self) -> Key {
        self.contest.view().treasury()
    }

    fn mint(&self) -> Key {
        self.contest.view().mint()
    }

    fn token_program(&self) -> Key {
        self.contest.view().token_program()
    }

    fn profile(&self, agent: &Address) -> Key {
        key(&self.at.profile(agent))
    }

    fn entry(&self, agent: &Address) -> Address {
        self.at.entry(&self.contest.address, agent)
    }

    /// Where a wallet is paid.
    fn tokens(&self, wallet: &Address) -> Key {
        key(&associated(wallet, &self.contest.token_program(), &self.contest.mint()))
    }
}
