//! The values of a contest: statuses, kinds of payout, scores, gates.

use core::fmt;

#[cfg(feature = "aggregates")]
use serde::{Deserialize, Serialize};

use crate::words::display_word;

/// Where a contest stands; the last three are terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum Status {
    /// Agents enter and leave.
    Registration,
    /// Between rounds.
    Active,
    /// Some pages of a round are in, its last one is not.
    Eliminating,
    /// Settled by the recorded rounds.
    Finished,
    /// Ended before it started.
    Cancelled,
    /// Ended because the oracle was silent, or went on for too long.
    Abandoned,
}

impl Status {
    /// Every status, in order.
    pub const ALL: [Self; 6] = [
        Self::Registration,
        Self::Active,
        Self::Eliminating,
        Self::Finished,
        Self::Cancelled,
        Self::Abandoned,
    ];

    /// Whether it never changes again.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        match self {
            Self::Finished | Self::Cancelled | Self::Abandoned => true,
            Self::Registration | Self::Active | Self::Eliminating => false,
        }
    }
}

/// What an obligation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum PayoutKind {
    /// A winner's.
    Prize,
    /// The creator's part of the pot.
    CreatorFee,
    /// The bond, back to the creator.
    Bond,
    /// The treasury's part of the pot.
    ProtocolFee,
    /// An entry fee, back to its entrant.
    Refund,
}

/// Whether an obligation was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum ObligationStatus {
    /// Owed; it never expires.
    Open,
    /// Paid, once and exactly.
    Paid,
}

/// Why a contest was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(rename_all = "snake_case"))]
pub enum CancelReason {
    /// The creator cancelled it.
    Creator,
    /// Registration was over and somebody asked for a refund.
    RegistrationExpired,
}

display_word!(Status {
    Registration => "registration",
    Active => "active",
    Eliminating => "eliminating",
    Finished => "finished",
    Cancelled => "cancelled",
    Abandoned => "abandoned",
});
display_word!(PayoutKind {
    Prize => "prize",
    CreatorFee => "creator_fee",
    Bond => "bond",
    ProtocolFee => "protocol_fee",
    Refund => "refund",
});
display_word!(ObligationStatus { Open => "open", Paid => "paid" });
display_word!(CancelReason { Creator => "creator", RegistrationExpired => "registration_expired" });

/// What an entrant has reached, higher is better: within +-(2^53 - 1), 0 at first; an integer in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(try_from = "i64", into = "i64"))]
pub struct Score(i64);

impl Score {
    /// What every entrant begins with.
    pub const ZERO: Self = Self(0);
    /// The highest, and with a minus sign the lowest.
    pub const LIMIT: i64 = (1 << 53) - 1;

    /// Takes a number; `None` beyond the limit.
    #[must_use]
    pub const fn new(score: i64) -> Option<Self> {
        if score >= -Self::LIMIT && score <= Self::LIMIT {
            Some(Self(score))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// A number beyond +-(2^53 - 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAScore;

impl fmt::Display for NotAScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a score is -{} to {}", Score::LIMIT, Score::LIMIT)
    }
}

impl core::error::Error for NotAScore {}

impl TryFrom<i64> for Score {
    type Error = NotAScore;

    fn try_from(score: i64) -> Result<Self, NotAScore> {
        Self::new(score).ok_or(NotAScore)
    }
}

impl From<Score> for i64 {
    fn from(score: Score) -> Self {
        score.0
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What an agent's profile must show before it may enter; zero asks for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(default))]
pub struct Gates {
    /// Contests completed.
    pub min_completed: u32,
    /// Contests won.
    pub min_wins: u32,
    /// Seconds since it was registered.
    pub min_age_s: u64,
}
