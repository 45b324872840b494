//! Entries: an agent's place in a contest, and where it stands.

use arena_core::{AgentId, Hash, Timestamp, amount::Amount, contest::Score};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

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
