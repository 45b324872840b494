//! Standings: derived from the recorded rounds by one order, never asserted.
//!
//! Alive before eliminated; later elimination before earlier; higher last score. Equal ones tie, show the same standing
//! (1, 1, 3), and stand in entry order. The chain compares [`Key`]s one after the other; [`ranked`] does it all at once.

use alloc::vec::Vec;

use super::types::Score;

/// What decides an entrant's place: the higher the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The round that put it out, or beyond any round.
    lasted: u32,
    score: Score,
}

/// The key of an entrant; `eliminated_round`: none while it is alive.
#[must_use]
pub const fn key(eliminated_round: Option<u32>, score: Score) -> Key {
    let lasted = match eliminated_round {
        Some(round) => round,
        None => u32::MAX,
    };
    Key { lasted, score }
}

/// Where one entrant stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked<T> {
    /// Its place, from 1; equal ones have the same.
    pub standing: u32,
    /// How many have this standing.
    pub tied: u32,
    /// How many of them entered before it.
    pub before: u32,
    /// Whose place it is.
    pub of: T,
}

/// The places of entrants that are given with their keys in entry order.
#[must_use]
pub fn ranked<T>(entrants: impl IntoIterator<Item = (Key, T)>) -> Vec<Ranked<T>> {
    let mut sorted: Vec<(Key, T)> = entrants.into_iter().collect();
    // A stable sort: equal ones stay in entry order.
    sorted.sort_by(|(left, _), (right, _)| right.cmp(left));
    let keys: Vec<Key> = sorted.iter().map(|(key, _)| *key).collect();
    let mut sizes = keys.chunk_by(|left, right| left == right).flat_map(|tied| {
        let size = counted(tied.len());
        (0..size).map(move |before| (size, before))
    });
    let mut place: u32 = 0;
    sorted
        .into_iter()
        .map(|(_, of)| {
            let (tied, before) = sizes.next().unwrap_or((1, 0));
            place = place.saturating_add(1);
            Ranked { standing: place.saturating_sub(before), tied, before, of }
        })
        .collect()
}

fn counted(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}
