//! `/v1/arenas/{arena_id}/handles`: tokens for one agent in one arena.

use arena_api::handles::{CreateHandle, IssuedHandle, RevokedHandle};
use arena_core::HandleId;
use arena_runtime::NewHandle;
use axum::{extract::State, http::StatusCode};

use super::agents::Nothing;
use crate::{
    answer::{Answer, json},
    app::App,
    error::Failure,
    request::Call,
};

/// Issues a handle
///
/// An agent for itself, a coordinator for any participant. Its permissions are an upper bound: what counts is what the
/// participant's role allows as well. The token is shown this once.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/handles", tag = "participants", request_body = CreateHandle,
    responses((status = 201, description = "The handle and its token.", body = IssuedHandle)))]
pub(super) async fn create_handle(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<CreateHandle>()?;
    let new = NewHandle {
        agent_id: asked.agent_id,
        permissions: asked.permissions,
        step: asked.step,
        ttl: asked.ttl_ms,
    };
    let issued = app.manager.issue_handle(ask, call.arena_id(), new).await?;
    let answer = IssuedHandle { handle: issued.handle, token: issued.token, expires_at: issued.expires_at };
    Ok(json(StatusCode::CREATED, &answer))
}

/// Revokes a handle
///
/// For the agent it acts as, a coordinator or the operator. It is void at once.
#[utoipa::path(delete, path = "/v1/arenas/{arena_id}/handles/{handle}", tag = "participants",
    responses((status = 200, description = "The handle that was revoked.", body = RevokedHandle)))]
pub(super) async fn revoke_handle(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let handle: HandleId = call.parsed("handle").map_err(|_| Failure::not_found("handle"))?;
    app.manager.revoke_handle(ask, call.arena_id(), handle).await?;
    Ok(json(StatusCode::OK, &RevokedHandle { handle }))
}
