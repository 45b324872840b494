//! The state of a contest, and how it is read.

use alloc::{string::String, sync::Arc, vec::Vec};

use rpds::{RedBlackTreeMapSync, VectorSync};
use serde::{Deserialize, Serialize};

use super::{
    entries::{Entry, Round, Standing},
    obligations::{BondFate, Fees},
    standings,
    terms::Terms,
    timing,
    types::Status,
};
use crate::{
    amount::Amount,
    hash::Hash,
    ids::{AgentId, ArenaId, Sequence},
    time::Timestamp,
};

/// An arena with money at stake: it decides commands and is folded from events.
///
/// A clone shares its collections with the original, so it costs the same however many entered. Its JSON form is its snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    pub(super) arena_id: ArenaId,
    pub(super) sequence: Sequence,
    pub(super) status: Status,
    pub(super) title: Arc<str>,
    pub(super) terms: Arc<Terms>,
    pub(super) terms_hash: Hash,
    pub(super) creator: AgentId,
    pub(super) created_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    pub(super) last_submission_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) seed: Option<String>,
    pub(super) entries: RedBlackTreeMapSync<AgentId, Entry>,
    /// The entrants in entry order.
    pub(super) order: RedBlackTreeMapSync<u32, AgentId>,
    pub(super) last_number: u32,
    pub(super) alive: u32,
    pub(super) pot: Amount,
    pub(super) rounds: VectorSync<Round>,
    pub(super) pages: u32,
    pub(super) bond: BondFate,
    /// What the treasury and the creator get of the pot, once finished.
    pub(super) fees: Option<Fees>,
    /// What is still to be paid out of the escrow.
    pub(super) escrow_due: u64,
}

impl Contest {
    /// Which contest.
    #[must_use]
    pub const fn arena_id(&self) -> ArenaId {
        self.arena_id
    }

    /// The number of its last event.
    #[must_use]
    pub const fn sequence(&self) -> Sequence {
        self.sequence
    }

    /// Where it stands; time alone never changes it.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// What it is called.
    #[must_use]
    pub const fn title(&self) -> &Arc<str> {
        &self.title
    }

    /// What it was made under.
    #[must_use]
    pub const fn terms(&self) -> &Arc<Terms> {
        &self.terms
    }

    /// The hash of the terms.
    #[must_use]
    pub const fn terms_hash(&self) -> Hash {
        self.terms_hash
    }

    /// Who made it.
    #[must_use]
    pub const fn creator(&self) -> &AgentId {
        &self.creator
    }

    /// Who starts, submits and finalizes.
    #[must_use]
    pub fn oracle(&self) -> &AgentId {
        self.terms.oracle.as_ref().unwrap_or(&self.creator)
    }

    /// How many have an entry.
    #[must_use]
    pub fn entrants(&self) -> u32 {
        u32::try_from(self.entries.size()).unwrap_or(u32::MAX)
    }

    /// How many of them no round put out.
    #[must_use]
    pub const fn alive(&self) -> u32 {
        self.alive
    }

    /// The number of the last completed round; 0 before the first.
    #[must_use]
    pub fn round(&self) -> u32 {
        let begun = u32::try_from(self.rounds.len()).unwrap_or(u32::MAX);
        begun.saturating_sub(u32::from(self.open_round().is_some()))
    }

    /// All fees that were paid for the entries there are.
    #[must_use]
    pub const fn pot(&self) -> Amount {
        self.pot
    }

    /// When it was made.
    #[must_use]
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When play began.
    #[must_use]
    pub const fn started_at(&self) -> Option<Timestamp> {
        self.started_at
    }

    /// When play began or the last round was completed.
    #[must_use]
    pub const fn last_submission_at(&self) -> Option<Timestamp> {
        self.last_submission_at
    }

    /// When it became terminal.
    #[must_use]
    pub const fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }

    /// The seed that finalizing revealed.
    #[must_use]
    pub fn seed(&self) -> Option<&str> {
        self.seed.as_deref()
    }

    /// The entries, in entry order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.order.values().filter_map(|agent_id| self.entries.get(agent_id))
    }

    /// One agent's entry.
    #[must_use]
    pub fn entry(&self, agent_id: &AgentId) -> Option<&Entry> {
        self.entries.get(agent_id)
    }

    /// Where each entry stands by the rounds recorded so far, the best first, equal ones in entry order.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        let keyed = self.entries().map(|entry| (standings::key(entry.eliminated_round, entry.score), entry));
        let placed = |ranked: standings::Ranked<&Entry>| Standing {
            standing: ranked.standing,
            prize: ranked.of.result.map(|result| result.prize),
            entry: ranked.of.clone(),
        };
        standings::ranked(keyed).into_iter().map(placed).collect()
    }

    /// The rounds that were begun, in order; only the last can be open.
    pub fn rounds(&self) -> impl Iterator<Item = &Round> {
        self.rounds.iter()
    }

    /// One round that was begun.
    #[must_use]
    pub fn round_at(&self, round: u32) -> Option<&Round> {
        self.rounds.get(usize::try_from(round.checked_sub(1)?).ok()?)
    }

    /// The round of which some pages are in, and not the last one.
    #[must_use]
    pub fn open_round(&self) -> Option<&Round> {
        self.rounds.last().filter(|round| round.completed_at.is_none())
    }

    /// When registration is over.
    #[must_use]
    pub const fn registration_ends_at(&self) -> Timestamp {
        Timestamp::from_millis(timing::registration_ends_ms(self.created_at.as_millis()))
    }

    /// When the oracle is timed out unless another round is completed before; only while it is in play.
    #[must_use]
    pub fn timeout_at(&self) -> Option<Timestamp> {
        match self.status {
            Status::Active | Status::Eliminating => Some(Timestamp::from_millis(timing::timeout_ms(
                self.started_at?.as_millis(),
                self.last_submission_at?.as_millis(),
                self.terms.duration_s,
                self.terms.elimination_interval_s,
            ))),
            Status::Registration | Status::Finished | Status::Cancelled | Status::Abandoned => None,
        }
    }

    /// How many entries the state holds, for those who keep it in memory or write it down.
    #[must_use]
    pub fn weight(&self) -> usize {
        let pages = usize::try_from(self.pages).unwrap_or(usize::MAX);
        self.entries.size().saturating_add(self.rounds.len()).saturating_add(pages)
    }
}
