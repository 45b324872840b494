//! Accounts in the words of the rules: statuses, counters, gates, keys, terms, and what is owed.

use arena_core::contest::{
    bounds::ACTION_SCHEMA_BYTES,
    payout, standings,
    status::{self, Action},
    Counters, Gates, PayoutKind, Score, Status,
};

use super::{Contest, ContestMut, Entry, Profile, ProfileMut};
use crate::{lists::Shares, terms::Terms};

/// What happened to a bond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum BondFate {
    /// In the bond vault.
    Held = 0,
    /// Back with the creator.
    Returned = 1,
    /// With the treasury.
    Slashed = 2,
}

/// An amount that a contest owes or owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// What it is for.
    pub kind: PayoutKind,
    /// How much: at least 1.
    pub amount: u64,
    /// Whether it was paid.
    pub is_paid: bool,
}

/// The number of a status.
#[must_use]
pub const fn status_number(status: Status) -> u8 {
    match status {
        Status::Registration => 0,
        Status::Active => 1,
        Status::Eliminating => 2,
        Status::Finished => 3,
        Status::Cancelled => 4,
        Status::Abandoned => 5,
    }
}

/// The status of a number.
#[must_use]
pub const fn status_of(number: u8) -> Option<Status> {
    match number {
        0 => Some(Status::Registration),
        1 => Some(Status::Active),
        2 => Some(Status::Eliminating),
        3 => Some(Status::Finished),
        4 => Some(Status::Cancelled),
        5 => Some(Status::Abandoned),
        _ => None,
    }
}

/// The number of what an obligation is for.
#[must_use]
pub const fn payout_number(kind: PayoutKind) -> u8 {
    match kind {
        PayoutKind::Prize => 0,
        PayoutKind::CreatorFee => 1,
        PayoutKind::Bond => 2,
        PayoutKind::ProtocolFee => 3,
        PayoutKind::Refund => 4,
    }
}

impl Profile<'_> {
    /// What it counts.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters {
            entered: self.entered(),
            completed: self.completed(),
            wins: self.wins(),
            top_three: self.top_three(),
            eliminations: self.eliminations(),
            earnings: self.earnings(),
        }
    }
}

impl ProfileMut<'_> {
    /// Writes what it counts.
    pub fn set_counters(&mut self, counters: Counters) {
        self.set_entered(counters.entered);
        self.set_completed(counters.completed);
        self.set_wins(counters.wins);
        self.set_top_three(counters.top_three);
        self.set_eliminations(counters.eliminations);
        self.set_earnings(counters.earnings);
    }
}

impl<'a> Contest<'a> {
    /// Where it stands; `None` for a number that no status has.
    #[must_use]
    pub fn stands(&self) -> Option<Status> {
        status_of(self.status())
    }

    /// What a profile must show.
    #[must_use]
    pub fn gates(&self) -> Gates {
        Gates { min_completed: self.min_completed(), min_wins: self.min_wins(), min_age_s: self.min_age_s() }
    }

