//! How successes are answered: one JSON body, rendered once, with the arena's sequence as its ETag.

use arena_core::Sequence;
use arena_runtime::Reply;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Serialize;

use crate::error::Failure;

/// What a handler answers.
pub(crate) type Answer = Result<Response, Failure>;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Answers with `value` as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    bytes(status, serde_json::to_vec(value).unwrap_or_default())
}

/// Answers with JSON that is rendered already.
pub(crate) fn bytes(status: StatusCode, body: impl Into<Bytes>) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], body.into()).into_response()
}

/// Answers what could not be read, in JSON of the caller's protocol.
pub(crate) fn unreadable(value: &impl Serialize) -> Response {
    json(StatusCode::BAD_REQUEST, value)
}

/// Answers a command with what the runtime rendered.
pub(crate) fn reply(status: StatusCode, reply: Reply) -> Response {
    let tag = reply.sequence.map(etag);
    let mut response = bytes(status, reply.body);
    if let Some(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// A sequence as an ETag.
pub(crate) fn etag(sequence: Sequence) -> HeaderValue {
    HeaderValue::try_from(format!("\"{sequence}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}
