//! What the receipt says of the contest is what its events say: terms, entries, standings, obligations, rounds and their actions.

use std::fmt::Debug;

use arena_api::{
    entries::Entry,
    payouts::Obligation,
    receipt::{Receipt, ReceiptPage, ReceiptRound},
    terms::Terms,
};
use arena_core::{
    AgentId, ArenaId, Hash, Timestamp,
    contest::{self as core, Contest, ContestEvent, Status},
};
use serde::Deserialize;

use super::Divergence;
use crate::contest::actions;

/// Everything but rounds and transfers.
pub(super) fn check(receipt: &Receipt, contest: &Contest) -> Result<(), Divergence> {
    if !contest.status().is_terminal() {
        return Err(Divergence::at("events", format!("the contest is not over: {}", contest.status())));
    }
    same("terms", &receipt.terms, &Terms::from(contest.terms().as_ref()))?;
    same("terms_hash", &receipt.terms_hash, &contest.terms_hash())?;
    same("terms_hash", &receipt.terms_hash, &core::Terms::from(&receipt.terms).hash())?;
    same("title", receipt.title.as_str(), contest.title())?;
    same("status", &receipt.status, &contest.status())?;
    same("creator", &receipt.creator, contest.creator())?;
    same("oracle", &receipt.oracle, contest.oracle())?;
    same("pot", &receipt.pot, &contest.pot())?;
    same("seed_commitment", &receipt.seed_commitment, &contest.terms().seed_commitment)?;
    same("seed", &receipt.seed.as_deref(), &contest.seed())?;
    let entries: Vec<Entry> = contest.entries().map(Entry::from).collect();
    same_lists("entry", &receipt.entries, &entries)?;
    let standings: Vec<Entry> = match contest.status() {
        Status::Finished => contest.standings().iter().map(Entry::from).collect(),
        Status::Registration
        | Status::Active
        | Status::Eliminating
        | Status::Cancelled
        | Status::Abandoned => Vec::new(),
    };
    same_lists("standing", &receipt.standings, &standings)?;
    let obligations: Vec<Obligation> = contest.obligations().iter().map(Obligation::from).collect();
    same_lists("obligation", &receipt.obligations, &obligations)
}

/// The rounds are those of the events, and their actions those of their roots.
pub(super) fn check_rounds(receipt: &Receipt, events: &[ContestEvent]) -> Result<(), Divergence> {
    let mut rounds: Vec<ReceiptRound> = Vec::new();
    for event in events {
        match event {
            ContestEvent::RoundPageSubmitted { round, page, eliminated, scores, last, .. } => {
                if rounds.last().is_none_or(|open| open.round != *round) {
                    rounds.push(ReceiptRound {
                        round: *round,
                        pages: Vec::new(),
                        actions_root: None,
                        actions_sha256: None,
                        actions: None,
                        completed_at: None,
                    });
                }
                if let Some(open) = rounds.last_mut() {
                    open.pages.push(ReceiptPage {
                        page: *page,
                        eliminated: eliminated.clone(),
                        scores: scores.clone(),
                        last: *last,
                    });
                }
            }
            ContestEvent::RoundCompleted { round, actions_root, timestamp, .. } => {
                complete(&mut rounds, *round, *actions_root, *timestamp);
            }
            ContestEvent::RoundActionsStored { round, sha256, .. } => {
                if let Some(stored) = rounds.iter_mut().find(|other| other.round == *round) {
                    stored.actions_sha256 = Some(*sha256);
                }
            }
            ContestEvent::ContestCreated { .. }
            | ContestEvent::AgentEntered { .. }
            | ContestEvent::EntryWithdrawn { .. }
            | ContestEvent::ContestStarted { .. }
            | ContestEvent::ContestFinalized { .. }
            | ContestEvent::ContestCancelled { .. }
            | ContestEvent::ContestAbandoned { .. }
            | ContestEvent::ObligationPaid { .. } => {}
        }
    }
    let stated: Vec<ReceiptRound> =
        receipt.rounds.iter().map(|round| ReceiptRound { actions: None, ..round.clone() }).collect();
    same_lists("round", &stated, &rounds)?;
    receipt.rounds.iter().try_for_each(check_actions)?;
    receipt.rounds.iter().try_for_each(|round| check_lines(receipt, round))
}

