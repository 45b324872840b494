//! Values of the command line that are more than one word or number.

use std::{
    io::Read,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use arena_core::{
    AgentId, ArenaId, Fence, Hash, Millis, Position, Sequence, StepNumber, Timestamp,
    amount::Amount,
    collaboration::{ArtifactKind, Permission, Role, Status, StepStatus, Strategy},
    contest::{self, PayoutKind},
    ids::InvalidId,
};
use arena_server::RateLimit;

use crate::{exit::Exit, failure::Failure};

/// Parses a length of time such as `500ms`, `90s`, `5m`, `2h` or `1d`.
pub(crate) fn length(text: &str) -> Result<Millis, String> {
    let expected = || format!("`{text}` is not a length of time; write 500ms, 90s, 5m, 2h or 1d");
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(expected)?;
    let (number, unit) = text.split_at_checked(digits).ok_or_else(expected)?;
    let number: u64 = number.parse().map_err(|_| expected())?;
    let ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(expected()),
    };
    number.checked_mul(ms).map(Millis::new).ok_or_else(expected)
}

/// Parses a moment in RFC 3339, such as `2026-07-01T12:00:00Z`.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    serde_json::from_value(text.into())
        .map_err(|_| format!("`{text}` is not a moment in RFC 3339; write 2026-07-01T12:00:00Z"))
}

/// How much a caller may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// As much as it wants.
    Off,
    /// At most so much.
    At(RateLimit),
}

impl Rate {
    /// The limit, if there is one.
    pub(crate) const fn limit(self) -> Option<RateLimit> {
        match self {
            Self::Off => None,
            Self::At(limit) => Some(limit),
        }
    }
}

/// Parses a rate such as `50/s`, `600/m` or `off`.
pub(crate) fn rate(text: &str) -> Result<Rate, String> {
    if text == "off" {
        return Ok(Rate::Off);
    }
    let (number, unit) = text.split_once('/').unwrap_or_default();
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => 0,
    };
    match number.parse() {
        Ok(requests) if seconds > 0 => {
            Ok(Rate::At(RateLimit { requests, per: Duration::from_secs(seconds) }))
        }
        Ok(_) | Err(_) => Err(format!("`{text}` is not a rate; write 50/s, 600/m, 10000/h or off")),
    }
}

/// Parses a length of time of whole seconds.
pub(crate) fn whole_seconds(text: &str) -> Result<u64, String> {
    let ms = length(text)?.get();
    if ms % 1_000 == 0 { Ok(ms / 1_000) } else { Err(format!("`{text}` is not a whole number of seconds")) }
}

/// Parses a length of time of so many seconds as terms can say.
pub(crate) fn seconds(text: &str) -> Result<u32, String> {
    u32::try_from(whole_seconds(text)?).map_err(|_| format!("`{text}` is too long"))
}

/// Parses an amount of money.
pub(crate) fn amount(text: &str) -> Result<Amount, String> {
    let amount = text.parse().ok().and_then(Amount::new);
    amount.ok_or_else(|| format!("`{text}` is not an amount, which is 0 to {} minor units", Amount::MAX))
}

/// Parses the position of an event in the journal.
pub(crate) fn position(text: &str) -> Result<Position, String> {
    text.parse().map(Position::new).map_err(|_| format!("`{text}` is not a position, which is a number"))
}

/// Parses a contest's status.
pub(crate) fn contest_status(text: &str) -> Result<contest::Status, String> {
    word(text, &contest::Status::ALL)
}

/// Parses a kind of payout.
pub(crate) fn payout_kind(text: &str) -> Result<PayoutKind, String> {
    use PayoutKind::{Bond, CreatorFee, Prize, ProtocolFee, Refund};
    word(text, &[Prize, Refund, Bond, CreatorFee, ProtocolFee])
}

/// Parses the snake_case word of a value, naming the words there are.
fn word<T: Copy + std::fmt::Display>(text: &str, all: &[T]) -> Result<T, String> {
    all.iter().copied().find(|value| value.to_string() == text).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(ToString::to_string).collect();
        format!("`{text}` is none of {}", words.join(", "))
    })
}

/// Parses a role.
pub(crate) fn role(text: &str) -> Result<Role, String> {
    word(text, &[Role::Coordinator, Role::Worker, Role::Observer])
}

/// Parses a strategy.
pub(crate) fn strategy(text: &str) -> Result<Strategy, String> {
    word(text, &[Strategy::Peer, Strategy::Pipeline])
}

/// Parses an arena's status.
pub(crate) fn status(text: &str) -> Result<Status, String> {
    word(text, &[Status::Created, Status::Active, Status::Settling, Status::Archived])
}

/// Parses a step's status.
pub(crate) fn step_status(text: &str) -> Result<StepStatus, String> {
    use StepStatus::{Cancelled, Claimed, Completed, Failed, Ready, Waiting};
    word(text, &[Waiting, Ready, Claimed, Completed, Failed, Cancelled])
}

/// Parses a kind of artifact.
pub(crate) fn artifact_kind(text: &str) -> Result<ArtifactKind, String> {
    word(text, &[ArtifactKind::Text, ArtifactKind::Code, ArtifactKind::File, ArtifactKind::Data])
}

