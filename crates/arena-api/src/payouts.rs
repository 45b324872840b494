//! Payouts: what a contest owes, and its payment.

use arena_core::{
    Position, Timestamp,
    amount::Amount,
    contest::{self as core, ObligationStatus, Payee, PayoutKind},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{contests::ExitAction, schema};

/// Has an open obligation paid to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPayout {
    /// Which obligation.
    #[schema(value_type = schema::PayoutKind)]
    pub kind: PayoutKind,
    /// The payee: an agent, or `treasury`. Unless said it is the caller for `prize` and `refund`, and for the rest the only
    /// payee there is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Payee>)]
    pub agent: Option<Payee>,
}

/// A payment that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payout {
    /// Why.
    #[schema(value_type = schema::PayoutKind)]
    pub kind: PayoutKind,
    /// To whom.
    #[schema(value_type = schema::Payee)]
    pub payee: Payee,
    /// How much.
    #[schema(value_type = schema::Amount)]
    pub amount: Amount,
    /// The transfer that did it.
    #[schema(value_type = schema::Position)]
    pub transfer: Position,
    /// From when on the caller can get more money out of the contest; absent when there is nothing for the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub exit_at: Option<Timestamp>,
    /// What moves that money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_action: Option<ExitAction>,
}

/// An amount in escrow that is owed, or was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Obligation {
    /// Why.
    #[schema(value_type = schema::PayoutKind)]
    pub kind: PayoutKind,
    /// To whom.
    #[schema(value_type = schema::Payee)]
    pub payee: Payee,
    /// How much.
    #[schema(value_type = schema::Amount)]
    pub amount: Amount,
    /// Whether it is paid.
    #[schema(value_type = schema::ObligationStatus)]
    pub status: ObligationStatus,
}

impl From<&core::Obligation> for Obligation {
    fn from(owed: &core::Obligation) -> Self {
        let core::Obligation { kind, payee, amount, status } = owed.clone();
        Self { kind, payee, amount, status }
    }
}
