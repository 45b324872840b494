//! The facts that decided a refusal of a contest.

use arena_api::Problem;
use arena_core::contest::Rejection;

use super::value;

/// Adds the facts that decided a rule's refusal.
pub(super) fn with_facts(problem: Problem, rejection: &Rejection) -> Problem {
    match rejection {
        Rejection::NotFound { .. } => problem,
        Rejection::SequenceMismatch { current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::WrongStatus { current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::Forbidden { who } => Problem { missing: value(who), ..problem },
        Rejection::RegistrationExpired { ended_at } => {
            Problem { until: Some(ended_at.to_string()), ..problem }
        }
        Rejection::ContestFull { limit } | Rejection::LimitReached { what: _, limit } => {
            Problem { limit: Some(u64::from(*limit)), ..problem }
        }
        Rejection::AlreadyEntered { agent_id } => Problem { current: value(agent_id), ..problem },
        Rejection::GateNotMet { gate, required, current } => Problem {
            gate: Some((*gate).to_owned()),
            required: value(required),
            current: value(current),
            ..problem
        },
        Rejection::NotEnoughEntrants { current, required } => {
            Problem { current: value(current), required: value(required), ..problem }
        }
        Rejection::OracleTimedOut { timed_out_at } => {
            Problem { until: Some(timed_out_at.to_string()), ..problem }
        }
        Rejection::NotTimedOut { times_out_at } => {
            Problem { until: Some(times_out_at.to_string()), ..problem }
        }
        Rejection::WrongRound { current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::WrongPage { round: _, current, expected } => {
            Problem { current: value(current), expected: value(expected), ..problem }
        }
        Rejection::PageDiffers { round: _, page } => Problem { current: value(page), ..problem },
        Rejection::AlreadyPaid { kind: _, payee } | Rejection::NothingOwed { kind: _, payee } => {
            Problem { current: value(payee), ..problem }
        }
        Rejection::Invalid { field, .. } => Problem { field: Some(field.clone()), ..problem },
        Rejection::TooLarge { field, limit } => {
            Problem { field: Some(field.clone()), limit: Some(*limit), ..problem }
        }
    }
}
