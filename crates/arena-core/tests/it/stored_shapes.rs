//! What was ever stored is read for ever: one line for each shape, read and written back to the same bytes.
//!
//! Lines may be added to the files, never changed.

use std::collections::BTreeSet;

use arena_core::{registry::RegistryEvent, ArenaEvent, ContestEvent};
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;

const ARENA: &str = include_str!("golden/arena_events.jsonl");
const CONTEST: &str = include_str!("golden/contest_events.jsonl");
const REGISTRY: &str = include_str!("golden/registry_events.jsonl");

fn rewritten<T: DeserializeOwned + Serialize>(line: &str) -> String {
    let event: T = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
    serde_json::to_string(&event).unwrap()
}

fn kinds(lines: &str) -> BTreeSet<String> {
    let kind = |line| {
        serde_json::from_str::<Value>(line).unwrap().as_object().unwrap().keys().next().unwrap().clone()
    };
    lines.lines().map(kind).collect()
}

#[test]
fn stored_arena_events_keep_their_bytes() {
    for line in ARENA.lines() {
        assert_eq!(rewritten::<ArenaEvent>(line), line);
    }
}

#[test]
fn stored_contest_events_keep_their_bytes() {
    for line in CONTEST.lines() {
        assert_eq!(rewritten::<ContestEvent>(line), line);
    }
}

#[test]
fn stored_registry_events_keep_their_bytes() {
    for line in REGISTRY.lines() {
        assert_eq!(rewritten::<RegistryEvent>(line), line);
    }
}

/// A variant that is added does not compile here until it is counted, and fails until it has a line.
#[test]
fn every_variant_has_a_line() {
    let arena = |event: &ArenaEvent| match event {
        ArenaEvent::ArenaCreated { .. }
        | ArenaEvent::ArenaActivated { .. }
        | ArenaEvent::AgentJoined { .. }
        | ArenaEvent::AgentLeft { .. }
        | ArenaEvent::RoleChanged { .. }
        | ArenaEvent::GoalUpdated { .. }
        | ArenaEvent::StepsAdded { .. }
        | ArenaEvent::StepChanged { .. }
        | ArenaEvent::StepCancelled { .. }
        | ArenaEvent::StepClaimed { .. }
        | ArenaEvent::LeaseRenewed { .. }
        | ArenaEvent::StepReleased { .. }
        | ArenaEvent::LeaseExpired { .. }
        | ArenaEvent::LeaseRevoked { .. }
        | ArenaEvent::StepApproved { .. }
        | ArenaEvent::StepCompleted { .. }
        | ArenaEvent::ResultOrphaned { .. }
        | ArenaEvent::ResultAdopted { .. }
        | ArenaEvent::StepFailed { .. }
        | ArenaEvent::StepReopened { .. }
        | ArenaEvent::ArtifactPut { .. }
        | ArenaEvent::FactPut { .. }
        | ArenaEvent::MessageSent { .. }
        | ArenaEvent::SettlingStarted { .. }
        | ArenaEvent::ArenaArchived { .. } => 25,
    };
    let contest = |event: &ContestEvent| match event {
        ContestEvent::ContestCreated { .. }
        | ContestEvent::AgentEntered { .. }
        | ContestEvent::EntryWithdrawn { .. }
        | ContestEvent::ContestStarted { .. }
        | ContestEvent::RoundPageSubmitted { .. }
        | ContestEvent::RoundCompleted { .. }
        | ContestEvent::RoundActionsStored { .. }
        | ContestEvent::ContestFinalized { .. }
        | ContestEvent::ContestCancelled { .. }
        | ContestEvent::ContestAbandoned { .. }
        | ContestEvent::ObligationPaid { .. } => 11,
    };
    let registry = |event: &RegistryEvent| match event {
        RegistryEvent::AgentRegistered { .. }
        | RegistryEvent::AgentTokenReplaced { .. }
        | RegistryEvent::AgentRemoved { .. }
        | RegistryEvent::HandleIssued { .. }
        | RegistryEvent::HandleRevoked { .. }
        | RegistryEvent::Deposited { .. }
        | RegistryEvent::Withdrawn { .. } => 7,
    };
    let first = |lines: &str| lines.lines().next().unwrap().to_owned();
    assert_eq!(kinds(ARENA).len(), arena(&serde_json::from_str(&first(ARENA)).unwrap()));
    assert_eq!(kinds(CONTEST).len(), contest(&serde_json::from_str(&first(CONTEST)).unwrap()));
    assert_eq!(kinds(REGISTRY).len(), registry(&serde_json::from_str(&first(REGISTRY)).unwrap()));
}
