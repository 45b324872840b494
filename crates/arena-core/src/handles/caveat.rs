//! What a handle's holder adds to its token so that it can do less.

use core::{fmt, str::FromStr};

use crate::{
    collaboration::{HandlePermissions, Permission},
    ids::StepNumber,
    time::Timestamp,
};

/// One restriction. In a token it is a word with dashes: `may-read-share`, `step-3`, `until-1763733600000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caveat {
    /// These permissions at most.
    May(HandlePermissions),
    /// This step only.
    Step(StepNumber),
    /// Void from then on.
    Until(Timestamp),
}

/// Not a caveat that this version knows, or another spelling of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCaveat;

impl fmt::Display for UnknownCaveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a caveat is may-, step- or until- and what it allows")
    }
}

impl core::error::Error for UnknownCaveat {}

impl fmt::Display for Caveat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::May(permissions) => {
                f.write_str("may")?;
                permissions.iter().try_for_each(|permission| write!(f, "-{permission}"))
            }
            Self::Step(step) => write!(f, "step-{step}"),
            Self::Until(end) => write!(f, "until-{}", end.as_millis()),
        }
    }
}

/// There is one spelling of each: without leading zeros, permissions in their order.
impl FromStr for Caveat {
    type Err = UnknownCaveat;

    fn from_str(text: &str) -> Result<Self, UnknownCaveat> {
        let (kind, value) = text.split_once('-').unwrap_or((text, ""));
        let caveat = match kind {
            "may" => permissions(value).map(Self::May),
            "step" => value.parse().ok().and_then(StepNumber::new).map(Self::Step),
            "until" => value.parse().ok().map(Timestamp::from_millis).map(Self::Until),
            _ => None,
        };
        caveat.filter(|caveat| is_spelled(*caveat, text)).ok_or(UnknownCaveat)
    }
}

fn permissions(words: &str) -> Option<HandlePermissions> {
    let find = |word: &str| Permission::ALL.into_iter().find(|permission| permission.as_str() == word);
    if words.is_empty() {
        return Some(HandlePermissions::NONE);
    }
    words.split('-').map(find).collect()
}

fn is_spelled(caveat: Caveat, text: &str) -> bool {
    /// Takes away from a text what is written into it.
    struct Rest<'a>(&'a str);
    impl fmt::Write for Rest<'_> {
        fn write_str(&mut self, part: &str) -> fmt::Result {
            self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
            Ok(())
        }
    }
    let mut rest = Rest(text);
    fmt::Write::write_fmt(&mut rest, format_args!("{caveat}")).is_ok() && rest.0.is_empty()
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_caveat_has_one_spelling() {
        for text in ["may", "may-read", "may-read-write-share-coordinate", "step-1", "until-0", "until-17"] {
            let caveat: Caveat = text.parse().unwrap();
            assert_eq!(caveat.to_string(), text);
        }
        for text in [
            "",
            "may-",
            "may-write-read",
            "may-read-read",
            "may-Read",
            "may-read-",
            "may-all",
            "step",
            "step-0",
            "step-01",
            "step-+1",
            "step-4294967296",
            "step-1-",
            "until-",
            "until--1",
            "until-00",
            "until-253402300800000",
            "not-before-1",
            "arena-x",
            "MAY-read",
        ] {
            assert_eq!(text.parse::<Caveat>(), Err(UnknownCaveat), "{text}");
        }
    }
}
