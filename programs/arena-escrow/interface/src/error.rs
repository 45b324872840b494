//! The numbers that the program refuses with: the rules' own codes, and faults of accounts that only a chain has.

use arena_core::contest::Code;

/// What is added to each number, so that it is told from the numbers of the token and system programs.
pub const BASE: u32 = 6_000;
/// What is added on top to the faults of accounts.
pub const FAULTS: u32 = 100;

/// What is wrong with the accounts or the data of an instruction.
macro_rules! faults {
    ($($(#[doc = $doc:literal])* $fault:ident = $number:literal, $word:literal;)+) => {
        /// A fault of an instruction's accounts or data.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $($(#[doc = $doc])* $fault = $number),+ }

        impl Fault {
            /// Every fault, by number.
            pub const ALL: &'static [Self] = &[$(Self::$fault),+];

            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$fault => $word),+ }
            }
        }
    };
}

faults! {
    /// The data is no instruction of this program, or has bytes too many.
    Malformed = 0, "malformed";
    /// An account is missing.
    AccountMissing = 1, "account_missing";
    /// An account that must sign did not.
    NotSigner = 2, "not_signer";
    /// An account that changes was passed as read-only.
    NotWritable = 3, "not_writable";
    /// An account belongs to another program.
    WrongOwner = 4, "wrong_owner";
    /// An account is of another kind, or holds nothing yet.
    WrongKind = 5, "wrong_kind";
    /// An account is not at the address that it must be at.
    WrongAddress = 6, "wrong_address";
    /// An account was passed twice.
    DuplicateAccount = 7, "duplicate_account";
    /// A program is not the one that it must be.
    WrongProgram = 8, "wrong_program";
    /// A token account or a mint is of another mint than the contest's.
    WrongMint = 9, "wrong_mint";
    /// There is an account at this address already.
    AccountTaken = 10, "account_taken";
    /// The mint has an extension that is not on the list of those that leave the accounting alone.
    MintNotAllowed = 11, "mint_not_allowed";
    /// The contest has other terms than the entrant agreed to.
    TermsDiffer = 12, "terms_differ";
    /// Something is still held here or owed, so that it cannot be closed.
    NotSettled = 13, "not_settled";
    /// The entry's result stands in the profile already.
    AlreadyRecorded = 14, "already_recorded";
    /// Only who may upgrade the program may do this.
    NotDeployer = 15, "not_deployer";
    /// The chain did not do what it was asked for.
    ChainRefused = 16, "chain_refused";
    /// The contest counts or owes less than is to be taken off: its books are wrong, and nothing is paid.
    Unbalanced = 17, "unbalanced";
}

/// Why the program refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// By a rule, with the code that the embedded ledger has.
    Rule(Code),
    /// By what only a chain has.
    Account(Fault),
}

impl Error {
    /// The number that the chain reports.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Rule(code) => BASE + code.number(),
            Self::Account(fault) => BASE + FAULTS + fault as u32,
        }
    }

    /// The error of a number that the chain reports; `None` for one of another program.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        let rules = Code::ALL.iter().map(|code| Self::Rule(*code));
        let faults = Fault::ALL.iter().map(|fault| Self::Account(*fault));
        rules.chain(faults).find(|error| error.number() == number)
    }

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rule(code) => code.as_str(),
            Self::Account(fault) => fault.as_str(),
        }
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Rule(code)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Account(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_one_error() {
        for code in Code::ALL {
            assert_eq!(Error::from_number(Error::Rule(*code).number()), Some(Error::Rule(*code)));
        }
        for fault in Fault::ALL {
            assert_eq!(Error::from_number(Error::Account(*fault).number()), Some(Error::Account(*fault)));
        }
        assert_eq!(Error::from_number(1), None);
        assert!(Code::ALL.iter().all(|code| code.number() < FAULTS));
    }
}
