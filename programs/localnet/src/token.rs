//! Token accounts as bytes: the test mint, and wallets that hold some of it.

use solana_account::Account;
use solana_program_pack::Pack;
use solana_pubkey::Pubkey;
use spl_token_interface::state::{Account as TokenAccount, AccountState, Mint};

/// The account of a mint that `authority` may mint and that nobody can freeze.
pub(crate) fn mint(authority: Pubkey, supply: u64, decimals: u8, rent: u64) -> Account {
    let state = Mint {
        mint_authority: Some(authority).into(),
        supply,
        decimals,
        is_initialized: true,
        freeze_authority: None.into(),
    };
    packed(&state, rent)
}

/// The account that holds `amount` of `mint` for `owner`.
pub(crate) fn holding(mint: Pubkey, owner: Pubkey, amount: u64, rent: u64) -> Account {
    let state =
        TokenAccount { mint, owner, amount, state: AccountState::Initialized, ..TokenAccount::default() };
    packed(&state, rent)
}

/// Bytes of a mint's account.
pub(crate) const MINT_BYTES: usize = Mint::LEN;

/// Bytes of a holding's account.
pub(crate) const HOLDING_BYTES: usize = TokenAccount::LEN;

fn packed<T: Pack>(state: &T, lamports: u64) -> Account {
    let mut data = vec![0; T::LEN];
    state.pack_into_slice(&mut data);
    Account { lamports, data, owner: spl_token_interface::ID, executable: false, rent_epoch: u64::MAX }
}
