//! The facts of a contest's journal. A shape that was ever stored is never changed: variants and optional fields are added.

use alloc::{collections::BTreeMap, string::String, sync::Arc, vec::Vec};

use serde::{Deserialize, Serialize};

use super::{
    payee::Payee,
    terms::Terms,
    types::{CancelReason, PayoutKind, Score},
};
use crate::{amount::Amount, hash::Hash, ids::AgentId, time::Timestamp};

/// A fact in a contest's journal; serialised as `{"snake_case_of_the_variant": {fields}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the words of the glossary; each variant says what happened")]
pub enum ContestEvent {
    /// The contest was made by `agent_id`, and its bond was put up.
    ContestCreated {
        agent_id: AgentId,
        title: Arc<str>,
        terms: Arc<Terms>,
        terms_hash: Hash,
        timestamp: Timestamp,
    },
    /// An agent entered as number so and so and paid `amount`.
    AgentEntered { agent_id: AgentId, number: u32, amount: Amount, terms_hash: Hash, timestamp: Timestamp },
    /// An entrant left and got `amount` back.
    EntryWithdrawn { agent_id: AgentId, amount: Amount, timestamp: Timestamp },
    /// Play began.
    ContestStarted { entrants: u32, timestamp: Timestamp },
    /// A page of a round came in.
    RoundPageSubmitted {
        round: u32,
        page: u32,
        eliminated: Vec<AgentId>,
        scores: BTreeMap<AgentId, Score>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actions_root: Option<Hash>,
        last: bool,
        timestamp: Timestamp,
    },
    /// A round is complete; `alive` are left.
    RoundCompleted {
        round: u32,
        alive: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        actions_root: Option<Hash>,
        timestamp: Timestamp,
    },
    /// The actions of a round are kept.
    RoundActionsStored { round: u32, sha256: Hash, size: u64, timestamp: Timestamp },
    /// The recorded rounds count; obligations are open.
    ContestFinalized {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seed: Option<String>,
        pot: Amount,
        protocol_fee: Amount,
        creator_fee: Amount,
        timestamp: Timestamp,
    },
    /// It ended before it started; refunds and bond are owed.
    ContestCancelled { reason: CancelReason, timestamp: Timestamp },
    /// The oracle timed out; `amount` is the bond, which went to the treasury; refunds are owed.
    ContestAbandoned { amount: Amount, timestamp: Timestamp },
    /// An obligation was paid.
    ObligationPaid { kind: PayoutKind, payee: Payee, amount: Amount, timestamp: Timestamp },
}
