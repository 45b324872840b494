//! `/v1/contests/{arena_id}/entries` and `/standings`: entering, leaving, and who stands where.

use arena_api::{
    List,
    contests::Contest,
    entries::{Entered, Entry},
    list::PageQuery,
};
use arena_core::contest::Command;
use axum::{extract::State, http::StatusCode};

use super::{agents::Nothing, contests, page};
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    render::contest as render,
    request::Call,
};

/// Enters
///
/// The caller pays the fee and is bound to the terms by their hash. Answered with when and by what the money can come out again.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/entries", tag = "contests",
    responses((status = 201, description = "The entry.", body = Entered)))]
pub(super) async fn enter(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let done = app.manager.submit_contest(ask, call.arena_id(), Command::Enter, render::entry).await?;
    Ok(reply(StatusCode::CREATED, done))
}

/// Leaves
///
/// For the entrant, before the start. The fee is back at once, and the agent may enter again.
#[utoipa::path(delete, path = "/v1/contests/{arena_id}/entries/{agent}", tag = "contests",
    responses((status = 200, description = "The contest without the entry.", body = Contest)))]
pub(super) async fn leave(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    let agent_id = call.agent().map_err(|_| Failure::not_found("entry"))?;
    contests::changed(&app, &call, ask, Command::Leave { agent_id }).await
}

/// Lists entries
///
/// In the order of entering.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/entries", tag = "contests", params(PageQuery),
    responses((status = 200, description = "A page of entries.", body = List<Entry>)))]
pub(super) async fn list_entries(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let limit = page::limit(call.query.limit)?;
    let after = page::cursor::<u32>(call.query.cursor.as_deref())?.unwrap_or(0);
    let state = app.manager.contest(&call.principal, call.arena_id()).await?;
    let wanted = state.contest.entries().skip_while(|entry| entry.number <= after).map(Entry::from);
    Ok(json(StatusCode::OK, &page::cut(wanted, limit, |entry| entry.number)))
}

/// Lists standings
///
/// The entries, the best first, as the completed and open rounds show them; final once the contest is finished.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/standings", tag = "contests", params(PageQuery),
    responses((status = 200, description = "A page of entries with their standings.", body = List<Entry>)))]
pub(super) async fn list_standings(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let limit = page::limit(call.query.limit)?;
    let after = page::cursor(call.query.cursor.as_deref())?.unwrap_or(0);
    let state = app.manager.contest_standings(&call.principal, call.arena_id()).await?;
    Ok(json(
        StatusCode::OK,
        &page::counted(state.standings(), after, limit, |standing| Entry::from(standing)),
    ))
}
