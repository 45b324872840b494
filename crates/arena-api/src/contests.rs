//! Contests: making one, reading one, ending one.

use arena_core::{
    AgentId, ArenaId, Hash, Sequence, Timestamp,
    amount::Amount,
    contest::{self as core, Status},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    arenas::Kind,
    bounded, schema,
    terms::{NewTerms, Terms},
};

/// Makes a contest; the caller becomes its creator and locks the bond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateContest {
    /// What it is called, in 1 to 128 bytes.
    #[serde(deserialize_with = "bounded::text")]
    #[schema(min_length = 1, max_length = 128)]
    pub title: String,
    /// What holds in it; frozen from now on.
    pub terms: NewTerms,
}

/// Derives the standings and opens the obligations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Finalize {
    /// What opens the seed commitment of the terms; a must with one, and refused without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 128)]
    pub seed: Option<String>,
}

/// What moves a caller's money out of a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExitAction {
    /// The caller leaves.
    Leave,
    /// The caller cancels.
    Cancel,
    /// Anyone ends it after the oracle timed out.
    Abandon,
    /// A refund is paid.
    Refund,
    /// A prize is paid.
    Prize,
    /// The bond is returned.
    Bond,
    /// The creator fee is paid.
    CreatorFee,
}

impl From<core::ExitAction> for ExitAction {
    fn from(action: core::ExitAction) -> Self {
        match action {
            core::ExitAction::Leave => Self::Leave,
            core::ExitAction::Cancel => Self::Cancel,
            core::ExitAction::Abandon => Self::Abandon,
            core::ExitAction::Refund => Self::Refund,
            core::ExitAction::Prize => Self::Prize,
            core::ExitAction::Bond => Self::Bond,
            core::ExitAction::CreatorFee => Self::CreatorFee,
        }
    }
}

/// A contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contest {
    /// Its id.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// Its kind.
    pub kind: Kind,
    /// Where it stands.
    #[schema(value_type = schema::ContestStatus)]
    pub status: Status,
    /// What it is called.
    pub title: String,
    /// What holds in it.
    pub terms: Terms,
    /// The hash of the terms.
    #[schema(value_type = schema::Hash)]
    pub terms_hash: Hash,
    /// Who made it.
    #[schema(value_type = schema::AgentId)]
    pub creator: AgentId,
    /// Who starts, submits and finalizes.
    #[schema(value_type = schema::AgentId)]
    pub oracle: AgentId,
    /// How many have entered.
    pub entrants: u32,
    /// How many of them are not eliminated.
    pub alive: u32,
    /// The last completed round; 0 before the first.
    pub round: u32,
    /// The entry fees that were paid and not given back by leaving.
    #[schema(value_type = schema::Amount)]
    pub pot: Amount,
    /// The number of its last event; also its ETag.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// When it was made.
    #[schema(value_type = schema::Timestamp)]
    pub created_at: Timestamp,
    /// When registration is over: then nobody enters and it cannot start.
    #[schema(value_type = schema::Timestamp)]
    pub registration_ends_at: Timestamp,
    /// When it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub started_at: Option<Timestamp>,
    /// When the oracle last completed a round, or started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub last_submission_at: Option<Timestamp>,
    /// From when on the oracle can do nothing more and anyone may abandon, unless a round comes before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub times_out_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub ended_at: Option<Timestamp>,
    /// The seed, once revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// From when on the caller can get money out of it; absent when there is nothing for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub exit_at: Option<Timestamp>,
    /// What moves that money: `leave`, `cancel` and `abandon` are routes, the rest are kinds of payouts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_action: Option<ExitAction>,
}

/// Which contests are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ContestQuery {
    /// Only those that stand here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::ContestStatus>)]
    pub status: Option<Status>,
    /// Only those that this agent has entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::AgentId>)]
    pub agent: Option<AgentId>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
