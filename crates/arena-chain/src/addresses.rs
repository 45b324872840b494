//! Where the program's accounts are: derived from the program's id, so that nobody has to be asked.

use arena_escrow_interface::{
    ASSOCIATED_TOKEN_PROGRAM, Key, LOADER, LOCAL_PROGRAM_ID, SYSTEM_PROGRAM, TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM, seeds,
};
use solana_address::Address;

/// The address of a key.
#[must_use]
pub const fn address(key: Key) -> Address {
    Address::new_from_array(key.0)
}

/// The key of an address.
#[must_use]
pub const fn key(address: &Address) -> Key {
    Key(*address.as_array())
}

/// Where the program is on a local chain.
pub const LOCAL_PROGRAM: Address = address(LOCAL_PROGRAM_ID);

/// The system program.
pub(crate) const SYSTEM: Address = address(SYSTEM_PROGRAM);

/// Whether it is one of the two programs of tokens.
pub(crate) fn is_token_program(program: &Address) -> bool {
    [address(TOKEN_PROGRAM), address(TOKEN_2022_PROGRAM)].contains(program)
}

/// The accounts of one deployment of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    program: Address,
}

impl Addresses {
    /// Those of the program at this address.
    #[must_use]
    pub const fn of(program: Address) -> Self {
        Self { program }
    }

    /// The program.
    #[must_use]
    pub const fn program(&self) -> Address {
        self.program
    }

    /// The protocol's account.
    #[must_use]
    pub fn protocol(&self) -> Address {
        self.derived(&seeds::protocol())
    }

    /// The treasury's token account of a mint.
    #[must_use]
    pub fn treasury(&self, mint: &Address) -> Address {
        self.derived(&seeds::treasury(mint.as_array()))
    }

    /// A wallet's profile.
    #[must_use]
    pub fn profile(&self, agent: &Address) -> Address {
        self.derived(&seeds::profile(agent.as_array()))
    }

    /// A contest, by its creator and the id that the creator gave it.
    #[must_use]
    pub fn contest(&self, creator: &Address, id: &[u8; 16]) -> Address {
        self.derived(&seeds::contest(creator.as_array(), id))
    }

    /// An agent's entry in a contest.
    #[must_use]
    pub fn entry(&self, contest: &Address, agent: &Address) -> Address {
        self.derived(&seeds::entry(contest.as_array(), agent.as_array()))
    }

    /// The token account of a contest's entry fees.
    #[must_use]
    pub fn escrow(&self, contest: &Address) -> Address {
        self.derived(&seeds::escrow(contest.as_array()))
    }

    /// The token account of a contest's bond.
    #[must_use]
    pub fn bond_vault(&self, contest: &Address) -> Address {
        self.derived(&seeds::bond(contest.as_array()))
    }

    /// The loader's account that names who deployed the program.
    #[must_use]
    pub fn program_data(&self) -> Address {
        derived(&seeds::program_data(self.program.as_array()), &address(LOADER))
    }

    fn derived(&self, seeds: &[&[u8]]) -> Address {
        derived(seeds, &self.program)
    }
}

/// A wallet's associated token account: where it is paid.
#[must_use]
pub fn associated(wallet: &Address, token_program: &Address, mint: &Address) -> Address {
    let seeds = seeds::associated(wallet.as_array(), token_program.as_array(), mint.as_array());
    derived(&seeds, &address(ASSOCIATED_TOKEN_PROGRAM))
}

/// The address with the canonical bump; for a few seeds of at most 32 bytes there is always one.
fn derived(seeds: &[&[u8]], program: &Address) -> Address {
    Address::find_program_address(seeds, program).0
}
