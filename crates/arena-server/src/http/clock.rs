//! `/v1/clock`: the test clock; the route exists only where there is one.

use arena_api::clock::{AdvanceClock, ClockTime};
use axum::{extract::State, http::StatusCode};

use crate::{
    answer::{Answer, json},
    app::App,
    request::Call,
};

/// Moves the test clock on
///
/// For the operator. Answers when every deadline that was passed has been processed.
#[utoipa::path(post, path = "/v1/clock", tag = "server", request_body = AdvanceClock,
    responses((status = 200, description = "What the clock shows.", body = ClockTime)))]
pub(super) async fn advance_clock(State(app): State<App>, call: Call) -> Answer {
    let (asked, _) = call.json::<AdvanceClock>()?;
    let now = app.manager.advance_clock(&call.principal, asked.advance_ms).await?;
    Ok(json(StatusCode::OK, &ClockTime { now }))
}
