//! The transfers are those that the events make, and nothing else.

use arena_api::{ledger::Transfer, receipt::Receipt};
use arena_core::contest::{ContestEvent, posting};

use super::{Divergence, outcome::same};

/// Compares them one by one.
pub(super) fn check(receipt: &Receipt, events: &[ContestEvent]) -> Result<(), Divergence> {
    let made: Vec<Transfer> = receipt
        .events
        .iter()
        .zip(events)
        .filter_map(|(at, event)| {
            let posting = posting(receipt.arena_id, event)?;
            Some(Transfer {
                transfer: at.position,
                debit: posting.debit,
                credit: posting.credit,
                amount: posting.amount,
                reason: posting.reason,
                arena_id: Some(receipt.arena_id),
                position: at.position,
                reference: None,
            })
        })
        .collect();
    for (stated, made) in receipt.transfers.iter().zip(&made) {
        same(&format!("transfer {}", stated.transfer), stated, made)?;
    }
    if receipt.transfers.len() == made.len() {
        return Ok(());
    }
    let reason = format!("the receipt has {}, its events make {}", receipt.transfers.len(), made.len());
    Err(Divergence::at("transfers", reason))
}
