//! What a contest owes: derived from its status, its entries and what was paid.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{
    aggregate::Contest,
    entries::{Entry, Obligation},
    payee::Payee,
    types::{ObligationStatus, PayoutKind, Status},
};
use crate::amount::Amount;

/// What happened to the bond: it has one fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BondFate {
    /// In the bond account.
    Held,
    /// Back with the creator.
    Returned,
    /// With the treasury.
    Slashed,
}

/// What treasury and creator get of a finished contest's pot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fees {
    pub(super) protocol: Fee,
    pub(super) creator: Fee,
}

/// One of the fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fee {
    pub(super) amount: Amount,
    pub(super) is_paid: bool,
}

impl Fee {
    pub(super) const fn open(amount: Amount) -> Self {
        Self { amount, is_paid: false }
    }
}

impl Contest {
    /// All that is or was owed, of amounts above 0: prizes in order of standing or refunds in entry order, then creator fee, bond,
    /// protocol fee. Before the end nothing is.
    #[must_use]
    pub fn obligations(&self) -> Vec<Obligation> {
        let of_entries: Vec<Obligation> = match self.status {
            Status::Registration | Status::Active | Status::Eliminating => return Vec::new(),
            Status::Finished => {
                let standings = self.standings();
                standings
                    .iter()
                    .filter_map(|standing| self.to_entrant(PayoutKind::Prize, &standing.entry))
                    .collect()
            }
            Status::Cancelled | Status::Abandoned => {
                self.entries().filter_map(|entry| self.to_entrant(PayoutKind::Refund, entry)).collect()
            }
        };
        let creator = Payee::Agent(self.creator.clone());
        let others = [
            self.obligation(PayoutKind::CreatorFee, &creator),
            self.obligation(PayoutKind::Bond, &creator),
            self.obligation(PayoutKind::ProtocolFee, &Payee::Treasury),
        ];
        of_entries.into_iter().chain(others.into_iter().flatten()).collect()
    }

    /// What is or was owed to one payee for one reason; looks at one entry.
    #[must_use]
    pub fn obligation(&self, kind: PayoutKind, payee: &Payee) -> Option<Obligation> {
        let fee = |fee: Fee| owed(kind, payee.clone(), fee.amount, fee.is_paid);
        match (kind, payee) {
            (PayoutKind::Prize | PayoutKind::Refund, Payee::Agent(agent_id)) => {
                self.to_entrant(kind, self.entry(agent_id)?)
            }
            (PayoutKind::CreatorFee, Payee::Agent(agent_id)) if *agent_id == self.creator => {
                fee(self.fees?.creator)
            }
            (PayoutKind::ProtocolFee, Payee::Treasury) => fee(self.fees?.protocol),
            (PayoutKind::Bond, Payee::Agent(agent_id)) if *agent_id == self.creator => self.bond_owed(payee),
            (PayoutKind::Prize | PayoutKind::Refund | PayoutKind::CreatorFee | PayoutKind::Bond, _)
            | (PayoutKind::ProtocolFee, Payee::Agent(_)) => None,
        }
    }

    fn to_entrant(&self, kind: PayoutKind, entry: &Entry) -> Option<Obligation> {
        let amount = match (kind, self.status) {
            (PayoutKind::Prize, Status::Finished) => entry.result?.prize,
            (PayoutKind::Refund, Status::Cancelled | Status::Abandoned) => entry.amount,
            (
                PayoutKind::Prize
                | PayoutKind::Refund
                | PayoutKind::CreatorFee
                | PayoutKind::ProtocolFee
                | PayoutKind::Bond,
                _,
            ) => return None,
        };
        owed(kind, Payee::Agent(entry.agent_id.clone()), amount, entry.is_paid)
    }

    fn bond_owed(&self, creator: &Payee) -> Option<Obligation> {
        match self.status {
            Status::Finished | Status::Cancelled => {
                let is_paid = self.bond == BondFate::Returned;
                owed(PayoutKind::Bond, creator.clone(), self.terms.bond, is_paid)
            }
            Status::Registration | Status::Active | Status::Eliminating | Status::Abandoned => None,
        }
    }

    /// The sum of what is owed out of the escrow: open obligations; before the end, what was paid in.
    #[must_use]
    pub const fn escrow_due(&self) -> u64 {
        self.escrow_due
    }

    /// What is in the bond account: the bond until it went one way or the other.
    #[must_use]
    pub fn bond_due(&self) -> u64 {
        match self.bond {
            BondFate::Held => self.terms.bond.get(),
            BondFate::Returned | BondFate::Slashed => 0,
        }
    }
}

/// An obligation; of nothing there is none.
fn owed(kind: PayoutKind, payee: Payee, amount: Amount, is_paid: bool) -> Option<Obligation> {
    let status = if is_paid { ObligationStatus::Paid } else { ObligationStatus::Open };
    (!amount.is_zero()).then_some(Obligation { kind, payee, amount, status })
}
