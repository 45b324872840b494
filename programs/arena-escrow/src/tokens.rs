//! Token accounts: how they are read, and what the token program is asked to do with them.

use arena_escrow_interface::Fault;
use pinocchio::{
    cpi::{invoke_signed, Signer},
    instruction::{InstructionAccount, InstructionView},
    AccountView,
};

use crate::{
    accounts::or,
    addresses::{bytes, same},
    Answer,
};

/// Bytes of a token account without extensions, and where its parts begin.
pub(crate) const ACCOUNT_SIZE: usize = 165;
const AMOUNT: usize = 64;
const STATE: usize = 108;
/// Bytes of a mint without extensions, and where its parts begin.
const MINT_SIZE: usize = 82;
const DECIMALS: usize = 44;
const IS_INITIALIZED: usize = 45;
/// With extensions both kinds begin like a token account, and this byte says which it is.
pub(crate) const KIND: usize = ACCOUNT_SIZE;
const KIND_MINT: u8 = 1;
const KIND_ACCOUNT: u8 = 2;
/// Bytes of a group of signers, which is never a token account.
const MULTISIG_SIZE: usize = 355;

/// Tags of the token program's instructions.
const TRANSFER_CHECKED: u8 = 12;
const CLOSE_ACCOUNT: u8 = 9;
const INITIALIZE_ACCOUNT_3: u8 = 18;

/// What a token account's state byte says.
const INITIALIZED: u8 = 1;
const FROZEN: u8 = 2;

/// Whether an account is a mint of a token program.
pub(crate) fn is_mint(account: &AccountView, token_program: &AccountView) -> Answer {
    or(account.owned_by(token_program.address()), Fault::WrongOwner)?;
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    let has_shape = data.len() == MINT_SIZE || data.get(KIND) == Some(&KIND_MINT);
    or(has_shape && data.len() != MULTISIG_SIZE && data.get(IS_INITIALIZED) == Some(&1), Fault::WrongKind)
}

/// Whether an account is a token account of a mint.
pub(crate) fn is_of_mint(account: &AccountView, mint: &AccountView, token_program: &AccountView) -> Answer {
    or(account.owned_by(token_program.address()), Fault::WrongOwner)?;
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    let has_shape = data.len() == ACCOUNT_SIZE || data.get(KIND) == Some(&KIND_ACCOUNT);
    let state = data.get(STATE).copied().unwrap_or_default();
    let is_open = state == INITIALIZED || state == FROZEN;
    or(has_shape && data.len() != MULTISIG_SIZE && is_open, Fault::WrongKind)?;
    let of: &[u8; 32] = data.first_chunk().ok_or(Fault::WrongKind)?;
    or(same(of, bytes(mint.address())), Fault::WrongMint)
}

/// How much a token account holds.
pub(crate) fn amount_of(account: &AccountView) -> Answer<u64> {
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    let amount = data.get(AMOUNT..).and_then(<[u8]>::first_chunk).ok_or(Fault::WrongKind)?;
    Ok(u64::from_le_bytes(*amount))
}

/// Whether nothing can move in or out.
pub(crate) fn is_frozen(account: &AccountView) -> Answer<bool> {
    let data = account.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    Ok(data.get(STATE) == Some(&FROZEN))
}

/// The decimals of a mint.
pub(crate) fn decimals_of(mint: &AccountView) -> Answer<u8> {
    let data = mint.try_borrow().map_err(|_| Fault::DuplicateAccount)?;
    data.get(DECIMALS).copied().ok_or(Fault::WrongKind.into())
}

/// Accounts of a transfer.
pub(crate) struct Transfer<'a> {
    pub(crate) from: &'a AccountView,
    pub(crate) mint: &'a AccountView,
    pub(crate) to: &'a AccountView,
    pub(crate) authority: &'a AccountView,
    pub(crate) token_program: &'a AccountView,
    pub(crate) decimals: u8,
}

impl Transfer<'_> {
    /// Moves an amount, of nothing nothing.
    #[inline(never)]
    pub(crate) fn of(&self, amount: u64, signers: &[Signer<'_, '_>]) -> Answer {
        if amount == 0 {
            return Ok(());
        }
        let accounts = [
            InstructionAccount::writable(self.from.address()),
            InstructionAccount::readonly(self.mint.address()),
            InstructionAccount::writable(self.to.address()),
            InstructionAccount::readonly_signer(self.authority.address()),
        ];
        let [a, b, c, d, e, f, g, h] = amount.to_le_bytes();
        let data = [TRANSFER_CHECKED, a, b, c, d, e, f, g, h, self.decimals];
        let instruction =
            InstructionView { program_id: self.token_program.address(), accounts: &accounts, data: &data };
        invoke_signed(&instruction, &[self.from, self.mint, self.to, self.authority], signers)
            .map_err(|_| Fault::ChainRefused.into())
    }
}

/// Makes an account with room for it a token account of a mint.
#[inline(never)]
pub(crate) fn initialize(
    account: &AccountView,
    mint: &AccountView,
    owner: &[u8; 32],
    token_program: &AccountView,
) -> Answer {
    let accounts =
        [InstructionAccount::writable(account.address()), InstructionAccount::readonly(mint.address())];
    let mut data = [INITIALIZE_ACCOUNT_3; 33];
    if let Some(key) = data.last_chunk_mut() {
        *key = *owner;
    }
    let instruction =
        InstructionView { program_id: token_program.address(), accounts: &accounts, data: &data };
    invoke_signed(&instruction, &[account, mint], &[]).map_err(|_| Fault::ChainRefused.into())
}

/// Accounts of a closing.
pub(crate) struct Closing<'a> {
    pub(crate) account: &'a AccountView,
    /// Who gets its lamports.
    pub(crate) to: &'a AccountView,
    pub(crate) owner: &'a AccountView,
    pub(crate) token_program: &'a AccountView,
}

impl Closing<'_> {
    /// Closes an empty token account.
    #[inline(never)]
    pub(crate) fn close(&self, signers: &[Signer<'_, '_>]) -> Answer {
        let accounts = [
            InstructionAccount::writable(self.account.address()),
            InstructionAccount::writable(self.to.address()),
            InstructionAccount::readonly_signer(self.owner.address()),
        ];
        let program_id = self.token_program.address();
        let instruction = InstructionView { program_id, accounts: &accounts, data: &[CLOSE_ACCOUNT] };
        invoke_signed(&instruction, &[self.account, self.to, self.owner], signers)
            .map_err(|_| Fault::ChainRefused.into())
    }
}
