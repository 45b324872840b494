//! `/v1/arenas/{arena_id}/steps`: the plan, and what coordinators do with it.

use arena_api::{
    List,
    steps::{AddSteps, AddedSteps, AdoptResult, EditStep, Step, StepQuery},
};
use arena_core::{
    StepNumber,
    collaboration::{self, Command},
};
use arena_runtime::Ask;
use axum::{extract::State, http::StatusCode};

use super::{agents::Nothing, page};
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    render,
    request::Call,
    shape,
};

/// Adds steps to the plan
///
/// They are numbered on from the last; `depends_on` may name steps of the same request.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps", tag = "steps", request_body = AddSteps,
    responses((status = 201, description = "The steps.", body = AddedSteps)))]
pub(super) async fn add_steps(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<AddSteps>()?;
    let command =
        Command::AddSteps { steps: asked.steps.into_iter().map(collaboration::NewStep::from).collect() };
    let done = app.manager.submit(ask, call.arena_id(), command, render::added_steps).await?;
    if done.body.is_empty() {
        return Ok(json(StatusCode::CREATED, &AddedSteps { steps: Vec::new() }));
    }
    Ok(reply(StatusCode::CREATED, done))
}

/// Lists steps
///
/// By number, without their results.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/steps", tag = "steps", params(StepQuery),
    responses((status = 200, description = "A page of steps.", body = List<Step>)))]
pub(super) async fn list_steps(State(app): State<App>, call: Call<StepQuery>) -> Answer {
    let asked = &call.query;
    let limit = page::limit(asked.limit)?;
    let after = page::cursor::<u32>(asked.cursor.as_deref())?.unwrap_or(0);
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    let wanted = state
        .shared
        .steps()
        .skip(usize::try_from(after).unwrap_or(usize::MAX))
        .filter(|step| asked.status.is_none_or(|status| step.status == status))
        .map(shape::step);
    Ok(json(StatusCode::OK, &page::cut(wanted, limit, |step| step.step)))
}

/// Reads a step
///
/// With its result and its late results.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/steps/{step}", tag = "steps",
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn get_step(State(app): State<App>, call: Call) -> Answer {
    let (arena_id, number) = (call.arena_id(), call.step());
    let state = app.manager.arena(&call.principal, arena_id).await?;
    let step = state.shared.step(number).ok_or_else(|| Failure::not_found("step"))?;
    let has_result = step.completed.as_ref().is_some_and(|done| done.has_result);
    let result =
        if has_result { app.manager.step_result(&call.principal, arena_id, number).await? } else { None };
    let orphans = shape::orphans(&state.shared, number);
    Ok(json(StatusCode::OK, &Step { result, orphans, ..shape::step(step) }))
}

/// Changes a step
///
/// One that is neither claimed nor over; what is absent stays.
#[utoipa::path(patch, path = "/v1/arenas/{arena_id}/steps/{step}", tag = "steps", request_body = EditStep,
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn edit_step(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<EditStep>()?;
    let step = call.step();
    changed(&app, &call, ask, Command::EditStep { step, edit: asked.into() }, step).await
}

/// Approves a step
///
/// At any time before its completion; it stands until the step is reopened.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/approve", tag = "steps",
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn approve(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let step = call.step();
    changed(&app, &call, ask, Command::ApproveStep { step }, step).await
}

/// Opens a failed or completed step again
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/reopen", tag = "steps",
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn reopen(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let step = call.step();
    changed(&app, &call, ask, Command::ReopenStep { step }, step).await
}

/// Takes a step out of the plan
///
/// A claim on it is revoked; what waits for it need not wait any more.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/cancel", tag = "steps",
    responses((status = 200, description = "The step.", body = Step)))]
pub(super) async fn cancel(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let step = call.step();
    changed(&app, &call, ask, Command::CancelStep { step }, step).await
}

/// Takes a late result as the step's own
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/steps/{step}/adopt", tag = "steps", request_body = AdoptResult,
    responses((status = 200, description = "The step, `completed`.", body = Step)))]
pub(super) async fn adopt(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<AdoptResult>()?;
    let step = call.step();
    changed(&app, &call, ask, Command::AdoptResult { step, fence: asked.fence }, step).await
}

/// Gives a command that is answered with a step.
pub(super) async fn changed(app: &App, call: &Call, ask: Ask, command: Command, step: StepNumber) -> Answer {
    let done = app.manager.submit(ask, call.arena_id(), command, render::changed_step).await?;
    if !done.body.is_empty() {
        return Ok(reply(StatusCode::OK, done));
    }
    // Nothing changed, so that what is read now is the answer.
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    let one = state.shared.step(step).ok_or_else(|| Failure::not_found("step"))?;
    Ok(json(StatusCode::OK, &Step { orphans: shape::orphans(&state.shared, step), ..shape::step(one) }))
}
