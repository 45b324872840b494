//! Colour, which repeats what the words say: whether it is shown is decided where the text leaves (`output.rs`).

use std::fmt;

use clap::builder::styling::{AnsiColor, Style};

/// What is under way.
pub(crate) const BUSY: Style = AnsiColor::Yellow.on_default();
/// What may begin or goes well.
pub(crate) const OPEN: Style = AnsiColor::Cyan.on_default();
/// What is done.
pub(crate) const DONE: Style = AnsiColor::Green.on_default();
/// What needs somebody.
pub(crate) const WRONG: Style = AnsiColor::Red.on_default().bold();
/// What stands back.
pub(crate) const QUIET: Style = Style::new().dimmed();
/// What stands out.
pub(crate) const STRONG: Style = Style::new().bold();

/// A text in a style.
pub(crate) fn paint(style: Style, text: impl fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of a status: of an arena, a step, a contest or an obligation.
pub(crate) fn status_style(status: &str) -> Style {
    match status {
        "active" | "ready" | "registration" | "open" => OPEN,
        "claimed" | "settling" | "eliminating" => BUSY,
        "completed" | "finished" | "paid" => DONE,
        "failed" | "abandoned" => WRONG,
        "waiting" | "cancelled" | "archived" => QUIET,
        _ => Style::new(),
    }
}

/// Makes text that others wrote safe for a terminal: control characters other than line breaks and tabs become `\u{fffd}`.
pub(crate) fn plain(text: &str) -> String {
    let safe = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    text.replace("\r\n", "\n").chars().map(safe).collect()
}

/// The first line of a text that others wrote, safe for a terminal.
pub(crate) fn first_line(text: &str) -> String {
    plain(text.lines().next().unwrap_or_default()).replace('\t', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_steer_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc\u{7}"), "a\u{fffd}[2Jb\nc\u{fffd}");
        assert_eq!(plain("one\r\n\ttwo"), "one\n\ttwo");
        assert_eq!(first_line("o\tne\r\ntwo"), "o ne");
    }
}
