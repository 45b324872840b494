//! A terminal of a test's own: a program runs on it, its keys are pressed, and its screen is read as a person reads it.

use std::{
    io::{Read, Write},
    num::NonZero,
    process::Command,
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::Duration,
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

/// How often a program may draw until its screen is as it is wanted, or until it ends: it draws four times a second.
const MOST_DRAWN: usize = 500;
/// A program that draws nothing for so long hangs: nothing is measured by it, a test would only wait for ever.
const HANGS: Duration = Duration::from_secs(300);

/// A program on a terminal.
pub(crate) struct Terminal {
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    parser: Parser,
    child: Box<dyn Child + Send + Sync>,
    /// How it was before the program began.
    before: String,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

impl Terminal {
    /// Runs a command on a terminal of this size.
    pub(crate) fn run(command: &Command, columns: u16, rows: u16) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        builder.cwd(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        builder.env("TERM", "xterm-256color");
        let mut reader = pair.master.try_clone_reader().unwrap();
        let keys = pair.master.take_writer().unwrap();
        let before = format!("{:?}", pair.master.get_termios());
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4_096];
            // A terminal whose program has ended is at its end, or is an error.
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        let parser = Parser::new(cells(rows), cells(columns), 0);
        Self { master: pair.master, keys, output, parser, child, before }
    }

    /// What stands on the screen.
    pub(crate) fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The lines of the screen.
    pub(crate) fn lines(&self) -> Vec<String> {
        let (_, columns) = self.parser.screen().size();
        self.parser.screen().rows(0, columns.get()).collect()
    }

    /// Reads on until the screen is as it is wanted, and answers what stands on it.
    #[track_caller]
    pub(crate) fn until(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        for _ in 0..MOST_DRAWN {
            let text = self.text();
            if wanted(&text) {
                return text;
            }
            assert!(self.draws(), "the program ended with this screen:\n{text}");
        }
        panic!("the program never came to what is wanted:\n{}", self.text());
    }

    /// Takes what the program draws next; says whether it goes on.
    #[track_caller]
    fn draws(&mut self) -> bool {
        match self.output.recv_timeout(HANGS) {
            Ok(bytes) => self.parser.process(&bytes),
            Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => panic!("the program hangs with this screen:\n{}", self.text()),
        }
        true
    }

    /// Whether the program shows its own screen.
    pub(crate) fn is_taken(&self) -> bool {
        self.parser.screen().alternate_screen()
    }

    /// Presses a key.
    pub(crate) fn press(&mut self, key: u8) {
        self.keys.write_all(&[key]).unwrap();
        self.keys.flush().unwrap();
    }

    /// Gives it another size, as the corner of a window is drawn.
    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.parser.screen_mut().set_size(cells(rows), cells(columns));
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Waits until the program ends, which must be well and leave the terminal as it was; answers what stands there then.
    #[track_caller]
    pub(crate) fn ended(mut self) -> String {
        let has_ended = (0..MOST_DRAWN).any(|_| !self.draws());
        let text = self.text();
        assert!(has_ended, "the program goes on and on:\n{text}");
        assert!(self.child.wait().unwrap().success(), "{text}");
        assert!(!self.is_taken(), "the screen was not left:\n{text}");
        assert!(!self.parser.screen().hide_cursor(), "the cursor is gone");
        assert_eq!(format!("{:?}", self.master.get_termios()), self.before, "the keys are not as they were");
        text
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
