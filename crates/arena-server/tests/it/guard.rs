//! What stands before every handler: names and origins, sizes, numbers, and tokens that are kept out of sight.

use std::{num::NonZeroU32, time::Duration};

use arena_server::RateLimit;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::World;

const ROUTES: [&str; 8] =
    ["/", "/docs", "/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/arenas", "/nothing/here"];

async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap()
}

/// Sends a request in its own connection, and answers all that comes back until it is closed.
async fn raw(world: &World, request: &str) -> String {
    let mut stream = connect(world).await;
    // The server may answer and close before all of it is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    rest(&mut stream).await
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer));
    let _ = read.await.expect("the connection is closed in the end");
    String::from_utf8_lossy(&answer).into_owned()
}

/// Looks again and again until it is so.
async fn in_the_end(is_so: impl AsyncFn() -> bool) {
    let looking = async { while !is_so().await {} };
    tokio::time::timeout(Duration::from_secs(20), looking).await.expect("it is so in the end");
}

async fn status(world: &World, path: &str, headers: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\n{headers}connection: close\r\n\r\n");
    let answer = raw(world, &request).await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

fn limit(requests: u32) -> Option<RateLimit> {
    Some(RateLimit { requests: NonZeroU32::new(requests).unwrap(), per: Duration::from_secs(3_600) })
}

#[tokio::test]
async fn a_name_that_somebody_lets_resolve_to_this_machine_opens_no_door() {
    let world = World::start().await;
    let port = world.url.rsplit(':').next().unwrap().to_owned();
    for path in ROUTES.into_iter().chain(["/mcp"]) {
        for host in [
            "evil.example".to_owned(),
            format!("evil.example:{port}"),
            format!("127.0.0.1.evil.example:{port}"),
        ] {
            let headers = format!("host: {host}\r\nauthorization: Bearer {}\r\n", world.operator);
            assert_eq!(status(&world, path, &headers).await, "403", "{path} {host}");
        }
        assert_eq!(status(&world, path, "").await, "400", "{path} without a host");
        assert_eq!(status(&world, path, "host: localhost\r\nhost: evil.example\r\n").await, "400", "{path}");
    }
    for host in [
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        "localhost".into(),
    ] {
        assert_eq!(status(&world, "/healthz", &format!("host: {host}\r\n")).await, "200", "{host}");
    }
    // The first line can name it too.
    assert_eq!(status(&world, "http://evil.example/healthz", "host: evil.example\r\n").await, "403");
}

#[tokio::test]
async fn a_page_of_another_origin_gets_nothing_even_with_a_token() {
    let world = World::start().await;
    let at = |origin: &'static str| {
        let request = world.request("GET", "/v1/arenas", &world.operator);
        async move { request.header("origin", origin).send().await }
    };
    for origin in ["http://evil.example", "null", "http://localhost:1", "https://evil.example:443"] {
        at(origin).await.refused(403, "forbidden");
    }
    let own = world.request("GET", "/v1/arenas", &world.operator).header("origin", &world.url).send().await;
    let own = own.ok(200);
    for header in ["access-control-allow-origin", "access-control-allow-credentials"] {
        assert_eq!(own.header(header), "", "no other page is let in");
    }
    let asked = world.request("OPTIONS", "/v1/arenas", "").header("origin", "http://evil.example");
    asked.header("access-control-request-method", "POST").send().await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_name_can_be_allowed() {
    let world = World::with(|_| (), |config| config.allow_hosts = vec!["arena.example".into()]).await;
    let page = "origin: https://arena.example\r\n";
    assert_eq!(status(&world, "/healthz", &format!("host: arena.example\r\n{page}")).await, "200");
    assert_eq!(status(&world, "/healthz", "host: other.example\r\n").await, "403");
}

#[tokio::test]
async fn every_answer_is_data_unless_it_says_otherwise() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let put = world.request("PUT", &cast.at("artifacts/page.html"), &cast.bob);
    put.header("content-type", "text/html").body("<script>1</script>").send().await.ok(200);
    let artifact = cast.at("artifacts/page.html");
    for path in ROUTES.iter().copied().chain([cast.path.as_str(), artifact.as_str()]) {
        let answer = world.get(path, &cast.alice).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert_eq!(policy.contains("sandbox"), path != "/" && path != "/docs", "{path}: {policy}");
        assert!(!answer.header("cache-control").is_empty(), "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_and_the_connection_closed() {
    let world = World::with(|_| (), |config| config.max_head_bytes = 16 << 10).await;
    let long = "a".repeat(64 << 10);
    for request in [
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-long: {long}\r\n\r\n"),
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {long}\r\n\r\n"),
        format!("GET /healthz?{long} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
    ] {
        let answer = raw(&world, &request).await;
        // What was not read when the connection was closed may have taken the answer with it.
        let refused =
            answer.is_empty() || answer.starts_with("HTTP/1.1 431 ") || answer.starts_with("HTTP/1.1 414 ");
        assert!(refused, "{answer}");
    }
    world.get("/healthz", "").await.ok(200);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let world = World::with(|_| (), |config| config.head_timeout = Duration::from_millis(50)).await;
    for said in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"] {
        let mut stream = connect(&world).await;
        stream.write_all(said.as_bytes()).await.unwrap();
        let answer = rest(&mut stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200 "), said.ends_with("\r\n\r\n"), "{said}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up_and_the_connection_closed() {
    let world = World::with(|_| (), |config| config.request_timeout = Duration::from_millis(100)).await;
    let mut stream = connect(&world).await;
    let token = &world.operator;
    let head = format!(
        "POST /v1/arenas HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-length: 100000\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 504 "), "{answer}");
    world.get("/healthz", "").await.ok(200);
}

#[tokio::test]
async fn more_connections_than_there_may_be_wait_for_a_place() {
    let world = World::with(|_| (), |config| config.max_connections = 2).await;
    let mut first = connect(&world).await;
    let mut second = connect(&world).await;
    let ask = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut part = [0; 12];
    for held in [&mut first, &mut second] {
        held.write_all(ask.as_bytes()).await.unwrap();
        held.read_exact(&mut part).await.unwrap();
    }
    let mut third = connect(&world).await;
    third.write_all(ask.as_bytes()).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(100), third.read_exact(&mut part)).await;
    assert!(waits.is_err(), "the third is answered only when there is a place");
    drop(first);
    third.read_exact(&mut part).await.unwrap();
    assert_eq!(&part, b"HTTP/1.1 200");
}

#[tokio::test]
async fn an_address_with_as_many_connections_as_it_may_have_is_told_so() {
    let world = World::with(|_| (), |config| config.max_connections_per_address = Some(2)).await;
    let ask = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut part = [0; 12];
    let mut held = [connect(&world).await, connect(&world).await];
    for one in &mut held {
        one.write_all(ask.as_bytes()).await.unwrap();
        one.read_exact(&mut part).await.unwrap();
    }
    let answer = raw(&world, ask).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let problem: serde_json::Value = serde_json::from_str(body).unwrap();
    assert!(head.starts_with("HTTP/1.1 429 ") && head.contains("retry-after: "), "{head}");
    assert!(head.contains("application/problem+json") && head.contains("nosniff"), "{head}");
    assert_eq!((&problem["code"], &problem["limit"]), (&json!("rate_limited"), &json!(2)));
    let token = format!("localhost\r\nauthorization: Bearer {}", world.operator);
    let again = ask.replace("healthz", "metrics").replace("localhost", &token);
    held[0].write_all(again.as_bytes()).await.unwrap();
    let mut metrics = String::new();
    while !metrics.contains("arena_connections_refused_total 1\n") {
        let mut some = [0; 1024];
        let count = held[0].read(&mut some).await.unwrap();
        assert!(count > 0, "{metrics}");
        metrics.push_str(&String::from_utf8_lossy(&some[..count]));
    }
    // Whoever closes one has room for another.
    drop(held);
    let again = ask.replace("localhost\r\n", "localhost\r\nconnection: close\r\n");
    in_the_end(async || raw(&world, &again).await.starts_with("HTTP/1.1 200 ")).await;
}

#[tokio::test]
async fn an_agent_has_as_many_streams_as_it_may_have_and_a_handle_others_of_its_own() {
    let world = World::with(|_| (), |config| config.max_streams_per_agent = Some(2)).await;
    let cast = world.arena(json!([])).await;
    let handle =
        world.post(&cast.at("handles"), &cast.bob, json!({"agent_id": "bob"})).await.ok(201).text("token");
    let path = cast.at("events");
    let open = async |token: &str| crate::live::Reader::open(&world, &path, token, None).await;
    let refused = async |token: &str| {
        world.request("GET", &path, token).header("accept", "text/event-stream").send().await
    };
    // Whoever coordinates may have made the handle: it takes nothing from the agent.
    let held = [open(&handle).await, open(&handle).await, open(&cast.bob).await, open(&cast.bob).await];
    for token in [&cast.bob, &handle] {
        let refused = refused(token).await.refused(429, "rate_limited");
        assert_eq!((refused.field("limit"), refused.field("retryable")), (json!(2), json!(true)));
    }
    // What one may not see at all is not said to be full.
    let elsewhere = world.post("/v1/arenas", &cast.olga, json!({"goal": "x"})).await.ok(201).text("arena_id");
    let elsewhere = format!("/v1/arenas/{elsewhere}/events");
    let unseen = world.request("GET", &elsewhere, &cast.bob).header("accept", "text/event-stream").send();
    unseen.await.refused(404, "not_found");
    // Pages are no streams, and others have places of their own; the operator needs none.
    world.get(&path, &cast.bob).await.ok(200);
    let others = [
        open(&cast.olga).await,
        open(&world.operator).await,
        open(&world.operator).await,
        open(&world.operator).await,
    ];
    drop(held);
    // A connection that was closed is noticed when something is sent.
    in_the_end(async || {
        world.post(&cast.at("messages"), &cast.alice, json!({"body": "go on"})).await.ok(201);
        world.manager.health().followers == others.len()
    })
    .await;
    open(&cast.bob).await;
}

#[tokio::test]
async fn an_agent_has_one_share_for_all_its_tokens() {
    let world = World::with(|_| (), |config| config.rate_limit = limit(6)).await;
    let cast = world.arena(json!([])).await;
    // One of alice's was spent on making the arena, one on activating it.
    let handle =
        world.post(&cast.at("handles"), &cast.bob, json!({"agent_id": "bob"})).await.ok(201).text("token");
    for token in [&cast.bob, &handle, &cast.bob, &handle, &handle] {
        world.get(&cast.path, token).await.ok(200);
    }
    for token in [&cast.bob, &handle] {
        let refused = world.get(&cast.path, token).await.refused(429, "rate_limited");
        assert_eq!(refused.field("retryable"), true);
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((590..=600).contains(&wait), "one in ten minutes, not {wait}");
    }
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "x"})).await.refused(429, "rate_limited");
    world.get(&cast.path, &cast.olga).await.ok(200);
    // What needs no token is not counted.
    for _ in 0..9 {
        world.get("/healthz", "").await.ok(200);
    }
}

