//! Entries: an agent's place in a contest, and where it stands.

use arena_core::{
    AgentId, Hash, Timestamp,
    amount::Amount,
    contest::{self as core, Score},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{contests::ExitAction, schema};

/// An agent's place in a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Whose it is.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// Its number in the order of entering, from 1; never given twice.
    pub number: u32,
    /// Whether it is not eliminated.
    pub alive: bool,
    /// Its last score; 0 at first.
    #[schema(value_type = schema::Score)]
    pub score: Score,
    /// The round that eliminated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eliminated_round: Option<u32>,
    /// Its place as the rounds show it, from 1: final once the contest is finished. Equals share a place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<u32>,
    /// What the place won, once the contest is finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Amount>)]
    pub prize: Option<Amount>,
    /// The fee that was paid.
    #[schema(value_type = schema::Amount)]
    pub amount: Amount,
    /// The hash of the terms that it was entered under.
    #[schema(value_type = schema::Hash)]
    pub terms_hash: Hash,
    /// When it was entered.
    #[schema(value_type = schema::Timestamp)]
    pub entered_at: Timestamp,
}

impl From<&core::Entry> for Entry {
    /// With place and prize once the contest is finished.
    fn from(entry: &core::Entry) -> Self {
        Self {
            agent_id: entry.agent_id.clone(),
            number: entry.number,
            alive: entry.is_alive(),
            score: entry.score,
            eliminated_round: entry.eliminated_round,
            standing: entry.result.map(|result| result.standing),
            prize: entry.result.map(|result| result.prize),
            amount: entry.amount,
            terms_hash: entry.terms_hash,
            entered_at: entry.entered_at,
        }
    }
}

impl From<&core::Standing> for Entry {
    /// With the place that the rounds so far show.
    fn from(standing: &core::Standing) -> Self {
        Self { standing: Some(standing.standing), prize: standing.prize, ..Self::from(&standing.entry) }
    }
}

/// An entry that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entered {
    /// The entry.
    #[serde(flatten)]
    pub entry: Entry,
    /// From when on the caller's money can come out again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub exit_at: Option<Timestamp>,
    /// What moves that money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_action: Option<ExitAction>,
}
