//! One bot: its process, started again when it crashed, and what becomes of each of its turns.

use std::{io, path::PathBuf, time::Duration};

use arena_core::AgentId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    bank::{self, Bank, TimeControl},
    protocol::{Hello, Message, Over, Ready, Reply, Turn},
};
use crate::{
    contest::games::Illegal,
    process::{Farewell, Guard, NoLine, Speaker, Talk},
};

/// How often a bot is started at most.
const STARTS: u32 = 4;
/// The longest line that a bot may write.
const LINE_BYTES: usize = 16 << 10;
/// How many lines that answer nothing may stand before an answer.
const STRAY_LINES: usize = 64;
/// This process was kept from running for so long that the turn's record says so.
const STALL: Duration = Duration::from_millis(250);
/// How much of a reason is recorded.
const REASON_CHARS: usize = 200;
/// What a bot is not told: it could act in its owner's name.
const HIDDEN: [&str; 3] = ["ARENA_TOKEN", "ARENA_URL", "ARENA_DATA"];

/// Whose fault something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The bot answered what is no legal move; the move is forfeited.
    Illegal,
    /// The bot's time was over; the move is forfeited.
    Timeout,
    /// The bot's process ended, or could not be started any more; the move is forfeited.
    Crash,
    /// The entrant has no bot here; the move is forfeited.
    Absent,
    /// The host stood still while the bot thought; the bot was not charged, and its move counts.
    Host,
}

/// What came of a bot's turn: an action, a fault, or, when the fault was the host's, both.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What the bot does; absent when its move is forfeited.
    pub action: Option<Value>,
    /// What went wrong.
    pub fault: Option<Fault>,
    /// What exactly.
    pub reason: Option<String>,
}

impl Answer {
    pub(crate) fn forfeit(fault: Fault, reason: impl Into<String>) -> Self {
        let reason = reason.into().chars().take(REASON_CHARS).collect();
        Self { action: None, fault: Some(fault), reason: Some(reason) }
    }
}

/// How a bot is started.
#[derive(Clone, Debug)]
pub(crate) struct BotCommand {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
}

/// A bot and its process, if it runs.
#[derive(Debug)]
pub(crate) struct Bot {
    speaker: Speaker,
    hello: Hello,
    time: TimeControl,
    talk: Option<Talk>,
    starts: u32,
    bank: Bank,
}

/// A turn and how to tell whether an answer is legal.
pub(crate) struct Question<'a> {
    pub(crate) round: u32,
    pub(crate) random: u64,
    pub(crate) choices: Value,
    pub(crate) observation: Value,
    pub(crate) check: &'a (dyn Fn(&Value) -> Result<(), Illegal> + Sync),
}

/// Why a bot cannot be talked to any more.
enum Lost {
    Crashed,
    TimedOut,
    Rambled(String),
}

impl Bot {
    /// A bot that is started when it is first asked.
    pub(crate) fn new(command: BotCommand, hello: Hello, time: TimeControl) -> Self {
        let speaker = Speaker {
            program: command.program,
            arguments: command.arguments,
            directory: command.directory,
            environment: vec![("ARENA_BOT".into(), hello.you.as_str().into())],
            hidden: &HIDDEN,
            line_bytes: LINE_BYTES,
        };
        Self { speaker, hello, time, talk: None, starts: 0, bank: Bank::of(time.bank) }
    }

    /// Whose bot it is.
    pub(crate) fn name(&self) -> &AgentId {
        &self.hello.you
    }

    /// What it has left to think, and how often its process was lost.
    pub(crate) fn used(&self) -> (Duration, u32) {
        (self.bank.left(), self.starts - u32::from(self.talk.is_some()))
    }

    /// Takes up what an earlier host noted: a process that ended with its host was not lost by the bot.
    pub(crate) fn resume(&mut self, left: Duration, lost: u32) {
        self.bank = Bank::of(left);
        self.starts = lost;
    }

    #[cfg(test)]
    pub(super) fn shorten_start(&mut self, start: Duration) {
        self.time.start = start;
    }

    #[cfg(test)]
    pub(super) fn lose_program(&mut self) {
        self.speaker.program = "/no/such/program".into();
    }

    /// Asks for a move.
    ///
    /// # Errors
    ///
    /// When this machine cannot start the process: the host's fault, for which no move is forfeited.
    pub(crate) async fn ask(&mut self, question: Question<'_>, guard: &Guard) -> io::Result<Answer> {
        let answer = match self.talk.take() {
            Some(talk) => self.turn(talk, question, guard).await,
            None if self.starts >= STARTS => Answer::forfeit(
                Fault::Crash,
                format!("it was started {STARTS} times, and is not started again"),
            ),
            None => {
                self.starts += 1;
                let talk = Talk::start(&self.speaker, guard).await?;
                match self.greet(talk, guard).await {
                    Ok(talk) => self.turn(talk, question, guard).await,
                    Err(answer) => answer,
                }
            }
        };
        Ok(answer)
    }

