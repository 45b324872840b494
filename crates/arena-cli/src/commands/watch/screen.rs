//! The terminal while it shows a view: another screen, left again however the program ends.

use std::{
    io::{Write, stdout},
    panic,
};

use anstream::{AutoStream, ColorChoice, adapter::strip_str};
use arena_runtime::system_now;
use rustix::termios::tcgetwinsize;

use super::view::View;

/// The other screen, without a cursor.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l";
/// The cursor and the screen that was there before.
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";

/// The terminal, while it is ours.
#[derive(Debug)]
pub(super) struct Screen(());

impl Screen {
    /// Takes it.
    pub(super) fn enter() -> Self {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            // What is reported must stand on the screen that stays.
            write(LEAVE);
            report(panicked);
        }));
        write(ENTER);
        Self(())
    }

    /// Draws the view from the top.
    pub(super) fn draw(&self, view: &View) {
        let (columns, rows) = size();
        let text = view.text(columns, rows, system_now());
        let is_plain = AutoStream::choice(&stdout()) == ColorChoice::Never;
        let text = if is_plain { strip_str(&text).to_string() } else { text };
        let lines: Vec<&str> = text.lines().collect();
        write(&format!("\u{1b}[H{}\u{1b}[K\u{1b}[J", lines.join("\u{1b}[K\r\n")));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        write(LEAVE);
    }
}

/// A terminal that is gone shows nothing.
fn write(text: &str) {
    let mut stdout = stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Columns and rows.
fn size() -> (usize, usize) {
    let size = tcgetwinsize(stdout()).ok().filter(|size| size.ws_col > 0 && size.ws_row > 0);
    size.map_or((80, 24), |size| (size.ws_col.into(), size.ws_row.into()))
}