fn complete(rounds: &mut [ReceiptRound], round: u32, root: Option<Hash>, at: Timestamp) {
    if let Some(open) = rounds.iter_mut().find(|other| other.round == round) {
        open.actions_root = root;
        open.completed_at = Some(at);
    }
}

/// The lines have the root that was recorded, and are the bytes that were stored.
fn check_actions(round: &ReceiptRound) -> Result<(), Divergence> {
    let place = format!("round {}", round.round);
    match (&round.actions, round.actions_sha256) {
        (None, None) => Ok(()),
        (Some(lines), Some(sha256)) => {
            let root = actions::root(lines);
            if round.actions_root != Some(root) {
                return Err(Divergence::at(
                    place,
                    format!("its actions have the root {root}, which was not recorded"),
                ));
            }
            let bytes = actions::bytes(lines);
            let without_last_end = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            if [Hash::of(&bytes), Hash::of(without_last_end)].contains(&sha256) {
                Ok(())
            } else {
                Err(Divergence::at(place, "its actions are not the bytes that were stored"))
            }
        }
        (Some(_), None) => Err(Divergence::at(place, "it has actions that were never stored")),
        (None, Some(_)) => Err(Divergence::at(place, "its actions were stored and are missing")),
    }
}

/// What every line says of itself, whatever else it says.
#[derive(Deserialize)]
struct Bound {
    arena_id: ArenaId,
    round: u32,
    agent_id: AgentId,
}

/// Each line is a JSON object that is bound to this contest, this round and an entrant.
pub(super) fn check_lines(receipt: &Receipt, round: &ReceiptRound) -> Result<(), Divergence> {
    for (number, line) in (1..).zip(round.actions.iter().flatten()) {
        let wrong = |reason: String| {
            Divergence::at(
                format!("round {}", round.round),
                format!("line {number} of its actions: {reason}"),
            )
        };
        if line.contains('\n') || !line.trim_start().starts_with('{') {
            return Err(wrong("it is not one JSON object".into()));
        }
        let bound: Bound = serde_json::from_str(line).map_err(|error| wrong(error.to_string()))?;
        if (bound.arena_id, bound.round) != (receipt.arena_id, round.round) {
            return Err(wrong(format!("it is of round {} of {}", bound.round, bound.arena_id)));
        }
        if !receipt.entries.iter().any(|entry| entry.agent_id == bound.agent_id) {
            return Err(wrong(format!("{} has no entry", bound.agent_id)));
        }
    }
    Ok(())
}

/// Both are the same, or the place is named.
pub(super) fn same<T: PartialEq + Debug + ?Sized>(
    place: &str,
    stated: &T,
    derived: &T,
) -> Result<(), Divergence> {
    if stated == derived {
        return Ok(());
    }
    Err(Divergence::at(place, format!("the receipt says {stated:?}, its events say {derived:?}")))
}

/// Both lists are the same, or the first difference is named by its number.
pub(super) fn same_lists<T: PartialEq + Debug>(
    what: &str,
    stated: &[T],
    derived: &[T],
) -> Result<(), Divergence> {
    for (number, pair) in (1..).zip(stated.iter().zip(derived)) {
        same(&format!("{what} {number}"), pair.0, pair.1)?;
    }
    let count = |list: &[T]| list.len();
    if count(stated) == count(derived) {
        return Ok(());
    }
    let reason = format!("the receipt has {}, its events make {}", count(stated), count(derived));
    Err(Divergence::at(format!("{what} {}", count(stated).min(count(derived)) + 1), reason))
}
