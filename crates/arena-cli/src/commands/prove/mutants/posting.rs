//! Mutants that move other money than the rules say.

use arena_core::{
    ContestEvent,
    ledger::{Account, Posting, Reason},
};

use super::{super::ledger::Legs, Mutant};

impl Mutant {
    /// What the mutant books for an event: the posting, how much of it, and whether a wallet may be overdrawn.
    pub(in super::super) fn posting(
        self,
        event: &ContestEvent,
        posting: Option<Posting>,
    ) -> (Option<Posting>, Legs, bool) {
        let enters = matches!(event, ContestEvent::AgentEntered { .. });
        let abandons = matches!(event, ContestEvent::ContestAbandoned { .. });
        match self {
            Self::BondKept if abandons => (None, Legs::Both, false),
            Self::EntryOnCredit if enters => (None, Legs::Both, false),
            Self::Overdraft => (posting, Legs::Both, true),
            Self::OneLegged if enters => (posting, Legs::DebitOnly, false),
            Self::MoneyFromNowhere => {
                let outside = |posting: Posting| match posting.reason {
                    Reason::Refund => Posting { debit: Account::External, ..posting },
                    _ => posting,
                };
                (posting.map(outside), Legs::Both, false)
            }
            _ => (posting, Legs::Both, false),
        }
    }
}
