//! `/v1/contests/{arena_id}/eliminations` and `/rounds`: what the oracle submits, and the actions behind it.

use arena_api::{
    List,
    contests::Contest,
    list::PageQuery,
    rounds::{Round, SubmitRound},
    schema,
};
use arena_core::{Hash, contest::Command};
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};

use super::{contests, page};
use crate::{
    answer::{Answer, json, reply},
    app::App,
    error::Failure,
    render::contest as render,
    request::{Call, NoQuery, Upload},
    shape::contest as shape,
};

/// Submits a page of a round
///
/// For the oracle. The contest is `eliminating` from a page that is not the last until the one that is. A page repeated
/// with equal content is answered as before.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/eliminations", tag = "contests", request_body = SubmitRound,
    responses((status = 200, description = "The contest.", body = Contest)))]
pub(super) async fn submit_round(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<SubmitRound>()?;
    contests::changed(&app, &call, ask, Command::SubmitPage(asked.into())).await
}

/// Lists rounds
///
/// By number; the last one perhaps not completed.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/rounds", tag = "contests", params(PageQuery),
    responses((status = 200, description = "A page of rounds.", body = List<Round>)))]
pub(super) async fn list_rounds(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let limit = page::limit(call.query.limit)?;
    let after = page::cursor::<u32>(call.query.cursor.as_deref())?.unwrap_or(0);
    let state = app.manager.contest(&call.principal, call.arena_id()).await?;
    let wanted = state.contest.rounds().skip_while(|round| round.round <= after).map(shape::round);
    Ok(json(StatusCode::OK, &page::cut(wanted, limit, |round| round.round)))
}

/// Stores the actions of a round
///
/// For the oracle. The body is JSON lines whose Merkle root (RFC 6962, a leaf for each line without its line break) is the
/// one that the round recorded.
#[utoipa::path(put, path = "/v1/contests/{arena_id}/rounds/{round}/actions", tag = "contests",
    request_body(content = inline(schema::Bytes), content_type = "application/x-ndjson", description = "The lines; at most 16 MiB."),
    responses((status = 200, description = "The round.", body = Round)))]
pub(super) async fn put_actions(State(app): State<App>, upload: Upload<NoQuery>) -> Answer {
    let Upload { call, place: _place } = upload;
    let number = round(&call);
    let ask = call.ask(&Hash::of(&call.body));
    let lines = call.body.clone();
    let done = app.manager.put_actions(ask, call.arena_id(), number, lines, render::stored_round).await?;
    if !done.body.is_empty() {
        return Ok(reply(StatusCode::OK, done));
    }
    // They were stored before, so that what is read now is the answer.
    let state = app.manager.contest(&call.principal, call.arena_id()).await?;
    let one = state.contest.round_at(number).ok_or_else(|| Failure::not_found("round"))?;
    Ok(json(StatusCode::OK, &shape::round(one)))
}

/// Reads the actions of a round
///
/// The lines as they were stored.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/rounds/{round}/actions", tag = "contests",
    responses((status = 200, description = "The lines.", body = inline(schema::Bytes), content_type = "application/x-ndjson")))]
pub(super) async fn get_actions(State(app): State<App>, call: Call) -> Answer {
    let lines = app.manager.round_actions(&call.principal, call.arena_id(), round(&call)).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, lines).into_response())
}

/// The round in the path. What is no number becomes one that no contest has, so that the runtime says so in its order.
fn round<Q>(call: &Call<Q>) -> u32 {
    call.parsed("round").unwrap_or(0)
}
