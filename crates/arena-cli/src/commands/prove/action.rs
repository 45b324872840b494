//! What can happen in the model, the command it is, and how it is said.

use arena_core::contest::{Command, PayoutKind, RoundPage, Score};

use super::{
    book::Book,
    cast::{Cast, Owner, Who},
};

/// Entrants, one bit each by their place in entry order.
pub(super) type Mask = u8;

/// The score that a page gives.
const SCORE: i64 = 1;

/// A step of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Time passes until a millisecond before the next limit: registration's end, or the oracle's timeout.
    UntilJustBefore,
    /// Time passes until that limit.
    UntilLimit,
    /// The oracle completes one empty round after another, each a millisecond before it would time out, until the hard stop is
    /// all that is left: many real commands as one step.
    Heartbeat,
    /// Someone asks for something.
    Ask(Who, Asked),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Enter,
    Leave(Who),
    Start,
    /// A page of the round that is due.
    Page {
        out: Mask,
        scored: Mask,
        last: bool,
    },
    Finalize,
    Pay(PayoutKind, Owner),
    Cancel,
    Abandon,
}

impl Asked {
    /// The command, as the door makes it.
    pub(super) fn command(self, cast: &Cast, book: &Book) -> Command {
        match self {
            Self::Enter => Command::Enter,
            Self::Leave(who) => Command::Leave { agent_id: cast.id(who).clone() },
            Self::Start => Command::Start,
            Self::Page { out, scored, last } => Command::SubmitPage(RoundPage {
                round: book.rounds + 1,
                page: Some(book.pages + 1),
                eliminated: named(book, out).map(|who| cast.id(who).clone()).collect(),
                scores: named(book, scored)
                    .filter_map(|who| Some((cast.id(who).clone(), Score::new(SCORE)?)))
                    .collect(),
                actions_root: None,
                last,
            }),
            Self::Finalize => Command::Finalize { seed: None },
            Self::Pay(kind, owner) => Command::Payout { kind, payee: Some(cast.payee(owner)) },
            Self::Cancel => Command::Cancel,
            Self::Abandon => Command::Abandon,
        }
    }

    fn said(self, cast: &Cast, book: &Book) -> String {
        match self {
            Self::Enter => "enters".to_owned(),
            Self::Leave(who) => format!("takes the entry of {} back", cast.id(who)),
            Self::Start => "starts".to_owned(),
            Self::Page { out, scored, last } => {
                let part = if last { "completes" } else { "submits a page of" };
                let names = |mask| named(book, mask).map(|who| cast.id(who).to_string()).collect::<Vec<_>>();
                let mut said = format!("{part} round {}", book.rounds + 1);
                if out != 0 {
                    said.push_str(&format!(", out: {}", names(out).join(" ")));
                }
                if scored != 0 {
                    said.push_str(&format!(", a point for: {}", names(scored).join(" ")));
                }
                said
            }
            Self::Finalize => "finalizes".to_owned(),
            Self::Pay(kind, owner) => format!("asks that the {kind} of {} be paid", cast.payee(owner)),
            Self::Cancel => "cancels".to_owned(),
            Self::Abandon => "abandons".to_owned(),
        }
    }
}

impl Action {
    /// What happens, as a sentence about the state before it.
    pub(super) fn said(self, cast: &Cast, book: &Book) -> String {
        match self {
            Self::UntilJustBefore => format!("time passes until 1 ms before {}", limit(cast, book)),
            Self::UntilLimit => format!("time passes until {}", limit(cast, book)),
            Self::Heartbeat => {
                format!("{} completes empty rounds until the hard stop is near", cast.id(cast.oracle()))
            }
            Self::Ask(by, asked) => format!("{} {}", cast.id(by), asked.said(cast, book)),
        }
    }
}

fn limit(cast: &Cast, book: &Book) -> &'static str {
    if !book.is_in_play() {
        "registration is over"
    } else if book.is_at_hard_stop(cast) {
        "the hard stop"
    } else {
        "the oracle's timeout"
    }
}

fn named(book: &Book, mask: Mask) -> impl Iterator<Item = Who> {
    book.lines.iter().enumerate().filter(move |(index, _)| mask >> index & 1 == 1).map(|(_, line)| line.who)
}
