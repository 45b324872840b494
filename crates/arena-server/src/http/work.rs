//! `/v1/arenas/{arena_id}/steps/...`: claiming a step, holding it, and finishing it.

use arena_api::steps::{Claim, ClaimStep, CompleteStep, FailStep, ReleaseStep, RenewLease, Step};
use arena_core::collaboration::Command;
use axum::{extract::State, http::StatusCode, response::IntoResponse};

use super::plan::changed;
use crate::{
    answer::{Answer, reply},
    app::App,
    render,
    request::Call,
};

/// Claims a step, or the next ready one
///
/// The step is the caller's until the lease ends; every write under the claim carries its fence and renews the lease.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/claim", tag = "steps", request_body = ClaimStep,
    responses((status = 200, description = "The claim.", body = Claim),
        (status = 204, description = "Nothing is ready for the caller.")))]
pub(super) async fn claim(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json_or_empty::<ClaimStep>()?;
    let command = Command::ClaimStep { step: asked.step, lease: asked.lease_ms };
    let done = app.manager.submit(ask, call.arena_id(), command, render::claim).await?;
    if done.body.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(reply(StatusCode::OK, done))
}

/// Extends a lease
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/renew", tag = "steps", request_body = RenewLease,
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn renew(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<RenewLease>()?;
    let step = call.step();
    let command = Command::RenewLease { step, fence: asked.fence, lease: asked.lease_ms };
    changed(&app, &call, ask, command, step).await
}

/// Gives a claim back
///
/// And its attempt with it.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/release", tag = "steps", request_body = ReleaseStep,
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn release(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<ReleaseStep>()?;
    let step = call.step();
    let command = Command::ReleaseStep { step, fence: asked.fence, reason: asked.reason };
    changed(&app, &call, ask, command, step).await
}

/// Gives up an attempt
///
/// The step is open again while attempts remain, and `failed` after the last.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/fail", tag = "steps", request_body = FailStep,
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn fail(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<FailStep>()?;
    let step = call.step();
    let command = Command::FailStep { step, fence: asked.fence, reason: asked.reason, cost: asked.cost };
    changed(&app, &call, ask, command, step).await
}

/// Finishes a claimed step
///
/// A late result is kept, refused with `stale_fence` and `orphan: true`, and may be adopted by a coordinator.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/complete", tag = "steps", request_body = CompleteStep,
    responses((status = 200, description = "The step, `completed`.", body = Step)))]
pub(super) async fn complete(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<CompleteStep>()?;
    let step = call.step();
    let command = Command::CompleteStep { step, fence: asked.fence, result: asked.result, cost: asked.cost };
    changed(&app, &call, ask, command, step).await
}
