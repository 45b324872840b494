//! Refusals of the program: its numbers as Arena's codes, with what to do next.

use std::fmt;

use arena_api::Code;
use arena_core::contest::{self as core, Rejection};
use arena_escrow_interface::{Error, Fault, TOKEN_2022_PROGRAM, TOKEN_PROGRAM};
use solana_address::Address;
use solana_transaction_error::TransactionError;

use crate::{
    addresses::{SYSTEM, address},
    error::ChainError,
};

/// The token programs' number for a frozen account.
const TOKENS_FROZEN: u32 = 17;
/// The newer token program's number for a transfer to an account that wants a memo before it.
const TOKENS_WANT_A_MEMO: u32 = 36;

/// Why the program refused; nothing moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code that the embedded ledger has for it.
    pub code: Code,
    /// The program's own word for it; the code's, where a rule refused.
    pub word: &'static str,
    /// What is so, and what to do next.
    pub detail: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl Refusal {
    /// What the program's error means, as far as its number tells.
    #[must_use]
    pub fn of(error: Error) -> Self {
        let (code, detail) = match error {
            Error::Rule(code) => (Code::from_word(code.as_str()), of_rule(code)),
            Error::Account(fault) => of_fault(fault),
        };
        Self { code, word: error.as_str(), detail: detail.to_owned() }
    }

    /// The same in the exact words of the rules, with the facts that decided.
    #[must_use]
    pub fn by(rejection: &Rejection) -> Self {
        Self {
            code: Code::from_word(rejection.code()),
            word: rejection.code(),
            detail: rejection.to_string(),
        }
    }
}

const fn of_rule(code: core::Code) -> &'static str {
    use core::Code as Rule;
    match code {
        Rule::NotFound => "there is no such thing; check the address",
        Rule::VersionMismatch => "it is at another version; read it again and decide anew",
        Rule::WrongState => "the contest's status does not allow this; look at the contest",
        Rule::Forbidden => "this wallet may not do this; sign with the one that may",
        Rule::RegistrationExpired => "registration is over; ask for refunds instead",
        Rule::ContestFull => "all places are taken; enter another contest",
        Rule::AlreadyEntered => "the wallet has an entry already",
        Rule::GateNotMet => "the terms ask for more than the wallet's profile shows",
        Rule::NotEnoughEntrants => "too few have entered; wait for more, or cancel",
        Rule::OracleTimedOut => "the oracle timed out; anyone may abandon the contest now",
        Rule::NotTimedOut => "the oracle has still time; abandon the contest when it is over",
        Rule::WrongRound => "another round is due; look at the contest",
        Rule::WrongPage => "another page is due, or this one was submitted before with other content",
        Rule::AlreadyPaid => "it was paid before",
        Rule::NothingOwed => "nothing is owed to this payee for this reason; look at the contest",
        Rule::LimitReached => "the contest holds as many of these as it may",
        Rule::Invalid => "a value is out of its bounds",
        Rule::TooLarge => "a value is larger than it may be",
        Rule::InsufficientFunds => "the wallet's token account does not hold as much; pay some in first",
    }
}

const fn of_fault(fault: Fault) -> (Code, &'static str) {
    match fault {
        Fault::Malformed => {
            (Code::Malformed, "the program does not know this instruction; use a client of its version")
        }
        Fault::AccountMissing => (Code::Invalid, "an account is missing in the instruction"),
        Fault::NotSigner => (Code::Forbidden, "an account that must sign did not; sign with its key"),
        Fault::NotWritable => (Code::Invalid, "an account that changes was passed as read-only"),
        Fault::WrongOwner => (Code::Invalid, "an account belongs to another program; check its address"),
        Fault::WrongKind => (
            Code::NotFound,
            "an account is not there, or of another kind; register the wallet first, check the address",
        ),
        Fault::WrongAddress => (Code::Invalid, "an account is not at its own address"),
        Fault::DuplicateAccount => (Code::Invalid, "an account was passed twice"),
        Fault::WrongProgram => (Code::Invalid, "a program is not the one that it must be"),
        Fault::WrongMint => (Code::Invalid, "a token account is of another mint than the contest's"),
        Fault::AccountTaken => {
            (Code::NameTaken, "it is there already: made before, or under an id that was taken")
        }
        Fault::MintNotAllowed => {
            (Code::Invalid, "the mint has an extension that could break the accounting; take a plain one")
        }
        Fault::TermsDiffer => {
            (Code::VersionMismatch, "the contest has other terms than were agreed to; read it again")
        }
        Fault::NotSettled => (Code::WrongState, "something is still held here or owed; have it paid first"),
        Fault::AlreadyRecorded => (Code::WrongState, "the entry's result stands in the profile already"),
        Fault::NotDeployer => (Code::Forbidden, "only who may upgrade the program may do this"),
        Fault::Unbalanced => (
            Code::Internal,
            "the contest's books are wrong, so that it pays nothing; report it to who deployed the program",
        ),
        // What another program refuses ends the transaction in that program's words.
        Fault::ChainRefused => (
            Code::Internal,
            "the chain did not do what the program asked it for; report it to who deployed the program",
        ),
    }
}

