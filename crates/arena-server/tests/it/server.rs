//! The server itself: health, metrics, docs, addresses, time limits.

use std::time::Duration;

use arena_runtime::{ArenaManager, Options};
use arena_server::{Config, ServeError};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::world::World;

#[tokio::test]
async fn health_needs_no_token() {
    let world = World::start().await;
    assert_eq!(world.get("/healthz", "").await.ok(200).text("status"), "ok");
    assert_eq!(world.get("/readyz", "").await.ok(200).field("ready"), true);
}

#[tokio::test]
async fn metrics_are_the_operators() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    world.get("/metrics", "").await.refused(401, "unauthenticated");
    world.get("/metrics", &alice).await.refused(403, "forbidden");
    let text = String::from_utf8(world.get("/metrics", &world.operator).await.ok(200).bytes).unwrap();
    assert!(text.contains("arena_http_requests_total{class=\"4xx\"} 2\n"), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, number) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("arena_") && number.parse::<f64>().is_ok(), "{line}");
    }
    assert!(text.contains("# TYPE arena_events_total counter"));
}

#[tokio::test]
async fn docs_ask_nothing_of_other_machines() {
    let world = World::start().await;
    let page = world.get("/docs", "").await.ok(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let text = String::from_utf8(page.bytes).unwrap();
    for outside in ["http://", "https://", "//cdn", "@import", " src="] {
        assert!(!text.contains(outside), "the page holds {outside}");
    }
    assert!(text.contains("fetch('/openapi.json')"));
}

#[tokio::test]
async fn a_public_address_needs_to_be_allowed() {
    let manager = ArenaManager::open(Options::in_memory()).unwrap();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = arena_server::serve(listener, manager.clone(), Config::default(), async {}).await;
    assert!(matches!(refused, Err(ServeError::PublicAddress(_))), "{refused:?}");
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let config = Config { allow_public: true, ..Config::default() };
    arena_server::serve(listener, manager, config, async {}).await.unwrap();
}

#[tokio::test]
async fn a_method_that_a_route_does_not_know_is_answered_with_those_it_does() {
    let world = World::start().await;
    let answer = world.delete("/v1/arenas", "").await.refused(405, "method_not_allowed");
    let allowed = answer.header("allow");
    assert!(allowed.contains("GET") && allowed.contains("POST"), "{allowed}");
}

#[tokio::test]
async fn a_body_that_never_comes_is_given_up() {
    let world = World::with(|_| (), |config| config.request_timeout = Duration::from_millis(200)).await;
    let alice = world.agent("alice").await;
    let mut stream = TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /v1/arenas HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {alice}\r\ncontent-length: 10\r\n\r\n{{"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4_096];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 504"), "{answer}");
    assert!(answer.contains("\"code\":\"timeout\""), "{answer}");
}

#[tokio::test]
async fn the_manager_stays_open_after_the_server_and_keeps_what_was_answered() {
    let mut world = World::start().await;
    let cast = world.arena(json!([])).await;
    world.stop();
    world.drained().await;
    let arena_id = cast.id.parse().unwrap();
    let state = world.manager.arena(&arena_runtime::Principal::Operator, arena_id).await.unwrap();
    assert_eq!(state.shared.goal().as_ref(), "ship it");
    world.manager.shutdown().await;
}

/// Sends bytes and reads what comes until the connection is closed.
async fn raw(world: &World, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.url.trim_start_matches("http://")).await.unwrap();
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn what_is_not_http_is_answered_and_the_connection_closed() {
    let world = World::start().await;
    let many = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "a: b\r\n".repeat(200));
    for (request, status) in [
        ("nonsense\r\n\r\n", "400"),
        ("GET /\x01 HTTP/1.1\r\nhost: localhost\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nbad header\r\n\r\n", "400"),
        ("POST /v1/agents HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n", "400"),
        (
            "POST /v1/agents HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "400",
        ),
        (many.as_str(), "431"),
    ] {
        let answer = raw(&world, request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answer:?}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}
