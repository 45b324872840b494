//! Amounts of money: whole minor units of the one asset there is.

use core::fmt;

#[cfg(feature = "aggregates")]
use serde::{Deserialize, Serialize};

/// An amount in minor units, at most 2^53 - 1, so that it is exact in every client language; an integer in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "aggregates", derive(Serialize, Deserialize), serde(try_from = "u64", into = "u64"))]
pub struct Amount(u64);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most there is of anything, all that is inside the ledger included.
    pub const MAX: Self = Self((1 << 53) - 1);

    /// Takes a number of minor units; `None` beyond [`Amount::MAX`].
    #[must_use]
    pub const fn new(units: u64) -> Option<Self> {
        if units <= Self::MAX.0 {
            Some(Self(units))
        } else {
            None
        }
    }

    /// Takes a number of minor units; beyond [`Amount::MAX`] it is that.
    #[must_use]
    pub const fn at_most(units: u64) -> Self {
        match Self::new(units) {
            Some(amount) => amount,
            None => Self::MAX,
        }
    }

    /// The number of minor units.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Both together; `None` beyond [`Amount::MAX`].
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        Self::new(self.0.saturating_add(other.0))
    }

    /// What is left without `other`; `None` where that is more.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        if other.0 <= self.0 {
            Some(Self(self.0 - other.0))
        } else {
            None
        }
    }

    /// What is left without `other`; nothing where that is more.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

/// A number of minor units beyond 2^53 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnAmount;

impl fmt::Display for NotAnAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an amount is 0 to {} minor units", Amount::MAX.0)
    }
}

impl core::error::Error for NotAnAmount {}

impl TryFrom<u64> for Amount {
    type Error = NotAnAmount;

    fn try_from(units: u64) -> Result<Self, NotAnAmount> {
        Self::new(units).ok_or(NotAnAmount)
    }
}

impl From<Amount> for u64 {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(all(test, feature = "aggregates"))]
mod tests {
    use super::*;

    #[test]
    fn an_amount_never_leaves_its_bounds() {
        assert_eq!(Amount::new(1 << 53), None);
        assert_eq!(Amount::new((1 << 53) - 1), Some(Amount::MAX));
        assert_eq!(Amount::MAX.checked_add(Amount(1)), None);
        assert_eq!(Amount::MAX.checked_add(Amount::ZERO), Some(Amount::MAX));
        assert_eq!(Amount(1).checked_sub(Amount(2)), None);
        assert_eq!(Amount(2).checked_sub(Amount(2)), Some(Amount::ZERO));
        assert!(serde_json::from_str::<Amount>("9007199254740992").is_err());
        assert_eq!(serde_json::to_string(&Amount::MAX).unwrap(), "9007199254740991");
    }
}
