//! How an account is made at a derived address: also where somebody sent lamports ahead.

use arena_escrow_interface::{Fault, SYSTEM_PROGRAM};
use pinocchio::{
    cpi::{invoke_signed, Seed, Signer},
    instruction::{InstructionAccount, InstructionView},
    AccountView, Address,
};

use crate::{chain, Answer};

/// Tags of the system program's instructions.
const CREATE: u8 = 0;
const ASSIGN: u8 = 1;
const TRANSFER: u8 = 2;
const ALLOCATE: u8 = 8;

const SYSTEM: Address = Address::new_from_array(SYSTEM_PROGRAM.0);

/// An account to be made: one parameter, because the chain's calls have no room for more than five.
pub(crate) struct Opening<'a> {
    /// Who pays for it.
    pub(crate) payer: &'a AccountView,
    /// The account, which has these seeds and this bump.
    pub(crate) account: &'a AccountView,
    pub(crate) seeds: [&'a [u8]; 3],
    pub(crate) bump: u8,
    /// The program that it will belong to.
    pub(crate) owner: &'a Address,
    /// How many bytes it has.
    pub(crate) size: usize,
}

impl Opening<'_> {
    /// Makes it.
    #[inline(never)]
    pub(crate) fn open(&self) -> Answer {
        let bump = [self.bump];
        let [first, second, third] = self.seeds;
        let seeds = [Seed::from(first), Seed::from(second), Seed::from(third), Seed::from(&bump)];
        let signer = [Signer::from(&seeds)];
        let rent = chain::rent_for(self.size)?;
        let sent_ahead = self.account.lamports();
        if sent_ahead == 0 {
            return self.create(rent, &signer);
        }
        transfer(self.payer, self.account, rent.saturating_sub(sent_ahead))?;
        let mut data = [0; 12];
        write(&mut data, [&[ALLOCATE, 0, 0, 0], &(self.size as u64).to_le_bytes(), &[]]);
        sign(self.account, &data, &signer)?;
        let mut data = [0; 36];
        write(&mut data, [&[ASSIGN, 0, 0, 0], self.owner.as_array(), &[]]);
        sign(self.account, &data, &signer)
    }

    #[inline(always)]
    fn create(&self, lamports: u64, signer: &[Signer<'_, '_>]) -> Answer {
        let accounts = [
            InstructionAccount::writable_signer(self.payer.address()),
            InstructionAccount::writable_signer(self.account.address()),
        ];
        let mut data = [CREATE; 52];
        let [a, b, c, d, e, f, g, h] = lamports.to_le_bytes();
        let head = [CREATE, 0, 0, 0, a, b, c, d, e, f, g, h];
        write(&mut data, [&head, &(self.size as u64).to_le_bytes(), self.owner.as_array()]);
        let instruction = InstructionView { program_id: &SYSTEM, accounts: &accounts, data: &data };
        invoke_signed(&instruction, &[self.payer, self.account], signer)
            .map_err(|_| Fault::ChainRefused.into())
    }
}

fn transfer(payer: &AccountView, account: &AccountView, lamports: u64) -> Answer {
    if lamports == 0 {
        return Ok(());
    }
    let accounts = [
        InstructionAccount::writable_signer(payer.address()),
        InstructionAccount::writable(account.address()),
    ];
    let mut data = [0; 12];
    write(&mut data, [&[TRANSFER, 0, 0, 0], &lamports.to_le_bytes(), &[]]);
    let instruction = InstructionView { program_id: &SYSTEM, accounts: &accounts, data: &data };
    invoke_signed(&instruction, &[payer, account], &[]).map_err(|_| Fault::ChainRefused.into())
}

/// Runs an instruction of the system program that only the new account signs.
fn sign(account: &AccountView, data: &[u8], signer: &[Signer<'_, '_>]) -> Answer {
    let accounts = [InstructionAccount::writable_signer(account.address())];
    let instruction = InstructionView { program_id: &SYSTEM, accounts: &accounts, data };
    invoke_signed(&instruction, &[account], signer).map_err(|_| Fault::ChainRefused.into())
}

/// Writes parts one after the other.
#[inline(always)]
fn write(into: &mut [u8], parts: [&[u8]; 3]) {
    let mut rest = into;
    for part in parts {
        let Some((front, back)) = rest.split_at_mut_checked(part.len()) else { return };
        front.copy_from_slice(part);
        rest = back;
    }
}
