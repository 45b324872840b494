//! Silence, and how streams end.

use std::time::Duration;

use serde_json::json;

use super::reader::Reader;
use crate::world::World;

#[tokio::test]
async fn a_silent_stream_says_that_it_lives() {
    let world = World::with(|_| (), |config| config.heartbeat = Duration::from_millis(20)).await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.field("head").as_u64().unwrap();
    let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, Some(head)).await;
    assert_eq!(reader.frame().await.unwrap().comment, "");
    for _ in 0..3 {
        assert_eq!(reader.frame().await.unwrap().comment, "heartbeat");
    }
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "hi"})).await.ok(201);
    reader.up_to(head, head + 1).await;
    assert_eq!(reader.frame().await.unwrap().comment, "heartbeat");
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.field("head").as_u64().unwrap();
    let open = async |token: &str| Reader::open(&world, &cast.at("events"), token, Some(head)).await;
    let mut bob = open(&cast.bob).await;
    let mut olga = open(&cast.olga).await;

    let new = world.poke("/v1/agents/bob/token", &cast.bob).await.ok(200).text("token");
    assert_eq!(bob.closed().await["code"], "unauthenticated");
    let mut bob = open(&new).await;

    let handle = json!({"agent_id": "bob", "permissions": ["read"]});
    let handle = world.post(&cast.at("handles"), &new, handle).await.ok(201);
    let mut narrow = open(&handle.text("token")).await;
    world.delete(&cast.at(&format!("handles/{}", handle.text("handle"))), &new).await.ok(200);
    assert_eq!(narrow.closed().await["code"], "unauthenticated");

    // Nobody else's ended.
    world.post(&cast.at("messages"), &new, json!({"body": "still here"})).await.ok(201);
    bob.up_to(head, head + 1).await;
    olga.up_to(head, head + 1).await;

    world.delete("/v1/agents/olga", &world.operator).await;
    assert_eq!(olga.closed().await["code"], "unauthenticated");
}

#[tokio::test]
async fn a_stream_ends_with_the_membership() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.field("head").as_u64().unwrap();
    let mut bob = Reader::open(&world, &cast.at("events"), &cast.bob, Some(head)).await;
    let mut alice = Reader::open(&world, &cast.at("events"), &cast.alice, Some(head)).await;
    world.delete(&cast.at("participants/bob"), &cast.alice).await.ok(200);
    let why = bob.closed().await;
    assert_eq!((&why["code"], &why["status"]), (&json!("not_found"), &json!(404)));
    alice.up_to(head, head + 1).await;
}

#[tokio::test]
async fn a_handle_that_expired_is_shown_nothing_more() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.field("head").as_u64().unwrap();
    let asked = json!({"agent_id": "bob", "permissions": ["read"], "ttl_ms": 5_000});
    let handle = world.post(&cast.at("handles"), &cast.bob, asked).await.ok(201).text("token");
    let mut narrow = Reader::open(&world, &cast.at("events"), &handle, Some(head)).await;
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "in time"})).await.ok(201);
    narrow.up_to(head, head + 1).await;
    world.advance(5_000).await;
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "too late"})).await.ok(201);
    let last = narrow.next().await.unwrap();
    assert_eq!((last.event.as_str(), &last.data["code"]), ("closed", &json!("unauthenticated")));
}

#[tokio::test]
async fn a_server_that_stops_says_so_and_streams_do_not_hold_it_up() {
    let mut world = World::start().await;
    let cast = world.arena(json!([])).await;
    let head = world.get(&cast.at("events"), &cast.bob).await.field("head").as_u64().unwrap();
    let mut reader = Reader::open(&world, &cast.at("events"), &cast.bob, Some(head)).await;
    world.stop();
    let why = reader.closed().await;
    assert_eq!((&why["code"], &why["retryable"]), (&json!("overloaded"), &json!(true)));
    tokio::time::timeout(Duration::from_secs(5), world.drained()).await.expect("the server drains");
}

#[tokio::test]
async fn a_reader_that_goes_leaves_nothing_behind() {
    let world = World::with(|_| (), |config| config.heartbeat = Duration::from_millis(10)).await;
    let cast = world.arena(json!([])).await;
    let one = Reader::open(&world, &cast.at("events"), &cast.bob, None).await;
    let other = Reader::open(&world, "/v1/events", &world.operator, None).await;
    assert_eq!(world.manager.health().followers, 2);
    drop((one, other));
    while world.manager.health().followers > 0 {
        tokio::task::yield_now().await;
    }
}
