//! `/v1/contests/{arena_id}/receipt`: one file that proves a contest without a server.

use arena_api::{Code, Problem, receipt::Receipt};
use arena_runtime::RuntimeError;
use axum::{extract::State, http::StatusCode};

use crate::{
    answer::{Answer, bytes},
    app::App,
    error::Failure,
    request::Call,
    shape::receipt as shape,
};

/// Reads the receipt
///
/// Once the contest is over: canonical JSON (RFC 8785) with all that it takes to check it, sealed by `receipt_hash`.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/receipt", tag = "contests",
    responses((status = 200, description = "The receipt.", body = Receipt)))]
pub(super) async fn get_receipt(State(app): State<App>, call: Call) -> Answer {
    let _place = app.receipts.acquire().await.map_err(|_| RuntimeError::Closed)?;
    let size = app.manager.receipt_size(&call.principal, call.arena_id()).await?;
    check_size(size, app.config.max_receipt_bytes)?;
    let parts = app.manager.receipt(&call.principal, call.arena_id()).await?;
    // Thousands of entries and their actions are hashed and written: not where others wait for their turn.
    let sealed = tokio::task::spawn_blocking(move || shape::receipt(parts).map(Receipt::seal)).await;
    let file = sealed.map_err(|_| RuntimeError::Internal("the receipt could not be written"))??;
    Ok(bytes(StatusCode::OK, file))
}

/// Whether all of it can be held in memory.
fn check_size(size: u64, limit: u64) -> Result<(), Failure> {
    if size <= limit {
        return Ok(());
    }
    let detail = format!(
        "the events and actions of the contest have {size} bytes; read the events in pages and the actions round by round"
    );
    Err(Problem { limit: Some(limit), ..Problem::new(Code::TooLarge, detail) }.into())
}
