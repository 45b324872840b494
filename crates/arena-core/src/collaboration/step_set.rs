//! A set of step numbers as bits: ten thousand steps are 1.25 KiB, so a changed copy costs one short `memcpy`.

use alloc::{sync::Arc, vec::Vec};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::StepNumber;

const BITS: usize = 64;

/// Step numbers; a clone shares its bits until one of the two changes. In JSON the sorted list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StepSet {
    /// Bit `i` of word `w` is the step at index `64 * w + i`; the last word is not zero.
    words: Arc<Vec<u64>>,
    /// The first word that is not zero; 0 when all are.
    first: usize,
}

impl StepSet {
    pub(super) fn insert(&mut self, step: StepNumber) {
        let (word, bit) = place(step);
        self.first = if self.is_empty() { word } else { self.first.min(word) };
        let words = Arc::make_mut(&mut self.words);
        if words.len() <= word {
            words.resize(word + 1, 0);
        }
        if let Some(bits) = words.get_mut(word) {
            *bits |= bit;
        }
    }

    pub(super) fn remove(&mut self, step: StepNumber) {
        let (word, bit) = place(step);
        if self.words.get(word).is_none_or(|bits| bits & bit == 0) {
            return;
        }
        let words = Arc::make_mut(&mut self.words);
        if let Some(bits) = words.get_mut(word) {
            *bits &= !bit;
        }
        while words.last() == Some(&0) {
            words.pop();
        }
        self.first = words
            .iter()
            .skip(self.first)
            .position(|bits| *bits != 0)
            .map_or(0, |skipped| self.first + skipped);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The lowest number.
    pub(super) fn first(&self) -> Option<StepNumber> {
        self.words.get(self.first).and_then(|bits| number(self.first, bits.trailing_zeros()))
    }

    /// The numbers in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = StepNumber> + '_ {
        let set = |bits: u64| (0..u64::BITS).filter(move |bit| bits >> bit & 1 == 1);
        self.words
            .iter()
            .enumerate()
            .flat_map(move |(word, bits)| set(*bits).filter_map(move |bit| number(word, bit)))
    }
}

fn place(step: StepNumber) -> (usize, u64) {
    (step.index() / BITS, 1 << (step.index() % BITS))
}

fn number(word: usize, bit: u32) -> Option<StepNumber> {
    let index = u32::try_from(word * BITS).ok()?.checked_add(bit)?;
    StepNumber::new(index.checked_add(1)?)
}

impl FromIterator<StepNumber> for StepSet {
    fn from_iter<I: IntoIterator<Item = StepNumber>>(steps: I) -> Self {
        let mut set = Self::default();
        for step in steps {
            set.insert(step);
        }
        set
    }
}

impl Serialize for StepSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for StepSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<StepNumber>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_sorted_set(changes in prop::collection::vec((1_u32..400, prop::bool::ANY), 0..200)) {
            let (mut set, mut plain) = (StepSet::default(), BTreeSet::new());
            for (step, comes) in changes {
                let step = StepNumber::new(step).unwrap();
                if comes {
                    set.insert(step);
                    plain.insert(step);
                } else {
                    set.remove(step);
                    plain.remove(&step);
                }
                prop_assert_eq!(set.first(), plain.first().copied());
                prop_assert_eq!(set.is_empty(), plain.is_empty());
            }
            prop_assert_eq!(set.iter().collect::<Vec<_>>(), plain.iter().copied().collect::<Vec<_>>());
            prop_assert_eq!(plain.into_iter().collect::<StepSet>(), set);
        }
    }
}
