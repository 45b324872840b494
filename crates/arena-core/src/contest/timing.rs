//! When registration is over and an oracle is timed out, as functions over milliseconds: a limit is over when `now` reaches it.
//!
//! Lengths come in seconds, as terms and the chain have them. Nothing here can overflow, and nothing is checked by a
//! 128-bit product, so that the chain can call it.

/// How long agents may enter: 3 days.
pub const REGISTRATION_MS: u64 = 3 * 86_400_000;
/// How long a contest may go on at least, whatever its duration: 30 days.
pub const LONGEST_MS: u64 = 30 * 86_400_000;

/// Whether `limit_ms` is over.
#[must_use]
pub const fn is_over(now_ms: u64, limit_ms: u64) -> bool {
    now_ms >= limit_ms
}

/// When registration is over.
#[must_use]
pub const fn registration_ends_ms(created_ms: u64) -> u64 {
    created_ms.saturating_add(REGISTRATION_MS)
}

/// When an oracle that sends nothing more is timed out: two intervals after its last completed round.
#[must_use]
pub const fn silent_ms(last_submission_ms: u64, interval_s: u32) -> u64 {
    last_submission_ms.saturating_add(two_intervals_ms(interval_s))
}

/// When a contest is timed out whatever its oracle sends.
#[must_use]
pub const fn hard_stop_ms(started_ms: u64, duration_s: u32, interval_s: u32) -> u64 {
    let planned = (duration_s as u64).wrapping_mul(1_000).saturating_add(two_intervals_ms(interval_s));
    let length = if planned > LONGEST_MS { planned } else { LONGEST_MS };
    started_ms.saturating_add(length)
}

/// When a started contest is timed out: by silence or by the hard stop, whichever comes first.
#[must_use]
pub const fn timeout_ms(started_ms: u64, last_submission_ms: u64, duration_s: u32, interval_s: u32) -> u64 {
    let silent = silent_ms(last_submission_ms, interval_s);
    let hard_stop = hard_stop_ms(started_ms, duration_s, interval_s);
    if silent < hard_stop {
        silent
    } else {
        hard_stop
    }
}

/// The product of a `u32` and a small number fits in a `u64`, so that wrapping never happens.
const fn two_intervals_ms(interval_s: u32) -> u64 {
    (interval_s as u64).wrapping_mul(2_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: u64 = 86_400_000;

    #[test]
    fn whichever_timeout_comes_first_counts() {
        assert_eq!(timeout_ms(0, 0, 1, 10), 20_000);
        assert_eq!(timeout_ms(0, 30 * DAY_MS - 20_001, 1, 10), 30 * DAY_MS - 1);
        assert_eq!(timeout_ms(0, 30 * DAY_MS - 20_000, 1, 10), 30 * DAY_MS);
        assert_eq!(timeout_ms(0, 30 * DAY_MS - 1, 1, 10), 30 * DAY_MS);
    }

    #[test]
    fn a_long_contest_has_its_duration_and_two_intervals() {
        assert_eq!(hard_stop_ms(7, 2_592_000, 86_400), 7 + 32 * DAY_MS);
        assert_eq!(hard_stop_ms(7, 2_592_000, 10), 7 + 30 * DAY_MS + 20_000);
        assert_eq!(hard_stop_ms(7, 2_591_979, 10), 7 + 30 * DAY_MS);
        assert_eq!(hard_stop_ms(7, 1, 10), 7 + 30 * DAY_MS);
    }

    #[test]
    fn times_at_the_end_of_numbers_saturate() {
        assert_eq!(timeout_ms(u64::MAX, u64::MAX, u32::MAX, u32::MAX), u64::MAX);
        assert_eq!(registration_ends_ms(u64::MAX), u64::MAX);
        assert_eq!(registration_ends_ms(0), 259_200_000);
    }
}
