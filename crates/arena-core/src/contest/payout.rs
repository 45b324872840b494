//! Who gets how much of a pot: exact, rounded down, with every left-over unit placed by rule.
//!
//! Functions over single values, for the chain too: none allocates, and no product needs more than 64 bits or a check for
//! overflow, because an amount is at most 2^53 - 1 and a share at most 10,000 basis points.

use super::bounds::{ALL_BPS, MAX_PLACES, PROTOCOL_FEE_BPS};

const WHOLE: u64 = ALL_BPS as u64;

/// What is taken off a pot, and what is left for prizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// The treasury's.
    pub protocol_fee: u64,
    /// The creator's.
    pub creator_fee: u64,
    /// All prizes together.
    pub pool: u64,
}

/// The floor of `amount x bps / 10,000`.
#[must_use]
pub const fn portion(amount: u64, bps: u16) -> u64 {
    let bps = bps as u64;
    (amount / WHOLE).wrapping_mul(bps).wrapping_add((amount % WHOLE).wrapping_mul(bps) / WHOLE)
}

/// What [`portion`] rounds away, in ten-thousandths of a unit.
const fn rounded_away(amount: u64, bps: u16) -> u64 {
    (amount % WHOLE).wrapping_mul(bps as u64) % WHOLE
}

/// Divides a pot between the treasury, the creator and the prizes.
#[must_use]
pub const fn division(pot: u64, creator_fee_bps: u16) -> Division {
    let protocol_fee = portion(pot, PROTOCOL_FEE_BPS);
    let creator_fee = portion(pot, creator_fee_bps);
    let pool = pot.saturating_sub(protocol_fee).saturating_sub(creator_fee);
    Division { protocol_fee, creator_fee, pool }
}

/// The prize of each place.
///
/// The shares of places that nobody can take are added to the first. What rounding leaves over goes unit by unit to the
/// places that lost most by it, the better place first where two lost the same.
#[must_use]
pub fn prizes(pool: u64, split_bps: &[u16], entrants: u32) -> [u64; MAX_PLACES] {
    let shares = rolled_up(split_bps, entrants);
    let mut prizes = [0; MAX_PLACES];
    let mut left = pool;
    for (prize, share) in prizes.iter_mut().zip(shares) {
        *prize = portion(pool, share);
        left = left.saturating_sub(*prize);
    }
    let mut served = [false; MAX_PLACES];
    while left > 0 {
        let Some(place) = most_rounded(pool, &shares, &served) else { break };
        if let (Some(prize), Some(served)) = (prizes.get_mut(place), served.get_mut(place)) {
            *prize = prize.saturating_add(1);
            *served = true;
        }
        left -= 1;
    }
    prizes
}

/// The share of each place, those beyond the number of entrants added to the first.
fn rolled_up(split_bps: &[u16], entrants: u32) -> [u16; MAX_PLACES] {
    let places = usize::try_from(entrants).unwrap_or(usize::MAX).max(1);
    let mut shares = [0; MAX_PLACES];
    let mut beyond: u16 = 0;
    for (index, share) in split_bps.iter().take(MAX_PLACES).enumerate() {
        match shares.get_mut(index) {
            Some(own) if index < places => *own = *share,
            Some(_) | None => beyond = beyond.saturating_add(*share),
        }
    }
    if let Some(first) = shares.first_mut() {
        *first = first.saturating_add(beyond);
    }
    shares
}

/// The place that lost most by rounding among those not yet served.
fn most_rounded(pool: u64, shares: &[u16; MAX_PLACES], served: &[bool; MAX_PLACES]) -> Option<usize> {
    let mut most: Option<(usize, u64)> = None;
    for (index, (share, served)) in shares.iter().zip(served).enumerate() {
        let lost = rounded_away(pool, *share);
        let more = match most {
            Some((_, before)) => lost > before,
            None => true,
        };
        if !served && *share > 0 && more {
            most = Some((index, lost));
        }
    }
    most.map(|(index, _)| index)
}

/// What one of `tied` entrants that share the places from `standing` on gets, when `before` of them entered before it.
///
/// They share the sum of those prizes evenly; what is left over goes one unit each in entry order.
#[must_use]
pub fn tied_share(prizes: &[u64; MAX_PLACES], standing: u32, tied: u32, before: u32) -> u64 {
    let first = usize::try_from(standing.saturating_sub(1)).unwrap_or(usize::MAX);
    let places = usize::try_from(tied).unwrap_or(usize::MAX);
    let sum = prizes.iter().skip(first).take(places).fold(0, |sum: u64, prize| sum.saturating_add(*prize));
    let tied = u64::from(tied.max(1));
    let extra = u64::from(u64::from(before) < sum % tied);
    (sum / tied).saturating_add(extra)
}
