//! Why a contest refuses: each with the facts that decided it and a stable code.

use alloc::{string::String, vec::Vec};
use core::fmt;

use super::{
    code::Code,
    payee::Payee,
    types::{PayoutKind, Status},
};
use crate::{
    ids::{AgentId, Sequence},
    time::Timestamp,
};

/// A refusal. The order in which the rules check is part of the contract: existence, `If-Match`, status, role, then the
/// checks of section 6 of the design in the order of its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the facts named in each variant's sentence")]
pub enum Rejection {
    /// There is no such thing.
    NotFound { what: &'static str },
    /// The contest is at another sequence than the caller's `If-Match`.
    SequenceMismatch { current: Sequence, expected: Sequence },
    /// The contest's status does not allow the command.
    WrongStatus { current: Status, expected: Vec<Status> },
    /// The caller may not do this; `who` may.
    Forbidden { who: &'static str },
    /// Registration is over.
    RegistrationExpired { ended_at: Timestamp },
    /// There are as many entrants as the terms allow.
    ContestFull { limit: u32 },
    /// The agent has an entry already.
    AlreadyEntered { agent_id: AgentId },
    /// The caller's profile does not show what the terms ask for.
    GateNotMet { gate: &'static str, required: u64, current: u64 },
    /// Fewer have entered than the terms ask for.
    NotEnoughEntrants { current: u32, required: u32 },
    /// The oracle was silent, or went on for too long; it can do nothing more.
    OracleTimedOut { timed_out_at: Timestamp },
    /// The oracle is not timed out yet.
    NotTimedOut { times_out_at: Timestamp },
    /// Another round is due.
    WrongRound { current: u32, expected: u32 },
    /// Another page is due.
    WrongPage { round: u32, current: u32, expected: u32 },
    /// The page was submitted before with other content.
    PageDiffers { round: u32, page: u32 },
    /// The obligation was paid before.
    AlreadyPaid { kind: PayoutKind, payee: Payee },
    /// There is no such obligation.
    NothingOwed { kind: PayoutKind, payee: Payee },
    /// The contest holds as many of these as it may.
    LimitReached { what: &'static str, limit: u32 },
    /// A value is out of its bounds; `field` is its path in the request.
    Invalid { field: String, reason: String },
    /// A value is larger than it may be.
    TooLarge { field: String, limit: u64 },
}

impl Rejection {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind().as_str()
    }

    /// The code as a value, which the chain has too.
    #[must_use]
    pub const fn kind(&self) -> Code {
        match self {
            Self::NotFound { .. } => Code::NotFound,
            Self::SequenceMismatch { .. } => Code::VersionMismatch,
            Self::WrongStatus { .. } => Code::WrongState,
            Self::Forbidden { .. } => Code::Forbidden,
            Self::RegistrationExpired { .. } => Code::RegistrationExpired,
            Self::ContestFull { .. } => Code::ContestFull,
            Self::AlreadyEntered { .. } => Code::AlreadyEntered,
            Self::GateNotMet { .. } => Code::GateNotMet,
            Self::NotEnoughEntrants { .. } => Code::NotEnoughEntrants,
            Self::OracleTimedOut { .. } => Code::OracleTimedOut,
            Self::NotTimedOut { .. } => Code::NotTimedOut,
            Self::WrongRound { .. } => Code::WrongRound,
            Self::WrongPage { .. } | Self::PageDiffers { .. } => Code::WrongPage,
            Self::AlreadyPaid { .. } => Code::AlreadyPaid,
            Self::NothingOwed { .. } => Code::NothingOwed,
            Self::LimitReached { .. } => Code::LimitReached,
            Self::Invalid { .. } => Code::Invalid,
            Self::TooLarge { .. } => Code::TooLarge,
        }
    }
}

/// A value out of its bounds.
pub(super) fn invalid(field: &str, reason: &str) -> Rejection {
    Rejection::Invalid { field: field.into(), reason: reason.into() }
}

impl core::error::Error for Rejection {}

/// Writes a list with commas.
struct Listed<'a>(&'a [Status]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, status) in self.0.iter().enumerate() {
            write!(f, "{}{status}", if index == 0 { "" } else { " or " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { what } => write!(f, "there is no such {what}; check the id or number"),
            Self::SequenceMismatch { current, expected } => {
                write!(
                    f,
                    "the contest is at sequence {current}, not {expected}; read it again and decide anew"
                )
            }
            Self::WrongStatus { current, expected } => {
                write!(f, "the contest is {current}; this needs it {}", Listed(expected))
            }
            Self::Forbidden { who } => write!(f, "only {who} may do this"),
            Self::RegistrationExpired { ended_at } => {
                write!(f, "registration ended at {ended_at}; ask for refunds instead")
            }
            Self::ContestFull { limit } => write!(f, "all {limit} places are taken; enter another contest"),
            Self::AlreadyEntered { agent_id } => write!(f, "{agent_id} has an entry already"),
            Self::GateNotMet { gate, required, current } => {
                write!(f, "the terms ask for {gate} {required} and your profile shows {current}")
            }
            Self::NotEnoughEntrants { current, required } => {
                write!(f, "{current} have entered and {required} are needed; wait for more, or cancel")
            }
            Self::OracleTimedOut { timed_out_at } => {
                write!(f, "the oracle timed out at {timed_out_at}; anyone may abandon the contest now")
            }
            Self::NotTimedOut { times_out_at } => {
                write!(f, "the oracle has until {times_out_at}; abandon the contest then")
            }
            Self::WrongRound { current, expected } => {
                write!(f, "round {current} is the last completed one; round {expected} is due")
            }
            Self::WrongPage { round, current, expected } => {
                write!(f, "{current} pages of round {round} are in; page {expected} is due")
            }
            Self::PageDiffers { round, page } => {
                write!(f, "page {page} of round {round} was submitted before with other content; it stands")
            }
            Self::AlreadyPaid { kind, payee } => write!(f, "the {kind} of {payee} was paid before"),
            Self::NothingOwed { kind, payee } => {
                write!(f, "no {kind} is owed to {payee}; look at the contest's obligations")
            }
            Self::LimitReached { what, limit } => {
                write!(f, "the contest may hold {limit} {what} and no more")
            }
            Self::Invalid { field, reason } => write!(f, "{field}: {reason}"),
            Self::TooLarge { field, limit } => write!(f, "{field} is larger than {limit} bytes"),
        }
    }
}
