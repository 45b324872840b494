//! Lines of a given width.

use arena_core::Timestamp;

use crate::paint::{self, paint};

/// A rule with a name, as wide as the screen.
pub(super) fn rule(name: &str, columns: usize) -> String {
    let dashes = columns.saturating_sub(name.chars().count() + 5);
    format!("{} {name} {}", paint(paint::QUIET, "---"), paint(paint::QUIET, "-".repeat(dashes)))
}

/// What is left of a lease.
pub(super) fn left(expires_at: Timestamp, now: Timestamp) -> String {
    if now >= expires_at {
        return "lease over".to_owned();
    }
    let seconds = expires_at.since(now).get().div_ceil(1_000);
    match seconds {
        0..120 => format!("{seconds} s left"),
        120..7_200 => format!("{} min left", seconds / 60),
        _ => format!("{} h left", seconds / 3_600),
    }
}

/// A text in exactly so many columns; what does not fit ends in dots.
pub(super) fn padded(text: &str, columns: usize) -> String {
    let length = columns_of(text);
    if length <= columns {
        return format!("{text}{}", " ".repeat(columns - length));
    }
    let dots = columns.min(2);
    let kept: String = text.chars().take(columns - dots).collect();
    format!("{kept}{}", ".".repeat(dots))
}

/// How many columns a text takes that has no colour.
pub(super) fn columns_of(text: &str) -> usize {
    text.chars().count()
}

/// The first characters of a line; what only colours takes no room.
pub(super) fn cut(line: &str, columns: usize) -> String {
    let (mut kept, mut room, mut in_escape) = (String::new(), columns, false);
    for c in line.chars() {
        in_escape |= c == '\u{1b}';
        if in_escape {
            kept.push(c);
            in_escape = c != 'm';
        } else if room > 0 {
            kept.push(if c == '\t' { ' ' } else { c });
            room -= 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_lease_is_never_less_than_nothing() {
        let at = Timestamp::from_millis;
        assert_eq!(left(at(1_000), at(1_000)), "lease over");
        assert_eq!(left(at(1_001), at(1_000)), "1 s left");
        assert_eq!(left(at(600_000), at(0)), "10 min left");
    }

    #[test]
    fn a_padded_text_is_as_wide_as_it_is_to_be() {
        assert_eq!(padded("ab", 4), "ab  ");
        assert_eq!(padded("abcdef", 4), "ab..");
        assert_eq!((padded("abc", 1), padded("abc", 0)), (".".to_owned(), String::new()));
    }
}
