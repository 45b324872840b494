//! The server itself: whether it lives, whether it takes work, what it counts, what it offers.

use arena_api::health::{Alive, Readiness};
use arena_runtime::RuntimeError;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    answer::{Answer, bytes, json},
    app::App,
    request::Call,
};

/// Says that the process answers
#[utoipa::path(get, path = "/healthz", tag = "server",
    responses((status = 200, description = "It does.", body = Alive)))]
pub(super) async fn healthz() -> Response {
    json(StatusCode::OK, &Alive { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}

/// Says whether the server takes commands
#[utoipa::path(get, path = "/readyz", tag = "server",
    responses((status = 200, description = "It does.", body = Readiness),
        (status = 503, description = "It does not: the last batch could not be stored, or it drains.", body = Readiness)))]
pub(super) async fn readyz(State(app): State<App>) -> Response {
    let health = app.manager.health();
    let ready = health.ready && !*app.draining.borrow();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let queue_depth = u64::try_from(health.waiting).unwrap_or(u64::MAX);
    let (now, test_clock) = (app.manager.now(), app.manager.has_test_clock());
    json(
        status,
        &Readiness { ready, queue_depth, safe_mode: health.safe_mode.is_some(), now: Some(now), test_clock },
    )
}

/// Shows what is counted
///
/// For the operator, in the text form of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "server",
    responses((status = 200, description = "The numbers.", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(app): State<App>, call: Call) -> Answer {
    if !call.principal.is_operator() {
        return Err(RuntimeError::OperatorOnly.into());
    }
    let text = app.metrics.render(&app.manager.health());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// Shows this document
#[utoipa::path(get, path = "/openapi.json", tag = "server",
    responses((status = 200, description = "The OpenAPI document.", body = arena_api::schema::Object)))]
pub(super) async fn openapi(State(app): State<App>) -> Response {
    bytes(StatusCode::OK, app.openapi.clone())
}
