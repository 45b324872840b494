//! Problems (RFC 9457): what went wrong, the facts that decided it, and what to do next.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

use crate::schema;

/// Declares each code with its word, its HTTP status and its title.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $status:literal, $title:literal;)+) => {
        /// What kind of problem it is; codes are never reused for another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $($(#[$doc])* $variant,)+
            /// A code that this version does not know.
            #[serde(other)]
            Unknown,
        }

        impl Code {
            /// All codes, in the order of their statuses.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word that stands for it in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ Self::Unknown => "unknown" }
            }

            /// The HTTP status that it is answered with.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ Self::Unknown => 500 }
            }

            /// What it means, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ Self::Unknown => "Unknown problem" }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or a header is not what it should be.
    Malformed = "malformed", 400, "The request cannot be read";
    /// There is no token, or one that is not good (any more).
    Unauthenticated = "unauthenticated", 401, "A valid token is needed";
    /// The caller may not do this.
    Forbidden = "forbidden", 403, "Not permitted";
    /// There is no such thing, or none that the caller may know of.
    NotFound = "not_found", 404, "Not found";
    /// The path does not know this method.
    MethodNotAllowed = "method_not_allowed", 405, "The path does not know this method";
    /// The status of arena, contest or step does not allow it.
    WrongState = "wrong_state", 409, "The status does not allow this";
    /// The step waits for others.
    StepNotReady = "step_not_ready", 409, "The step is not ready";
    /// Another claim holds the step.
    AlreadyClaimed = "already_claimed", 409, "The step is held";
    /// The fence is not the current one.
    StaleFence = "stale_fence", 409, "The fence is not the current one";
    /// There is no late result with this fence.
    NoOrphan = "no_orphan", 409, "There is no such late result";
    /// What completion needs is not there.
    EvidenceMissing = "evidence_missing", 409, "Evidence is missing";
    /// The arena has spent its budget.
    BudgetSpent = "budget_spent", 409, "The budget is spent";
    /// The agent takes part already.
    AlreadyJoined = "already_joined", 409, "Takes part already";
    /// The last coordinator stays.
    LastCoordinator = "last_coordinator", 409, "The last coordinator stays";
    /// Leases are open.
    LeasesOpen = "leases_open", 409, "Steps are still held";
    /// The arena is full of these.
    LimitReached = "limit_reached", 409, "The arena is full";
    /// A dependent of the step is at work or done.
    DependentStarted = "dependent_started", 409, "A dependent has started";
    /// Registration is over.
    RegistrationExpired = "registration_expired", 409, "Registration is over";
    /// The contest has as many entrants as its terms allow.
    ContestFull = "contest_full", 409, "The contest is full";
    /// The agent has entered already.
    AlreadyEntered = "already_entered", 409, "Has entered already";
    /// The agent does not have behind it what the terms ask for.
    GateNotMet = "gate_not_met", 409, "The terms ask for more experience";
    /// The wallet does not hold as much.
    InsufficientFunds = "insufficient_funds", 409, "The wallet does not hold as much";
    /// Too few have entered to start.
    NotEnoughEntrants = "not_enough_entrants", 409, "Too few have entered";
    /// The oracle has still time.
    NotTimedOut = "not_timed_out", 409, "The oracle has still time";
    /// The oracle was silent for too long, or the contest took too long.
    OracleTimedOut = "oracle_timed_out", 409, "The oracle's time is over";
    /// It is another round's turn.
    WrongRound = "wrong_round", 409, "It is another round's turn";
    /// It is another page's turn, or the page was submitted with other content.
    WrongPage = "wrong_page", 409, "Not the page that is due";
    /// There is no such obligation.
    NothingOwed = "nothing_owed", 409, "Nothing is owed";
    /// The obligation is paid.
    AlreadyPaid = "already_paid", 409, "Paid already";
    /// The id was given before.
    NameTaken = "name_taken", 409, "The id is taken";
    /// The idempotency key belongs to another request.
    IdempotencyMismatch = "idempotency_mismatch", 409, "The key belongs to another request";
    /// The arena, artifact or fact is at another version than expected.
    VersionMismatch = "version_mismatch", 412, "At another version";
    /// The body or a value is too large.
    TooLarge = "too_large", 413, "Too large";
    /// A value is not what it should be.
    Invalid = "invalid", 422, "A value is not valid";
    /// Too many requests.
    RateLimited = "rate_limited", 429, "Too many requests";
    /// A fault of the server.
    Internal = "internal", 500, "The server is at fault";
    /// Too much waits.
    Overloaded = "overloaded", 503, "Too much is waiting";
    /// The store cannot write or read now.
    StorageUnavailable = "storage_unavailable", 503, "The store is unavailable";
    /// The ledger did not add up after a commit: no new money is taken, exits stay open.
    SafeMode = "safe_mode", 503, "No new money is taken";
    /// The answer took too long; the command may or may not have been carried out.
    Timeout = "timeout", 504, "No answer in time";
}

