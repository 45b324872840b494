//! How tokens leave a contest's vaults: only the contest signs for them.

use arena_escrow_interface::{accounts::Contest, seeds};
use pinocchio::{
    cpi::{Seed, Signer},
    AccountView,
};

use crate::{
    contests::{contest, read},
    tokens::Transfer,
    Answer,
};

/// Tokens on their way out of a vault.
pub(crate) struct Out<'a> {
    pub(crate) contest: &'a AccountView,
    pub(crate) vault: &'a AccountView,
    pub(crate) to: &'a AccountView,
    pub(crate) mint: &'a AccountView,
    pub(crate) token_program: &'a AccountView,
}

impl Out<'_> {
    /// Moves an amount out of the vault.
    pub(crate) fn transfer(&self, amount: u64) -> Answer {
        let (seal, decimals) = {
            let data = read(self.contest)?;
            let contest = contest(&data)?;
            (Seal::of(&contest), contest.decimals())
        };
        let transfer = Transfer {
            from: self.vault,
            mint: self.mint,
            to: self.to,
            authority: self.contest,
            token_program: self.token_program,
            decimals,
        };
        seal.sign(|signers| transfer.of(amount, signers))
    }
}

/// What a contest signs with.
pub(crate) struct Seal {
    creator: [u8; 32],
    id: [u8; 16],
    bump: [u8; 1],
}

impl Seal {
    pub(crate) fn of(contest: &Contest<'_>) -> Self {
        Self { creator: contest.creator().0, id: contest.id(), bump: [contest.bump()] }
    }

    /// Runs what the contest has to sign for.
    #[inline(always)]
    pub(crate) fn sign<T>(&self, run: impl FnOnce(&[Signer<'_, '_>]) -> T) -> T {
        let [name, creator, id] = seeds::contest(&self.creator, &self.id);
        let seeds = [Seed::from(name), Seed::from(creator), Seed::from(id), Seed::from(&self.bump)];
        run(&[Signer::from(&seeds)])
    }
}