    /// The terms that it was made under, of which `terms_hash` is the hash, so that an entrant can compute it from what stands here
    /// (with [`Terms::hashed`] and the contest's mint); `None` for bytes that no terms were written to.
    #[must_use]
    pub fn terms(&self) -> Option<Terms<'a>> {
        // The text stands last.
        let (_, room) = self.0.split_last_chunk::<ACTION_SCHEMA_BYTES>()?;
        let schema = room.get(..usize::from(self.action_schema_length()))?;
        let schema = core::str::from_utf8(schema).ok()?;
        let split = self.prize_split_bps();
        Some(Terms {
            entry_fee: self.entry_fee(),
            bond: self.bond(),
            min_agents: self.min_agents(),
            max_agents: self.max_agents(),
            prize_split_bps: Shares::new(split.get(..usize::from(self.places()))?)?,
            creator_fee_bps: self.creator_fee_bps(),
            elimination_interval_s: self.elimination_interval_s(),
            duration_s: self.duration_s(),
            action_schema: Some(schema).filter(|schema| !schema.is_empty()),
            rules_hash: (self.has_rules_hash() == 1).then(|| self.rules_hash()),
            seed_commitment: (self.has_seed_commitment() == 1).then(|| self.seed_commitment()),
            oracle: Some(self.oracle()),
            creator_may_enter: self.creator_may_enter() == 1,
            min_completed: self.min_completed(),
            min_wins: self.min_wins(),
            min_age_s: self.min_age_s(),
        })
    }

    /// What is or was owed for one reason: for a prize and a refund to the entrant of `entry`; `None` where that is nothing.
    #[inline(always)]
    #[must_use]
    pub fn obligation(&self, kind: PayoutKind, entry: Option<&Entry<'_>>) -> Option<Obligation> {
        status::after(self.stands()?, Action::Pay(kind))?;
        let (amount, is_paid) = match kind {
            PayoutKind::Prize => (self.prize(entry?), entry?.is_paid() == 1),
            PayoutKind::Refund => (entry?.amount(), entry?.is_paid() == 1),
            PayoutKind::CreatorFee => (self.creator_fee(), self.creator_fee_paid() == 1),
            PayoutKind::ProtocolFee => (self.protocol_fee(), self.protocol_fee_paid() == 1),
            PayoutKind::Bond => (self.bond(), self.bond_fate() != BondFate::Held as u8),
        };
        (amount > 0).then_some(Obligation { kind, amount, is_paid })
    }

    /// What an entrant is or was owed: its prize, or its fee.
    #[must_use]
    pub fn owed_to(&self, entry: &Entry<'_>) -> Option<Obligation> {
        let of = |kind| self.obligation(kind, Some(entry));
        of(PayoutKind::Prize).or_else(|| of(PayoutKind::Refund))
    }

    /// The prize of an entry that has its place.
    fn prize(&self, entry: &Entry<'_>) -> u64 {
        let standing = entry.standing();
        let group = standing.checked_sub(1).and_then(|index| usize::try_from(index).ok());
        match group.and_then(|index| self.tied().get(index).copied()) {
            Some(tied) => payout::tied_share(&self.prizes(), standing, tied, entry.before()),
            None => 0,
        }
    }

    /// How far finalizing has come.
    #[must_use]
    pub fn walk(&self) -> standings::Walk {
        standings::Walk {
            taken: self.placed(),
            tied: self.placed_tied(),
            last: key(self.placed_round(), self.placed_score()),
            last_number: self.placed_number(),
        }
    }
}

impl ContestMut<'_> {
    /// Writes that what is owed to the creator or the treasury was paid; of a prize or a refund the entry says so.
    #[inline(always)]
    pub fn set_paid(&mut self, kind: PayoutKind) {
        match kind {
            PayoutKind::CreatorFee => self.set_creator_fee_paid(1),
            PayoutKind::ProtocolFee => self.set_protocol_fee_paid(1),
            PayoutKind::Bond => self.set_bond_fate(BondFate::Returned as u8),
            PayoutKind::Prize | PayoutKind::Refund => {}
        }
    }

    /// Writes how far finalizing has come.
    pub fn set_walk(&mut self, walk: standings::Walk) {
        self.set_placed(walk.taken);
        self.set_placed_tied(walk.tied);
        self.set_placed_round(walk.last.eliminated_round().unwrap_or(0));
        self.set_placed_score(walk.last.score().get());
        self.set_placed_number(walk.last_number);
    }
}

impl Entry<'_> {
    /// The round that put it out.
    #[must_use]
    pub fn out(&self) -> Option<u32> {
        Some(self.eliminated_round()).filter(|round| *round > 0)
    }

    /// What decides its place.
    #[must_use]
    pub fn key(&self) -> standings::Key {
        key(self.eliminated_round(), self.score())
    }
}

fn key(eliminated_round: u32, score: i64) -> standings::Key {
    let out = Some(eliminated_round).filter(|round| *round > 0);
    standings::key(out, Score::new(score).unwrap_or(Score::ZERO))
}
