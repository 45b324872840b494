//! The protocol around the tools: revisions, tokens, where requests may come from.

use serde_json::{Value, json};

use crate::world::World;

fn initialize(revision: &str) -> Value {
    let params = json!({"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})
}

/// A request of the revision without a handshake.
fn modern(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
}

#[tokio::test]
async fn each_revision_with_a_handshake_is_spoken() {
    let world = World::start().await;
    let bob = world.agent("bob").await;
    for revision in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let request =
            world.request("POST", "/mcp", &bob).header("accept", "application/json, text/event-stream");
        let answer = request.json(&initialize(revision)).send().await.ok(200);
        assert_eq!(answer.header("mcp-session-id"), "", "there are no sessions to lose");
        let result = &answer.json()["result"];
        assert_eq!(result["protocolVersion"], revision);
        assert_eq!(result["serverInfo"]["name"], "arena");
        assert!(result["instructions"].as_str().unwrap().contains("arena_brief"));
        assert!(
            result["capabilities"]["tools"].is_object() && result["capabilities"]["resources"].is_object()
        );
        let said = world.mcp(&bob, &json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
        said.ok(202);
        let request =
            world.request("POST", "/mcp", &bob).header("accept", "application/json, text/event-stream");
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        let listed = request.header("mcp-protocol-version", revision).json(&list).send().await.ok(200).json();
        assert!(!listed["result"]["tools"].as_array().unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_current_revision_needs_no_handshake() {
    let world = World::start().await;
    let bob = world.agent("bob").await;
    let ask = |method: &'static str, name: &'static str, params: Value| {
        let request = world
            .request("POST", "/mcp", &bob)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method);
        let request = if name.is_empty() { request } else { request.header("mcp-name", name) };
        request.json(&modern(method, params)).send()
    };
    let found = ask("server/discover", "", json!({})).await.ok(200).json();
    let versions = found["result"]["supportedVersions"].as_array().unwrap_or_else(|| panic!("{found}"));
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")));
    let listed = ask("tools/list", "", json!({})).await.ok(200).json();
    assert_eq!(listed["result"]["cacheScope"], "private", "lists are made for who asks");
    assert!(!listed["result"]["tools"].as_array().unwrap().is_empty());
    let called =
        ask("tools/call", "arena_brief", json!({"name": "arena_brief", "arguments": {}})).await.ok(200);
    assert_eq!(called.json()["result"]["resultType"], "complete");
    assert!(called.json()["result"]["structuredContent"]["next"].is_string());
}

#[tokio::test]
async fn who_has_no_token_or_a_wrong_one_gets_nothing() {
    let world = World::start().await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    for token in ["", "arena_agent_nobody", "x"] {
        let refused = world.mcp(token, &list).await.refused(401, "unauthenticated");
        assert!(refused.header("www-authenticate").starts_with("Bearer"));
        world.mcp(token, &initialize("2025-11-25")).await.refused(401, "unauthenticated");
    }
    let bob = world.agent("bob").await;
    world.post("/v1/agents/bob/token", &bob, json!({})).await.ok(200);
    world.mcp(&bob, &list).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_revoked_handle_is_refused_at_its_next_request() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let issued = world.post(&cast.at("handles"), &cast.bob, json!({"agent_id": "bob"})).await.ok(201);
    let (token, handle) = (issued.text("token"), issued.text("handle"));
    world.tool(&token, "arena_brief", json!({})).await.ok();
    world.delete(&cast.at(&format!("handles/{handle}")), &cast.bob).await.ok(200);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "arena_brief"}});
    world.mcp(&token, &call).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn pages_and_names_of_elsewhere_are_refused() {
    let world = World::start().await;
    let bob = world.agent("bob").await;
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let send = |name: &'static str, value: String| {
        let request =
            world.request("POST", "/mcp", &bob).header("accept", "application/json, text/event-stream");
        request.header(name, &value).json(&list).send()
    };
    for origin in ["https://evil.example", "http://127.0.0.1.evil.example", "null"] {
        assert_eq!(send("origin", origin.to_owned()).await.status, 403, "{origin}");
    }
    for host in ["evil.example", "localhost.evil.example:80"] {
        assert_eq!(send("host", host.to_owned()).await.status, 403, "{host}");
    }
    send("origin", world.url.clone()).await.ok(200);
    send("host", "localhost:4700".to_owned()).await.ok(200);
}

#[tokio::test]
async fn what_is_no_request_is_told_so_and_the_server_lives() {
    let world = World::start().await;
    let bob = world.agent("bob").await;
    for body in ["", "{", "[]", "5", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":5}"] {
        let request =
            world.request("POST", "/mcp", &bob).header("accept", "application/json, text/event-stream");
        let answer = request.header("content-type", "application/json").body(body).send().await;
        assert!((400..500).contains(&answer.status), "{body}: {answer:?}");
        let said = answer.json();
        let code = if ["", "{"].contains(&body) { -32_700 } else { -32_600 };
        assert_eq!((&said["id"], &said["error"]["code"]), (&Value::Null, &json!(code)), "{body}: {said}");
    }
    // What is known but asked in another form is not called unknown.
    for params in [json!({"name": "arena_brief", "arguments": [1]}), json!({"name": 5}), json!({})] {
        let wrong = world.rpc(&bob, "tools/call", params).await;
        assert_eq!(wrong["error"]["code"], -32_602, "{wrong}");
        assert!(wrong["error"]["message"].as_str().unwrap().contains("`arguments`, an object"), "{wrong}");
    }
    let unknown = world.rpc(&bob, "tools/call", json!({"name": "nope", "arguments": {}})).await;
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    let unknown = world.rpc(&bob, "no/such", json!({})).await;
    assert_eq!(unknown["error"]["code"], -32601, "{unknown}");
    assert_eq!(world.get("/mcp", &bob).await.status, 405);
    assert!(world.rpc(&bob, "ping", json!({})).await["result"].is_object());
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_refused() {
    let world = World::with(|_| (), |config| config.max_json_bytes = 10_000).await;
    let bob = world.agent("bob").await;
    let call =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x".repeat(20_000)}});
    assert_eq!(world.mcp(&bob, &call).await.status, 413);
}
