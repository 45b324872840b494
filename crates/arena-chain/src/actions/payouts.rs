//! What is owed goes to its owners, and what is settled is closed; anyone can ask for it.

use arena_escrow_interface::{accounts::BondFate, instructions as table, instructions::Tag};
use solana_address::Address;

use super::Of;
use crate::{
    accounts::{HeldContest, HeldEntry},
    action::Action,
    addresses::{Addresses, key},
    shows::{is_gone, is_paid, of_contest, of_entry},
};

impl Addresses {
    /// Pays a prize to its winner, whoever asks.
    #[must_use]
    pub fn claim_prize(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::ClaimPrizeAccounts {
            agent: key(agent),
            profile: of.profile(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("claim_prize", Tag::ClaimPrize, &accounts.metas());
        action.once(entry, is_paid)
    }

    /// Pays an entry fee back to its entrant, whoever asks; the first after registration expired ends the contest too.
    #[must_use]
    pub fn refund(&self, contest: &HeldContest, agent: &Address) -> Action {
        let of = Of { at: self, contest };
        let entry = of.entry(agent);
        let accounts = table::RefundAccounts {
            agent: key(agent),
            contest: of.contest(),
            entry: key(&entry),
            agent_tokens: of.tokens(agent),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("refund", Tag::Refund, &accounts.metas());
        action.once(entry, is_paid)
    }

    /// Pays the creator's part of the pot to the creator, whoever asks.
    #[must_use]
    pub fn pay_creator_fee(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::PayCreatorFeeAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            creator_tokens: of.tokens(&contest.creator()),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("pay_creator_fee", Tag::PayCreatorFee, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none() || of_contest(account, |contest| contest.creator_fee_paid() != 0)
        })
    }

    /// Pays the bond back to the creator, whoever asks; where nobody has paid a fee it ends an expired contest too.
    #[must_use]
    pub fn return_bond(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::ReturnBondAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            creator_tokens: of.tokens(&contest.creator()),
            bond_vault: of.bond_vault(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("return_bond", Tag::ReturnBond, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none()
                || of_contest(account, |contest| contest.bond_fate() == BondFate::Returned as u8)
        })
    }

    /// Pays the treasury's part of the pot, whoever asks.
    #[must_use]
    pub fn pay_protocol_fee(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::PayProtocolFeeAccounts {
            contest: of.contest(),
            treasury: of.treasury(),
            escrow: of.escrow(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("pay_protocol_fee", Tag::PayProtocolFee, &accounts.metas());
        action.once(contest.address, |account| {
            account.is_none() || of_contest(account, |contest| contest.protocol_fee_paid() != 0)
        })
    }

    /// Counts what an entry of a finished contest came to in its agent's profile, once. Anyone can.
    #[must_use]
    pub fn record_result(&self, entry: &HeldEntry) -> Action {
        let agent = entry.agent();
        let accounts = table::RecordResultAccounts {
            agent: key(&agent),
            profile: key(&self.profile(&agent)),
            contest: key(&entry.contest()),
            entry: key(&entry.address),
        };
        let action = self.plain("record_result", Tag::RecordResult, &accounts.metas());
        action.once(entry.address, |account| {
            account.is_none() || of_entry(account, |entry| entry.is_recorded() != 0)
        })
    }

    /// Closes an entry that nothing is owed for; its rent goes back to the entrant. Anyone can.
    #[must_use]
    pub fn close_entry(&self, entry: &HeldEntry) -> Action {
        let accounts = table::CloseEntryAccounts {
            agent: key(&entry.agent()),
            contest: key(&entry.contest()),
            entry: key(&entry.address),
        };
        let action = self.plain("close_entry", Tag::CloseEntry, &accounts.metas());
        action.once(entry.address, is_gone)
    }

    /// Closes a contest that owes nothing, and its vaults; their rent goes back to the creator. Anyone can.
    #[must_use]
    pub fn close_contest(&self, contest: &HeldContest) -> Action {
        let of = Of { at: self, contest };
        let accounts = table::CloseContestAccounts {
            creator: contest.view().creator(),
            contest: of.contest(),
            escrow: of.escrow(),
            bond_vault: of.bond_vault(),
            treasury: of.treasury(),
            mint: of.mint(),
            token_program: of.token_program(),
        };
        let action = self.plain("close_contest", Tag::CloseContest, &accounts.metas());
        action.once(contest.address, is_gone)
    }
}
