//! The terminal while it shows a view: another screen, left again however the program ends.

use std::{
    io::{Read, Write, stdin, stdout},
    panic,
};

use anstream::{AutoStream, ColorChoice, adapter::strip_str};
use arena_core::Timestamp;
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};
use tokio::sync::mpsc;

use super::view::View;

/// The other screen, without a cursor.
const ENTER: &str = "\u{1b}[?1049h\u{1b}[?25l";
/// The cursor and the screen that was there before.
const LEAVE: &str = "\u{1b}[?25h\u{1b}[?1049l";
/// No key does what this one would.
const NO_KEY: u8 = 0;

/// The terminal, while it is ours.
#[derive(Debug)]
pub(super) struct Screen {
    /// How it was before; nothing when what is typed comes from elsewhere.
    before: Option<Termios>,
}

impl Screen {
    /// Takes it.
    pub(super) fn enter() -> Self {
        let before = tcgetattr(stdin()).ok();
        if let Some(before) = &before {
            let mut keys = before.clone();
            // Keys are heard one by one and not shown; Ctrl-C stays what it is, and nothing stops it halfway.
            keys.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
            keys.special_codes[SpecialCodeIndex::VSUSP] = NO_KEY;
            set(&keys);
        }
        let (report, left) = (panic::take_hook(), before.clone());
        panic::set_hook(Box::new(move |panicked| {
            // What is reported must stand on the screen that stays.
            leave(left.as_ref());
            report(panicked);
        }));
        write(ENTER);
        Self { before }
    }

    /// Draws the view from the top.
    pub(super) fn draw(&self, view: &View, now: Timestamp) {
        let (columns, rows) = size();
        let text = view.text(columns, rows, now);
        let is_plain = AutoStream::choice(&stdout()) == ColorChoice::Never;
        let text = if is_plain { strip_str(&text).to_string() } else { text };
        let lines: Vec<&str> = text.lines().collect();
        write(&format!("\u{1b}[H{}\u{1b}[K\u{1b}[J", lines.join("\u{1b}[K\r\n")));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave(self.before.as_ref());
    }
}

/// The keys that are pressed, for as long as somebody listens.
pub(super) fn keys() -> mpsc::Receiver<u8> {
    let (sender, keys) = mpsc::channel(8);
    // A thread that waits for a key is left behind at the end: nothing else ends its wait.
    std::thread::spawn(move || {
        for key in stdin().lock().bytes() {
            if key.is_ok_and(|key| sender.blocking_send(key).is_ok()) {
                continue;
            }
            return;
        }
    });
    keys
}

fn leave(before: Option<&Termios>) {
    write(LEAVE);
    if let Some(before) = before {
        set(before);
    }
}

/// A terminal that is gone is as nobody left it.
fn set(modes: &Termios) {
    let _ = tcsetattr(stdin(), OptionalActions::Now, modes);
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
