//! What is said of a body that is no message: an error of the protocol, where the library answers that it does not take JSON.

use axum::{body::to_bytes, response::Response};
use rmcp::model::ErrorCode;
use serde_json::json;

use crate::{answer, guard::secrets};

/// The status that the library answers with.
const UNSUPPORTED: u16 = 415;
/// The longest that is kept of what the library says.
const MOST_BYTES: usize = 4_096;
/// How it begins, and how it goes on where the body is JSON.
const BEGINS: &str = "fail to deserialize request body ";
const IS_JSON: &str = "unrecognized";

/// The response to a body of JSON's media type; if it was not read, as an error of the protocol.
pub(super) async fn told(response: Response) -> Response {
    if response.status().as_u16() != UNSUPPORTED {
        return response;
    }
    let said = to_bytes(response.into_body(), MOST_BYTES).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    let reason = said.strip_prefix(BEGINS).unwrap_or(&said);
    let (code, message) = if reason.starts_with(IS_JSON) {
        (
            ErrorCode::INVALID_REQUEST,
            "the body is no JSON-RPC message; send one object with jsonrpc, id and method".to_owned(),
        )
    } else {
        (ErrorCode::PARSE_ERROR, format!("the body is not JSON: {}", secrets::without(reason)))
    };
    answer::unreadable(&json!({"jsonrpc": "2.0", "id": null, "error": {"code": code.0, "message": message}}))
}
