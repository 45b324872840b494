//! One line of JSON-RPC: what it is, and what it needs as headers on its way.

use serde_json::{Map, Value, json};

/// A line that was read.
pub(super) enum Message {
    /// Something that wants an answer.
    Request(Request),
    /// The client no longer wants the answer to a request.
    Cancelled(Value),
    /// Something that needs no answer and that a server without sessions has no use for.
    Passed,
    /// Nothing that can be understood; what to answer.
    Wrong(String),
}

/// A request.
pub(super) struct Request {
    pub(super) id: Value,
    pub(super) method: String,
    body: Map<String, Value>,
}

/// An answer that is an error of JSON-RPC.
pub(super) fn error(id: &Value, code: i32, message: &str, data: Option<Value>) -> String {
    let mut error = json!({"code": code, "message": message});
    if let (Some(data), Some(fields)) = (data, error.as_object_mut()) {
        fields.insert("data".to_owned(), data);
    }
    json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string()
}

impl Message {
    /// Reads a line.
    pub(super) fn read(line: &str) -> Self {
        let body = match serde_json::from_str::<Value>(line) {
            Ok(Value::Object(body)) => body,
            Ok(_) => {
                return Self::Wrong(error(
                    &Value::Null,
                    -32600,
                    "a message is one JSON object on a line",
                    None,
                ));
            }
            Err(reason) => {
                return Self::Wrong(error(&Value::Null, -32700, &format!("not JSON: {reason}"), None));
            }
        };
        let method = body.get("method").and_then(Value::as_str).map(str::to_owned);
        match (method, body.get("id").cloned()) {
            (Some(method), Some(id)) => Self::Request(Request { id, method, body }),
            (Some(method), None) if method == "notifications/cancelled" => {
                let id = body.get("params").and_then(|params| params.get("requestId"));
                Self::Cancelled(id.cloned().unwrap_or_default())
            }
            (Some(_), None) | (None, _) => Self::Passed,
        }
    }
}

impl Request {
    fn param(&self, name: &str) -> Option<&Value> {
        self.body.get("params")?.get(name)
    }

    /// Whether it agrees on a revision.
    pub(super) fn is_handshake(&self) -> bool {
        self.method == "initialize"
    }

    /// What its revision wants to be said outside of it; `agreed` is the revision of the handshake.
    pub(super) fn headers(&self, agreed: Option<&str>) -> Vec<(&'static str, String)> {
        if self.is_handshake() {
            return Vec::new();
        }
        let own = self.param("_meta").and_then(|meta| meta.get("io.modelcontextprotocol/protocolVersion"));
        let Some(revision) = own.and_then(Value::as_str).or(agreed) else { return Vec::new() };
        let mut headers = vec![("mcp-protocol-version", revision.to_owned())];
        if own.is_some() {
            headers.push(("mcp-method", self.method.clone()));
            let name = self.param("name").or_else(|| self.param("uri")).and_then(Value::as_str);
            if let Some(name) = name.filter(|name| name.bytes().all(|byte| byte.is_ascii_graphic())) {
                headers.push(("mcp-name", name.to_owned()));
            }
        }
        headers
    }

    /// Gives a call of a tool a key when it has none, so that it can be sent again when a connection breaks.
    pub(super) fn make_repeatable(&mut self, key: &str) {
        if self.method != "tools/call" {
            return;
        }
        let Some(Value::Object(params)) = self.body.get_mut("params") else { return };
        let arguments = params.entry("arguments").or_insert_with(|| json!({}));
        let Some(arguments) = arguments.as_object_mut() else { return };
        if arguments.get("key").is_none_or(Value::is_null) {
            arguments.insert("key".to_owned(), json!(key));
        }
    }

    /// The line to send.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(&self.body).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &Value) -> Request {
        match Message::read(&line.to_string()) {
            Message::Request(request) => request,
            _ => panic!("{line} is a request"),
        }
    }

    #[test]
    fn a_request_of_the_current_revision_says_outside_what_it_is() {
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"});
        let call = json!({"id": 1, "method": "tools/call", "params": {"name": "arena_brief", "_meta": meta}});
        let headers = request(&call).headers(Some("2025-06-18"));
        let expected = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "arena_brief"),
        ];
        assert_eq!(headers, expected.map(|(name, value)| (name, value.to_owned())));
        let older = json!({"id": 1, "method": "tools/list"});
        let headers = request(&older).headers(Some("2025-06-18"));
        assert_eq!(headers, [("mcp-protocol-version", "2025-06-18".to_owned())]);
        let handshake = json!({"id": 1, "method": "initialize", "params": {}});
        assert!(request(&handshake).headers(Some("2025-06-18")).is_empty());
    }

    #[test]
    fn only_a_call_without_a_key_is_given_one() {
        for (arguments, key) in
            [(json!({}), "k"), (json!({"key": null}), "k"), (json!({"key": "own"}), "own")]
        {
            let mut call =
                request(&json!({"id": 1, "method": "tools/call", "params": {"arguments": arguments}}));
            call.make_repeatable("k");
            assert_eq!(call.param("arguments").unwrap()["key"], key);
        }
        let mut list = request(&json!({"id": 1, "method": "tools/list", "params": {}}));
        list.make_repeatable("k");
        assert!(!list.text().contains("key"));
    }

    #[test]
    fn what_is_no_request_is_told_apart() {
        assert!(matches!(Message::read("{"), Message::Wrong(answer) if answer.contains("-32700")));
        assert!(matches!(Message::read("[]"), Message::Wrong(answer) if answer.contains("-32600")));
        assert!(matches!(Message::read("{\"method\": \"notifications/initialized\"}"), Message::Passed));
        let cancelled = "{\"method\": \"notifications/cancelled\", \"params\": {\"requestId\": 5}}";
        assert!(matches!(Message::read(cancelled), Message::Cancelled(id) if id == 5));
    }
}