impl Code {
    /// Whether the same request may succeed later.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Overloaded | Self::StorageUnavailable | Self::Timeout)
    }

    /// The code with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.iter().copied().find(|code| code.as_str() == word).unwrap_or(Self::Unknown)
    }
}

impl PartialSchema for Code {
    /// The words, and a paragraph on each: its word, its status, its title.
    fn schema() -> RefOr<Schema> {
        let about = Self::ALL.iter().map(|code| format!("`{code}` {}: {}.", code.status(), code.title()));
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(about.collect::<Vec<_>>().join("\n\n")))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An answer that is not a success, as `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// What the code means.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: Code,
    /// What is wrong here, and what to do next.
    pub detail: String,
    /// Whether the same request may succeed later.
    #[serde(default)]
    pub retryable: bool,
    /// The path of the field that is not valid, such as `steps[2].depends_on`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Any>)]
    pub current: Option<Value>,
    /// What was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Any>)]
    pub expected: Option<Value>,
    /// What is missing: a permission, or names of evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Any>)]
    pub missing: Option<Value>,
    /// The step that it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// Who holds the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// When the lease or the settling ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Whether the late result is kept for adoption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orphan: Option<bool>,
    /// The bound that was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What it takes: an amount, a number of entrants, a gate's value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Any>)]
    pub required: Option<Value>,
    /// The gate that is not met: `min_completed`, `min_wins` or `min_age_s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<String>,
    /// When what decided ended, or will end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The event of the journal after which the ledger did not add up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

impl Problem {
    /// A problem with no other facts than its detail.
    #[must_use]
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("/docs#{}", code.as_str()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            retryable: code.is_retryable(),
            field: None,
            current: None,
            expected: None,
            missing: None,
            step: None,
            holder: None,
            expires_at: None,
            orphan: None,
            limit: None,
            required: None,
            gate: None,
            until: None,
            position: None,
        }
    }

    /// A value that is not what it should be.
    #[must_use]
    pub fn invalid(field: impl Into<String>, reason: impl fmt::Display) -> Self {
        let field = field.into();
        let detail = if field.is_empty() { reason.to_string() } else { format!("{field}: {reason}") };
        Self { field: Some(field).filter(|field| !field.is_empty()), ..Self::new(Code::Invalid, detail) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_word_and_its_json_is_that_word() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(Code::from_word(code.as_str()), *code);
            assert_eq!(Code::ALL.iter().filter(|other| other.as_str() == code.as_str()).count(), 1);
        }
    }

    #[test]
    fn every_code_is_explained_with_its_status_and_in_order() {
        let document = include_str!("../../../docs/errors.md");
        let rows: Vec<(&str, u16)> = document
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
            .filter_map(|(word, rest)| Some((word, rest.split(' ').next()?.parse().ok()?)))
            .collect();
        let mut codes: Vec<(&str, u16)> =
            Code::ALL.iter().map(|code| (code.as_str(), code.status())).collect();
        codes.sort_unstable();
        assert_eq!(rows, codes);
    }

    #[test]
    fn a_code_of_a_later_version_is_read_as_unknown() {
        assert_eq!(serde_json::from_str::<Code>("\"from_the_future\"").unwrap(), Code::Unknown);
    }
}
