//! The dice of one round: a ChaCha20 stream keyed by the seed and the round, the only chance a game knows.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng, SeedableRng},
};

use super::Seed;

/// Domain tag of the key; a change of what is drawn from the stream changes a game's version, not this.
const DOMAIN: &[u8] = b"arena/game/v1";

/// The random numbers of one round.
#[derive(Debug)]
pub struct Dice(ChaCha20Rng);

impl Dice {
    /// Those of `round`; 0 stands for what happens before the first.
    #[must_use]
    pub fn of(seed: &Seed, round: u32) -> Self {
        let key = seed.derive(DOMAIN, &[&round.to_be_bytes()]);
        Self(ChaCha20Rng::from_seed(*key.as_bytes()))
    }

    /// A number below `bound`, each equally likely; 0 when there is none.
    pub fn below(&mut self, bound: usize) -> usize {
        let Some(bound) = u64::try_from(bound).ok().filter(|bound| *bound > 0) else { return 0 };
        // Numbers of the last, incomplete run of `bound` are drawn anew, so that none is likelier than another.
        let whole = u64::MAX - u64::MAX % bound;
        loop {
            let drawn = self.0.next_u64();
            if drawn < whole {
                return usize::try_from(drawn % bound).unwrap_or_default();
            }
        }
    }

    /// One of `items`, taken out of them.
    pub fn take<T>(&mut self, items: &mut Vec<T>) -> Option<T> {
        if items.is_empty() {
            return None;
        }
        let index = self.below(items.len());
        Some(items.swap_remove(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_seed_and_round_are_fixed() {
        let draw = |seed: &str, round| {
            let mut dice = Dice::of(&seed.parse().unwrap(), round);
            [100, 100, 100, 6, 1, 0].map(|bound| dice.below(bound))
        };
        assert_eq!(draw("a seed", 1), draw("a seed", 1));
        assert_ne!(draw("a seed", 1), draw("a seed", 2));
        assert_ne!(draw("a seed", 1), draw("another", 1));
        assert_eq!(draw("golden", 7), [74, 25, 26, 1, 0, 0]);
    }
}
