//! The receipt of a contest: all that it takes to check one without a server, in one file of canonical JSON (RFC 8785).
//!
//! The file is the canonical JSON itself, so that each of its bytes counts. `receipt_hash` is SHA-256 of the canonical JSON
//! without that field. The events are the whole of the contest's stream with every field that their hashes cover.

use std::{collections::BTreeMap, fmt};

use arena_core::{
    AgentId, ArenaId, CommandId, Hash, Position, Sequence, Timestamp,
    amount::Amount,
    contest::{Score, Status},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    entries::Entry, ledger::Transfer, payouts::Obligation, report::ReportHead, schema, terms::Terms,
};

/// All that it takes to check a contest that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Always `arena/receipt/v1`.
    pub format: String,
    /// The contest.
    #[schema(value_type = schema::ArenaId)]
    pub arena_id: ArenaId,
    /// What it is called.
    pub title: String,
    /// How it ended.
    #[schema(value_type = schema::ContestStatus)]
    pub status: Status,
    /// What held in it.
    pub terms: Terms,
    /// The hash of the terms.
    #[schema(value_type = schema::Hash)]
    pub terms_hash: Hash,
    /// Who made it.
    #[schema(value_type = schema::AgentId)]
    pub creator: AgentId,
    /// Who started, submitted and finalized.
    #[schema(value_type = schema::AgentId)]
    pub oracle: AgentId,
    /// The entry fees that were paid.
    #[schema(value_type = schema::Amount)]
    pub pot: Amount,
    /// The entries in the order of entering, as they stood at the end.
    pub entries: Vec<Entry>,
    /// The hash that was committed to before anyone entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub seed_commitment: Option<Hash>,
    /// The seed that opens it, as it was revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<String>,
    /// The rounds by number, the last perhaps not completed.
    pub rounds: Vec<ReceiptRound>,
    /// The entries in the order of their standings, when the contest finished.
    pub standings: Vec<Entry>,
    /// What was owed, and what of it is paid.
    pub obligations: Vec<Obligation>,
    /// Every transfer from or to the contest's accounts, by number.
    pub transfers: Vec<Transfer>,
    /// Every event of the contest, by sequence.
    pub events: Vec<ReceiptEvent>,
    /// The last of the events.
    pub head: ReportHead,
    /// SHA-256 of the canonical JSON of all the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = schema::Hash)]
    pub receipt_hash: Option<Hash>,
}

/// A round with its pages and its actions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRound {
    /// Its number, from 1.
    pub round: u32,
    /// Its pages, in order.
    pub pages: Vec<ReceiptPage>,
    /// The Merkle root of its actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub actions_root: Option<Hash>,
    /// The hash of the bytes of its actions, when they were stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Hash>)]
    pub actions_sha256: Option<Hash>,
    /// Its actions line by line, without the line breaks, when they were stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<Vec<String>>,
    /// When it was completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Timestamp>)]
    pub completed_at: Option<Timestamp>,
}

/// A page of a round as the oracle submitted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptPage {
    /// Its number in the round, from 1.
    pub page: u32,
    /// Who was out from then on.
    #[schema(value_type = Vec<schema::AgentId>)]
    pub eliminated: Vec<AgentId>,
    /// New scores by agent.
    #[schema(value_type = schema::Scores)]
    pub scores: BTreeMap<AgentId, Score>,
    /// Whether it completed the round.
    pub last: bool,
}

/// An event with every field that its hash covers; the contest's id goes in as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptEvent {
    /// Its number in the contest.
    #[schema(value_type = schema::Sequence)]
    pub sequence: Sequence,
    /// Its number in the journal.
    #[schema(value_type = schema::Position)]
    pub position: Position,
    /// When it was decided, in milliseconds since 1970-01-01T00:00:00Z.
    #[schema(value_type = schema::Count)]
    pub recorded_at_ms: u64,
    /// Who caused it.
    pub actor: String,
    /// The caller's idempotency key, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::CommandId>)]
    pub command_id: Option<CommandId>,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its fields, as the text that is stored and hashed.
    pub payload: String,
    /// The hash of the event before it; zeros at first.
    #[schema(value_type = schema::Hash)]
    pub previous_hash: Hash,
    /// Its own hash.
    #[schema(value_type = schema::Hash)]
    pub hash: Hash,
}

/// Why bytes are not a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAReceipt {
    /// They are not JSON of its shape; the reason says where.
    Shape(String),
    /// It is of another format.
    Format(String),
    /// They are not the canonical JSON of what they say; the first byte that differs, from 0.
    NotCanonical {
        /// Where.
        offset: usize,
    },
    /// `receipt_hash` is not that of the rest.
    Hash {
        /// What stands there.
        stated: Option<Hash>,
        /// What it would have to be.
        computed: Hash,
    },
}

