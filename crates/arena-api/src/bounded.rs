//! Values whose own bounds are checked where they are read, before anything is asked about them.

use arena_core::{Position, Sequence, amount::Amount, collaboration::Limits};
use serde::{Deserialize, Deserializer, de::Error};

/// Bytes of a title, and of a reference.
const LONGEST: usize = 128;

/// Reads a text of 1 to 128 bytes that is more than white space.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() || text.len() > LONGEST {
        return Err(D::Error::custom("has 1 to 128 bytes, and not only white space"));
    }
    Ok(text)
}

/// Reads an amount that is not nothing.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let amount = Amount::deserialize(deserializer)?;
    if amount.is_zero() { Err(D::Error::custom("is at least 1")) } else { Ok(amount) }
}

/// Reads a sequence that may be left out.
pub(crate) fn sequence<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Sequence>, D::Error> {
    Ok(number(deserializer)?.map(Sequence::new))
}

/// Reads a position that may be left out.
pub(crate) fn position<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Position>, D::Error> {
    Ok(number(deserializer)?.map(Position::new))
}

/// Reads a whole number that is exact in every client language.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let number = Option::<u64>::deserialize(deserializer)?;
    if number.is_some_and(|number| number > Limits::MAX_INTEGER) {
        return Err(D::Error::custom(format!("is at most {}", Limits::MAX_INTEGER)));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use crate::{contests::CreateContest, events::EventQuery, ledger::MoveMoney};

    #[test]
    fn what_is_out_of_its_own_bounds_is_not_read() {
        let money = |amount: &str, reference: &str| {
            let text = format!("{{\"agent_id\":\"a\",\"amount\":{amount},\"reference\":\"{reference}\"}}");
            serde_json::from_str::<MoveMoney>(&text).is_ok()
        };
        assert!(money("1", "r") && money("9007199254740991", &"r".repeat(128)));
        assert!(!money("0", "r") && !money("9007199254740992", "r"));
        assert!(!money("1", "") && !money("1", " ") && !money("1", &"r".repeat(129)));
        let after =
            |after: u64| serde_json::from_str::<EventQuery>(&format!("{{\"after\":{after}}}")).is_ok();
        assert!(after(0) && after(9_007_199_254_740_991) && !after(9_007_199_254_740_992));
        assert!(
            serde_json::from_str::<CreateContest>("{\"title\":\"\"}")
                .unwrap_err()
                .to_string()
                .contains("1 to 128")
        );
    }
}
