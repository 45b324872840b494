//! How a receipt is put together: every part of one moment, all of it from the contest's own events.

use arena_api::{
    entries::Entry,
    payouts::Obligation,
    receipt::{Receipt, ReceiptEvent, ReceiptPage, ReceiptRound},
    report::ReportHead,
    terms::Terms,
};
use arena_core::{
    Hash,
    contest::{ContestEvent, Round, Status},
};
use arena_runtime::{ReceiptParts, RuntimeError, StoredEvent};

use super::ledger;

/// The receipt, not yet sealed.
///
/// # Errors
/// When what is stored is not what was written.
pub(crate) fn receipt(parts: ReceiptParts) -> Result<Receipt, RuntimeError> {
    let state = &parts.state;
    let mut rounds = Vec::new();
    for round in state.rounds() {
        rounds.push(self::round(round, &parts)?);
    }
    fill_pages(&mut rounds, &parts.events)?;
    let standings: Vec<Entry> = match state.status() {
        Status::Finished => state.standings().iter().map(Entry::from).collect(),
        Status::Registration
        | Status::Active
        | Status::Eliminating
        | Status::Cancelled
        | Status::Abandoned => Vec::new(),
    };
    let head = parts.events.last().map_or(Hash::ZERO, |event| event.hash);
    Ok(Receipt {
        format: Receipt::FORMAT.to_owned(),
        arena_id: state.arena_id(),
        title: state.title().to_string(),
        status: state.status(),
        terms: Terms::from(state.terms().as_ref()),
        terms_hash: state.terms_hash(),
        creator: state.creator().clone(),
        oracle: state.oracle().clone(),
        pot: state.pot(),
        entries: state.entries().map(Entry::from).collect(),
        seed_commitment: state.terms().seed_commitment,
        seed: state.seed().map(str::to_owned),
        rounds,
        standings,
        obligations: state.obligations().iter().map(Obligation::from).collect(),
        transfers: parts.transfers.into_iter().map(ledger::transfer).collect(),
        head: ReportHead { sequence: state.sequence(), hash: head },
        events: parts.events.into_iter().map(event).collect(),
        receipt_hash: None,
    })
}

/// A round without its pages.
fn round(round: &Round, parts: &ReceiptParts) -> Result<ReceiptRound, RuntimeError> {
    let actions = match parts.actions.get(&round.round) {
        None => None,
        Some(bytes) => {
            let text = std::str::from_utf8(bytes)
                .map_err(|_| RuntimeError::Internal("actions were stored that are not UTF-8"))?;
            Some(lines(text))
        }
    };
    Ok(ReceiptRound {
        round: round.round,
        pages: Vec::new(),
        actions_root: round.actions_root,
        actions_sha256: round.actions.map(|stored| stored.sha256),
        actions,
        completed_at: round.completed_at,
    })
}

/// The lines that the Merkle tree stands on: a line break ends a line, and the last line may go without.
fn lines(text: &str) -> Vec<String> {
    let whole = text.strip_suffix('\n').unwrap_or(text);
    if text.is_empty() { Vec::new() } else { whole.split('\n').map(str::to_owned).collect() }
}

/// What each page said stands in the events only.
fn fill_pages(rounds: &mut [ReceiptRound], events: &[StoredEvent]) -> Result<(), RuntimeError> {
    for stored in events.iter().filter(|stored| stored.kind == "round_page_submitted") {
        let ContestEvent::RoundPageSubmitted { round, page, eliminated, scores, last, .. } =
            stored.decode()?
        else {
            continue;
        };
        let index = usize::try_from(round.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(round) = rounds.get_mut(index) {
            round.pages.push(ReceiptPage { page, eliminated, scores, last });
        }
    }
    Ok(())
}

/// An event with every field that its hash covers.
fn event(stored: StoredEvent) -> ReceiptEvent {
    ReceiptEvent {
        sequence: stored.sequence,
        position: stored.position,
        recorded_at_ms: stored.recorded_at.as_millis(),
        actor: stored.actor.to_string(),
        command_id: stored.command_id,
        kind: stored.kind,
        payload: stored.payload,
        previous_hash: stored.previous_hash,
        hash: stored.hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_tree() {
        for (text, count) in [("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2), ("a\n\n", 2), ("a\r\n", 1)] {
            let lines = lines(text);
            assert_eq!(lines.len(), count, "{text:?}");
        }
        assert_eq!(lines("a\r\nb"), ["a\r", "b"], "a leaf is the exact bytes of its line");
    }
}
