//! Long polls: they end with the event, with the time, or with the server.

use std::{
    future::ready,
    pin::{Pin, pin},
    time::Duration,
};

use arena_server::Config;
use axum::{body::Body, http::Request};
use serde_json::json;
use tower::ServiceExt;

use crate::world::World;

#[tokio::test]
async fn a_wait_ends_with_the_event_it_waits_for() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("head");
    let path = cast.at(&format!("events?after={head}&wait_ms=20000&type=message_sent"));
    let wait = world.get(&path, &cast.olga);
    let say = async {
        // Another event does not end it.
        world.put(&cast.at("facts/k"), &cast.bob, json!({"content": "x"})).await.ok(200);
        world.post(&cast.at("messages"), &cast.bob, json!({"body": "now"})).await.ok(201)
    };
    let (page, said) = tokio::join!(wait, say);
    let page = page.ok(200).json();
    assert_eq!(page["items"][0]["data"], json!({"body": "now"}));
    assert_eq!(page["items"][0]["sequence"], said.field("sequence"));
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wait_for_nothing_ends_with_an_empty_page() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("head");
    let page =
        world.get(&cast.at(&format!("events?after={head}&wait_ms=30")), &cast.bob).await.ok(200).json();
    assert_eq!((&page["items"], &page["head"]), (&json!([]), &head));
}

#[tokio::test]
async fn draining_ends_waits_and_lets_requests_finish() {
    let mut world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("head");
    let client = arena_api::client::Client::new(&world.url, &cast.bob).unwrap();
    let arena = cast.id.parse().unwrap();
    let query = arena_api::events::EventQuery {
        after: Some(arena_core::Sequence::new(head.as_u64().unwrap())),
        wait_ms: Some(60_000),
        ..Default::default()
    };
    let waiting = tokio::spawn(async move { client.events(arena, &query).await });
    // The wait is on its way once the server counts no more requests than these; a beat is enough for it to begin.
    tokio::time::sleep(Duration::from_millis(100)).await;
    world.stop();
    let page = tokio::time::timeout(Duration::from_secs(5), waiting).await.expect("the wait ends").unwrap();
    assert!(page.expect("it is answered").items.is_empty());
    tokio::time::timeout(Duration::from_secs(5), world.drained()).await.expect("the server drains");
}

/// The status of an answer that is there without any more waiting.
async fn now<E: std::fmt::Debug>(
    wait: Pin<&mut impl Future<Output = Result<axum::response::Response, E>>>,
) -> Option<u16> {
    tokio::select! {
        biased;
        answer = wait => Some(answer.unwrap().status().as_u16()),
        () = ready(()) => None,
    }
}

#[tokio::test]
async fn a_wait_ends_at_once_with_the_token_it_was_asked_with() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let cup = json!({"title": "cup", "terms": crate::mcp::terms()});
    let cup = world.post("/v1/contests", &cast.alice, cup).await.ok(201).text("arena_id");
    let cup = format!("/v1/contests/{cup}/events");
    let head = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("head");
    let head_of_cup = world.get(&cup, &cast.bob).await.ok(200).field("head");
    let handle = json!({"agent_id": "bob", "permissions": ["read"]});
    let handle = world.post(&cast.at("handles"), &cast.bob, handle).await.ok(201);
    // The door itself, so that a wait that was asked for has begun.
    let routes = arena_server::router(world.manager.clone(), Config::default());
    let wait = |path: String, token: &str| {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        routes.clone().oneshot(request.body(Body::empty()).unwrap())
    };
    let arena = cast.at(&format!("events?after={head}&wait_ms=60000"));
    let mut by_handle = pin!(wait(arena.clone(), &handle.text("token")));
    let mut by_bob = pin!(wait(arena.clone(), &cast.bob));
    let mut by_olga = pin!(wait(arena, &cast.olga));
    let mut of_cup = pin!(wait(format!("{cup}?after={head_of_cup}&wait_ms=60000"), &cast.bob));
    let waits = [now(by_handle.as_mut()).await, now(by_bob.as_mut()).await];
    assert_eq!((waits, now(by_olga.as_mut()).await, now(of_cup.as_mut()).await), ([None; 2], None, None));

    world.delete(&cast.at(&format!("handles/{}", handle.text("handle"))), &cast.bob).await.ok(200);
    assert_eq!((now(by_handle.as_mut()).await, now(by_bob.as_mut()).await), (Some(401), None));
    world.poke("/v1/agents/bob/token", &cast.bob).await.ok(200);
    assert_eq!((now(by_bob.as_mut()).await, now(of_cup.as_mut()).await), (Some(401), Some(401)));
    assert_eq!(now(by_olga.as_mut()).await, None, "nobody else's wait ended");
    world.delete("/v1/agents/olga", &world.operator).await.ok(200);
    assert_eq!(now(by_olga.as_mut()).await, Some(401));
}

#[tokio::test]
async fn a_handle_that_is_over_is_told_nothing_at_the_end_of_its_wait() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.ok(200).field("head");
    let handle = json!({"agent_id": "bob", "permissions": ["read"], "ttl_ms": 5_000});
    let handle = world.post(&cast.at("handles"), &cast.bob, handle).await.ok(201).text("token");
    let routes = arena_server::router(world.manager.clone(), Config::default());
    let request = Request::get(cast.at(&format!("events?after={head}&wait_ms=60000")))
        .header("authorization", format!("Bearer {handle}"));
    let mut wait = pin!(routes.oneshot(request.body(Body::empty()).unwrap()));
    assert_eq!(now(wait.as_mut()).await, None);
    world.advance(5_000).await;
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "too late"})).await.ok(201);
    assert_eq!(wait.await.unwrap().status(), 401);
}
