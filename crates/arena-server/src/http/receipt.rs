//! `/v1/contests/{arena_id}/receipt`: one file that proves a contest without a server.

use arena_api::receipt::Receipt;
use arena_runtime::RuntimeError;
use axum::{extract::State, http::StatusCode};

use crate::{
    answer::{Answer, bytes},
    app::App,
    request::Call,
    shape::receipt as shape,
};

/// Reads the receipt
///
/// Once the contest is over: canonical JSON (RFC 8785) with all that it takes to check it, sealed by `receipt_hash`.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/receipt", tag = "contests",
    responses((status = 200, description = "The receipt.", body = Receipt)))]
pub(super) async fn get_receipt(State(app): State<App>, call: Call) -> Answer {
    let parts = app.manager.receipt(&call.principal, call.arena_id()).await?;
    // Thousands of entries and their actions are hashed and written: not where others wait for their turn.
    let sealed = tokio::task::spawn_blocking(move || shape::receipt(parts).map(Receipt::seal)).await;
    let file = sealed.map_err(|_| RuntimeError::Internal("the receipt could not be written"))??;
    Ok(bytes(StatusCode::OK, file))
}
