//! The money that each event moves.

use super::{events::ContestEvent, payee::Payee, types::PayoutKind};
use crate::{
    amount::Amount,
    ids::ArenaId,
    ledger::{Account, Posting, Reason},
};

/// What an event of a contest moves; `None` where it moves nothing.
#[must_use]
pub fn posting(arena_id: ArenaId, event: &ContestEvent) -> Option<Posting> {
    let escrow = Account::Escrow(arena_id);
    let bond = Account::Bond(arena_id);
    match event {
        ContestEvent::ContestCreated { agent_id, terms, .. } => {
            Posting::of(Account::Wallet(agent_id.clone()), bond, terms.bond, Reason::Bond)
        }
        ContestEvent::AgentEntered { agent_id, amount, .. } => {
            Posting::of(Account::Wallet(agent_id.clone()), escrow, *amount, Reason::EntryFee)
        }
        ContestEvent::EntryWithdrawn { agent_id, amount, .. } => {
            Posting::of(escrow, Account::Wallet(agent_id.clone()), *amount, Reason::Refund)
        }
        ContestEvent::ContestAbandoned { amount, .. } => {
            Posting::of(bond, Account::Treasury, *amount, Reason::BondSlash)
        }
        ContestEvent::ObligationPaid { kind, payee, amount, .. } => paid(arena_id, *kind, payee, *amount),
        ContestEvent::ContestStarted { .. }
        | ContestEvent::RoundPageSubmitted { .. }
        | ContestEvent::RoundCompleted { .. }
        | ContestEvent::RoundActionsStored { .. }
        | ContestEvent::ContestFinalized { .. }
        | ContestEvent::ContestCancelled { .. } => None,
    }
}

fn paid(arena_id: ArenaId, kind: PayoutKind, payee: &Payee, amount: Amount) -> Option<Posting> {
    let (debit, reason) = match kind {
        PayoutKind::Prize => (Account::Escrow(arena_id), Reason::Prize),
        PayoutKind::CreatorFee => (Account::Escrow(arena_id), Reason::CreatorFee),
        PayoutKind::ProtocolFee => (Account::Escrow(arena_id), Reason::ProtocolFee),
        PayoutKind::Refund => (Account::Escrow(arena_id), Reason::Refund),
        PayoutKind::Bond => (Account::Bond(arena_id), Reason::BondReturn),
    };
    let credit = match payee {
        Payee::Agent(agent_id) => Account::Wallet(agent_id.clone()),
        Payee::Treasury => Account::Treasury,
    };
    Posting::of(debit, credit, amount, reason)
}
