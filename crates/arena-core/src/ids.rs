//! Identifiers and numbers: each a type of its own, checked where it enters.

use alloc::{string::String, sync::Arc};
use core::{fmt, num::NonZeroU32, str::FromStr};

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not an identifier of the wanted form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidId {
    /// What the text should have been.
    pub expected: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }
}

impl core::error::Error for InvalidId {}

/// Parses, prints, serialises and debugs a text id whose form `$valid` accepts.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $valid:path, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                if $valid(text) { Ok(Self(text.into())) } else { Err(InvalidId { expected: $expected }) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    };
}
pub(crate) use text_id;

/// Parses, prints and debugs an id that is a UUID.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes the 16 bytes of a UUID.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes of the UUID.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Accepts the hyphenated lower-case form only, so that one id has one spelling.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let id = Uuid::parse_str(text).map_err(|_| InvalidId { expected: $expected })?;
                let mut canonical = [0; 36];
                if id.hyphenated().encode_lower(&mut canonical) == text {
                    Ok(Self(id))
                } else {
                    Err(InvalidId { expected: $expected })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

text_id!(
    /// A registered participant of the system: `[a-z0-9][a-z0-9._-]{0,62}`.
    AgentId,
    is_agent_id,
    "an agent id is 1 to 63 of a-z 0-9 . _ - and begins with a letter or digit"
);

fn is_agent_id(text: &str) -> bool {
    let plain = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 63
        && text.as_bytes().first().is_some_and(plain)
        && text.bytes().all(|byte| plain(&byte) || matches!(byte, b'.' | b'_' | b'-'))
}

text_id!(
    /// The caller's name for one request, by which a repetition is recognised: 1 to 255 visible ASCII characters.
    CommandId,
    is_command_id,
    "an idempotency key is 1 to 255 visible ASCII characters"
);

fn is_command_id(text: &str) -> bool {
    (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

uuid_id!(
    /// Either kind of arena, and the journal stream of the same number: a UUID of version 7.
    ArenaId,
    "an arena id is a lower-case hyphenated UUID"
);

impl ArenaId {
    /// The stream of what belongs to no arena: agents and their tokens.
    pub const SYSTEM: Self = Self(Uuid::nil());
}

uuid_id!(
    /// One handle that was given out: a UUID of version 7.
    HandleId,
    "a handle id is a lower-case hyphenated UUID"
);

/// An event's number in its arena: from 1, without gaps. Zero stands for "before the first".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sequence(u64);

/// An event's number in the whole journal: from 1, without gaps. Zero stands for "before the first".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(u64);

/// The number of a claim: grows within an arena and is never given twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fence(u64);

/// Wraps a counting `u64`.
macro_rules! counter {
    ($name:ident) => {
        impl $name {
            /// Before the first.
            pub const ZERO: Self = Self(0);

            /// Takes the number.
            #[must_use]
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }

            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    };
}
counter!(Sequence);
counter!(Position);
counter!(Fence);

/// A step's number in its arena: from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StepNumber(NonZeroU32);

impl StepNumber {
    /// Takes a number; `None` for zero.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The step's place in a list that begins at 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.get() - 1).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for StepNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn agent_ids_are_slugs() {
        for good in ["a", "0", "worker-1", "a.b_c", &"a".repeat(63)] {
            assert!(good.parse::<AgentId>().is_ok(), "{good}");
        }
        for bad in ["", "A", "-a", ".a", "a b", "ä", &"a".repeat(64)] {
            assert!(bad.parse::<AgentId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_arena_id_has_one_spelling() {
        let text = "0192f0c1-2345-7abc-8def-0123456789ab";
        assert_eq!(text.parse::<ArenaId>().unwrap().to_string(), text);
        assert!(text.to_uppercase().parse::<ArenaId>().is_err());
        assert!(text.replace('-', "").parse::<ArenaId>().is_err());
    }
}
