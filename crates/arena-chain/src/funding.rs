//! Paying into a wallet what it takes to enter a contest.

use arena_escrow_interface::ASSOCIATED_TOKEN_PROGRAM;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use crate::{
    action::Action,
    addresses::{SYSTEM, address, associated},
};

/// The instruction of the associated-token program that makes an account unless it is there.
const CREATE_IDEMPOTENT: u8 = 1;
/// The system program's transfer.
const TRANSFER: u32 = 2;
/// The token programs' transfer that names mint and decimals.
const TRANSFER_CHECKED: u8 = 12;

/// What is paid into a wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopUp {
    /// Who pays; signs.
    pub payer: Address,
    /// Whose wallet.
    pub wallet: Address,
    /// For rent and fees.
    pub lamports: u64,
    /// What its money is.
    pub mint: Address,
    /// The mint's decimals.
    pub decimals: u8,
    /// The program of that mint.
    pub token_program: Address,
    /// How much of it.
    pub tokens: u64,
}

impl TopUp {
    /// The action that pays it; it can be done any number of times.
    #[must_use]
    pub fn action(&self) -> Action {
        let to = associated(&self.wallet, &self.token_program, &self.mint);
        let account = make_associated(&self.payer, &self.wallet, &self.mint, &self.token_program);
        let mut action = Action::new("top_up", self.lamports()).and(account);
        if self.tokens > 0 {
            action = action.and(self.tokens(to));
        }
        action
    }

    fn lamports(&self) -> Instruction {
        let data = TRANSFER.to_le_bytes().into_iter().chain(self.lamports.to_le_bytes()).collect();
        let accounts = vec![AccountMeta::new(self.payer, true), AccountMeta::new(self.wallet, false)];
        Instruction { program_id: SYSTEM, accounts, data }
    }

    fn tokens(&self, to: Address) -> Instruction {
        let from = associated(&self.payer, &self.token_program, &self.mint);
        let mut data = vec![TRANSFER_CHECKED];
        data.extend(self.tokens.to_le_bytes());
        data.push(self.decimals);
        let accounts = vec![
            AccountMeta::new(from, false),
            AccountMeta::new_readonly(self.mint, false),
            AccountMeta::new(to, false),
            AccountMeta::new_readonly(self.payer, true),
        ];
        Instruction { program_id: self.token_program, accounts, data }
    }
}

/// Makes a wallet's associated token account unless it is there.
pub(crate) fn make_associated(
    payer: &Address,
    wallet: &Address,
    mint: &Address,
    token_program: &Address,
) -> Instruction {
    let at = associated(wallet, token_program, mint);
    Instruction {
        program_id: address(ASSOCIATED_TOKEN_PROGRAM),
        accounts: vec![
            AccountMeta::new(*payer, true),
            AccountMeta::new(at, false),
            AccountMeta::new_readonly(*wallet, false),
            AccountMeta::new_readonly(*mint, false),
            AccountMeta::new_readonly(SYSTEM, false),
            AccountMeta::new_readonly(*token_program, false),
        ],
        data: vec![CREATE_IDEMPOTENT],
    }
}
