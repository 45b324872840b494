//! ETag, If-Match and If-None-Match.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_write_under_if_match_happens_only_at_that_sequence() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let tag = world.get(&cast.path, &cast.bob).await.ok(200).header("etag").to_owned();
    let claim = |tag: &str| {
        let request = world.request("POST", &cast.at("steps/claim"), &cast.bob).header("if-match", tag);
        async move { request.send().await }
    };
    let stale = claim("\"1\"").await.refused(412, "version_mismatch");
    assert_eq!(stale.field("expected"), 1);
    assert_eq!(format!("\"{}\"", stale.field("current")), tag);
    let won = claim(&tag).await.ok(200);
    let next = won.header("etag").to_owned();
    assert_ne!(next, tag, "the answer bears the sequence it led to");
    assert_eq!(world.get(&cast.path, &cast.bob).await.header("etag"), next);
    claim(&tag).await.refused(412, "version_mismatch");
    // Also without quotes, and `*` is any.
    let number = next.trim_matches('"').to_owned();
    claim(&number).await.ok(204);
    claim("*").await.ok(204);
    for wrong in ["W/\"1\"", "\"x\"", "1, 2", ""] {
        claim(wrong).await.refused(400, "malformed");
    }
}

#[tokio::test]
async fn every_kind_of_write_honours_if_match() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    for (method, path, body) in [
        ("PUT", "goal", "{\"goal\": \"x\"}"),
        ("POST", "settle", ""),
        ("POST", "participants", "{\"agent_id\": \"carol\", \"role\": \"worker\"}"),
        ("DELETE", "participants/bob", ""),
        ("POST", "steps", "{\"steps\": [{\"title\": \"x\"}]}"),
        ("PATCH", "steps/1", "{\"title\": \"x\"}"),
        ("POST", "steps/1/approve", ""),
        ("PUT", "artifacts/x", "bytes"),
        ("PUT", "facts/k", "{\"content\": \"x\"}"),
        ("POST", "messages", "{\"body\": \"x\"}"),
        ("POST", "handles", "{\"agent_id\": \"alice\"}"),
    ] {
        let request = world.request(method, &cast.at(path), &cast.alice).header("if-match", "\"1\"");
        let answer = request.body(body).send().await;
        assert_eq!((answer.status, answer.text("code")), (412, "version_mismatch".into()), "{method} {path}");
    }
}

#[tokio::test]
async fn an_arena_that_is_known_is_not_sent_again() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let tag = world.get(&cast.path, &cast.bob).await.ok(200).header("etag").to_owned();
    let read = |tag: &str| {
        let request = world.request("GET", &cast.path, &cast.bob).header("if-none-match", tag);
        async move { request.send().await }
    };
    let same = read(&tag).await.ok(304);
    assert!(same.bytes.is_empty());
    assert_eq!(same.header("etag"), tag);
    read(&format!("\"0\", W/{tag}")).await.ok(304);
    read("\"1\"").await.ok(200);
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "x"})).await.ok(201);
    read(&tag).await.ok(200);
}
