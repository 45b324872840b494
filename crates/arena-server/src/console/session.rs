//! `/console/session`: whose token it is and what time the rules have, which the page needs to know what to offer.
//!
//! It is the page's own, changes with it, and is not part of the HTTP contract: the OpenAPI document does not name it.

use arena_core::{AgentId, ArenaId, Timestamp};
use arena_runtime::Principal;
use axum::{extract::State, http::StatusCode};
use serde::Serialize;

use crate::{
    answer::{Answer, json},
    app::App,
    request::Call,
};

/// Who is signed in, to what.
#[derive(Serialize)]
struct Session {
    kind: &'static str,
    agent_id: AgentId,
    /// The only arena that a handle is good for.
    #[serde(skip_serializing_if = "Option::is_none")]
    arena_id: Option<ArenaId>,
    /// The time that leases and deadlines are measured by.
    now: Timestamp,
    /// Whether that time moves only when it is told to.
    test_clock: bool,
    version: &'static str,
}

pub(super) async fn session(State(app): State<App>, call: Call) -> Answer {
    let (kind, arena_id) = match &call.principal {
        Principal::Operator => ("operator", None),
        Principal::Agent(_) => ("agent", None),
        Principal::Handle(grant) => ("handle", Some(grant.arena_id)),
    };
    let session = Session {
        kind,
        agent_id: call.principal.agent_id(),
        arena_id,
        now: app.manager.now(),
        test_clock: app.manager.has_test_clock(),
        version: env!("CARGO_PKG_VERSION"),
    };
    Ok(json(StatusCode::OK, &session))
}
