//! `/v1/arenas`: making arenas, reading them, their lifecycle.

use arena_api::{
    List,
    arenas::{Arena, ArenaQuery, CreateArena, UpdateGoal},
};
use arena_core::{ArenaConfig, collaboration::Command};
use arena_runtime::Ask;
use axum::{extract::State, http::StatusCode};

use super::{agents::Nothing, conditional, page};
use crate::{
    answer::{Answer, json, reply},
    app::App,
    render,
    request::Call,
    shape,
};

/// Makes a shared arena
///
/// The caller becomes its first coordinator. It begins as `created`: nothing can be claimed before it is activated.
#[utoipa::path(post, path = "/v1/arenas", tag = "arenas", request_body = CreateArena,
    responses((status = 201, description = "The arena.", body = Arena)))]
pub(super) async fn create_arena(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<CreateArena>()?;
    let made = app.manager.create_arena(ask, ArenaConfig::from(asked), render::arena).await?;
    Ok(reply(StatusCode::CREATED, made))
}

/// Lists arenas
///
/// Those that the caller may read, oldest first: its own, open ones, and all of them for the operator.
#[utoipa::path(get, path = "/v1/arenas", tag = "arenas", params(ArenaQuery),
    responses((status = 200, description = "A page of arenas.", body = List<Arena>)))]
pub(super) async fn list_arenas(State(app): State<App>, call: Call<ArenaQuery>) -> Answer {
    let asked = &call.query;
    let query = arena_runtime::ArenaQuery {
        status: asked.status,
        agent: asked.agent.clone(),
        after: page::cursor(asked.cursor.as_deref())?,
        limit: page::limit(asked.limit)?,
    };
    let found = app.manager.arenas(&call.principal, query).await?;
    let items = found.items.iter().map(|state| shape::arena(&state.shared)).collect();
    Ok(json(StatusCode::OK, &page::list(items, found.more, |arena: &Arena| arena.arena_id.to_string())))
}

/// Reads an arena
///
/// Its ETag is its sequence; with `If-None-Match` of the same the answer is 304 and empty.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}", tag = "arenas",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of what is known already.")),
    responses((status = 200, description = "The arena.", body = Arena),
        (status = 304, description = "The arena is at that sequence still.")))]
pub(super) async fn get_arena(State(app): State<App>, call: Call) -> Answer {
    let state = app.manager.arena(&call.principal, call.arena_id()).await?;
    Ok(conditional::answer(&call.headers, state.shared.sequence(), || shape::arena(&state.shared)))
}

/// Begins work
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/activate", tag = "arenas",
    responses((status = 200, description = "The arena, `active`.", body = Arena)))]
pub(super) async fn activate(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Activate).await
}

/// Begins to drain
///
/// No new claims; every open lease ends by the settle deadline.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/settle", tag = "arenas",
    responses((status = 200, description = "The arena, `settling`.", body = Arena)))]
pub(super) async fn settle(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Settle).await
}

/// Seals
///
/// For a coordinator when no lease is open; for any participant after the deadline.
#[utoipa::path(post, path = "/v1/arenas/{arena_id}/archive", tag = "arenas",
    responses((status = 200, description = "The arena, `archived`.", body = Arena)))]
pub(super) async fn archive(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Archive).await
}

/// Replaces the goal
#[utoipa::path(put, path = "/v1/arenas/{arena_id}/goal", tag = "arenas", request_body = UpdateGoal,
    responses((status = 200, description = "The arena.", body = Arena)))]
pub(super) async fn update_goal(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<UpdateGoal>()?;
    changed(&app, &call, ask, Command::UpdateGoal { goal: asked.goal }).await
}

/// Gives a command that is answered with the arena.
pub(super) async fn changed(app: &App, call: &Call, ask: Ask, command: Command) -> Answer {
    let done = app.manager.submit(ask, call.arena_id(), command, render::arena).await?;
    Ok(reply(StatusCode::OK, done))
}