impl fmt::Display for NotAReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(reason) => write!(f, "it does not have the shape of a receipt: {reason}"),
            Self::Format(format) => write!(f, "it is of the format {format:?}, not {:?}", Receipt::FORMAT),
            Self::NotCanonical { offset } => {
                write!(
                    f,
                    "it is not canonical JSON from byte {offset} on; take the file as the server gave it"
                )
            }
            Self::Hash { stated: None, computed } => {
                write!(f, "receipt_hash is missing; it would be {computed}")
            }
            Self::Hash { stated: Some(stated), computed } => {
                write!(f, "receipt_hash is {stated}, but the rest has {computed}")
            }
        }
    }
}

impl std::error::Error for NotAReceipt {}

impl Receipt {
    /// The format that this version writes and reads.
    pub const FORMAT: &str = "arena/receipt/v1";

    /// The hash of its canonical JSON without `receipt_hash`.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&canonical(&Self { receipt_hash: None, ..self.clone() }))
    }

    /// Its file: canonical JSON, with `receipt_hash` set to what it must be.
    #[must_use]
    pub fn seal(mut self) -> Vec<u8> {
        self.receipt_hash = None;
        self.receipt_hash = Some(Hash::of(&canonical(&self)));
        canonical(&self)
    }

    /// Reads a file and checks that each of its bytes is the one that must stand there for its own hash; what the receipt
    /// says is not checked here.
    ///
    /// # Errors
    /// [`NotAReceipt`], with the first thing that is wrong.
    pub fn open(file: &[u8]) -> Result<Self, NotAReceipt> {
        let receipt: Self =
            serde_json::from_slice(file).map_err(|error| NotAReceipt::Shape(error.to_string()))?;
        if receipt.format != Self::FORMAT {
            return Err(NotAReceipt::Format(receipt.format));
        }
        let written = canonical(&receipt);
        if written != file {
            let offset = written.iter().zip(file).take_while(|(one, other)| one == other).count();
            return Err(NotAReceipt::NotCanonical { offset });
        }
        let (stated, computed) = (receipt.receipt_hash, receipt.hash());
        if stated != Some(computed) {
            return Err(NotAReceipt::Hash { stated, computed });
        }
        Ok(receipt)
    }
}

/// RFC 8785. Every number of a receipt is an integer within 2^53 - 1, so that it has one spelling.
fn canonical(receipt: &Receipt) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(receipt).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let text = format!(
            "{{\"arena_id\":\"019a9b3c-5f00-7abc-8def-0123456789ab\",\"creator\":\"a\",\"entries\":[],\"events\":[{{\"actor\":\"a\",\
             \"hash\":\"{0}\",\"payload\":\"{{\\\"seed\\\":\\\"€\\\"}}\",\"position\":9007199254740991,\"previous_hash\":\"{0}\",\
             \"recorded_at_ms\":1,\"sequence\":1,\"type\":\"x\"}}],\"format\":\"arena/receipt/v1\",\"head\":{{\"hash\":\"{0}\",\
             \"sequence\":1}},\"obligations\":[],\"oracle\":\"a\",\"pot\":0,\"rounds\":[],\"standings\":[],\"status\":\"cancelled\",\
             \"terms\":{{\"bond\":0,\"creator_fee_bps\":0,\"creator_may_enter\":false,\"duration_s\":1,\"elimination_interval_s\":10,\
             \"entry_fee\":0,\"gates\":{{\"min_age_s\":0,\"min_completed\":0,\"min_wins\":0}},\"max_agents\":2,\"min_agents\":2,\
             \"prize_split\":[100],\"prize_split_bps\":[10000]}},\"terms_hash\":\"{0}\",\"title\":\"t\",\"transfers\":[]}}",
            Hash::ZERO
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_sealed_receipt_opens_and_seals_to_the_same_bytes() {
        let file = receipt().seal();
        let opened = Receipt::open(&file).unwrap();
        assert_eq!(opened.receipt_hash, Some(receipt().hash()));
        assert_eq!(opened.seal(), file);
    }

    #[test]
    fn no_byte_of_a_receipt_can_be_changed_left_out_or_added() {
        let file = receipt().seal();
        for at in 0..file.len() {
            for bit in [1, 2, 32] {
                let mut changed = file.clone();
                changed[at] ^= bit;
                assert!(Receipt::open(&changed).is_err(), "byte {at} bit {bit}");
            }
            let mut shorter = file.clone();
            shorter.remove(at);
            assert!(Receipt::open(&shorter).is_err(), "without byte {at}");
        }
        for at in 0..=file.len() {
            let mut longer = file.clone();
            longer.insert(at, b' ');
            assert!(Receipt::open(&longer).is_err(), "a space at {at}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let other = Receipt { format: "arena/receipt/v2".into(), ..receipt() };
        assert_eq!(Receipt::open(&other.seal()), Err(NotAReceipt::Format("arena/receipt/v2".into())));
        let unsealed = canonical(&receipt());
        assert!(matches!(Receipt::open(&unsealed), Err(NotAReceipt::Hash { stated: None, .. })));
        let pretty = serde_json::to_vec_pretty(&receipt()).unwrap();
        assert_eq!(Receipt::open(&pretty), Err(NotAReceipt::NotCanonical { offset: 1 }));
    }
}
