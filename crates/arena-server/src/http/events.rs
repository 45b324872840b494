//! `/v1/arenas/{arena_id}/events`: the journal in pages, with waiting.

use std::time::Duration;

use arena_api::{
    Problem,
    events::{EventPage, EventQuery},
};
use arena_core::AgentId;
use arena_runtime::{LiveFilter, RuntimeError, Source};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};

use super::{
    event_types::{ARENA_EVENTS, CONTEST_EVENTS},
    page,
    stream::{self, Wanted},
};
use crate::{
    answer::{Answer, json},
    app::App,
    error::Failure,
    request::{Call, bearer},
    shape,
};

/// The longest wait that may be asked for.
pub(crate) const LONGEST_WAIT_MS: u64 = 60_000;

/// Reads events
///
/// Those after `after`, by sequence, without gaps. With `wait_ms` the answer comes with the first of them, or empty when
/// the time is over. With `Accept: text/event-stream` the answer is a live stream that goes on: see the docs for its events.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/events", tag = "reading",
    params(EventQuery, ("Last-Event-ID" = Option<String>, Header, description = "For a live stream: the id after which it resumes; counts more than `after` and `snapshot`.")),
    responses((status = 200, description = "A page of events, and the arena's last sequence; or a live stream.",
        content((EventPage = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn list_events(State(app): State<App>, call: Call<EventQuery>) -> Answer {
    let query = query(&call.query, ARENA_EVENTS)?;
    let (principal, arena_id) = (&call.principal, call.arena_id());
    let Some(wanted) = wanted(&call, &query)? else {
        let read = |query| app.manager.events(principal, arena_id, query);
        return page_of(&app, &call.headers, query, read).await;
    };
    let snapshot = if wanted.snapshot {
        let state = app.manager.arena(principal, arena_id).await?;
        Some(stream::snapshot(state.head.sequence.get(), &shape::state(&state)))
    } else {
        None
    };
    stream::answer(app.clone(), principal, Source::Arena(arena_id), wanted, snapshot).await
}

/// Reads events of a contest
///
/// Those after `after`, by sequence, without gaps. With `wait_ms` the answer comes with the first of them, or empty when
/// the time is over. With `Accept: text/event-stream` the answer is a live stream that goes on: see the docs for its events.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/events", tag = "contests",
    params(EventQuery, ("Last-Event-ID" = Option<String>, Header, description = "For a live stream: the id after which it resumes; counts more than `after` and `snapshot`.")),
    responses((status = 200, description = "A page of events, and the contest's last sequence; or a live stream.",
        content((EventPage = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn list_contest_events(State(app): State<App>, call: Call<EventQuery>) -> Answer {
    let query = query(&call.query, CONTEST_EVENTS)?;
    let (principal, arena_id) = (&call.principal, call.arena_id());
    let Some(wanted) = wanted(&call, &query)? else {
        let read = |query| app.manager.contest_events(principal, arena_id, query);
        return page_of(&app, &call.headers, query, read).await;
    };
    let snapshot = if wanted.snapshot {
        let state = app.manager.contest(principal, arena_id).await?;
        let contest = shape::contest::contest(&state.contest, &principal.agent_id());
        Some(stream::snapshot(state.head.sequence.get(), &contest))
    } else {
        None
    };
    stream::answer(app.clone(), principal, Source::Contest(arena_id), wanted, snapshot).await
}

/// What a live stream is to be, when one is asked for.
fn wanted(call: &Call<EventQuery>, query: &arena_runtime::EventQuery) -> Result<Option<Wanted>, Failure> {
    let snapshot = match call.query.snapshot {
        None | Some(0) => false,
        Some(1) => true,
        Some(_) => return Err(Problem::invalid("snapshot", "0 or 1 is expected").into()),
    };
    if !stream::is_accepted(&call.headers) {
        let reason = "only a live stream begins with one; send Accept: text/event-stream";
        return if snapshot { Err(Problem::invalid("snapshot", reason).into()) } else { Ok(None) };
    }
    let filter = LiveFilter { kinds: query.kinds.clone(), actor: query.actor.clone() };
    Wanted::of(&call.headers, query.after.get(), snapshot, filter).map(Some)
}

/// Reads a page.
async fn page_of<F>(
    app: &App,
    headers: &HeaderMap,
    query: arena_runtime::EventQuery,
    read: impl Fn(arena_runtime::EventQuery) -> F,
) -> Answer
where
    F: Future<Output = Result<arena_runtime::EventPage, RuntimeError>>,
{
    let at_once = read(arena_runtime::EventQuery { wait: None, ..query.clone() });
    let wait = query.wait.is_some().then(|| read(query));
    let found = waited(app, headers, wait, at_once).await?;
    let items = found.items.into_iter().map(shape::event).collect();
    Ok(json(StatusCode::OK, &EventPage { items, head: found.head }))
}

/// What comes of a wait; of `at_once` when there is none, or the server drains. Who waits with a token that is ended is refused at once.
pub(super) async fn waited<T>(
    app: &App,
    headers: &HeaderMap,
    wait: Option<impl Future<Output = Result<T, RuntimeError>>>,
    at_once: impl Future<Output = Result<T, RuntimeError>>,
) -> Result<T, Failure> {
    let Some(wait) = wait else { return Ok(at_once.await?) };
    let token = bearer(headers)?;
    let found = tokio::select! {
        biased;
        () = app.manager.revoked(token) => return Err(RuntimeError::Unauthenticated.into()),
        found = wait => found?,
        () = app.drained() => at_once.await?,
    };
    // A token that is over by its time wakes nobody.
    app.manager.authenticate(token)?;
    Ok(found)
}

fn query(asked: &EventQuery, types: &[&[&str]]) -> Result<arena_runtime::EventQuery, Failure> {
    Ok(arena_runtime::EventQuery {
        after: asked.after.unwrap_or_default(),
        limit: page::limit(asked.limit)?,
        wait: wait(asked.wait_ms)?,
        kinds: kinds(asked.kind.as_deref(), types)?,
        actor: actor(asked.actor.as_deref())?,
    })
}

/// How long to wait.
pub(super) fn wait(asked: Option<u32>) -> Result<Option<Duration>, Failure> {
    let wait_ms = u64::from(asked.unwrap_or_default());
    if wait_ms > LONGEST_WAIT_MS {
        return Err(Problem::invalid("wait_ms", "a wait is at most 60000 ms").into());
    }
    Ok((wait_ms > 0).then(|| Duration::from_millis(wait_ms)))
}

/// Whose events.
pub(super) fn actor(asked: Option<&str>) -> Result<Option<AgentId>, Failure> {
    let actor = asked.map(str::parse::<AgentId>).transpose();
    actor.map_err(|error| Problem::invalid("actor", error).into())
}

/// Which types of events.
pub(super) fn kinds(asked: Option<&str>, types: &[&[&str]]) -> Result<Vec<String>, Failure> {
    let kinds = asked.unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
    let is_known = |kind: &str| types.iter().any(|types| types.contains(&kind));
    if let Some(unknown) = kinds.clone().find(|kind| !is_known(kind)) {
        return Err(Problem::invalid("type", format!("there are no events of the type {unknown}")).into());
    }
    Ok(kinds.map(str::to_owned).collect())
}