/// Parses a permission.
pub(crate) fn permission(text: &str) -> Result<Permission, String> {
    word(text, &Permission::ALL)
}

/// Parses a step's number.
pub(crate) fn step_number(text: &str) -> Result<StepNumber, String> {
    let number = text.parse().ok().and_then(StepNumber::new);
    number.ok_or_else(|| format!("`{text}` is not a step's number, which is 1 or more"))
}

/// Parses a fence.
pub(crate) fn fence(text: &str) -> Result<Fence, String> {
    text.parse().map(Fence::new).map_err(|_| format!("`{text}` is not a fence, which is a number"))
}

/// Parses a sequence.
pub(crate) fn sequence(text: &str) -> Result<Sequence, String> {
    text.parse().map(Sequence::new).map_err(|_| format!("`{text}` is not a sequence, which is a number"))
}

/// An agent and its role: `AGENT` (a worker) or `AGENT:ROLE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) agent_id: AgentId,
    pub(crate) role: Role,
}

impl FromStr for Member {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (agent, word) = text.split_once(':').unwrap_or((text, "worker"));
        let agent_id = agent.parse().map_err(|error: InvalidId| error.to_string())?;
        Ok(Self { agent_id, role: role(word)? })
    }
}

/// A head that was noted elsewhere: `ARENA:SEQUENCE:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotedHead {
    pub(crate) arena_id: ArenaId,
    pub(crate) sequence: Sequence,
    pub(crate) hash: Hash,
}

impl FromStr for NotedHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split(':').collect();
        let [arena, sequence, hash] = parts.as_slice() else {
            return Err(
                "write ARENA:SEQUENCE:HASH, as `arena report` and `arena events` show them".to_owned()
            );
        };
        Ok(Self {
            arena_id: arena.parse().map_err(|error: InvalidId| error.to_string())?,
            sequence: self::sequence(sequence)?,
            hash: hash.parse().map_err(|_| format!("`{hash}` is not a hash of 64 hexadecimal digits"))?,
        })
    }
}

/// A value of a name: `NAME=VALUE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) =
            text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`; write NAME=VALUE"))?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

/// Where bytes are read from: a file, or `-` for standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Stdin,
    File(PathBuf),
}

impl FromStr for Source {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "-" { Self::Stdin } else { Self::File(text.into()) })
    }
}

impl Source {
    /// The file, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdin => None,
            Self::File(path) => Some(path),
        }
    }

    /// Reads all of it.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Stdin => {
                let mut bytes = Vec::new();
                std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
                    Failure::new(Exit::Refused, "unreadable", format!("cannot read standard input: {error}"))
                })?;
                Ok(bytes)
            }
            Self::File(path) => std::fs::read(path).map_err(|error| Failure::file("read", path, &error)),
        }
    }

    /// Reads all of it as text.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        String::from_utf8(self.bytes()?)
            .map_err(|_| Failure::new(Exit::Refused, "malformed", format!("{self} is not UTF-8 text")))
    }

    /// Reads JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.bytes()?)
            .map_err(|error| Failure::new(Exit::Refused, "malformed", format!("{self}: {error}")))
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_a_unit() {
        assert_eq!(length("500ms"), Ok(Millis::new(500)));
        assert_eq!(length("90s"), Ok(Millis::from_secs(90)));
        assert_eq!(length("2h"), Ok(Millis::from_secs(7_200)));
        for bad in ["", "5", "s", "-1s", "1.5h", "5 m", "99999999999999999999s", "9999999999999999999d"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_rate_has_a_unit_or_is_off() {
        assert_eq!(rate("off").unwrap().limit(), None);
        let limit = rate("600/m").unwrap().limit().unwrap();
        assert_eq!((limit.requests.get(), limit.per), (600, Duration::from_secs(60)));
        for bad in ["", "5", "0/s", "-1/s", "1.5/s", "5/d", "5/", "/s", "5/ s", "5/s/s"] {
            assert!(rate(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn terms_count_whole_seconds() {
        assert_eq!((seconds("1m"), whole_seconds("30d")), (Ok(60), Ok(2_592_000)));
        assert!(seconds("1500ms").is_err() && seconds("100000d").is_err());
    }

    #[test]
    fn an_amount_is_exact_everywhere() {
        assert_eq!(amount("9007199254740991"), Ok(Amount::MAX));
        for bad in ["", "-1", "1.5", "9007199254740992", "1e3"] {
            assert!(amount(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_member_is_a_worker_unless_said() {
        assert_eq!("bob".parse::<Member>().unwrap().role, Role::Worker);
        assert_eq!("bob:observer".parse::<Member>().unwrap().role, Role::Observer);
        assert!("bob:boss".parse::<Member>().is_err());
    }

    #[test]
    fn a_noted_head_has_three_parts() {
        let arena = "0192f0c1-2345-7abc-8def-0123456789ab";
        let hash = "0".repeat(64);
        assert_eq!(format!("{arena}:7:{hash}").parse::<NotedHead>().unwrap().sequence, Sequence::new(7));
        for bad in
            [arena.to_owned(), format!("{arena}:7"), format!("{arena}:x:{hash}"), format!("{arena}:7:abc")]
        {
            assert!(bad.parse::<NotedHead>().is_err(), "{bad}");
        }
    }
}
