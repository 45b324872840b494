//! Long polls: they end with the event, with the time, or with the server.

use std::time::Duration;

use serde_json::json;

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
