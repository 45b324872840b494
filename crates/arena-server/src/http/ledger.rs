//! `/v1/ledger`: money in and out, accounts, transfers, the audit.

use arena_api::{
    List,
    ledger::{AccountBalance, Audit, LedgerDivergence, MoveMoney, Transfer, TransferQuery},
};
use arena_core::{amount::Amount, ledger::Account};
use arena_runtime::RuntimeError;
use axum::{extract::State, http::StatusCode};

use super::page;
use crate::{
    answer::{Answer, json},
    app::App,
    error::Failure,
    request::Call,
    shape::ledger as shape,
};

/// Moves money in
///
/// For the operator, from outside into a wallet. The same reference with the same content is answered as before.
#[utoipa::path(post, path = "/v1/ledger/deposits", tag = "ledger", request_body = MoveMoney,
    responses((status = 201, description = "The transfer.", body = Transfer)))]
pub(super) async fn deposit(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<MoveMoney>()?;
    let made = app.manager.deposit(ask, asked.agent_id, asked.amount, asked.reference).await?;
    Ok(json(StatusCode::CREATED, &shape::transfer(made)))
}

/// Moves money out
///
/// For the operator, from a wallet to the outside. The same reference with the same content is answered as before.
#[utoipa::path(post, path = "/v1/ledger/withdrawals", tag = "ledger", request_body = MoveMoney,
    responses((status = 201, description = "The transfer.", body = Transfer)))]
pub(super) async fn withdraw(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<MoveMoney>()?;
    let made = app.manager.withdraw(ask, asked.agent_id, asked.amount, asked.reference).await?;
    Ok(json(StatusCode::CREATED, &shape::transfer(made)))
}

/// Reads what an account holds
///
/// An agent its own wallet, the treasury and the accounts of contests, the operator all. The outside cannot be read.
#[utoipa::path(get, path = "/v1/ledger/accounts/{account}", tag = "ledger",
    responses((status = 200, description = "The account.", body = AccountBalance)))]
pub(super) async fn get_account(State(app): State<App>, call: Call) -> Answer {
    let account: Account = call.parsed("account").map_err(|_| Failure::not_found("account"))?;
    let found = app.manager.account(&call.principal, account).await?;
    let balance = u64::try_from(found.balance).ok().and_then(Amount::new);
    let balance =
        balance.ok_or(RuntimeError::Internal("an account holds less than nothing; audit the ledger"))?;
    Ok(json(StatusCode::OK, &AccountBalance { account: found.account, balance }))
}

/// Lists transfers
///
/// By number; `next_cursor` goes on as `after`. Without `account` the operator sees all, an agent those of its own wallet.
#[utoipa::path(get, path = "/v1/ledger/transfers", tag = "ledger", params(TransferQuery),
    responses((status = 200, description = "A page of transfers.", body = List<Transfer>)))]
pub(super) async fn list_transfers(State(app): State<App>, call: Call<TransferQuery>) -> Answer {
    let asked = &call.query;
    let query = arena_runtime::TransferQuery {
        account: asked.account.clone(),
        after: asked.after.unwrap_or_default(),
        limit: page::limit(asked.limit)?,
    };
    let found = app.manager.transfers(&call.principal, query).await?;
    let items = found.items.into_iter().map(shape::transfer).collect();
    Ok(json(StatusCode::OK, &page::list(items, found.more, |one: &Transfer| one.transfer.to_string())))
}

/// Checks the ledger
///
/// For the operator. Recomputes transfers, balances, obligations and counters from the journal.
#[utoipa::path(get, path = "/v1/ledger/audit", tag = "ledger",
    responses((status = 200, description = "What was found.", body = Audit)))]
pub(super) async fn audit_ledger(State(app): State<App>, call: Call) -> Answer {
    let found = app.manager.audit(&call.principal).await?;
    let first_divergence = found.first_divergence.map(|divergence| LedgerDivergence {
        position: divergence.position,
        arena_id: divergence.arena_id,
        sequence: divergence.sequence,
        reason: divergence.reason,
    });
    Ok(json(StatusCode::OK, &Audit { ok: found.ok, checked: found.checked, first_divergence }))
}
