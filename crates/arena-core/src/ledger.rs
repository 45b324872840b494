//! The words of the ledger: accounts, and the postings that events make.
//!
//! Money goes from the account debited to the account credited; a balance is credits less debits.

use alloc::string::String;
use core::{fmt, str::FromStr};

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    amount::Amount,
    ids::{AgentId, ArenaId, InvalidId},
    words::display_word,
};

/// Where money is; `wallet:<agent>`, `escrow:<arena>`, `bond:<arena>`, `treasury` or `external` as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// What an agent can spend.
    Wallet(AgentId),
    /// The entry fees of a contest, until they are paid out.
    Escrow(ArenaId),
    /// The creator's bond of a contest.
    Bond(ArenaId),
    /// Protocol fees and slashed bonds.
    Treasury,
    /// The outside: the negative of all the rest.
    External,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(agent_id) => write!(f, "wallet:{agent_id}"),
            Self::Escrow(arena_id) => write!(f, "escrow:{arena_id}"),
            Self::Bond(arena_id) => write!(f, "bond:{arena_id}"),
            Self::Treasury => f.write_str("treasury"),
            Self::External => f.write_str("external"),
        }
    }
}

impl FromStr for Account {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        match text.split_once(':') {
            None if text == "treasury" => Ok(Self::Treasury),
            None if text == "external" => Ok(Self::External),
            Some(("wallet", agent_id)) => agent_id.parse().map(Self::Wallet),
            Some(("escrow", arena_id)) => arena_id.parse().map(Self::Escrow),
            Some(("bond", arena_id)) => arena_id.parse().map(Self::Bond),
            Some(_) | None => Err(InvalidId {
                expected: "an account is wallet:AGENT, escrow:ARENA, bond:ARENA, treasury or external",
            }),
        }
    }
}

impl Serialize for Account {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Account {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Why money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It came in from outside.
    Deposit,
    /// It went out.
    Withdrawal,
    /// An agent entered a contest.
    EntryFee,
    /// A contest was made.
    Bond,
    /// An entry fee went back.
    Refund,
    /// A prize was paid.
    Prize,
    /// The creator's part of the pot was paid.
    CreatorFee,
    /// The treasury's part of the pot was paid.
    ProtocolFee,
    /// The bond went back to the creator.
    BondReturn,
    /// The bond went to the treasury.
    BondSlash,
}

display_word!(Reason {
    Deposit => "deposit",
    Withdrawal => "withdrawal",
    EntryFee => "entry_fee",
    Bond => "bond",
    Refund => "refund",
    Prize => "prize",
    CreatorFee => "creator_fee",
    ProtocolFee => "protocol_fee",
    BondReturn => "bond_return",
    BondSlash => "bond_slash",
});

/// One movement of money that an event makes; an event makes at most one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Where it comes from.
    pub debit: Account,
    /// Where it goes to.
    pub credit: Account,
    /// How much: at least 1.
    pub amount: Amount,
    /// Why.
    pub reason: Reason,
}

impl Posting {
    /// A movement of money; `None` when there is nothing to move.
    #[must_use]
    pub fn of(debit: Account, credit: Account, amount: Amount, reason: Reason) -> Option<Self> {
        (!amount.is_zero()).then_some(Self { debit, credit, amount, reason })
    }
}

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn an_account_is_its_text() {
        let arena = "0192f0c1-2345-7abc-8def-0123456789ab";
        for text in [
            "wallet:bob",
            &std::format!("escrow:{arena}"),
            &std::format!("bond:{arena}"),
            "treasury",
            "external",
        ] {
            assert_eq!(text.parse::<Account>().unwrap().to_string(), text);
        }
        for text in ["", "bob", "wallet:", "wallet:Bob", "escrow:1", "treasury:", "external:x", "purse:bob"] {
            assert!(text.parse::<Account>().is_err(), "{text}");
        }
    }
}
