//! When several things are wrong, the first in the stated order is the answer.

use serde_json::json;

use crate::world::World;

/// Each row is wrong in one way more than the row before it, and that way comes first.
#[tokio::test]
async fn what_is_wrong_first_is_answered_first() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let goal = cast.at("goal");
    let good = json!({"goal": "x"}).to_string();
    let ask = |path: &str, token: &str, headers: &[(&str, &str)], body: &str| {
        let mut request = world.request("PUT", path, token).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        async move { request.send().await }
    };
    world.poke(&cast.at("settle"), &cast.alice).await.ok(200);
    // Role: needs a state that allows the command, so the worker is told of the state before it.
    ask(&goal, &cast.bob, &[], &good).await.refused(409, "wrong_state");
    // If-Match before state.
    ask(&goal, &cast.bob, &[("if-match", "\"1\"")], &good).await.refused(412, "version_mismatch");
    // Membership and existence before If-Match.
    ask(&goal, &cast.carol, &[("if-match", "\"1\"")], &good).await.refused(404, "not_found");
    ask("/v1/arenas/x/goal", &cast.bob, &[("if-match", "\"1\"")], &good).await.refused(404, "not_found");
    // The stored answer before existence and everything after it.
    let said = cast.at("messages");
    let post = |path: &str, token: &str, key: &str, text: &str| {
        let request =
            world.request("POST", path, token).header("idempotency-key", key).json(&json!({"body": text}));
        async move { request.send().await }
    };
    let first = post(&said, &cast.bob, "k", "x").await.ok(201);
    world.delete(&cast.at("participants/bob"), &cast.bob).await.ok(200);
    assert_eq!(post(&said, &cast.bob, "k", "x").await.ok(201).json(), first.json());
    post(&said, &cast.bob, "k", "y").await.refused(409, "idempotency_mismatch");
    post(&said, &cast.bob, "other", "x").await.refused(404, "not_found");
    // A value's own bounds before the stored answer, and before existence.
    let long = "x".repeat((64 << 10) + 1);
    post(&said, &cast.bob, "k", &long).await.refused(413, "too_large");
    post("/v1/arenas/x/messages", &cast.bob, "k", &long).await.refused(413, "too_large");
    ask(&goal, &cast.carol, &[], "{\"goal\": \"\"}").await.refused(422, "invalid");
    ask(&goal, &cast.carol, &[], "{\"goal\": 5}").await.refused(422, "invalid");
    // What is no JSON before what is in it.
    ask(&goal, &cast.carol, &[], "{\"goal\": 5").await.refused(400, "malformed");
    ask(&goal, &cast.carol, &[("if-match", "x")], &good).await.refused(400, "malformed");
    // The token before everything.
    ask(&goal, "nonsense", &[("if-match", "x")], "{").await.refused(401, "unauthenticated");
    ask("/v1/arenas/x/goal", "", &[], &"x".repeat(17 << 20)).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn state_before_role_before_what_needs_the_state() {
    let world = World::start().await;
    let cast = world
        .created(json!([{"title": "one"}, {"title": "two", "depends_on": [1], "assignee": "alice"}]))
        .await;
    let claim = cast.at("steps/claim");
    world.post(&claim, &cast.olga, json!({"step": 2})).await.refused(409, "wrong_state");
    world.post(&claim, &cast.olga, json!({"step": 99})).await.refused(404, "not_found");
    world.poke(&cast.at("activate"), &cast.alice).await.ok(200);
    world.post(&claim, &cast.olga, json!({"step": 2})).await.refused(403, "forbidden");
    world.post(&claim, &cast.bob, json!({"step": 2})).await.refused(403, "forbidden");
    world.post(&claim, &cast.alice, json!({"step": 2})).await.refused(409, "step_not_ready");
}
