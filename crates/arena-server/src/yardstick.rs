//! A route that reads JSON and does nothing: what the durable routes are measured against.

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use serde::de::IgnoredAny;

use crate::{answer, app::App, parse};

/// Its path; it is there only when the server is set up with it.
pub const YARDSTICK: &str = "/yardstick";

/// The route.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(YARDSTICK, post(nothing))
}

async fn nothing(body: Bytes) -> Response {
    match parse::json::<IgnoredAny>(&body) {
        Ok(IgnoredAny) => answer::bytes(StatusCode::OK, Bytes::from_static(b"{}")),
        Err(failure) => failure.into_response(),
    }
}
