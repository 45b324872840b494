//! Bots: processes that are told their turn on the standard input and answer on the standard output, a JSON object a line.
//!
//! The protocol is described in `docs/bots.md`. A bot has a time bank that runs only while it thinks: from the moment its turn is
//! written until its answer can be read, and never while this process itself was kept from running.

mod bank;
mod bot;
mod protocol;
#[cfg(test)]
mod tests;

pub use bank::TimeControl;
pub use bot::{Answer, Fault};
pub(crate) use bot::{Bot, BotCommand, Question, millis};
pub use protocol::{Hello, Message, Over, PROTOCOL, Ready, Reply, Turn};
