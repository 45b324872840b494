//! What a contest holds: entries, rounds, obligations.

use rpds::VectorSync;
use serde::{Deserialize, Serialize};

use super::{
    payee::Payee,
    types::{ObligationStatus, PayoutKind, Score},
};
use crate::{amount::Amount, hash::Hash, ids::AgentId, time::Timestamp};

/// An agent's place in a contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose.
    pub agent_id: AgentId,
    /// Its number in entry order; never given twice.
    pub number: u32,
    /// What was paid for it.
    pub amount: Amount,
    /// The hash of the terms it was made under.
    pub terms_hash: Hash,
    /// When.
    pub entered_at: Timestamp,
    /// The last score.
    pub score: Score,
    /// The round that put it out.
    pub eliminated_round: Option<u32>,
    /// Its place and prize, once the contest is finished.
    pub result: Option<EntryResult>,
    /// The last round that had a score for it.
    pub(super) scored_round: u32,
    /// Whether its prize or its refund was paid.
    pub(super) is_paid: bool,
}

impl Entry {
    /// Whether no round put it out.
    #[must_use]
    pub const fn is_alive(&self) -> bool {
        self.eliminated_round.is_none()
    }
}

/// What an entry came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryResult {
    /// Its place, from 1; equal ones have the same.
    pub standing: u32,
    /// What it won.
    pub prize: Amount,
}

/// Where an entry stands, also before the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its place, from 1; equal ones have the same.
    pub standing: u32,
    /// What it won, once the contest is finished.
    pub prize: Option<Amount>,
    /// The entry.
    pub entry: Entry,
}

/// One round: what its pages said stands in the events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Its number, from 1.
    pub round: u32,
    /// How many it put out.
    pub eliminated: u32,
    /// The root of its actions.
    pub actions_root: Option<Hash>,
    /// Its actions, where they are kept.
    pub actions: Option<StoredActions>,
    /// When its last page came in.
    pub completed_at: Option<Timestamp>,
    /// The hash of each page.
    pub(super) pages: VectorSync<Hash>,
}

impl Round {
    /// How many pages are in.
    #[must_use]
    pub fn pages(&self) -> u32 {
        u32::try_from(self.pages.len()).unwrap_or(u32::MAX)
    }

    /// The hash of a page's content, counted from 1.
    pub(super) fn page(&self, page: u32) -> Option<&Hash> {
        self.pages.get(usize::try_from(page.checked_sub(1)?).ok()?)
    }
}

/// Where the bytes of a round's actions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredActions {
    /// The hash of the bytes.
    pub sha256: Hash,
    /// How many.
    pub size: u64,
}

/// An amount that the contest owes to one payee for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What it is for.
    pub kind: PayoutKind,
    /// To whom.
    pub payee: Payee,
    /// How much: at least 1.
    pub amount: Amount,
    /// Whether it was paid.
    pub status: ObligationStatus,
}
