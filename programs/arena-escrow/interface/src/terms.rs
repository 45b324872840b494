//! The terms of a contest on the chain: the same as the embedded ones, with wallets for agents.

use arena_core::contest::{
    bounds::{Bounded, MAX_AGENTS_ON_CHAIN},
    Code,
};

use crate::{
    args::args,
    lists::Shares,
    wire::{Key, Writer},
};

/// What the bytes begin with that the hash of terms is taken of.
pub const DOMAIN: &[u8] = b"arena.escrow.terms.1";

args! {
    /// The frozen configuration of a contest.
    Terms<'a> {
        /// What an agent pays to enter.
        entry_fee: u64;
        /// What the creator puts up.
        bond: u64;
        /// With fewer entrants it cannot start.
        min_agents: u32;
        /// More cannot enter.
        max_agents: u32;
        /// The share of each prize place, in basis points: 10,000 together.
        prize_split_bps: Shares;
        /// The creator's part of the pot, in basis points.
        creator_fee_bps: u16;
        /// Twice this after the last round the oracle is timed out.
        elimination_interval_s: u32;
        /// How long it is meant to take; it triggers nothing by itself.
        duration_s: u32;
        /// What the actions look like.
        action_schema: Option<&'a str>;
        /// The hash of the rules of its game.
        rules_hash: Option<[u8; 32]>;
        /// The hash of the seed that finalizing reveals.
        seed_commitment: Option<[u8; 32]>;
        /// Who starts, submits and finalizes; the creator when absent.
        oracle: Option<Key>;
        /// Whether creator and oracle may enter.
        creator_may_enter: bool;
        /// Contests that a profile must have completed.
        min_completed: u32;
        /// Contests that a profile must have won.
        min_wins: u32;
        /// Seconds that a profile must be old.
        min_age_s: u64;
    }
}

/// The most bytes that terms in their bounds have.
pub const MOST_BYTES: usize = 512;

impl Terms<'_> {
    /// Checks every bound of the rules, and that the chain can hold so many entrants.
    ///
    /// # Errors
    /// [`Code::Invalid`] when a field is out of its bounds.
    pub fn check(&self) -> Result<(), Code> {
        let bounded = Bounded {
            max_agents: self.max_agents,
            entry_fee: self.entry_fee,
            bond: self.bond,
            min_agents: self.min_agents,
            prize_split_bps: self.prize_split_bps.as_slice(),
            creator_fee_bps: self.creator_fee_bps,
            elimination_interval_s: self.elimination_interval_s,
            duration_s: self.duration_s,
            action_schema: self.action_schema.unwrap_or_default(),
            min_age_s: self.min_age_s,
        };
        if bounded.first_out().is_none() && self.max_agents <= MAX_AGENTS_ON_CHAIN {
            Ok(())
        } else {
            Err(Code::Invalid)
        }
    }

    /// The terms as a contest of this creator keeps them, and as they are hashed: the oracle always named, and no empty text. So whoever
    /// reads the contest can compute the hash that stands in it.
    #[must_use]
    pub fn kept(self, creator: Key) -> Self {
        let oracle = Some(self.oracle.unwrap_or(creator));
        Self { oracle, action_schema: self.action_schema.filter(|schema| !schema.is_empty()), ..self }
    }

    /// The parts of which the terms' hash is the SHA-256, one after the other; `room` holds the terms' bytes.
    #[must_use]
    pub fn hashed<'b>(&self, mint: &'b Key, room: &'b mut [u8; MOST_BYTES]) -> Option<[&'b [u8]; 3]> {
        let mut writer = Writer::new(room);
        self.write(&mut writer)?;
        let length = writer.length();
        Some([DOMAIN, &mint.0, room.get(..length)?])
    }
}
