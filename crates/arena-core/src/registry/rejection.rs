//! Why the registry refuses: each with the facts that decided it and a stable code.

use alloc::string::String;
use core::fmt;

use crate::ids::AgentId;

/// A refusal of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the facts named in each variant's sentence")]
pub enum RegistryRejection {
    /// The id is or was another's.
    NameTaken { agent_id: AgentId },
    /// The caller may not do this; `who` may.
    Forbidden { who: &'static str },
    /// There is no such thing, or none that the caller may know of.
    NotFound { what: &'static str },
    /// There are as many live ones of these as there may be.
    LimitReached { what: &'static str, limit: usize },
    /// A value is out of its bounds; `field` is its path in the request.
    Invalid { field: &'static str, reason: String },
}

impl RegistryRejection {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NameTaken { .. } => "name_taken",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::LimitReached { .. } => "limit_reached",
            Self::Invalid { .. } => "invalid",
        }
    }
}

impl core::error::Error for RegistryRejection {}

impl fmt::Display for RegistryRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTaken { agent_id } => {
                write!(f, "the id {agent_id} is or was another's; choose another one")
            }
            Self::Forbidden { who } => write!(f, "only {who} may do this"),
            Self::NotFound { what } => write!(f, "there is no such {what}; check the id"),
            Self::LimitReached { what, limit } => {
                write!(f, "there may be {limit} live {what} and no more; revoke one, or wait until one ends")
            }
            Self::Invalid { field, reason } => write!(f, "{field}: {reason}"),
        }
    }
}
