//! The exit codes of `arena`: few, and the same for every verb.

use std::process::ExitCode;

/// How a run of `arena` ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was refused, or it failed.
    Refused = 1,
    /// The command line, or a value in it, cannot be understood.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// It conflicts with how things stand: HTTP 409 and 412.
    Conflict = 4,
    /// The token is wrong, or does not allow it: HTTP 401 and 403.
    Denied = 5,
    /// The server cannot be reached or cannot do it now: HTTP 429 and 503.
    Unavailable = 6,
    /// A verification found damage.
    Damaged = 7,
}

/// What `arena --help` ends with.
pub(crate) const HELP: &str = "\
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 4 conflict, 5 not allowed,
            6 unavailable, 7 damage found";

impl Exit {
    /// The exit code of an answer that is not a success.
    pub(crate) const fn of_status(status: u16) -> Self {
        match status {
            401 | 403 => Self::Denied,
            404 => Self::NotFound,
            409 | 412 => Self::Conflict,
            429 | 503 => Self::Unavailable,
            _ => Self::Refused,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_http_contract_has_its_code() {
        let table = [
            (400, Exit::Refused),
            (401, Exit::Denied),
            (403, Exit::Denied),
            (404, Exit::NotFound),
            (409, Exit::Conflict),
            (412, Exit::Conflict),
            (413, Exit::Refused),
            (422, Exit::Refused),
            (429, Exit::Unavailable),
            (500, Exit::Refused),
            (503, Exit::Unavailable),
        ];
        for (status, exit) in table {
            assert_eq!(Exit::of_status(status), exit, "{status}");
        }
    }
}
