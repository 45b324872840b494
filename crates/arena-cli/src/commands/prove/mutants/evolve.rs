//! Mutants that fold an event into the state otherwise than the rules do.

use std::collections::BTreeMap;

use arena_core::{
    Contest, ContestEvent,
    contest::{Score, Status},
};
use serde_json::Value;

use super::Mutant;

impl Mutant {
    /// What the mutant makes of an event.
    pub(in super::super) fn evolve(self, contest: &mut Contest, event: &ContestEvent) {
        let settles = matches!(event, ContestEvent::ContestFinalized { .. });
        match self {
            Self::RankFromThinAir if settles => {
                let forged = forged_page(contest, event);
                let round = contest.round();
                contest.evolve(&forged);
                debug_assert_eq!(contest.status(), Status::Eliminating, "after round {round}");
                contest.evolve(event);
            }
            Self::RemainderForgotten if settles => {
                contest.evolve(event);
                change_prizes(contest, |prizes| {
                    if let Some(last) = prizes.iter_mut().rev().find(|prize| **prize > 0) {
                        *last -= 1;
                    }
                });
            }
            Self::RemainderMoved if settles => {
                contest.evolve(event);
                change_prizes(contest, |prizes| {
                    let mut winners = prizes.iter_mut().filter(|prize| **prize > 1);
                    if let (Some(first), Some(last)) = (winners.next(), winners.next_back()) {
                        *first -= 1;
                        *last += 1;
                    }
                });
            }
            _ => contest.evolve(event),
        }
    }
}

/// A page that nobody submitted: the last to enter has more than anyone.
fn forged_page(contest: &Contest, event: &ContestEvent) -> ContestEvent {
    let alive = contest.entries().filter(|entry| entry.is_alive()).last();
    let scores: BTreeMap<_, _> = alive
        .and_then(|entry| Some((entry.agent_id.clone(), Score::new(Score::LIMIT)?)))
        .into_iter()
        .collect();
    let timestamp = match event {
        ContestEvent::ContestFinalized { timestamp, .. } => *timestamp,
        _ => contest.created_at(),
    };
    ContestEvent::RoundPageSubmitted {
        round: contest.round() + 1,
        page: 1,
        eliminated: Vec::new(),
        scores,
        actions_root: None,
        last: true,
        timestamp,
    }
}

/// Changes the prizes, given in the order of the entrants' names, in the state as it is written down.
fn change_prizes(contest: &mut Contest, change: impl FnOnce(&mut [u64])) {
    let Ok(mut written) = serde_json::to_value(&*contest) else { return };
    let Some(entries) = written.get_mut("entries").and_then(Value::as_object_mut) else { return };
    let slots = entries.values_mut().filter_map(|entry| entry.get_mut("result")?.get_mut("prize"));
    let slots: Vec<&mut Value> = slots.collect();
    let mut prizes: Vec<u64> = slots.iter().map(|slot| slot.as_u64().unwrap_or_default()).collect();
    let before: u64 = prizes.iter().sum();
    change(&mut prizes);
    let lost = before.saturating_sub(prizes.iter().sum());
    for (slot, prize) in slots.into_iter().zip(&prizes) {
        *slot = Value::from(*prize);
    }
    if let Some(due) = written.get_mut("escrow_due") {
        *due = Value::from(due.as_u64().unwrap_or_default().saturating_sub(lost));
    }
    if let Ok(changed) = serde_json::from_value(written) {
        *contest = changed;
    }
}
