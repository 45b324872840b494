//! Many measurements of one thing, told as few numbers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Durations in whole microseconds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spread(Vec<u32>);

impl Spread {
    /// Adds one.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
    }

    /// Adds all of another's.
    pub(crate) fn merge(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        u64::try_from(self.0.len()).unwrap_or(u64::MAX)
    }

    /// The microseconds that `per_mille` of all measurements do not exceed; zero when there are none.
    pub(crate) fn quantile(&mut self, per_mille: usize) -> u32 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * per_mille.min(1_000) / 1_000).copied().unwrap_or(0)
    }
}

/// The middle of some rates, so that one disturbed round does not count; zero when there are none.
pub(crate) fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_read_from_the_sorted_measurements() {
        let mut spread = Spread::default();
        for micros in (1..=101).rev() {
            spread.add(Duration::from_micros(micros));
        }
        assert_eq!(
            (spread.quantile(0), spread.quantile(500), spread.quantile(990), spread.quantile(1_000)),
            (1, 51, 100, 101)
        );
        assert_eq!(Spread::default().quantile(500), 0);
    }

    #[test]
    fn the_median_ignores_one_disturbed_round() {
        assert!((median(&[3.0, 1_000.0, 2.0]) - 3.0).abs() < f64::EPSILON);
        assert!(median(&[]).abs() < f64::EPSILON);
    }
}
