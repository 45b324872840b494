//! The ledger of the model, written apart from the runtime's: balances that postings move.

use arena_core::ledger::{Account, Posting};

use super::cast::{Cast, Who};

/// Balances, the outside's included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ledger {
    wallets: Vec<i64>,
    pub(super) escrow: i64,
    pub(super) bond: i64,
    pub(super) treasury: i64,
    external: i64,
}

/// Which leg of a posting is booked; both, but for a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Legs {
    Both,
    DebitOnly,
}

impl Ledger {
    /// Everyone has been given a purse from outside.
    pub(super) fn new(cast: &Cast) -> Self {
        let wallets: Vec<i64> = cast.everyone().map(|who| units(cast.purse(who))).collect();
        let external = -wallets.iter().sum::<i64>();
        Self { wallets, escrow: 0, bond: 0, treasury: 0, external }
    }

    /// Moves money. False, and nothing moved, where a wallet would be overdrawn: the one thing that a ledger refuses. Every
    /// other account may go below zero here, so that it shows when the rules alone would let it.
    pub(super) fn book(&mut self, cast: &Cast, posting: &Posting, legs: Legs, overdraft: bool) -> bool {
        let amount = units(posting.amount.get());
        let is_wallet = matches!(posting.debit, Account::Wallet(_));
        let Some(debit) = self.account(cast, &posting.debit) else { return false };
        if is_wallet && *debit < amount && !overdraft {
            return false;
        }
        *debit -= amount;
        match self.account(cast, &posting.credit) {
            Some(credit) if legs == Legs::Both => *credit += amount,
            Some(_) | None => {}
        }
        true
    }

    fn account(&mut self, cast: &Cast, account: &Account) -> Option<&mut i64> {
        match account {
            Account::Wallet(agent_id) => {
                let wallet = cast.everyone().position(|who| cast.id(who) == agent_id)?;
                self.wallets.get_mut(wallet)
            }
            Account::Escrow(_) => Some(&mut self.escrow),
            Account::Bond(_) => Some(&mut self.bond),
            Account::Treasury => Some(&mut self.treasury),
            Account::External => Some(&mut self.external),
        }
    }

    pub(super) fn wallet(&self, cast: &Cast, who: Who) -> i64 {
        let wallet = cast.everyone().position(|one| one == who);
        wallet.and_then(|wallet| self.wallets.get(wallet)).copied().unwrap_or_default()
    }

    /// All that is inside.
    pub(super) fn inside(&self) -> i64 {
        self.wallets.iter().sum::<i64>() + self.escrow + self.bond + self.treasury
    }

    pub(super) const fn external(&self) -> i64 {
        self.external
    }

    /// Whether an account inside is below zero.
    pub(super) fn is_overdrawn(&self) -> bool {
        let inside = [self.escrow, self.bond, self.treasury];
        self.wallets.iter().chain(&inside).any(|balance| *balance < 0)
    }
}

/// An amount of the model, which is small.
pub(super) fn units(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
