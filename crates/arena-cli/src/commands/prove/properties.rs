//! The laws that can be read off a state: its ledger, the auditor's book and what the contest says of itself must agree.

use arena_core::{
    ContestEvent, Timestamp,
    contest::{ObligationStatus, PayoutKind, Status},
};

use super::{
    book::Owed,
    cast::{Owner, Who},
    laws::Law,
    ledger::units,
    model::SmallContest,
    state::State,
    way_out,
};

/// Ten years: a claim that is still good then never expires.
const LATER_MS: u64 = 10 * 365 * 86_400_000;

impl SmallContest {
    /// Whether a state keeps a law; those of single steps were noted when the step was taken.
    pub(super) fn holds(&self, state: &State, law: Law) -> bool {
        let State { contest, ledger, book, .. } = state;
        match law {
            Law::Balanced => ledger.inside() + ledger.external() == 0,
            Law::Conserved => ledger.inside() == units(self.deposits()),
            Law::NotNegative => !ledger.is_overdrawn(),
            Law::Covered => self.is_covered(state),
            Law::PaidOnce => self.says_what_is_owed(state),
            Law::OneBond => {
                let due = book.bond_due(&self.cast);
                contest.bond_due() == due && ledger.bond == units(due)
            }
            Law::FrozenTerms => {
                let hash = contest.terms_hash();
                **contest.terms() == self.cast.terms
                    && contest.entries().all(|entry| entry.terms_hash == hash)
            }
            Law::Terminal => contest.status() == book.status,
            Law::NoExpiry => {
                let later = Timestamp::from_millis(state.now_ms + LATER_MS);
                open(state).all(|owed| self.is_payable(state, owed, later))
            }
            Law::NoWaiting => open(state).all(|owed| self.is_payable(state, owed, state.now())),
            Law::WayOut => way_out::is_open(self, state),
            Law::Limits => {
                let limit = book.limit_ms(&self.cast).map(Timestamp::from_millis);
                match book.status {
                    Status::Registration => Some(contest.registration_ends_at()) == limit,
                    Status::Active | Status::Eliminating => contest.timeout_at() == limit,
                    Status::Finished | Status::Cancelled | Status::Abandoned => limit.is_none(),
                }
            }
            Law::RefundedExactly
            | Law::RefundedIsOut
            | Law::AllPaidOut
            | Law::RemainderRule
            | Law::Authority
            | Law::Standings => true,
        }
    }

    fn is_covered(&self, state: &State) -> bool {
        let due = state.book.escrow_due();
        let said: u64 = state
            .contest
            .obligations()
            .iter()
            .filter(|owed| owed.kind != PayoutKind::Bond && owed.status == ObligationStatus::Open)
            .map(|owed| owed.amount.get())
            .sum();
        state.ledger.escrow == units(due)
            && state.contest.escrow_due() == due
            && (said == due || !state.contest.status().is_terminal())
    }

    /// Whether the contest lists what the book has, paid and open, and nothing else.
    fn says_what_is_owed(&self, state: &State) -> bool {
        let said = state.contest.obligations();
        let is_in_book = |one: &arena_core::contest::Obligation| {
            let own = Owed {
                kind: one.kind,
                owner: self.cast.owner(&one.payee).unwrap_or(Owner::Of(Who::Stranger)),
                amount: one.amount.get(),
                is_paid: one.status == ObligationStatus::Paid,
            };
            state.book.owed.contains(&own)
        };
        said.len() == state.book.owed.len() && said.iter().all(is_in_book)
    }

    /// Whether a payout is accepted at that time, by itself, exactly.
    fn is_payable(&self, state: &State, owed: &Owed, now: Timestamp) -> bool {
        let paid = self.payout(state, owed, now);
        let exact = |event: &ContestEvent| match event {
            ContestEvent::ObligationPaid { amount, .. } => amount.get() == owed.amount,
            _ => false,
        };
        paid.is_ok_and(|events| matches!(events.as_slice(), [event] if exact(event)))
    }
}

/// What is owed and not yet paid, by the book.
fn open(state: &State) -> impl Iterator<Item = &Owed> {
    state.book.owed.iter().filter(|owed| !owed.is_paid)
}
