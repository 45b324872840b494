//! What follows from the journal: the brief, a past state, the sealed report, its proof.

use arena_api::{
    arenas::{State as StateAt, StateQuery},
    brief::Brief,
    report::Report,
    verify::{Divergence, Verification},
};
use axum::{extract::State, http::StatusCode};

use crate::{
    answer::{Answer, json},
    app::App,
    brief,
    request::Call,
    shape,
};

/// Reads what an agent needs to know to go on
///
/// Goal, role, claims, ready steps, why others do not go on, budget, facts and the last events, in about 1,500 tokens.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/brief", tag = "reading",
    responses((status = 200, description = "The brief.", body = Brief)))]
pub(super) async fn get_brief(State(app): State<App>, call: Call) -> Answer {
    let brief = brief::of(&app.manager, &call.principal, call.arena_id()).await?;
    Ok(json(StatusCode::OK, &brief))
}

/// Reads a past state
///
/// The arena and its steps as they stood after the event `at`.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/state", tag = "reading", params(StateQuery),
    responses((status = 200, description = "The arena and its steps.", body = StateAt)))]
pub(super) async fn get_state(State(app): State<App>, call: Call<StateQuery>) -> Answer {
    let asked = &call.query;
    let arena_id = call.arena_id();
    let state = match asked.at {
        Some(at) => shape::state(&app.manager.state_at(&call.principal, arena_id, at).await?),
        None => shape::state(app.manager.arena(&call.principal, arena_id).await?.as_ref()),
    };
    Ok(json(StatusCode::OK, &state))
}

/// Reads the sealed report
///
/// The same for ever; `wrong_state` before the arena is archived.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/report", tag = "reading",
    responses((status = 200, description = "The report.", body = Report)))]
pub(super) async fn get_report(State(app): State<App>, call: Call) -> Answer {
    let report = app.manager.report(&call.principal, call.arena_id()).await?;
    Ok(json(StatusCode::OK, &report))
}

/// Checks the arena's journal
///
/// Every hash, link and number, from the first event to the head.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/verify", tag = "reading",
    responses((status = 200, description = "What was found.", body = Verification)))]
pub(super) async fn verify(State(app): State<App>, call: Call) -> Answer {
    let found = app.manager.verify(&call.principal, call.arena_id()).await?;
    let first_divergence = found.first_divergence.map(|divergence| Divergence {
        arena_id: divergence.arena_id,
        sequence: divergence.sequence,
        reason: divergence.reason,
    });
    Ok(json(StatusCode::OK, &Verification { ok: found.ok, checked: found.checked, first_divergence }))
}
