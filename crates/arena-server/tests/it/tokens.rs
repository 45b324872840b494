//! Agents' tokens, and registration that is open.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_wrong_token_is_refused_on_every_spelling() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let with = |value: String| world.request("GET", "/v1/agents", "").header("authorization", &value).send();
    with(format!("Bearer {alice}")).await.ok(200);
    with(format!("bearer  {alice} ")).await.ok(200);
    for wrong in [
        alice.clone(),
        format!("Basic {alice}"),
        "Bearer".into(),
        "Bearer ".into(),
        format!("Bearer {alice}x"),
    ] {
        with(wrong).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_replaced_token_is_void() {
    let world = World::start().await;
    let first = world.agent("alice").await;
    let second = world.poke("/v1/agents/alice/token", &first).await.ok(200).text("token");
    world.get("/v1/agents", &first).await.refused(401, "unauthenticated");
    let third = world.poke("/v1/agents/alice/token", &world.operator).await.ok(200).text("token");
    world.get("/v1/agents", &second).await.refused(401, "unauthenticated");
    world.get("/v1/agents", &third).await.ok(200);
}

#[tokio::test]
async fn a_removed_agents_id_is_never_given_again() {
    let world = World::start().await;
    world.agent("alice").await;
    world.delete("/v1/agents/alice", &world.operator).await.ok(200);
    world.get("/v1/agents/alice", &world.operator).await.refused(404, "not_found");
    let again = world.post("/v1/agents", &world.operator, json!({"agent_id": "alice"})).await;
    again.refused(409, "name_taken");
}

#[tokio::test]
async fn registration_is_closed_unless_it_is_open() {
    let closed = World::start().await;
    closed.post("/v1/agents", "", json!({"agent_id": "eve"})).await.refused(401, "unauthenticated");
    closed.post("/v1/agents", "", json!({"broken": 1})).await.refused(401, "unauthenticated");
    let open =
        World::with(|options| options.open_registration = true, |config| config.open_registration = true)
            .await;
    let eve = open.post("/v1/agents", "", json!({"agent_id": "eve"})).await.ok(201).text("token");
    open.get("/v1/agents/eve", &eve).await.ok(200);
    open.post("/v1/agents", "", json!({"agent_id": "eve"})).await.refused(409, "name_taken");
    open.post("/v1/agents", "", json!({"agent_id": "operator"})).await.refused(422, "invalid");
    open.post("/v1/agents", "wrong", json!({"agent_id": "mallory"})).await.refused(401, "unauthenticated");
    open.get("/v1/agents", "").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_guessed_key_does_not_give_away_anothers_token() {
    let open =
        World::with(|options| options.open_registration = true, |config| config.open_registration = true)
            .await;
    let register = || {
        let request = open.request("POST", "/v1/agents", "").header("idempotency-key", "k");
        request.json(&json!({"agent_id": "eve"})).send()
    };
    register().await.ok(201);
    register().await.refused(409, "name_taken");
}
