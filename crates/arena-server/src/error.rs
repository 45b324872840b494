//! How refusals and faults become problems.

mod contest;

use std::time::Duration;

use arena_api::{Code, Problem};
use arena_core::{collaboration::Rejection, registry::RegistryRejection};
use arena_runtime::RuntimeError;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::guard::secrets;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Failure(Box<Problem>, RetryAfter);

/// How many seconds later the same request may succeed, if it ever does.
type RetryAfter = u64;

impl Failure {
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// The caller has no requests left for so long.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).max(1);
        let problem = Problem::new(Code::RateLimited, format!("too many requests; try again in {seconds} s"));
        Self(Box::new(problem), seconds)
    }

    /// The caller has as many of something open as it may.
    pub(crate) fn full(detail: impl Into<String>, most: usize) -> Self {
        let problem = Problem::new(Code::RateLimited, detail);
        Problem { limit: u64::try_from(most).ok(), ..problem }.into()
    }

    /// The problem that it is answered with.
    pub(crate) fn into_problem(self) -> Problem {
        *self.0
    }

    /// There is no such thing.
    pub(crate) fn not_found(what: &'static str) -> Self {
        RuntimeError::from(Rejection::NotFound { what }).into()
    }
}

impl From<Problem> for Failure {
    /// What a caller sent is quoted in some details; a token is not.
    fn from(mut problem: Problem) -> Self {
        if secrets::is_told(&problem.detail) {
            problem.detail = secrets::without(&problem.detail).into_owned();
        }
        problem.field = problem.field.map(|field| secrets::without(&field).into_owned());
        Self(Box::new(problem), 1)
    }
}

impl From<RuntimeError> for Failure {
    fn from(error: RuntimeError) -> Self {
        let code = Code::from_word(error.code());
        if code == Code::Internal || code == Code::StorageUnavailable {
            tracing::error!(%error, "a request failed");
        }
        let problem = Problem::new(code, detail(&error));
        match &error {
            RuntimeError::Rejected(rejection) => with_facts(problem, rejection),
            RuntimeError::Registry(rejection) => with_registry_facts(problem, rejection),
            RuntimeError::Contest(rejection) => contest::with_facts(problem, rejection),
            RuntimeError::InsufficientFunds { agent_id: _, current, required } => {
                Problem { current: value(current), required: value(required), ..problem }
            }
            RuntimeError::SafeMode { position, .. } => Problem { position: Some(position.get()), ..problem },
            RuntimeError::Unauthenticated
            | RuntimeError::OperatorOnly
            | RuntimeError::OutsideHandle
            | RuntimeError::OthersWallet
            | RuntimeError::IdempotencyMismatch
            | RuntimeError::Overloaded
            | RuntimeError::Storage(_)
            | RuntimeError::Closed
            | RuntimeError::NotTestClock
            | RuntimeError::NoRandomness
            | RuntimeError::Internal(_) => problem,
        }
        .into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self.0).unwrap_or_default();
        let media_type = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, media_type)], body).into_response();
        match self.0.code {
            Code::Unauthenticated => {
                let scheme = HeaderValue::from_static("Bearer realm=\"arena\"");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
            }
            code if code.is_retryable() => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(self.1));
            }
            _ => {}
        }
        response
    }
}

/// What went wrong and what to do. Who reads that a part of an arena is missing knows the arena: joining would not help.
fn detail(error: &RuntimeError) -> String {
    match error {
        RuntimeError::Rejected(Rejection::NotFound { what }) if *what != "arena" => {
            format!("there is no such {what}; check how it is named in the request")
        }
        _ => error.to_string(),
    }
}

fn value(fact: impl Serialize) -> Option<Value> {
    serde_json::to_value(fact).ok()
}

/// Adds the facts that decided a rule's refusal.
fn with_facts(problem: Problem, rejection: &Rejection) -> Problem {
    match rejection {
        Rejection::NotFound { .. } | Rejection::RoleNotOpen | Rejection::LastCoordinator => problem,
        Rejection::SequenceMismatch { current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::VersionMismatch { current, expected } => {
            Problem { current: value(current), expected: expected.and_then(value), ..problem }
        }
        Rejection::WrongStatus { current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::WrongStepStatus { step, current, expected } => {
            Problem { step: Some(step.get()), current: value(current), expected: value(expected), ..problem }
        }
        Rejection::Forbidden { missing } => Problem { missing: value(missing), ..problem },
        Rejection::NotHolder { step, holder } => {
            Problem { step: Some(step.get()), holder: Some(holder.to_string()), ..problem }
        }
        Rejection::NotAssigned { step, assignee } => {
            Problem { step: Some(step.get()), expected: value(assignee), ..problem }
        }
        Rejection::OtherStep { only } => Problem { expected: value(only), ..problem },
        Rejection::StepNotReady { step, current, waiting_for } => Problem {
            step: Some(step.get()),
            current: value(current),
            missing: value(waiting_for),
            ..problem
        },
        Rejection::AlreadyClaimed { step, holder, expires_at } => Problem {
            step: Some(step.get()),
            holder: Some(holder.to_string()),
            expires_at: Some(expires_at.to_string()),
            ..problem
        },
        Rejection::StaleFence { step, given: _, current, orphan } => Problem {
            step: Some(step.get()),
            current: current.and_then(value),
            orphan: Some(*orphan),
            ..problem
        },
        Rejection::NoOrphan { step, fence: _ } => Problem { step: Some(step.get()), ..problem },
        Rejection::EvidenceMissing { step, missing } => {
            Problem { step: Some(step.get()), missing: value(missing), ..problem }
        }
        Rejection::BudgetSpent { budget, limit, spent } => {
            Problem { missing: value(budget), limit: Some(*limit), current: value(spent), ..problem }
        }
        Rejection::AlreadyJoined { agent_id } => Problem { current: value(agent_id), ..problem },
        Rejection::LeasesOpen { steps, deadline } => {
            Problem { current: value(steps), expires_at: Some(deadline.to_string()), ..problem }
        }
        Rejection::LimitReached { what: _, limit } => {
            Problem { limit: u64::try_from(*limit).ok(), ..problem }
        }
        Rejection::DependentStarted { step, dependent } => {
            Problem { step: Some(step.get()), current: Some(json!({ "step": dependent })), ..problem }
        }
        Rejection::Invalid { field, .. } => Problem { field: Some(field.clone()), ..problem },
        Rejection::TooLarge { field, limit } => {
            Problem { field: Some(field.clone()), limit: Some(*limit), ..problem }
        }
    }
}

/// Adds the facts that decided the registry's refusal.
fn with_registry_facts(problem: Problem, rejection: &RegistryRejection) -> Problem {
    match rejection {
        RegistryRejection::NameTaken { agent_id } => Problem { current: value(agent_id), ..problem },
        RegistryRejection::Forbidden { who } => Problem { missing: value(who), ..problem },
        RegistryRejection::NotFound { .. } => problem,
        RegistryRejection::LimitReached { what: _, limit } => {
            Problem { limit: u64::try_from(*limit).ok(), ..problem }
        }
        RegistryRejection::Invalid { field, .. } => Problem { field: Some((*field).to_owned()), ..problem },
    }
}
