//! `/` and `/console/`: the console, a page of plain modules that are part of this program, and who is signed in to it.

mod files;
mod session;

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{answer::Answer, app::App, error::Failure, guard};
use files::File;

/// The page may load what this server serves and ask this server, and nothing else: no script or style that stands in a page.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/console/session", get(session::session))
        .route("/console/{file}", get(file))
}

async fn page(headers: HeaderMap) -> Answer {
    answer(files::find(files::PAGE), files::PAGE, &headers)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Answer {
    answer(files::find(&name), &name, &headers)
}

/// Answers with the file, or that the browser has it already.
fn answer(found: Option<&'static File>, name: &str, asked: &HeaderMap) -> Answer {
    let Some(file) = found else { return Err(nothing_at(name)) };
    let tag = file.tag();
    let is_known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &tag));
    let mut response: Response =
        if is_known { StatusCode::NOT_MODIFIED.into_response() } else { file.content.into_response() };
    let headers: [(HeaderName, HeaderValue); 8] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type())),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        // Another version of this program has other files under the same names.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        (header::ETAG, tag),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

fn nothing_at(name: &str) -> Failure {
    guard::nothing_at(&format!("/console/{name}"))
}

/// Whether a list of tags, or `*`, names this one.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == tag || one == "*")
}

#[cfg(test)]
mod tests {
    use arena_runtime::{ArenaManager, Options};
    use axum::{body::Body, http::Request};
    use tower::ServiceExt;

    use super::*;
    use crate::Config;

    async fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response {
        let manager = ArenaManager::open(Options::in_memory()).unwrap();
        let request = headers.iter().fold(Request::builder().uri(path), |request, (name, value)| {
            request.header(name, HeaderValue::from_str(value).unwrap())
        });
        crate::router(manager, Config::default()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn the_page_may_run_nothing_that_stands_in_it_and_ask_nobody_else() {
        let answered = get("/", &[]).await;
        assert_eq!(answered.status(), 200);
        let policy = answered.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let types: Vec<_> = answered.headers().get_all(header::CONTENT_TYPE).iter().collect();
        assert_eq!(types, ["text/html; charset=utf-8"]);
        assert_eq!(answered.headers().get_all(header::CONTENT_SECURITY_POLICY).iter().count(), 1);
    }

    #[tokio::test]
    async fn a_file_that_the_browser_has_is_not_sent_again() {
        let first = get("/console/main.js", &[]).await;
        let tag = first.headers()[header::ETAG].to_str().unwrap().to_owned();
        let again = get("/console/main.js", &[(header::IF_NONE_MATCH, &tag)]).await;
        assert_eq!((first.status().as_u16(), again.status().as_u16()), (200, 304));
        let other = get("/console/main.js", &[(header::IF_NONE_MATCH, "\"0\"")]).await;
        assert_eq!(other.status(), 200);
    }

    #[tokio::test]
    async fn only_files_of_the_console_are_served() {
        for path in ["/console/nothing.js", "/console/..%2Fsrc%2Flib.rs", "/console/"] {
            assert_eq!(get(path, &[]).await.status(), 404, "{path}");
        }
    }

    /// What the page asks about itself may change with the page: programs find their answers under `/v1`.
    #[test]
    fn nothing_of_the_console_is_in_the_contract() {
        let document = serde_json::to_value(crate::document()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        assert!(paths.keys().any(|path| path == "/v1/arenas"));
        let own: Vec<_> = paths.keys().filter(|path| *path == "/" || path.starts_with("/console")).collect();
        assert_eq!(own, Vec::<&String>::new());
    }

    #[tokio::test]
    async fn who_is_signed_in_is_told_to_nobody_without_a_token() {
        assert_eq!(get("/console/session", &[]).await.status(), 401);
        let wrong = [(header::AUTHORIZATION, "Bearer nonsense")];
        assert_eq!(get("/console/session", &wrong).await.status(), 401);
    }
}
