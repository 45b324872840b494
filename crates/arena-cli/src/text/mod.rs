//! Answers as people read them.

pub(crate) mod arena;
pub(crate) mod contest;
pub(crate) mod event;
pub(crate) mod report;
pub(crate) mod step;
pub(crate) mod waiting;

use std::fmt::Display;

use arena_core::Timestamp;

/// A point in time to the second, in UTC.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.split('.').next().unwrap_or_default().replace('T', " ")
}

/// The time of day to the second, in UTC.
pub(crate) fn time_of_day(at: Timestamp) -> String {
    moment(at).split(' ').next_back().unwrap_or_default().to_owned()
}

/// `1 step`, `2 steps`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A list with commas.
pub(crate) fn listed<T: Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A number of bytes in a unit that fits.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{}.{} KiB", bytes / 1_024, bytes % 1_024 * 10 / 1_024),
        _ => format!("{}.{} MiB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_to_the_second() {
        assert_eq!(moment(Timestamp::from_millis(1_500)), "1970-01-01 00:00:01");
        assert_eq!(time_of_day(Timestamp::from_millis(61_999)), "00:01:01");
    }

    #[test]
    fn sizes_round_down() {
        assert_eq!(size(1_023), "1023 B");
        assert_eq!(size(1_536), "1.5 KiB");
        assert_eq!(size(16 << 20), "16.0 MiB");
    }
}
