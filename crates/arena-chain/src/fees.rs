//! What a transaction may cost: a price by what others paid lately, a limit by what it came to when it was tried.

/// The most compute units of a transaction.
const MOST_UNITS: u64 = 1_400_000;
/// What is added to what a trial used: a tenth, and so much.
const MARGIN_UNITS: u64 = 2_000;
/// Which of the prices paid lately: three quarters were not higher.
const PERCENTILE: usize = 75;

/// The most that is offered for a compute unit unless said, in micro-lamports: at 200,000 units a fifth of a million lamports.
pub const PRICE_CAP: u64 = 1_000_000;

/// What to offer for a compute unit, in micro-lamports.
pub(crate) fn price(mut recent: Vec<u64>, cap: u64) -> u64 {
    recent.sort_unstable();
    let at = recent.len().saturating_sub(1) * PERCENTILE / 100;
    recent.get(at).copied().unwrap_or_default().min(cap)
}

/// How many compute units to allow after a trial that used so many.
pub(crate) fn limit(used: u64) -> u32 {
    let units = used.saturating_add(used / 10).saturating_add(MARGIN_UNITS).min(MOST_UNITS);
    u32::try_from(units).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_is_that_of_the_upper_quarter_and_never_above_the_cap() {
        assert_eq!(price(Vec::new(), 10), 0);
        assert_eq!(price(vec![7], 10), 7);
        assert_eq!(price(vec![9, 0, 3, 1, 2], 10), 3);
        assert_eq!(price(vec![5_000; 150], 10), 10);
    }

    #[test]
    fn the_limit_leaves_room_and_stays_within_the_chains() {
        assert_eq!(limit(10_000), 13_000);
        assert_eq!(limit(0), 2_000);
        assert_eq!(limit(u64::MAX), 1_400_000);
    }
}
