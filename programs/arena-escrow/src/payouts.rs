//! How an obligation is paid: by the rules' table, once, out of a vault, to its payee.

use arena_core::contest::{
    status::{self, Action},
    CancelReason, Code, PayoutKind,
};
use arena_escrow_interface::{
    accounts::{payout_number, ContestMut, EntryMut},
    events::{reason_number, Event},
    Fault, Key,
};
use pinocchio::AccountView;

use crate::{
    addresses::bytes,
    books, chain,
    contests::{self, contest_mut, registration_is_over, rule, write},
    vaults::Out,
    Answer,
};

/// An obligation to be paid.
pub(crate) struct Payout<'a> {
    pub(crate) kind: PayoutKind,
    /// Whose it is: a wallet, or the treasury's account.
    pub(crate) payee: &'a AccountView,
    /// For a prize and a refund, the entry that it is owed for; it may never have been made.
    pub(crate) entry: Option<&'a AccountView>,
    pub(crate) out: Out<'a>,
}

impl Payout<'_> {
    /// Writes that it is paid, and pays it; gives how much it was.
    #[inline(always)]
    pub(crate) fn pay(&self) -> Answer<u64> {
        let now_ms = chain::now_ms()?;
        let amount = self.settle(now_ms)?;
        self.out.transfer(amount)?;
        chain::log(&Event::ObligationPaid {
            contest: self.contest_key(),
            kind: payout_number(self.kind),
            payee: Key(*bytes(self.payee.address())),
            amount,
            at_ms: now_ms,
        });
        Ok(amount)
    }

    fn contest_key(&self) -> Key {
        Key(*bytes(self.out.contest.address()))
    }

    #[inline(always)]
    fn settle(&self, now_ms: u64) -> Answer<u64> {
        let mut data = write(self.out.contest)?;
        let mut contest = contest_mut(&mut data)?;
        self.admit(&mut contest, now_ms)?;
        let amount = match self.entry {
            None => self.open(&contest, None)?,
            Some(account) => {
                let mut data = write(account)?;
                let mut entry = EntryMut::open(&mut data).ok_or(Code::NothingOwed)?;
                let amount = self.open(&contest, Some(&entry))?;
                entry.set_is_paid(1);
                amount
            }
        };
        contest.set_paid(self.kind);
        // The bond is not in the escrow.
        if self.kind != PayoutKind::Bond {
            books::paid_out(&mut contest, amount)?;
        }
        Ok(amount)
    }

    /// Refuses a payout that the status does not allow; one that ends an expired contest first ends it.
    #[inline(always)]
    fn admit(&self, contest: &mut ContestMut<'_>, now_ms: u64) -> Answer {
        let view = contest.view();
        let current = view.stands().ok_or(Fault::WrongKind)?;
        let is_over = registration_is_over(&view, now_ms);
        if !status::is_ended_by(self.kind, current, view.pot() == 0, is_over) {
            return contests::after(&view, Action::Pay(self.kind)).map(|_| ());
        }
        let cancelled = contests::after(&view, Action::Expire)?;
        contests::end(contest, cancelled, now_ms);
        chain::log(&Event::ContestCancelled {
            contest: self.contest_key(),
            reason: reason_number(CancelReason::RegistrationExpired),
            at_ms: now_ms,
        });
        Ok(())
    }

    /// How much is open; refuses what is not owed, or was paid.
    #[inline(always)]
    fn open(&self, contest: &ContestMut<'_>, entry: Option<&EntryMut<'_>>) -> Answer<u64> {
        let entry = entry.map(EntryMut::view);
        let owed = contest.view().obligation(self.kind, entry.as_ref()).ok_or(Code::NothingOwed)?;
        rule(!owed.is_paid, Code::AlreadyPaid)?;
        Ok(owed.amount)
    }
}
