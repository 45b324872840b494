//! The schemas of what contests and the ledger speak of.

use std::borrow::Cow;

use arena_core::{contest as core, ledger::Reason as Reasons};
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type},
    },
};

use super::{LARGEST, number, stand_in, text, word};

/// An integer within +-(2^53 - 1).
fn signed(description: &str) -> ObjectBuilder {
    let most = LARGEST as f64;
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .description(Some(description))
        .minimum(Some(-most))
        .maximum(Some(most))
}

stand_in!(
    /// An amount of money.
    Amount,
    number("An amount in minor units: a whole number that is exact in every client language.", 0, LARGEST)
);
stand_in!(
    /// An amount of money that is not nothing.
    PositiveAmount,
    number("An amount in minor units; at least 1.", 1, LARGEST)
);
stand_in!(
    /// A score.
    Score,
    signed("A score: a whole number within 2^53 - 1 on either side of 0.")
);
stand_in!(
    /// Scores by agent.
    Scores,
    ObjectBuilder::new()
        .description(Some("Scores by agent."))
        .property_names(Some(super::AgentId::schema()))
        .additional_properties(Some(signed("A score.")))
);
stand_in!(
    /// Where a contest stands.
    ContestStatus,
    word("Where a contest stands; the last three are for ever.", &core::Status::ALL.map(core::Status::as_str))
);
stand_in!(
    /// Why a contest owes.
    PayoutKind,
    word("Why an amount is owed.", &[
            core::PayoutKind::Prize.as_str(),
            core::PayoutKind::CreatorFee.as_str(),
            core::PayoutKind::Bond.as_str(),
            core::PayoutKind::ProtocolFee.as_str(),
            core::PayoutKind::Refund.as_str()
        ])
);
stand_in!(
    /// How an obligation stands.
    ObligationStatus,
    word("Whether an obligation is paid.", &[core::ObligationStatus::Open.as_str(), core::ObligationStatus::Paid.as_str()])
);
stand_in!(
    /// Whom a contest owes.
    Payee,
    text("An agent id, or `treasury`.", Some("^[a-z0-9][a-z0-9._-]{0,62}$"), 63, "alice")
);
stand_in!(
    /// An account of the ledger.
    Account,
    text(
        "`wallet:AGENT`, `escrow:ARENA`, `bond:ARENA`, `treasury`, or `external`, which cannot be read.",
        Some("^(treasury|external|wallet:[a-z0-9][a-z0-9._-]{0,62}|(escrow|bond):[0-9a-f-]{36})$"),
        70,
        "wallet:alice"
    )
);
stand_in!(
    /// Why money moved.
    Reason,
    word(
        "Why money moved.",
        &[
            Reasons::Deposit.as_str(),
            Reasons::Withdrawal.as_str(),
            Reasons::EntryFee.as_str(),
            Reasons::Bond.as_str(),
            Reasons::Refund.as_str(),
            Reasons::Prize.as_str(),
            Reasons::CreatorFee.as_str(),
            Reasons::ProtocolFee.as_str(),
            Reasons::BondReturn.as_str(),
            Reasons::BondSlash.as_str()
        ]
    )
    .examples([json!("entry_fee")])
);
