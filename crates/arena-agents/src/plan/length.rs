//! Lengths of time as a plan writes them: `500ms`, `90s`, `10m`, `2h`.

use std::{fmt, time::Duration};

use arena_core::Millis;
use serde::{Deserialize, Deserializer, de};

/// A length of time, at most 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length(u64);

impl Length {
    const MAX_MS: u64 = 24 * 60 * 60 * 1_000;

    pub(crate) fn millis(self) -> Millis {
        Millis::new(self.0)
    }

    pub(crate) fn duration(self) -> Duration {
        Duration::from_millis(self.0)
    }

    fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let scale = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(scale).map(Self)
    }
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Length;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time in quotes, such as \"90s\", \"10m\" or \"2h\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Length, E> {
                match Length::parse(text) {
                    None => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                    Some(length) if length.0 > Length::MAX_MS => {
                        Err(E::custom(format!("{text} is more than 24h")))
                    }
                    Some(length) => Ok(length),
                }
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Length;

    #[test]
    fn lengths_have_a_number_and_a_unit() {
        for (text, ms) in [("500ms", 500), ("90s", 90_000), ("10m", 600_000), ("2h", 7_200_000), ("0s", 0)] {
            assert_eq!(Length::parse(text), Some(Length(ms)), "{text}");
        }
        for text in ["", "s", "10", "1 s", "1d", "-1s", "1.5s", "ä", "99999999999999999999h"] {
            assert_eq!(Length::parse(text), None, "{text}");
        }
    }
}
