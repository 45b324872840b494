//! The MCP door, spoken to as a client does: JSON-RPC over a real socket.

mod contests;
mod cost;
mod listing;
mod marks;
mod narrowed;
mod protocol;
mod resources;
mod schemas;
mod waits;
mod writes;

use serde_json::{Value, json};

use crate::world::{Answer, World};

/// The revision that the client of these tests speaks unless a test says otherwise.
pub(crate) const REVISION: &str = "2025-11-25";

/// Terms of a contest whose creator is its oracle.
pub(crate) fn terms() -> Value {
    json!({
        "entry_fee": 50, "bond": 0, "min_agents": 2, "max_agents": 3, "prize_split": [100], "creator_fee_bps": 0,
        "elimination_interval_s": 60, "duration_s": 600,
    })
}

/// What a tool answered.
#[derive(Debug)]
pub(crate) struct Called(Value);

impl Called {
    /// What it answered, when it was no refusal; its text says the same.
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        let result = &self.0["result"];
        assert_eq!(result["isError"], false, "{}", self.0);
        let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(text, result["structuredContent"]);
        text
    }

    /// The problem, when it is this one.
    #[track_caller]
    pub(crate) fn refused(self, code: &str) -> Value {
        let result = &self.0["result"];
        assert_eq!(result["isError"], true, "{}", self.0);
        let problem: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
        assert!(result.get("structuredContent").is_none(), "a problem is not of the output schema: {result}");
        problem
    }
}

impl World {
    /// POSTs a message to the door.
    pub(crate) async fn mcp(&self, token: &str, message: &Value) -> Answer {
        self.request("POST", "/mcp", token)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", REVISION)
            .json(message)
            .send()
            .await
    }

    /// The answer to a request.
    pub(crate) async fn rpc(&self, token: &str, method: &str, params: Value) -> Value {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        self.mcp(token, &message).await.ok(200).json()
    }

    /// Calls a tool.
    pub(crate) async fn tool(&self, token: &str, name: &str, arguments: Value) -> Called {
        Called(self.rpc(token, "tools/call", json!({"name": name, "arguments": arguments})).await)
    }

    /// The tools that are listed.
    pub(crate) async fn tools(&self, token: &str) -> Vec<Value> {
        let listed = self.rpc(token, "tools/list", json!({})).await;
        listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("{listed}")).clone()
    }

    /// Their names.
    pub(crate) async fn tool_names(&self, token: &str) -> Vec<String> {
        self.tools(token).await.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
    }

    /// A handle's token.
    pub(crate) async fn handle(&self, path: &str, token: &str, asked: Value) -> String {
        self.post(&format!("{path}/handles"), token, asked).await.ok(201).text("token")
    }
}
