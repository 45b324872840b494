//! `/v1/contests/{arena_id}/payouts` and `/obligations`: what is owed, and its payment.

use arena_api::{
    List,
    list::PageQuery,
    payouts::{Obligation, Payout, RequestPayout},
};
use arena_core::contest::Command;
use axum::{extract::State, http::StatusCode};

use super::page;
use crate::{
    answer::{Answer, json, reply},
    app::App,
    render::contest as render,
    request::Call,
};

/// Pays an open obligation
///
/// To its owner, whoever asks, and to nobody else. The first refund after registration is over cancels the contest.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/payouts", tag = "contests", request_body = RequestPayout,
    responses((status = 200, description = "The payment.", body = Payout)))]
pub(super) async fn pay_out(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<RequestPayout>()?;
    let command = Command::Payout { kind: asked.kind, payee: asked.agent };
    let done = app.manager.submit_contest(ask, call.arena_id(), command, render::payout).await?;
    Ok(reply(StatusCode::OK, done))
}

/// Lists obligations
///
/// Open and paid: prizes in the order of standings or refunds in the order of entering, then creator fee, bond, protocol fee.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/obligations", tag = "contests", params(PageQuery),
    responses((status = 200, description = "A page of obligations.", body = List<Obligation>)))]
pub(super) async fn list_obligations(State(app): State<App>, call: Call<PageQuery>) -> Answer {
    let limit = page::limit(call.query.limit)?;
    let after = page::cursor(call.query.cursor.as_deref())?.unwrap_or(0);
    let state = app.manager.contest_obligations(&call.principal, call.arena_id()).await?;
    Ok(json(StatusCode::OK, &page::counted(state.obligations(), after, limit, |owed| Obligation::from(owed))))
}