#[tokio::test]
async fn whoever_has_no_good_token_has_one_share_for_its_address() {
    let world = World::with(|_| (), |config| config.rate_limit = limit(3)).await;
    for token in ["", "wrong", "arena_agent_wrong"] {
        world.get("/v1/arenas", token).await.refused(401, "unauthenticated");
    }
    world.get("/v1/arenas", "other").await.refused(429, "rate_limited");
    world.get("/v1/arenas", &world.operator).await.ok(200);
    let open = World::with(
        |options| options.open_registration = true,
        |config| (config.open_registration, config.rate_limit) = (true, limit(2)),
    )
    .await;
    for name in ["a", "b"] {
        open.post("/v1/agents", "", json!({"agent_id": name})).await.ok(201);
    }
    open.post("/v1/agents", "", json!({"agent_id": "c"})).await.refused(429, "rate_limited");
}

#[tokio::test]
async fn no_limit_is_set_unless_it_is_asked_for() {
    let world = World::start().await;
    for _ in 0..500 {
        world.get("/v1/arenas", &world.operator).await.ok(200);
    }
}

#[tokio::test]
async fn a_token_in_an_address_is_refused_and_not_repeated() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let cast_handle = "arena_handle_".to_owned() + &"Ab1-".repeat(12) + "." + &"x".repeat(43);
    for token in [&world.operator, &alice, &cast_handle] {
        for path in [
            format!("/v1/arenas?token={token}"),
            format!("/v1/agents/{token}"),
            format!("/nothing/{token}/here"),
            format!("/v1/agents/{}", token.replace("arena_", "arena%5f")),
            format!("/?access_token={token}"),
            format!("/healthz?{token}"),
        ] {
            let refused = world.get(&path, &world.operator).await.refused(400, "malformed");
            assert!(!String::from_utf8_lossy(&refused.bytes).contains(token.as_str()), "{refused:?}");
        }
    }
}

