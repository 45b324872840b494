//! Handle tokens: one agent, one arena, at most some permissions, perhaps one step, for some time.

use serde_json::{Value, json};

use crate::world::{Cast, World};

async fn handle(world: &World, cast: &Cast, by: &str, body: Value) -> (String, String) {
    let issued = world.post(&cast.at("handles"), by, body).await.ok(201);
    (issued.text("token"), issued.text("handle"))
}

#[tokio::test]
async fn permissions_are_an_upper_bound() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let (reader, _) =
        handle(&world, &cast, &cast.bob, json!({"agent_id": "bob", "permissions": ["read"]})).await;
    world.get(&cast.path, &reader).await.ok(200);
    let refused = world.poke(&cast.at("steps/claim"), &reader).await.refused(403, "forbidden");
    assert_eq!(refused.field("missing"), "write");
    world.post(&cast.at("messages"), &reader, json!({"body": "x"})).await.refused(403, "forbidden");
    let (writer, _) =
        handle(&world, &cast, &cast.bob, json!({"agent_id": "bob", "permissions": ["read", "write"]})).await;
    world.poke(&cast.at("steps/claim"), &writer).await.ok(200);
    world.post(&cast.at("messages"), &writer, json!({"body": "x"})).await.refused(403, "forbidden");
    // More than the role allows is still not more than the role allows.
    let (all, _) = handle(&world, &cast, &cast.alice, json!({"agent_id": "bob"})).await;
    world.poke(&cast.at("settle"), &all).await.refused(403, "forbidden");
    // The role counts as it is now.
    world.patch(&cast.at("participants/bob"), &cast.alice, json!({"role": "observer"})).await.ok(200);
    world.post(&cast.at("messages"), &all, json!({"body": "x"})).await.refused(403, "forbidden");
}

#[tokio::test]
async fn a_handle_without_read_reads_nothing() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let (token, _) =
        handle(&world, &cast, &cast.bob, json!({"agent_id": "bob", "permissions": ["write"]})).await;
    for path in ["steps", "events", "facts", "artifacts", "messages", "brief", "state", "verify"] {
        let refused = world.get(&cast.at(path), &token).await.refused(403, "forbidden");
        assert_eq!(refused.field("missing"), "read", "{path}");
    }
    world.poke(&cast.at("steps/claim"), &token).await.ok(200);
}

#[tokio::test]
async fn a_handle_reaches_its_own_arena_only() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let other = world.post("/v1/arenas", &cast.bob, json!({"goal": "other"})).await.ok(201).text("arena_id");
    let (token, _) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob"})).await;
    world.get(&format!("/v1/arenas/{other}"), &token).await.refused(404, "not_found");
    world
        .post(&format!("/v1/arenas/{other}/messages"), &token, json!({"body": "x"}))
        .await
        .refused(404, "not_found");
    world.post("/v1/arenas", &token, json!({"goal": "x"})).await.refused(403, "forbidden");
    world.post(&cast.at("handles"), &token, json!({"agent_id": "bob"})).await.refused(403, "forbidden");
    world.poke("/v1/agents/bob/token", &token).await.refused(403, "forbidden");
    let listed = world.get("/v1/arenas", &token).await.ok(200).field("items");
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_handle_for_a_step_works_on_that_step_only() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let (token, _) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob", "step": 2})).await;
    world.post(&cast.at("steps/claim"), &token, json!({"step": 1})).await.refused(403, "forbidden");
    let claim = world.poke(&cast.at("steps/claim"), &token).await.ok(200);
    assert_eq!(claim.field("step"), 2);
    world.post(&cast.at("steps/2/complete"), &token, json!({"fence": claim.field("fence")})).await.ok(200);
}

#[tokio::test]
async fn a_handle_ends_with_its_time() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([])).await;
    let (token, _) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob", "ttl_ms": 1_000})).await;
    world.advance(999).await;
    world.get(&cast.path, &token).await.ok(200);
    world.advance(1).await;
    world.get(&cast.path, &token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_revoked_handle_is_void_at_once() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let (token, id) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob"})).await;
    world.get(&cast.path, &token).await.ok(200);
    world.delete(&cast.at(&format!("handles/{id}")), &cast.olga).await.refused(404, "not_found");
    assert_eq!(world.delete(&cast.at(&format!("handles/{id}")), &cast.bob).await.ok(200).text("handle"), id);
    world.get(&cast.path, &token).await.refused(401, "unauthenticated");
    let (token, id) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob"})).await;
    world.delete(&cast.at(&format!("handles/{id}")), &cast.alice).await.ok(200);
    world.get(&cast.path, &token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_handle_that_was_tampered_with_opens_nothing() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let (token, _) = handle(&world, &cast, &cast.bob, json!({"agent_id": "bob"})).await;
    for place in [token.len() / 2, token.len() - 10] {
        let mut bytes = token.clone().into_bytes();
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        world.get(&cast.path, &changed).await.refused(401, "unauthenticated");
    }
}
