//! The bounds of terms and pages (section 6 of the design), as functions over single values: none allocates, none
//! multiplies with an overflow check, so that the chain can call them.

use crate::amount::Amount;

/// Bytes of an agent's display name.
pub const NAME_BYTES: usize = 32;
/// Bytes of a title.
pub const TITLE_BYTES: usize = 128;
/// Bytes of the word that says what actions look like.
pub const ACTION_SCHEMA_BYTES: usize = 256;
/// The fewest agents that a contest starts with.
pub const MIN_AGENTS: u32 = 2;
/// The most agents of a contest.
pub const MAX_AGENTS: u32 = 10_000;
/// The most agents of a contest whose money is on a chain.
pub const MAX_AGENTS_ON_CHAIN: u32 = 100;
/// The most places that win a prize.
pub const MAX_PLACES: usize = 10;
/// All of it, in basis points.
pub const ALL_BPS: u16 = 10_000;
/// The most a creator takes of the pot, in basis points.
pub const MAX_CREATOR_FEE_BPS: u16 = 2_000;
/// What the treasury takes of the pot, in basis points.
pub const PROTOCOL_FEE_BPS: u16 = 100;
/// The shortest time between eliminations, in seconds.
pub const MIN_INTERVAL_S: u32 = 10;
/// The longest time between eliminations, in seconds: a day.
pub const MAX_INTERVAL_S: u32 = 86_400;
/// The shortest duration, in seconds.
pub const MIN_DURATION_S: u32 = 1;
/// The longest duration, in seconds: 30 days.
pub const MAX_DURATION_S: u32 = 2_592_000;
/// The longest account age that a gate asks for, in seconds: what is exact in every client language.
pub const MAX_AGE_S: u64 = Amount::MAX.get();
/// The most rounds of a contest.
pub const MAX_ROUNDS: u32 = 100_000;
/// The most pages of a round.
pub const MAX_PAGES: u32 = 10_000;
/// Bytes of a seed.
pub const SEED_BYTES: usize = 128;
/// Bytes of a round's actions.
pub const ACTIONS_BYTES: u64 = 16 << 20;

/// Whether a text may be a contest's title.
#[must_use]
pub fn title_in_bounds(title: &str) -> bool {
    !title.trim().is_empty() && title.len() <= TITLE_BYTES
}

/// Whether a title has none of the characters that would change how it is shown.
#[must_use]
pub fn title_is_plain(title: &str) -> bool {
    !title.chars().any(char::is_control)
}

/// Whether `most` is a number of agents that a contest may have.
#[must_use]
pub const fn most_agents_in_bounds(most: u32) -> bool {
    MIN_AGENTS <= most && most <= MAX_AGENTS
}

/// Whether a contest of at most `most` agents may ask for `least` to start.
#[must_use]
pub const fn least_agents_in_bounds(least: u32, most: u32) -> bool {
    MIN_AGENTS <= least && least <= most
}

/// Whether a text may be an agent's display name, as far as its length goes.
#[must_use]
pub const fn name_in_bounds(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES
}

/// Whether a text may say what actions look like.
#[must_use]
pub const fn schema_in_bounds(schema: &str) -> bool {
    schema.len() <= ACTION_SCHEMA_BYTES
}

/// Whether a gate may ask for an account so many seconds old.
#[must_use]
pub const fn age_in_bounds(seconds: u64) -> bool {
    seconds <= MAX_AGE_S
}

/// Whether the fees of all agents together are an amount: divides, because a product could overflow.
#[must_use]
pub const fn pot_fits(entry_fee: u64, most_agents: u32) -> bool {
    most_agents > 0 && entry_fee <= Amount::MAX.get() / (most_agents as u64)
}

/// Whether a split has 1 to 10 places that are all of the pool together.
#[must_use]
pub fn split_is_whole(split_bps: &[u16]) -> bool {
    let sum: u32 = split_bps.iter().fold(0, |sum: u32, share| sum.saturating_add(u32::from(*share)));
    (1..=MAX_PLACES).contains(&split_bps.len()) && sum == u32::from(ALL_BPS)
}

/// Whether a creator may take so much of the pot.
#[must_use]
pub const fn creator_fee_in_bounds(bps: u16) -> bool {
    bps <= MAX_CREATOR_FEE_BPS
}

/// Whether eliminations may be so many seconds apart.
#[must_use]
pub const fn interval_in_bounds(seconds: u32) -> bool {
    MIN_INTERVAL_S <= seconds && seconds <= MAX_INTERVAL_S
}

/// Whether a contest may say that it takes so many seconds.
#[must_use]
pub const fn duration_in_bounds(seconds: u32) -> bool {
    MIN_DURATION_S <= seconds && seconds <= MAX_DURATION_S
}
