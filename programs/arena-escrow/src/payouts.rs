//! How an obligation is paid: by the rules' table, once, out of a vault, to its payee.

use arena_core::contest::{
    status::{self, Action},
    CancelReason, Code, PayoutKind,
};
use arena_escrow_interface::{
    accounts::{payout_number, Contest},
    events::{reason_number, Event},
    Key,
};
use pinocchio::AccountView;

use crate::{
    addresses::bytes,
    chain,
    contests::{self, contest, contest_mut, read, registration_is_over, rule, write, Seal},
    tokens::Transfer,
    Answer,
};

/// The accounts of a payout, which is what all of them have in common.
pub(crate) struct Payout<'a> {
    pub(crate) kind: PayoutKind,
    pub(crate) contest: &'a AccountView,
    pub(crate) vault: &'a AccountView,
    pub(crate) to: &'a AccountView,
    pub(crate) mint: &'a AccountView,
    pub(crate) token_program: &'a AccountView,
    pub(crate) now_ms: u64,
}

impl Payout<'_> {
    /// Refuses a payout that the status does not allow; one that ends an expired contest first ends it.
    pub(crate) fn admit(&self) -> Answer {
        let mut data = write(self.contest)?;
        let mut contest = contest_mut(&mut data)?;
        let view = contest.view();
        let current = view.stands().ok_or(arena_escrow_interface::Fault::WrongKind)?;
        let is_over = registration_is_over(&view, self.now_ms);
        if !status::is_ended_by(self.kind, current, view.pot() == 0, is_over) {
            contests::after(&view, Action::Pay(self.kind))?;
            return Ok(());
        }
        let cancelled = contests::after(&view, Action::Expire)?;
        contests::end(&mut contest, cancelled, self.now_ms);
        chain::log(&Event::ContestCancelled {
            contest: Key(*bytes(self.contest.address())),
            reason: reason_number(CancelReason::RegistrationExpired),
            at_ms: self.now_ms,
        });
        Ok(())
    }

    /// Pays; the caller has written that it was.
    pub(crate) fn pay(&self, amount: u64, payee: Key) -> Answer {
        self.transfer(amount)?;
        chain::log(&Event::ObligationPaid {
            contest: Key(*bytes(self.contest.address())),
            kind: payout_number(self.kind),
            payee,
            amount,
            at_ms: self.now_ms,
        });
        Ok(())
    }

    /// Moves an amount out of the vault.
    pub(crate) fn transfer(&self, amount: u64) -> Answer {
        let (seal, decimals) = {
            let data = read(self.contest)?;
            let contest: Contest<'_> = contest(&data)?;
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

/// Refuses an obligation that there is not, or that was paid.
#[inline(always)]
pub(crate) fn is_open(amount: u64, is_paid: bool) -> Answer {
    rule(amount > 0, Code::NothingOwed)?;
    rule(!is_paid, Code::AlreadyPaid)
}
