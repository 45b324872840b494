//! The ledger: accounts, transfers between them, and whether all of it fits.

use arena_core::{
    AgentId, ArenaId, Position, Sequence,
    amount::Amount,
    ledger::{Account, Reason},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{bounded, schema};

/// Moves money between the outside and a wallet: into it as a deposit, out of it as a withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveMoney {
    /// Whose wallet.
    #[schema(value_type = schema::AgentId)]
    pub agent_id: AgentId,
    /// How much, in minor units; at least 1.
    #[serde(deserialize_with = "bounded::amount")]
    #[schema(value_type = schema::PositiveAmount)]
    pub amount: Amount,
    /// What it is known by outside, in 1 to 128 bytes; the same one with the same content is answered as before.
    #[serde(deserialize_with = "bounded::text")]
    #[schema(min_length = 1, max_length = 128)]
    pub reference: String,
}

/// Money that moved; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transfer {
    /// Its number: the position of the event that made it.
    #[schema(value_type = schema::Position)]
    pub transfer: Position,
    /// Where it came from.
    #[schema(value_type = schema::Account)]
    pub debit: Account,
    /// Where it went.
    #[schema(value_type = schema::Account)]
    pub credit: Account,
    /// How much.
    #[schema(value_type = schema::Amount)]
    pub amount: Amount,
    /// Why.
    #[schema(value_type = schema::Reason)]
    pub reason: Reason,
    /// The contest; absent for deposits and withdrawals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::ArenaId>)]
    pub arena_id: Option<ArenaId>,
    /// The event in the journal.
    #[schema(value_type = schema::Position)]
    pub position: Position,
    /// What a deposit or withdrawal is known by outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What an account holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountBalance {
    /// The account.
    #[schema(value_type = schema::Account)]
    pub account: Account,
    /// What went in less what went out.
    #[schema(value_type = schema::Amount)]
    pub balance: Amount,
}

/// Which transfers are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransferQuery {
    /// Only those into or out of this account; unless said all for the operator, and those of its own wallet for an agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(value_type = Option<schema::Account>)]
    pub account: Option<Account>,
    /// Only those after this one; also where `next_cursor` goes, for which the name `cursor` is taken as well.
    #[serde(
        default,
        alias = "cursor",
        deserialize_with = "bounded::position",
        skip_serializing_if = "Option::is_none"
    )]
    #[param(value_type = Option<schema::Position>)]
    pub after: Option<Position>,
    /// How many at most: 1 to 1000, 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// What recomputing the ledger from the journal found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Audit {
    /// Whether everything fits.
    pub ok: bool,
    /// How many transfers, balances, profiles and contests were checked.
    #[schema(value_type = schema::Count)]
    pub checked: u64,
    /// The first thing that does not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_divergence: Option<LedgerDivergence>,
}

/// Where the ledger is not what the journal says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerDivergence {
    /// The event in the journal.
    #[schema(value_type = schema::Position)]
    pub position: Position,
    /// That event's arena; the nil id for deposits and withdrawals.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// That event's number in its arena.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// What does not fit.
    pub reason: String,
}
