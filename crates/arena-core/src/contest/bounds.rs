//! The bounds of terms and pages (section 6 of the design), as functions over plain values: none allocates, none
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

/// Whether a text has none of the characters that would change how it is shown.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Whether a text may be an agent's display name, as far as its length goes.
#[must_use]
pub const fn name_in_bounds(name: &str) -> bool {
    !name.is_empty() && name.len() <= NAME_BYTES
}

/// The values of terms that have bounds, whoever wrote the terms down.
#[derive(Clone, Copy, Debug)]
pub struct Bounded<'a> {
    /// More cannot enter.
    pub max_agents: u32,
    /// What an agent pays to enter.
    pub entry_fee: u64,
    /// What the creator puts up.
    pub bond: u64,
    /// With fewer entrants it cannot start.
    pub min_agents: u32,
    /// The share of each prize place, in basis points.
    pub prize_split_bps: &'a [u16],
    /// The creator's part of the pot, in basis points.
    pub creator_fee_bps: u16,
    /// The time between eliminations, in seconds.
    pub elimination_interval_s: u32,
    /// How long it is meant to take, in seconds.
    pub duration_s: u32,
    /// What the actions look like; empty where the terms do not say.
    pub action_schema: &'a str,
    /// The account age that a gate asks for, in seconds.
    pub min_age_s: u64,
}

/// A field of terms that has bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the terms' fields")]
pub enum Field {
    MaxAgents,
    EntryFee,
    Bond,
    MinAgents,
    PrizeSplitBps,
    CreatorFeeBps,
    EliminationIntervalS,
    DurationS,
    ActionSchema,
    MinAgeS,
}

impl Bounded<'_> {
    /// The first field that is out of its bounds. In bounds nothing can overflow later.
    #[must_use]
    pub fn first_out(&self) -> Option<Field> {
        let fields = [
            (Field::MaxAgents, (MIN_AGENTS..=MAX_AGENTS).contains(&self.max_agents)),
            (Field::EntryFee, pot_fits(self.entry_fee, self.max_agents)),
            (Field::Bond, Amount::new(self.bond).is_some()),
            (Field::MinAgents, (MIN_AGENTS..=self.max_agents).contains(&self.min_agents)),
            (Field::PrizeSplitBps, split_is_whole(self.prize_split_bps)),
            (Field::CreatorFeeBps, self.creator_fee_bps <= MAX_CREATOR_FEE_BPS),
            (
                Field::EliminationIntervalS,
                (MIN_INTERVAL_S..=MAX_INTERVAL_S).contains(&self.elimination_interval_s),
            ),
            (Field::DurationS, (MIN_DURATION_S..=MAX_DURATION_S).contains(&self.duration_s)),
            (Field::ActionSchema, self.action_schema.len() <= ACTION_SCHEMA_BYTES),
            (Field::MinAgeS, self.min_age_s <= MAX_AGE_S),
        ];
        fields.into_iter().find(|(_, is_in)| !is_in).map(|(field, _)| field)
    }
}

/// Whether the fees of all agents together are an amount: divides, because a product could overflow.
const fn pot_fits(entry_fee: u64, most_agents: u32) -> bool {
    most_agents > 0 && entry_fee <= Amount::MAX.get() / (most_agents as u64)
}

/// Whether a split has 1 to 10 places that are all of the pool together.
fn split_is_whole(split_bps: &[u16]) -> bool {
    let sum: u32 = split_bps.iter().fold(0, |sum: u32, share| sum.saturating_add(u32::from(*share)));
    (1..=MAX_PLACES).contains(&split_bps.len()) && sum == u32::from(ALL_BPS)
}