/// Why a transaction failed; `logs` tell programs apart whose errors have the same number.
pub(crate) fn of(error: &TransactionError, logs: &[String], program: &Address) -> ChainError {
    let (code, reason) = match error {
        TransactionError::InstructionError(_, inner) => {
            let text = inner.to_string();
            let number = custom(&text);
            if let Some(error) = number.and_then(Error::from_number) {
                return Refusal::of(error).error();
            }
            return of_another(number, &text, logs, program);
        }
        TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee => {
            (Code::InsufficientFunds, "the paying wallet has no SOL for the fee; send it some".to_owned())
        }
        TransactionError::InsufficientFundsForRent { .. } => return no_rent(),
        TransactionError::ProgramAccountNotFound => {
            (Code::NotFound, format!("there is no program at {program}; name the deployment with --program"))
        }
        other => (Code::Overloaded, format!("{other}; try again")),
    };
    ChainError::Transaction { code, reason }
}

fn no_rent() -> ChainError {
    let reason =
        "the paying wallet has too little SOL for the accounts that are made; send it some".to_owned();
    ChainError::Transaction { code: Code::InsufficientFunds, reason }
}

/// Why a program that the escrow program calls refused, or the chain while one of them ran.
fn of_another(number: Option<u32>, text: &str, logs: &[String], program: &Address) -> ChainError {
    let failed = |id: &Address| logs.iter().any(|line| line.starts_with(&format!("Program {id} failed")));
    let of_tokens = failed(&address(TOKEN_PROGRAM)) || failed(&address(TOKEN_2022_PROGRAM));
    let reason = match number {
        Some(1) if failed(&SYSTEM) => return no_rent(),
        // Of the token and of the system program alike.
        Some(1) if logs.is_empty() || failed(program) => {
            return Refusal::of(Error::Rule(core::Code::InsufficientFunds)).error();
        }
        Some(TOKENS_FROZEN) if of_tokens => {
            "a token account is frozen; who froze it for the mint can thaw it".to_owned()
        }
        Some(TOKENS_WANT_A_MEMO) if of_tokens => {
            "the payee's token account takes nothing without a memo; its owner can switch that off".to_owned()
        }
        _ => {
            let reason = format!("{text}; {}", last_words(logs));
            return ChainError::Transaction { code: Code::Invalid, reason };
        }
    };
    ChainError::Transaction { code: Code::WrongState, reason }
}

/// The number in `custom program error: 0x1770`.
fn custom(text: &str) -> Option<u32> {
    let number = text.strip_prefix("custom program error: 0x")?;
    u32::from_str_radix(number, 16).ok()
}

fn last_words(logs: &[String]) -> String {
    let said = logs.iter().rev().find(|line| line.contains("log:") || line.contains("failed"));
    said.map_or_else(|| "the node says no more".to_owned(), Clone::clone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::LOCAL_PROGRAM;

    #[test]
    fn every_number_of_the_program_has_a_code_that_clients_know_and_a_sentence() {
        let rules = core::Code::ALL.iter().map(|code| Error::Rule(*code));
        let faults = Fault::ALL.iter().map(|fault| Error::Account(*fault));
        for error in rules.chain(faults) {
            let refusal = Refusal::of(error);
            assert_ne!(refusal.code, Code::Unknown, "{error:?}");
            assert!(!refusal.detail.is_empty() && refusal.word == error.as_str());
            if let Error::Rule(code) = error {
                assert_eq!(refusal.code.as_str(), code.as_str());
            }
        }
    }

    #[test]
    fn a_number_is_read_from_what_the_chain_reports() {
        let number = Error::Rule(core::Code::AlreadyEntered).number();
        let json = format!("{{\"InstructionError\":[2,{{\"Custom\":{number}}}]}}");
        let error: TransactionError = serde_json::from_str(&json).unwrap();
        let refused = of(&error, &[], &LOCAL_PROGRAM);
        assert_eq!(refused.code(), Code::AlreadyEntered);
        let other: TransactionError =
            serde_json::from_str("{\"InstructionError\":[2,{\"Custom\":77}]}").unwrap();
        assert!(of(&other, &[], &LOCAL_PROGRAM).refusal().is_none());
    }

    #[test]
    fn what_others_refuse_has_the_code_of_its_reason() {
        let tokens = address(TOKEN_2022_PROGRAM);
        let table = [
            (r#""AccountNotFound""#, Code::InsufficientFunds, "SOL"),
            (r#"{"InstructionError":[2,{"Custom":1}]}"#, Code::InsufficientFunds, "token account"),
            (r#"{"InstructionError":[2,{"Custom":17}]}"#, Code::WrongState, "frozen"),
            (r#"{"InstructionError":[2,{"Custom":36}]}"#, Code::WrongState, "memo"),
            (r#"{"InstructionError":[2,{"Custom":77}]}"#, Code::Invalid, "0x4d"),
            (r#"{"InsufficientFundsForRent":{"account_index":1}}"#, Code::InsufficientFunds, "SOL"),
            (r#""ProgramAccountNotFound""#, Code::NotFound, "--program"),
            (r#""BlockhashNotFound""#, Code::Overloaded, "try again"),
        ];
        let logs = [
            format!("Program {tokens} failed: custom program error"),
            format!("Program {LOCAL_PROGRAM} failed: custom program error"),
        ];
        for (json, code, word) in table {
            let error: TransactionError = serde_json::from_str(json).unwrap();
            let refused = of(&error, &logs, &LOCAL_PROGRAM);
            assert_eq!(refused.code(), code, "{json}");
            assert!(refused.to_string().contains(word), "{refused}");
        }
        let lacks: TransactionError =
            serde_json::from_str(r#"{"InstructionError":[2,{"Custom":1}]}"#).unwrap();
        let refused = of(&lacks, &[format!("Program {SYSTEM} failed: custom program error")], &LOCAL_PROGRAM);
        assert!(refused.to_string().contains("SOL"), "{refused}");
    }
}