#[tokio::test]
async fn no_refusal_repeats_a_token() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let arena = world.post("/v1/arenas", &alice, json!({"goal": "x"})).await.ok(201).text("arena_id");
    let cast = format!("/v1/arenas/{arena}");
    let secret = alice.get(alice.len() - 24..).unwrap().to_owned();
    let at = |method: &'static str, path: String| world.request(method, &path, &alice);
    let answers = [
        at("POST", "/v1/arenas".into()).json(&json!({ &alice: 1 })).send().await,
        at("POST", "/v1/arenas".into()).json(&json!({"goal": "x", "strategy": &alice})).send().await,
        at("POST", "/v1/arenas".into()).body(alice.clone()).send().await,
        at("POST", "/v1/agents".into()).json(&json!({"agent_id": format!("{alice} ")})).send().await,
        at("POST", format!("{cast}/steps/claim")).json(&json!({"step": &alice})).send().await,
        at("PUT", format!("{cast}/facts/k")).json(&json!({"content": "x", "tags": &alice})).send().await,
        at("POST", format!("{cast}/messages")).json(&json!({"body": "x", "to": [&alice]})).send().await,
        at("POST", format!("{cast}/activate")).header("if-match", &alice).send().await,
        at("POST", format!("{cast}/activate")).header("idempotency-key", &format!("{alice}é")).send().await,
        world.get("/v1/arenas", &format!("{alice}x")).await,
    ];
    for answer in answers {
        let text = String::from_utf8_lossy(&answer.bytes).into_owned();
        assert!(answer.status >= 400 && !text.contains(&secret), "{} {text}", answer.status);
    }
}