    /// Says hello and waits until the bot is ready.
    async fn greet(&self, mut talk: Talk, guard: &Guard) -> Result<Talk, Answer> {
        let line = line_of(&Message::Hello(self.hello.clone()));
        let start = self.time.start;
        let lost = match said(&mut talk, &line, start).await {
            Ok(()) => {
                let waited = bank::wait(start, async || talk.next_line().await).await;
                match waited.came.map(|line| line.map(|line| parsed::<Ready>(&line))) {
                    Some(Ok(Ok(Ready { ready: true }))) => return Ok(talk),
                    Some(Ok(_)) => Lost::Rambled("its first line is not {\"ready\":true}".into()),
                    Some(Err(NoLine::TooLong)) => Lost::Rambled("its first line is too long".into()),
                    Some(Err(NoLine::Closed)) => Lost::Crashed,
                    None => Lost::TimedOut,
                }
            }
            Err(lost) => lost,
        };
        let late = format!("it was not ready within {} ms", start.as_millis());
        Err(self.gave_up(talk, lost, &late, guard).await)
    }

    /// Tells it its turn and takes what it answers; a bot that lost its process is started again at its next turn.
    async fn turn(&mut self, mut talk: Talk, question: Question<'_>, guard: &Guard) -> Answer {
        self.bank = self.bank.with_increment(self.time.increment);
        let line = line_of(&Message::Turn(Turn {
            round: question.round,
            you: self.hello.you.clone(),
            random: question.random,
            bank_ms: millis(self.bank.left()),
            choices: question.choices,
            observation: question.observation,
        }));
        let lost = match said(&mut talk, &line, self.bank.left()).await {
            Err(lost) => lost,
            Ok(()) => {
                let round = question.round;
                let waited = bank::wait(self.bank.left(), async || reply(&mut talk, round).await).await;
                self.bank = self.bank.less(waited.charged);
                match waited.came {
                    Some(Ok(reply)) => {
                        self.talk = Some(talk);
                        let stalled = Some(waited.stalled).filter(|stalled| *stalled >= STALL);
                        return judged(reply, stalled, question.check);
                    }
                    Some(Err(lost)) => lost,
                    None => {
                        // Its answer may still come, and is passed over then.
                        self.talk = Some(talk);
                        return Answer::forfeit(Fault::Timeout, "its time bank is empty");
                    }
                }
            }
        };
        self.gave_up(talk, lost, "it did not read its turn in time", guard).await
    }

    /// Ends a process that nothing more is expected of.
    async fn gave_up(&self, talk: Talk, lost: Lost, late: &str, guard: &Guard) -> Answer {
        let farewell = if matches!(lost, Lost::Crashed) { Farewell::Moment } else { Farewell::None };
        let errors = talk.end(guard, farewell).await;
        match lost {
            Lost::TimedOut => Answer::forfeit(Fault::Timeout, late),
            Lost::Rambled(reason) => Answer::forfeit(Fault::Illegal, reason),
            Lost::Crashed => {
                let last = errors.lines().map(str::trim).rfind(|line| !line.is_empty());
                let reason =
                    last.map_or("its process ended".into(), |line| format!("its process ended: {line}"));
                Answer::forfeit(Fault::Crash, reason)
            }
        }
    }

    /// Tells it that it is over, and ends it.
    pub(crate) async fn dismiss(mut self, over: &Over, guard: &Guard) {
        if let Some(mut talk) = self.talk.take() {
            // Whether it hears it or not, it is over.
            let _ = said(&mut talk, &line_of(&Message::Over(over.clone())), Duration::from_millis(200)).await;
            talk.end(guard, Farewell::Moment).await;
        }
    }
}

/// Writes a line, within a limit; a process that does not read holds nobody up.
async fn said(talk: &mut Talk, line: &str, limit: Duration) -> Result<(), Lost> {
    match tokio::time::timeout(limit, talk.write(line)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Lost::Crashed),
        Err(_) => Err(Lost::TimedOut),
    }
}

/// The bot's answer for `round`: what it wrote about earlier rounds is passed over.
async fn reply(talk: &mut Talk, round: u32) -> Result<Result<Value, String>, Lost> {
    for _ in 0..=STRAY_LINES {
        let line = match talk.next_line().await {
            Ok(line) => line,
            Err(NoLine::Closed) => return Err(Lost::Crashed),
            Err(NoLine::TooLong) => {
                return Err(Lost::Rambled(format!("it wrote a line of more than {LINE_BYTES} bytes")));
            }
        };
        match parsed::<Reply>(&line) {
            Ok(reply) if reply.round < round => {}
            Ok(reply) if reply.round == round => return Ok(Ok(reply.action)),
            Ok(reply) => return Ok(Err(format!("it answered round {}, which has not begun", reply.round))),
            Err(reason) => return Ok(Err(format!("its answer cannot be read: {reason}"))),
        }
    }
    Err(Lost::Rambled(format!("it wrote more than {STRAY_LINES} lines that answer no turn of this round")))
}

fn judged(
    reply: Result<Value, String>,
    stalled: Option<Duration>,
    check: &(dyn Fn(&Value) -> Result<(), Illegal> + Sync),
) -> Answer {
    let action = match reply {
        Ok(action) => action,
        Err(reason) => return Answer::forfeit(Fault::Illegal, reason),
    };
    if let Err(illegal) = check(&action) {
        return Answer::forfeit(Fault::Illegal, illegal.to_string());
    }
    let reason = stalled.map(|stalled| format!("the host stood still for {} ms", stalled.as_millis()));
    Answer { action: Some(action), fault: stalled.map(|_| Fault::Host), reason }
}

fn parsed<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    serde_json::from_slice(line).map_err(|error| error.to_string())
}

fn line_of(message: &Message) -> String {
    serde_json::to_string(message).expect("a message has string keys only")
}

/// Whole milliseconds, rounded down.
pub(crate) fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
