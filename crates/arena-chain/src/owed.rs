//! What a contest owes now, and what is left to close: each as the actions that do it, which anyone can ask for.

use arena_core::contest::{PayoutKind, Status, timing};
use solana_address::Address;

use crate::{
    accounts::{HeldContest, HeldEntry},
    action::Action,
    addresses::Addresses,
};

/// A payment out of a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payout {
    /// What it is for.
    pub kind: PayoutKind,
    /// The entrant's wallet, or the creator's.
    wallet: Address,
}

impl Payout {
    /// A payment of `contest`; `entrant` says whose prize or refund, and is not looked at for the rest.
    #[must_use]
    pub fn of(contest: &HeldContest, kind: PayoutKind, entrant: Address) -> Self {
        let wallet = match kind {
            PayoutKind::Prize | PayoutKind::Refund => entrant,
            PayoutKind::Bond | PayoutKind::CreatorFee | PayoutKind::ProtocolFee => contest.creator(),
        };
        Self { kind, wallet }
    }

    /// The wallet that gets it; none for what goes to the treasury.
    #[must_use]
    pub fn payee(&self) -> Option<Address> {
        (self.kind != PayoutKind::ProtocolFee).then_some(self.wallet)
    }

    /// What pays it, into a token account that has to be there.
    #[must_use]
    pub fn action(&self, at: &Addresses, contest: &HeldContest) -> Action {
        match self.kind {
            PayoutKind::Prize => at.claim_prize(contest, &self.wallet),
            PayoutKind::Refund => at.refund(contest, &self.wallet),
            PayoutKind::Bond => at.return_bond(contest),
            PayoutKind::CreatorFee => at.pay_creator_fee(contest),
            PayoutKind::ProtocolFee => at.pay_protocol_fee(contest),
        }
    }

    /// The same, the payee's token account made where it is missing; `payer` pays the rent for that.
    #[must_use]
    pub fn action_making_tokens(&self, at: &Addresses, contest: &HeldContest, payer: &Address) -> Action {
        let action = self.action(at, contest);
        match self.payee() {
            Some(wallet) => contest.making_tokens_of(action, &wallet, payer),
            None => action,
        }
    }
}

impl HeldContest {
    /// What it owes now, entrants first and in their order; in an expired registration what its refunds, and then the bond, will be owed
    /// for.
    #[must_use]
    pub fn owed_now(&self, entries: &[HeldEntry], now_ms: u64) -> Vec<Payout> {
        let ends_ms = self.registration_ends_ms();
        let expired = self.status() == Status::Registration && timing::is_over(now_ms, ends_ms);
        let mut owed = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.is_paid()) {
            let refund = (expired && entry.view().amount() > 0).then_some(PayoutKind::Refund);
            let kind = self.owed_to(entry).map(|(kind, _)| kind).or(refund);
            owed.extend(kind.map(|kind| Payout::of(self, kind, entry.agent())));
        }
        let rest = [
            (PayoutKind::Bond, self.bond_is_owed() || expired && self.view().bond() > 0),
            (PayoutKind::CreatorFee, self.creator_fee_owed() > 0),
            (PayoutKind::ProtocolFee, self.protocol_fee_owed() > 0),
        ];
        let open = rest.into_iter().filter(|(_, is_open)| *is_open);
        owed.extend(open.map(|(kind, _)| Payout::of(self, kind, self.creator())));
        owed
    }

    /// Has a wallet's token account of the contest's mint made before an action, where it is missing; `payer` pays the rent for that.
    #[must_use]
    pub fn making_tokens_of(&self, action: Action, wallet: &Address, payer: &Address) -> Action {
        action.making_tokens_of(wallet, &self.mint(), &self.token_program(), payer)
    }
}

/// A step of closing a contest.
#[derive(Debug)]
pub struct Closing {
    /// Who gets the rent back: the entrant, or the creator.
    pub wallet: Address,
    /// `record_result`, `close_entry` or, as the last, `close_contest`.
    pub action: Action,
}

impl Addresses {
    /// What closes a contest that is over and owes nothing: each result counted where that is due, each entry closed, and then the contest.
    #[must_use]
    pub fn closing(&self, contest: &HeldContest, entries: &[HeldEntry]) -> Vec<Closing> {
        let mut steps = Vec::new();
        for entry in entries {
            let is_due = contest.status() == Status::Finished && !entry.is_recorded();
            let record = is_due.then(|| self.record_result(entry));
            let actions = record.into_iter().chain([self.close_entry(entry)]);
            steps.extend(actions.map(|action| Closing { wallet: entry.agent(), action }));
        }
        steps.push(Closing { wallet: contest.creator(), action: self.close_contest(contest) });
        steps
    }
}
