//! What surrounds every handler: a time limit, a net for panics, counting; and what answers where there is no handler.

use std::panic::AssertUnwindSafe;

use arena_api::{Code, Problem};
use axum::{
    extract::{Request, State},
    http::{Method, Uri},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;

use crate::{app::App, error::Failure};

/// How much longer a read of events may take: the longest wait that can be asked for.
const LONGEST_WAIT: std::time::Duration = std::time::Duration::from_millis(crate::http::LONGEST_WAIT_MS);

/// Carries out the request, whatever happens.
pub(crate) async fn watch_over(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = if request.uri().path().ends_with("/events") {
        app.config.request_timeout + LONGEST_WAIT
    } else {
        app.config.request_timeout
    };
    let answered = tokio::time::timeout(limit, AssertUnwindSafe(next.run(request)).catch_unwind()).await;
    let response = match answered {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            tracing::error!("a handler panicked; the request was answered with `internal`");
            Failure::new(Code::Internal, "the server is at fault; look at its log").into_response()
        }
        Err(_) => {
            let detail = "no answer in time; it may or may not have been carried out: repeat it with its Idempotency-Key";
            Failure::new(Code::Timeout, detail).into_response()
        }
    };
    app.metrics.count(response.status());
    response
}

/// Answers where no route is.
pub(crate) async fn no_such_route(uri: Uri) -> Failure {
    Failure::new(
        Code::NotFound,
        format!("there is nothing at {}; the routes are listed at /docs", uri.path()),
    )
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
