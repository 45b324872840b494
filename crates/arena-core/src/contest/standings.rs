//! Standings: derived from the recorded rounds by one order, never asserted.
//!
//! Alive before eliminated; later elimination before earlier; higher last score. Equal ones tie, show the same standing
//! (1, 1, 3), and stand in entry order. [`ranked`] does it all at once; the chain takes one entrant after the other with a [`Walk`].

#[cfg(feature = "aggregates")]
use alloc::vec::Vec;

use super::types::Score;

/// What decides an entrant's place: the higher the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The round that put it out, or beyond any round.
    lasted: u32,
    score: Score,
}

impl Key {
    /// The round that put it out.
    #[must_use]
    pub const fn eliminated_round(self) -> Option<u32> {
        if self.lasted == u32::MAX {
            None
        } else {
            Some(self.lasted)
        }
    }

    /// Its last score.
    #[must_use]
    pub const fn score(self) -> Score {
        self.score
    }
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

/// How far a walk over the entrants in standing order has come: the last one taken, and its group of equal ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// How many were taken.
    pub taken: u32,
    /// How many of the last one's group were taken.
    pub tied: u32,
    /// The key of the last one; of no meaning before the first.
    pub last: Key,
    /// The last one's number in entry order.
    pub last_number: u32,
}

/// Where a walk puts an entrant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its place, from 1; equal ones have the same.
    pub standing: u32,
    /// How many with this standing entered before it.
    pub before: u32,
}

impl Walk {
    /// Before the first.
    pub const BEGIN: Self = Self { taken: 0, tied: 0, last: key(None, Score::ZERO), last_number: 0 };

    /// Takes the next entrant; `None` when it does not come after the last one: better, or equal and not entered later.
    ///
    /// Whoever has taken as many as there are has taken each once, and all in order.
    pub fn take(&mut self, key: Key, number: u32) -> Option<Place> {
        let is_equal = self.taken > 0 && key == self.last;
        if self.taken > 0 && (key > self.last || is_equal && number <= self.last_number) {
            return None;
        }
        let before = if is_equal { self.tied } else { 0 };
        self.taken = self.taken.saturating_add(1);
        self.tied = before.saturating_add(1);
        self.last = key;
        self.last_number = number;
        Some(Place { standing: self.taken.saturating_sub(before), before })
    }
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
#[cfg(feature = "aggregates")]
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

#[cfg(feature = "aggregates")]
fn counted(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

#[cfg(all(test, feature = "aggregates"))]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn begun() -> (Walk, Key) {
        let mut walk = Walk::BEGIN;
        let first = key(None, Score::ZERO);
        assert_eq!(walk.take(first, 2), Some(Place { standing: 1, before: 0 }));
        (walk, first)
    }

    #[test]
    fn a_walk_never_goes_back_and_takes_nobody_twice() {
        let (walk, first) = begun();
        let better = key(None, Score::new(1).unwrap());
        for (key, number) in [(first, 2), (first, 1), (better, 3)] {
            let mut walk = walk;
            assert_eq!(walk.take(key, number), None);
            assert_eq!(walk, begun().0, "a refusal changes nothing");
        }
    }

    #[test]
    fn the_first_may_have_any_key() {
        let lowest = key(Some(1), Score::new(-Score::LIMIT).unwrap());
        let mut walk = Walk::BEGIN;
        assert_eq!(walk.take(lowest, 1), Some(Place { standing: 1, before: 0 }));
    }

    proptest! {
        #[test]
        fn a_walk_in_order_says_what_ranked_says(
            entrants in vec((proptest::option::of(1_u32..4), -2_i64..3), 1..40),
        ) {
            let keyed = entrants.iter().zip(1_u32..).map(|((round, score), number)| {
                (key(*round, Score::new(*score).unwrap()), number)
            });
            let mut numbers = keyed.clone().collect::<Vec<_>>();
            numbers.sort_by_key(|(key, number)| (core::cmp::Reverse(*key), *number));
            let mut walk = Walk::BEGIN;
            for (ranked, (key, number)) in ranked(keyed).into_iter().zip(numbers) {
                let place = walk.take(key, number).unwrap();
                prop_assert_eq!(ranked.of, number);
                prop_assert_eq!((ranked.standing, ranked.before), (place.standing, place.before));
            }
        }
    }
}
