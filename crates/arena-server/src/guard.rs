//! What surrounds every handler: who may ask at all, a time limit, a net for panics, counting, headers that browsers
//! heed; and what answers where there is no handler.

mod origin;
mod places;
mod rates;
pub(crate) mod secrets;

use std::{
    net::{IpAddr, SocketAddr},
    panic::AssertUnwindSafe,
};

use arena_api::{Code, Problem};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;

pub(crate) use self::{
    places::{Place, Places},
    rates::{Caller, Rates},
};
use crate::{app::App, error::Failure, mcp};

/// How much longer a read of events may take: the longest wait that can be asked for.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_millis(crate::http::LONGEST_WAIT_MS);

/// What an answer is treated as unless it says otherwise: data, which runs nothing, stands in no page and is kept by nobody.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
];

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Peer {
    fn address(self) -> IpAddr {
        self.0.ip()
    }

    /// Whose connections count as one's.
    pub(crate) fn caller(self) -> Caller {
        Caller::at(Some(self.address()))
    }
}

/// What is told to one at an address that has as many connections as it may.
pub(crate) fn too_many_connections(most: usize) -> Response {
    let detail =
        format!("{most} connections of this address are open already; close one, or try again later");
    let mut response = Failure::full(detail, most).into_response();
    harden(response.headers_mut());
    response
}

/// Carries out the request, whatever happens.
pub(crate) async fn watch_over(State(app): State<App>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let logged = tracing::enabled!(tracing::Level::DEBUG)
        .then(|| format!("{} {}", request.method(), secrets::without(request.uri().path())));
    let response = match admit(&app, &request, peer) {
        Ok(()) => carried_out(&app, request, next).await,
        Err(failure) => failure.into_response(),
    };
    let mut response = match response.status() {
        StatusCode::UNAUTHORIZED => {
            take(&app, Caller::at(peer.map(Peer::address))).map_or_else(Failure::into_response, |()| response)
        }
        _ => response,
    };
    harden(response.headers_mut());
    if let Some(asked) = logged {
        tracing::debug!(status = response.status().as_u16(), "{asked}");
    }
    app.metrics.count(response.status());
    response
}

/// Refuses what nobody who means well sends, whoever it is.
fn admit(app: &App, request: &Request, peer: Option<Peer>) -> Result<(), Failure> {
    origin::check(&app.config, request.uri(), request.headers(), peer)?;
    if request.uri().path_and_query().is_some_and(|address| secrets::is_told(address.as_str())) {
        let detail = "a token stands in the address, where logs keep it; replace or revoke it, and send the new one in `Authorization`";
        return Err(Failure::new(Code::Malformed, detail));
    }
    Ok(())
}

/// Takes one request from a caller's share.
pub(crate) fn take(app: &App, caller: Caller) -> Result<(), Failure> {
    app.rates.take(caller, arena_runtime::steady_now()).map_err(Failure::rate_limited)
}

/// Takes one request from the share of whoever is at the other end, who has no token.
pub(crate) fn take_nameless(app: &App, extensions: &Extensions) -> Result<(), Failure> {
    take(app, Caller::at(extensions.get::<Peer>().copied().map(Peer::address)))
}

fn harden(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
}

async fn carried_out(app: &App, request: Request, next: Next) -> Response {
    let limit = match request.uri().path() {
        path if path.ends_with("/events") => app.config.request_timeout + LONGEST_WAIT,
        mcp::PATH => app.config.request_timeout + mcp::LONGEST_WAIT,
        _ => app.config.request_timeout,
    };
    let answered = tokio::time::timeout(limit, AssertUnwindSafe(next.run(request)).catch_unwind()).await;
    match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a handler panicked; the request was answered with `internal`");
            Failure::new(Code::Internal, "the server is at fault; look at its log").into_response()
        }
        Err(_) => {
            let detail = "no answer in time; it may or may not have been carried out: repeat it with its Idempotency-Key";
            Failure::new(Code::Timeout, detail).into_response()
        }
    }
}

/// Answers where no route is.
pub(crate) async fn no_such_route(uri: Uri) -> Failure {
    nothing_at(uri.path())
}

/// Says that there is nothing at a path.
pub(crate) fn nothing_at(path: &str) -> Failure {
    Failure::new(Code::NotFound, format!("there is nothing at {path}; the routes are listed at /docs"))
}

/// Answers where a route does not know the method.
pub(crate) async fn no_such_method(method: Method, uri: Uri) -> Failure {
    let detail = format!("{} does not know {method}; the routes are listed at /docs", uri.path());
    Failure::from(Problem::new(Code::MethodNotAllowed, detail))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use arena_runtime::{ArenaManager, Options};
    use axum::{Router, body::Body, middleware, routing::get};
    use tokio::sync::watch;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;

    async fn answer(path: &str) -> (u16, Problem) {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let config = Config { request_timeout: Duration::from_millis(20), ..Config::default() };
        let app = App::new(manager, config, bytes::Bytes::new(), watch::channel(false).1);
        let routes = Router::new()
            .route("/panics", get(async || -> &'static str { panic!("as it was told to") }))
            .route("/hangs", get(async || std::future::pending::<&'static str>().await))
            .layer(middleware::from_fn_with_state(app, watch_over));
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let response = routes.oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_answered_as_internal() {
        let (status, problem) = answer("/panics").await;
        assert_eq!((status, problem.code), (500, Code::Internal));
    }

    #[tokio::test]
    async fn a_handler_that_hangs_is_given_up() {
        let (status, problem) = answer("/hangs").await;
        assert_eq!((status, problem.code, problem.retryable), (504, Code::Timeout, true));
    }
}
