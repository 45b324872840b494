//! `/v1/arenas/{arena_id}/events`: the journal in pages, with waiting.

use std::time::Duration;

use arena_api::{
    Problem,
    events::{EventPage, EventQuery},
};
use arena_core::AgentId;
use arena_runtime::RuntimeError;
use axum::{extract::State, http::StatusCode};

use super::page;
use crate::{
    answer::{Answer, json},
    app::App,
    error::Failure,
    request::Call,
    shape,
};

/// The longest wait that may be asked for.
pub(crate) const LONGEST_WAIT_MS: u64 = 60_000;

/// The types of the events of an arena, as the core names them.
const EVENT_TYPES: &[&str] = &[
    "arena_created",
    "arena_activated",
    "agent_joined",
    "agent_left",
    "role_changed",
    "goal_updated",
    "steps_added",
    "step_changed",
    "step_cancelled",
    "step_claimed",
    "lease_renewed",
    "step_released",
    "lease_expired",
    "lease_revoked",
    "step_approved",
    "step_completed",
    "result_orphaned",
    "result_adopted",
    "step_failed",
    "step_reopened",
    "artifact_put",
    "fact_put",
    "message_sent",
    "settling_started",
    "arena_archived",
];

/// The types of the events of a contest, as the core names them.
const CONTEST_EVENT_TYPES: &[&str] = &[
    "contest_created",
    "agent_entered",
    "entry_withdrawn",
    "contest_started",
    "round_page_submitted",
    "round_completed",
    "round_actions_stored",
    "contest_finalized",
    "contest_cancelled",
    "contest_abandoned",
    "obligation_paid",
];

/// Reads events
///
/// Those after `after`, by sequence, without gaps. With `wait_ms` the answer comes with the first of them, or empty when
/// the time is over.
#[utoipa::path(get, path = "/v1/arenas/{arena_id}/events", tag = "reading", params(EventQuery),
    responses((status = 200, description = "A page of events, and the arena's last sequence.", body = EventPage)))]
pub(super) async fn list_events(State(app): State<App>, call: Call<EventQuery>) -> Answer {
    let query = query(&call.query, EVENT_TYPES)?;
    let (principal, arena_id) = (&call.principal, call.arena_id());
    page_of(&app, query, |query| app.manager.events(principal, arena_id, query)).await
}

/// Reads events of a contest
///
/// Those after `after`, by sequence, without gaps. With `wait_ms` the answer comes with the first of them, or empty when
/// the time is over.
#[utoipa::path(get, path = "/v1/contests/{arena_id}/events", tag = "contests", params(EventQuery),
    responses((status = 200, description = "A page of events, and the contest's last sequence.", body = EventPage)))]
pub(super) async fn list_contest_events(State(app): State<App>, call: Call<EventQuery>) -> Answer {
    let query = query(&call.query, CONTEST_EVENT_TYPES)?;
    let (principal, arena_id) = (&call.principal, call.arena_id());
    page_of(&app, query, |query| app.manager.contest_events(principal, arena_id, query)).await
}

/// Reads a page, at once when the server drains.
async fn page_of<F>(
    app: &App,
    query: arena_runtime::EventQuery,
    read: impl Fn(arena_runtime::EventQuery) -> F,
) -> Answer
where
    F: Future<Output = Result<arena_runtime::EventPage, RuntimeError>>,
{
    let at_once = arena_runtime::EventQuery { wait: None, ..query.clone() };
    let found = tokio::select! {
        biased;
        found = read(query) => found?,
        () = app.drained() => read(at_once).await?,
    };
    let items = found.items.into_iter().map(shape::event).collect();
    Ok(json(StatusCode::OK, &EventPage { items, head: found.head }))
}

fn query(asked: &EventQuery, types: &[&str]) -> Result<arena_runtime::EventQuery, Failure> {
    let wait_ms = u64::from(asked.wait_ms.unwrap_or_default());
    if wait_ms > LONGEST_WAIT_MS {
        return Err(Problem::invalid("wait_ms", "a wait is at most 60000 ms").into());
    }
    let actor = match asked.actor.as_deref().map(str::parse::<AgentId>) {
        Some(Ok(actor)) => Some(actor),
        Some(Err(error)) => return Err(Problem::invalid("actor", error).into()),
        None => None,
    };
    let kinds = asked.kind.as_deref().unwrap_or_default().split(',').filter(|kind| !kind.is_empty());
    if let Some(unknown) = kinds.clone().find(|kind| !types.contains(kind)) {
        return Err(Problem::invalid("type", format!("there are no events of the type {unknown}")).into());
    }
    Ok(arena_runtime::EventQuery {
        after: asked.after.unwrap_or_default(),
        limit: page::limit(asked.limit)?,
        wait: (wait_ms > 0).then(|| Duration::from_millis(wait_ms)),
        kinds: kinds.map(str::to_owned).collect(),
        actor,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_those_of_the_core() {
        assert_eq!(EVENT_TYPES, variants::<arena_core::ArenaEvent>());
        assert_eq!(CONTEST_EVENT_TYPES, variants::<arena_core::contest::ContestEvent>());
    }

    fn variants<T: std::fmt::Debug + serde::de::DeserializeOwned>() -> Vec<String> {
        let error = serde_json::from_str::<T>("{\"nope\": {}}").unwrap_err().to_string();
        let (_, expected) = error.split_once("expected one of ").unwrap();
        expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }
}
