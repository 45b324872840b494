//! `/v1/clock`: the test clock; the route exists only where there is one.

use arena_api::{
    Problem,
    clock::{AdvanceClock, ClockTime},
};
use arena_core::{Timestamp, collaboration::Limits};
use axum::{extract::State, http::StatusCode};

use crate::{
    answer::{Answer, json},
    app::App,
    request::Call,
};

/// The last instant that a time can name.
const END_OF_TIME: Timestamp = Timestamp::from_millis(u64::MAX);

/// Moves the test clock on
///
/// For the operator. Answers when every deadline that was passed has been processed.
#[utoipa::path(post, path = "/v1/clock", tag = "server", request_body = AdvanceClock,
    responses((status = 200, description = "What the clock shows.", body = ClockTime)))]
pub(super) async fn advance_clock(State(app): State<App>, call: Call) -> Answer {
    let (asked, _) = call.json::<AdvanceClock>()?;
    if asked.advance_ms.get() > Limits::MAX_INTEGER {
        return Err(Problem::invalid("advance_ms", "it is at most 2^53 - 1").into());
    }
    let now = app.manager.now();
    // Who is not the operator is told so, and nothing of the clock.
    if call.principal.is_operator() && now.plus(asked.advance_ms).since(now) != asked.advance_ms {
        let left = END_OF_TIME.since(now).get();
        let reason = format!("the clock ends with the year 9999; move it by {left} at most");
        return Err(Problem::invalid("advance_ms", reason).into());
    }
    let now = app.manager.advance_clock(&call.principal, asked.advance_ms).await?;
    Ok(json(StatusCode::OK, &ClockTime { now }))
}
