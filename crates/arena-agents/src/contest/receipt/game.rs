//! The game is played again from the seed and the recorded actions: each round gives the same scores and eliminations.

use std::collections::{BTreeMap, BTreeSet};

use arena_api::receipt::{Receipt, ReceiptRound};
use arena_core::{
    AgentId, Hash,
    contest::{Score, Status},
};

use super::Divergence;
use crate::contest::{
    games::{Rules, Seed},
    table::Table,
};

/// Plays it again; `None` when the terms name no game that is known here, or the contest did not come to its end.
pub(super) fn check(receipt: &Receipt) -> Result<Option<&'static str>, Divergence> {
    let schema = receipt.terms.action_schema.as_deref();
    let Some(text) = schema.filter(|text| Rules::names_a_game(text)) else { return Ok(None) };
    let rules = Rules::parse(text)
        .map_err(|error| Divergence::at("terms", format!("action_schema cannot be played: {error}")))?;
    if receipt.status != Status::Finished {
        return Ok(None);
    }
    if receipt.terms.rules_hash != Some(Hash::of(text.as_bytes())) {
        return Err(Divergence::at("terms", "rules_hash is not that of the rules in action_schema"));
    }
    let revealed = receipt.seed.as_deref().zip(receipt.terms.seed_commitment.as_ref());
    let Some(seed) = revealed.and_then(|(seed, commitment)| Seed::revealed(seed, commitment)) else {
        return Err(Divergence::at("seed", "it was not revealed, so the game cannot be played again"));
    };
    let players: Vec<AgentId> = receipt.entries.iter().map(|entry| entry.agent_id.clone()).collect();
    let mut table = Table::begin(receipt.arena_id, players, &rules, &seed)
        .map_err(|error| Divergence::at("entries", error.to_string()))?;
    for round in &receipt.rounds {
        played(&mut table, round)
            .map_err(|reason| Divergence::at(format!("round {}", round.round), reason))?;
    }
    if table.game().is_finished() {
        Ok(Some(rules.name()))
    } else {
        Err(Divergence::at("rounds", "the game was not played to its end"))
    }
}

fn played(table: &mut Table, round: &ReceiptRound) -> Result<(), String> {
    if table.game().is_finished() {
        return Err("the game was over before it".into());
    }
    let lines =
        round.actions.as_deref().ok_or("its actions were not stored, so it cannot be played again")?;
    let result = table.play(lines).map_err(|reason| format!("its actions cannot be played: {reason}"))?;
    let scores: BTreeMap<&AgentId, &Score> = round.pages.iter().flat_map(|page| &page.scores).collect();
    if let Some((name, played)) = result.scores.iter().find(|(name, score)| scores.get(name) != Some(score)) {
        return Err(format!("played again, {name} scores {played}, which is not what was submitted"));
    }
    if scores.len() != result.scores.len() {
        return Err("it has scores of agents who did not play".into());
    }
    let submitted: BTreeSet<&AgentId> = round.pages.iter().flat_map(|page| &page.eliminated).collect();
    let out: BTreeSet<&AgentId> = result.eliminated.iter().collect();
    if let Some(name) = submitted.symmetric_difference(&out).next() {
        let played = if out.contains(name) { "is out" } else { "is not out" };
        return Err(format!("played again, {name} {played}, which is not what was submitted"));
    }
    Ok(())
}
