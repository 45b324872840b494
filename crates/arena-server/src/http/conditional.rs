//! Reads that are answered with nothing when the caller knows the answer already.

use arena_core::Sequence;
use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::answer::{etag, json};

/// Answers with `value` and its sequence as ETag, or with 304 when `If-None-Match` names that.
pub(super) fn answer<T: Serialize>(
    headers: &HeaderMap,
    sequence: Sequence,
    value: impl FnOnce() -> T,
) -> Response {
    let tag = etag(sequence);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag.as_bytes()
    });
    if is_known {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    let mut response = json(StatusCode::OK, &value());
    response.headers_mut().insert(header::ETAG, tag);
    response
}
