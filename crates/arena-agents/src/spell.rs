//! How lengths of time, amounts of bytes and the words of others are written for people.

use std::time::Duration;

/// `850 ms`, `12 s`, `3 min 05 s`, `2 h 07 min`.
pub(crate) fn duration(length: Duration) -> String {
    let seconds = length.as_secs();
    match (seconds / 3_600, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0) => format!("{} ms", length.subsec_millis()),
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// `999 B`, `1.5 KiB`, `2.0 MiB`; rounded down.
pub(crate) fn bytes(amount: u64) -> String {
    let tenths = |unit: u64| (amount / unit, amount % unit * 10 / unit);
    match amount {
        0..1_024 => format!("{amount} B"),
        1_024..1_048_576 => {
            let (whole, tenth) = tenths(1_024);
            format!("{whole}.{tenth} KiB")
        }
        _ => {
            let (whole, tenth) = tenths(1_048_576);
            format!("{whole}.{tenth} MiB")
        }
    }
}

/// A text of a process without what could control a terminal.
pub(crate) fn plain(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c };
    text.chars().map(harmless).collect()
}

/// A text of others as part of a line: what could begin another line, control a terminal or turn the writing around is spelled out.
pub(crate) fn in_line(text: &str) -> String {
    let turns = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || turns(c) { line.extend(c.escape_unicode()) } else { line.push(c) }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_controls_the_terminal() {
        assert_eq!(plain("a\x1b[31mb\r\n\tä"), "a\u{fffd}[31mb\u{fffd}\n\tä");
    }

    #[test]
    fn what_is_in_a_line_stays_in_it() {
        assert_eq!(in_line("ä\nok: \u{202e}x\x1b"), "ä\\u{a}ok: \\u{202e}x\\u{1b}");
    }

    #[test]
    fn lengths_and_amounts_are_short() {
        let spelled = [850, 12_000, 185_000, 7_625_000].map(|ms| duration(Duration::from_millis(ms)));
        assert_eq!(spelled, ["850 ms", "12 s", "3 min 05 s", "2 h 07 min"]);
        assert_eq!([999, 1_536, 2 << 20].map(bytes), ["999 B", "1.5 KiB", "2.0 MiB"]);
    }
}
