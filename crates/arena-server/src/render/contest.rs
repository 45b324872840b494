//! How the answers of a contest's commands are rendered, for the agent that asked.

use arena_api::{
    contests::ExitAction,
    entries::{Entered, Entry},
    payouts::Payout,
};
use arena_core::{AgentId, contest::ContestEvent};
use arena_runtime::ContestApplied;

use super::{bytes, some};
use crate::shape::contest as shape;

/// The contest as it is after the command.
pub(crate) fn contest(applied: &ContestApplied, caller: &AgentId) -> Vec<u8> {
    bytes(&shape::contest(&applied.state, caller))
}

/// The entry that was made.
pub(crate) fn entry(applied: &ContestApplied, caller: &AgentId) -> Vec<u8> {
    let exit = applied.state.exit_for(caller);
    some(applied.changes.last().and_then(|event| match event {
        ContestEvent::AgentEntered { agent_id, .. } => applied.state.entry(agent_id).map(|entry| Entered {
            entry: Entry::from(entry),
            exit_at: exit.map(|exit| exit.at),
            exit_action: exit.map(|exit| ExitAction::from(exit.action)),
        }),
        _ => None,
    }))
}

/// The round whose actions were stored.
pub(crate) fn stored_round(applied: &ContestApplied, _: &AgentId) -> Vec<u8> {
    some(applied.changes.last().and_then(|event| match event {
        ContestEvent::RoundActionsStored { round, .. } => applied.state.round_at(*round).map(shape::round),
        _ => None,
    }))
}

/// The payment that was made; the first refund after registration cancels the contest before it.
pub(crate) fn payout(applied: &ContestApplied, caller: &AgentId) -> Vec<u8> {
    let exit = applied.state.exit_for(caller);
    some(applied.changes.iter().zip(&applied.events).rev().find_map(|(event, stored)| match event {
        ContestEvent::ObligationPaid { kind, payee, amount, .. } => Some(Payout {
            kind: *kind,
            payee: payee.clone(),
            amount: *amount,
            transfer: stored.position,
            exit_at: exit.map(|exit| exit.at),
            exit_action: exit.map(|exit| ExitAction::from(exit.action)),
        }),
        _ => None,
    }))
}
