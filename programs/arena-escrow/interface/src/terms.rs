//! The terms of a contest on the chain: the same as the embedded ones, with wallets for agents.

use arena_core::{
    contest::{bounds, Code},
    Amount,
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
    /// Checks every bound, so that nothing can overflow later.
    ///
    /// # Errors
    /// [`Code::Invalid`] when a field is out of its bounds.
    pub fn check(&self) -> Result<(), Code> {
        let is_in_bounds = bounds::most_agents_in_bounds(self.max_agents)
            && self.max_agents <= bounds::MAX_AGENTS_ON_CHAIN
            && bounds::pot_fits(self.entry_fee, self.max_agents)
            && Amount::new(self.bond).is_some()
            && bounds::least_agents_in_bounds(self.min_agents, self.max_agents)
            && bounds::split_is_whole(self.prize_split_bps.as_slice())
            && bounds::creator_fee_in_bounds(self.creator_fee_bps)
            && bounds::interval_in_bounds(self.elimination_interval_s)
            && bounds::duration_in_bounds(self.duration_s)
            && bounds::schema_in_bounds(self.action_schema.unwrap_or_default())
            && bounds::age_in_bounds(self.min_age_s);
        if is_in_bounds {
            Ok(())
        } else {
            Err(Code::Invalid)
        }
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
