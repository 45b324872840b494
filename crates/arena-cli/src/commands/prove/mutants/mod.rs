//! Mutants of the rules: each changes what the real rules answer in one way, and a named law must notice.

mod decide;
mod evolve;
mod posting;

use super::laws::Law;

/// One way to get the rules wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mutant {
    DoubleRefund,
    RefundAfterClose,
    StartAfterRefund,
    BondBothWays,
    BondKept,
    RemainderForgotten,
    RemainderMoved,
    RankFromThinAir,
    ClaimByStranger,
    TimeoutOffByOne,
    AbandonOffByOne,
    ExpiryIgnored,
    HardStopIgnored,
    ClaimsExpire,
    OracleAloneAbandons,
    PrizesInOrder,
    ShortRefund,
    EntryOnCredit,
    Overdraft,
    OneLegged,
    MoneyFromNowhere,
    FinishAfterAbandon,
    AnyoneCancels,
    TermsSwapped,
}

impl Mutant {
    /// All of them.
    pub(super) const ALL: [Self; 24] = [
        Self::DoubleRefund,
        Self::RefundAfterClose,
        Self::StartAfterRefund,
        Self::BondBothWays,
        Self::BondKept,
        Self::RemainderForgotten,
        Self::RemainderMoved,
        Self::RankFromThinAir,
        Self::ClaimByStranger,
        Self::TimeoutOffByOne,
        Self::AbandonOffByOne,
        Self::ExpiryIgnored,
        Self::HardStopIgnored,
        Self::ClaimsExpire,
        Self::OracleAloneAbandons,
        Self::PrizesInOrder,
        Self::ShortRefund,
        Self::EntryOnCredit,
        Self::Overdraft,
        Self::OneLegged,
        Self::MoneyFromNowhere,
        Self::FinishAfterAbandon,
        Self::AnyoneCancels,
        Self::TermsSwapped,
    ];

    /// Its name on the command line, what it gets wrong, and the law that must notice.
    pub(super) const fn told(self) -> (&'static str, &'static str, Law) {
        match self {
            Self::DoubleRefund => ("double-refund", "a refund is paid again when asked again", Law::PaidOnce),
            Self::RefundAfterClose => {
                ("refund-after-close", "a finished contest refunds entries too", Law::PaidOnce)
            }
            Self::StartAfterRefund => {
                ("start-after-refund", "a contest starts though a refund was paid", Law::RefundedIsOut)
            }
            Self::BondBothWays => {
                ("bond-both-ways", "a slashed bond is returned to the creator too", Law::OneBond)
            }
            Self::BondKept => ("bond-kept", "an abandon leaves the bond where it is", Law::OneBond),
            Self::RemainderForgotten => {
                ("remainder-forgotten", "a unit left over by rounding is nobody's", Law::AllPaidOut)
            }
            Self::RemainderMoved => {
                ("remainder-moved", "a unit goes to the last winner, not by the rule", Law::RemainderRule)
            }
            Self::RankFromThinAir => {
                ("rank-from-thin-air", "the last to enter wins whatever the rounds show", Law::Standings)
            }
            Self::ClaimByStranger => {
                ("claim-by-a-stranger-to-himself", "whoever asks for a prize gets it", Law::PaidOnce)
            }
            Self::TimeoutOffByOne => {
                ("timeout-off-by-one", "the oracle may act in the millisecond of its timeout", Law::Limits)
            }
            Self::AbandonOffByOne => {
                ("abandon-off-by-one", "a contest is abandoned a millisecond too early", Law::Limits)
            }
            Self::ExpiryIgnored => {
                ("expiry-ignored", "agents enter and play begins after registration is over", Law::Limits)
            }
            Self::HardStopIgnored => {
                ("hard-stop-ignored", "an oracle that goes on is never timed out", Law::Limits)
            }
            Self::ClaimsExpire => ("claims-expire", "what is not asked for in a year is lost", Law::NoExpiry),
            Self::OracleAloneAbandons => {
                ("oracle-alone-abandons", "only the oracle may abandon", Law::WayOut)
            }
            Self::PrizesInOrder => {
                ("prizes-in-order", "a prize waits until all before it are paid", Law::NoWaiting)
            }
            Self::ShortRefund => ("short-refund", "a refund is a unit short", Law::RefundedExactly),
            Self::EntryOnCredit => ("entry-on-credit", "an entry moves no money", Law::Covered),
            Self::Overdraft => ("overdraft", "an agent enters with too little", Law::NotNegative),
            Self::OneLegged => ("one-legged", "a fee leaves a wallet and arrives nowhere", Law::Balanced),
            Self::MoneyFromNowhere => {
                ("money-from-nowhere", "a refund comes from outside, not from the escrow", Law::Conserved)
            }
            Self::FinishAfterAbandon => {
                ("finish-after-abandon", "an abandoned contest is finalized", Law::Terminal)
            }
            Self::AnyoneCancels => ("anyone-cancels", "whoever likes cancels", Law::Authority),
            Self::TermsSwapped => {
                ("terms-swapped", "an entry holds the hash of other terms", Law::FrozenTerms)
            }
        }
    }

    pub(super) const fn name(self) -> &'static str {
        self.told().0
    }

    pub(super) const fn fault(self) -> &'static str {
        self.told().1
    }

    pub(super) const fn law(self) -> Law {
        self.told().2
    }
}
