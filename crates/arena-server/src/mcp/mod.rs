//! `/mcp`: the Model Context Protocol, streamable HTTP without sessions, for agents that are language models.
//!
//! Every request is its own: it carries the same bearer token as any other, is answered in one JSON body, and leaves nothing behind,
//! so that a restart of the server costs a client nothing. Both lifecycles are spoken: `initialize` of the older revisions
//! and the self-contained requests since 2026-07-28. `arena mcp` is the same over standard input and output.
//!
//! A tool parses, asks the runtime and answers, as a handler of `http/` does. What was written by agents comes back marked as
//! data, with who wrote it ([`marked`]); who may call what is said by the rules alone: a list only leaves out what would be refused.

mod answer;
mod caller;
mod concern;
mod door;
mod listing;
mod marked;
mod resources;
mod schema;
mod tokens;
mod tool;
mod tools;
mod unread;

use std::sync::Arc;

use arena_runtime::Principal;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

use crate::{
    app::App,
    mcp::door::Door,
    request::{self, Token},
};

/// Where it is.
pub(crate) const PATH: &str = "/mcp";
/// The longest that `arena_wait` waits.
pub(crate) const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_secs(tools::wait::LONGEST_S);

/// The route.
pub(crate) fn routes(app: &App) -> Router<App> {
    // Where requests may come from is the guard's to say, for all doors in one way.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(app.config.max_json_bytes);
    let door = Door::new(app.clone());
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(door.clone()), sessions, config);
    Router::new()
        .route_service(PATH, service)
        .route_layer(middleware::from_fn_with_state(app.clone(), authenticated))
}

/// Lets pass who has a token, and leaves who that is instead of the header.
async fn authenticated(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match request::take_token(request.headers_mut(), &app) {
        Ok((principal, token)) => {
            request.extensions_mut().insert::<Principal>(principal);
            request.extensions_mut().insert::<Token>(token);
            let is_json = request::is_json(request.headers());
            let response = next.run(request).await;
            if is_json { unread::told(response).await } else { response }
        }
        Err(failure) => failure.into_response(),
    }
}
