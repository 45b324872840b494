//! Payouts: an open obligation is paid to its payee, whoever asks.

use alloc::vec;

use super::{
    super::{
        entries::Obligation,
        events::ContestEvent,
        payee::Payee,
        rejection::Rejection,
        types::{CancelReason, ObligationStatus, PayoutKind},
    },
    asking::Asking,
    Answer,
};

impl Asking<'_> {
    pub(super) fn payout(&self, kind: PayoutKind, payee: Option<&Payee>) -> Answer {
        let payee = payee.cloned().unwrap_or_else(|| self.usual_payee(kind));
        if !self.ends_with(kind) {
            let owed = self.contest.obligation(kind, &payee);
            return Ok(vec![self.paid(kind, payee, owed.as_ref())?]);
        }
        let cancelled =
            ContestEvent::ContestCancelled { reason: CancelReason::RegistrationExpired, timestamp: self.now };
        let mut expired = self.contest.clone();
        expired.evolve(&cancelled);
        let owed = expired.obligation(kind, &payee);
        Ok(vec![cancelled, self.paid(kind, payee, owed.as_ref())?])
    }

    fn usual_payee(&self, kind: PayoutKind) -> Payee {
        match kind {
            PayoutKind::Prize | PayoutKind::Refund => Payee::Agent(self.caller.clone()),
            PayoutKind::CreatorFee | PayoutKind::Bond => Payee::Agent(self.contest.creator.clone()),
            PayoutKind::ProtocolFee => Payee::Treasury,
        }
    }

    fn paid(
        &self,
        kind: PayoutKind,
        payee: Payee,
        owed: Option<&Obligation>,
    ) -> Result<ContestEvent, Rejection> {
        match owed.map(|owed| (owed.status, owed.amount)) {
            None => Err(Rejection::NothingOwed { kind, payee }),
            Some((ObligationStatus::Paid, _)) => Err(Rejection::AlreadyPaid { kind, payee }),
            Some((ObligationStatus::Open, amount)) => {
                Ok(ContestEvent::ObligationPaid { kind, payee, amount, timestamp: self.now })
            }
        }
    }
}
