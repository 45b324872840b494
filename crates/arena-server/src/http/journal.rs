//! `/v1/events`: everything in the store, by position, for the operator.

use arena_api::events::{JournalPage, JournalQuery};
use arena_runtime::{LiveFilter, RuntimeError, Source};
use axum::{extract::State, http::StatusCode};

use super::{
    event_types::ALL_EVENTS,
    events::{actor, kinds, wait, waited},
    page,
    stream::{self, Wanted},
};
use crate::{
    answer::{Answer, json},
    app::App,
    request::Call,
    shape,
};

/// Reads everything that happens
///
/// For the operator: the events of all arenas, contests and of the system itself after `after`, by position, without gaps.
/// With `Accept: text/event-stream` the answer is a live stream that goes on, whose ids are positions.
#[utoipa::path(get, path = "/v1/events", tag = "reading",
    params(JournalQuery, ("Last-Event-ID" = Option<String>, Header, description = "For a live stream: the id after which it resumes; counts more than `after`.")),
    responses((status = 200, description = "A page of events, and the journal's last position; or a live stream.",
        content((JournalPage = "application/json"), (String = "text/event-stream")))))]
pub(super) async fn list_journal(State(app): State<App>, call: Call<JournalQuery>) -> Answer {
    if !call.principal.is_operator() {
        return Err(RuntimeError::OperatorOnly.into());
    }
    let asked = &call.query;
    let after = asked.after.unwrap_or_default();
    let (kinds, actor) = (kinds(asked.kind.as_deref(), ALL_EVENTS)?, actor(asked.actor.as_deref())?);
    let (limit, wait) = (page::limit(asked.limit)?, wait(asked.wait_ms)?);
    if stream::is_accepted(&call.headers) {
        let wanted = Wanted::of(&call.headers, after.get(), false, LiveFilter { kinds, actor })?;
        return stream::answer(app.clone(), &call.principal, Source::Journal, wanted, None).await;
    }
    let query = arena_runtime::JournalQuery { after, limit, wait, kinds, actor };
    let read = |query| app.manager.journal(&call.principal, query);
    let at_once = read(arena_runtime::JournalQuery { wait: None, ..query.clone() });
    let wait = query.wait.is_some().then(|| read(query));
    let found = waited(&app, &call.headers, wait, at_once).await?;
    let items = found.items.into_iter().map(shape::event).collect();
    Ok(json(StatusCode::OK, &JournalPage { items, head: found.head }))
}
