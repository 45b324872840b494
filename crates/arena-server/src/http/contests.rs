//! `/v1/contests`: making contests, reading them, their lifecycle.

use arena_api::{
    List, Problem,
    contests::{Contest, ContestQuery, CreateContest, Finalize},
    terms::NewTerms,
};
use arena_core::contest::{Command, Rejection, Terms};
use arena_runtime::{Ask, NewContest, RuntimeError};
use axum::{extract::State, http::StatusCode};

use super::{agents::Nothing, conditional, page};
use crate::{
    answer::{Answer, reply},
    app::App,
    error::Failure,
    render::contest as render,
    request::Call,
    shape::contest as shape,
};

/// Makes a contest
///
/// The caller becomes its creator and locks the bond. It begins in `registration`.
#[utoipa::path(post, path = "/v1/contests", tag = "contests", request_body = CreateContest,
    responses((status = 201, description = "The contest.", body = Contest)))]
pub(super) async fn create_contest(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json::<CreateContest>()?;
    let in_percents = asked.terms.prize_split.is_some();
    let new = NewContest { title: asked.title, terms: frozen(asked.terms)? };
    let made = app.manager.create_contest(ask, new, render::contest).await;
    Ok(reply(StatusCode::CREATED, made.map_err(|error| in_the_callers_words(error, in_percents))?))
}

/// The terms that the rules know.
fn frozen(asked: NewTerms) -> Result<Terms, Failure> {
    Terms::try_from(asked)
        .map_err(|unclear| Problem::invalid(format!("terms.{}", unclear.field), unclear.reason).into())
}

/// The rules know the split in basis points only: a refusal names the field that the caller has sent.
fn in_the_callers_words(error: RuntimeError, in_percents: bool) -> RuntimeError {
    match error {
        RuntimeError::Contest(Rejection::Invalid { field, reason }) if in_percents => {
            let field = field.replace("prize_split_bps", "prize_split");
            let reason = reason.replace("10000 basis points", "100 percent");
            Rejection::Invalid { field, reason }.into()
        }
        other => other,
    }
}

/// Lists contests
///
/// Oldest first; any registered agent reads all.
#[utoipa::path(get, path = "/v1/contests", tag = "contests", params(ContestQuery),
    responses((status = 200, description = "A page of contests.", body = List<Contest>)))]
pub(super) async fn list_contests(State(app): State<App>, call: Call<ContestQuery>) -> Answer {
    let asked = &call.query;
    let query = arena_runtime::ContestQuery {
        status: asked.status,
        agent: asked.agent.clone(),
        after: page::cursor(asked.cursor.as_deref())?,
        limit: page::limit(asked.limit)?,
    };
    let found = app.manager.contests(&call.principal, query).await?;
    let caller = call.principal.agent_id();
    let items = found.items.iter().map(|state| shape::contest(&state.contest, &caller)).collect();
    let page = page::list(items, found.more, |contest: &Contest| contest.arena_id.to_string());
    Ok(crate::answer::json(StatusCode::OK, &page))
}

/// Reads a contest
///
/// With when and by what the caller's money can next move. Its ETag is its sequence; with `If-None-Match` of the same the
/// answer is 304 and empty.
#[utoipa::path(get, path = "/v1/contests/{arena_id}", tag = "contests",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of what is known already.")),
    responses((status = 200, description = "The contest.", body = Contest),
        (status = 304, description = "The contest is at that sequence still.")))]
pub(super) async fn get_contest(State(app): State<App>, call: Call) -> Answer {
    let state = app.manager.contest(&call.principal, call.arena_id()).await?;
    let caller = call.principal.agent_id();
    let sequence = state.contest.sequence();
    Ok(conditional::answer(&call.headers, sequence, || shape::contest(&state.contest, &caller)))
}

/// Starts
///
/// For the oracle, with at least `min_agents` entrants.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/start", tag = "contests",
    responses((status = 200, description = "The contest, `active`.", body = Contest)))]
pub(super) async fn start_contest(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Start).await
}

/// Calls off before the start
///
/// For the creator. Refunds and the bond are owed from then on.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/cancel", tag = "contests",
    responses((status = 200, description = "The contest, `cancelled`.", body = Contest)))]
pub(super) async fn cancel_contest(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Cancel).await
}

/// Ends a contest whose oracle timed out
///
/// For anyone. The bond goes to the treasury at once; refunds are owed from then on.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/abandon", tag = "contests",
    responses((status = 200, description = "The contest, `abandoned`.", body = Contest)))]
pub(super) async fn abandon_contest(State(app): State<App>, call: Call) -> Answer {
    let (_, ask) = call.json_or_empty::<Nothing>()?;
    changed(&app, &call, ask, Command::Abandon).await
}

/// Settles
///
/// For the oracle. The recorded rounds give the standings, and what is owed from then on.
#[utoipa::path(post, path = "/v1/contests/{arena_id}/finalize", tag = "contests", request_body = Finalize,
    responses((status = 200, description = "The contest, `finished`.", body = Contest)))]
pub(super) async fn finalize_contest(State(app): State<App>, call: Call) -> Answer {
    let (asked, ask) = call.json_or_empty::<Finalize>()?;
    changed(&app, &call, ask, Command::Finalize { seed: asked.seed }).await
}

/// Gives a command that is answered with the contest.
pub(super) async fn changed(app: &App, call: &Call, ask: Ask, command: Command) -> Answer {
    let done = app.manager.submit_contest(ask, call.arena_id(), command, render::contest).await?;
    Ok(reply(StatusCode::OK, done))
}
