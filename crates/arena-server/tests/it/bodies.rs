//! Bodies that are broken, too large, empty, or of another kind.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn what_is_not_json_is_malformed() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let deep = "[".repeat(100_000);
    for body in ["", "{", "goal=x", "{\"goal\": \"x\"} trailing", "{\"goal\": \"\\ud800\"}", deep.as_str()] {
        let answer = world.request("POST", "/v1/arenas", &alice).body(body.to_owned()).send().await;
        answer.refused(400, "malformed");
    }
    let answer =
        world.request("POST", "/v1/arenas", &alice).body(b"{\"goal\": \"\xff\"}".to_vec()).send().await;
    answer.refused(400, "malformed");
}

#[tokio::test]
async fn unknown_missing_and_mistyped_fields_are_named() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    for (body, field) in [
        (json!({}), "goal"),
        (json!({"goal": 5}), "goal"),
        (json!({"goal": null}), "goal"),
        (json!({"goal": "x", "colour": "red"}), "colour"),
        (json!({"goal": "x", "steps": [{"title": "a"}, {"title": "b", "size": 1}]}), "steps[1].size"),
        (json!({"goal": "x", "steps": [{"description": "b"}]}), "steps[0].title"),
        (
            json!({"goal": "x", "steps": [{"title": "b", "evidence": {"artefacts": []}}]}),
            "steps[0].evidence.artefacts",
        ),
        (json!({"goal": "x", "budget": {"attempts": -1}}), "budget.attempts"),
        (
            json!({"goal": "x", "participants": [{"agent_id": "A", "role": "worker"}]}),
            "participants[0].agent_id",
        ),
        (json!({"goal": "x", "settle_grace_ms": 86_400_001}), "settle_grace_ms"),
    ] {
        let answer = world.post("/v1/arenas", &alice, body.clone()).await.refused(422, "invalid");
        assert_eq!(answer.text("field"), field, "{body}: {}", answer.text("detail"));
    }
}

#[tokio::test]
async fn an_array_stands_for_no_object() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let agent = world.post("/v1/agents", &world.operator, json!(["x"])).await.refused(422, "invalid");
    assert_eq!(agent.text("detail"), "invalid type: sequence, expected an object");
    let nested = json!({"goal": "x", "steps": [["a"]]});
    let nested = world.post("/v1/arenas", &alice, nested).await.refused(422, "invalid");
    assert_eq!(nested.text("field"), "steps[0]");
}

#[tokio::test]
async fn a_null_takes_nothing_away_from_a_step() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one", "assignee": "bob"}])).await;
    for field in ["title", "description", "depends_on", "assignee", "lease_ms", "max_attempts", "evidence"] {
        let edit = json!({"title": "two", field: null});
        let answer = world.patch(&cast.at("steps/1"), &cast.alice, edit).await.refused(422, "invalid");
        assert_eq!(answer.text("field"), field);
    }
    let edit = world.patch(&cast.at("steps/1"), &cast.alice, json!({"assignee": null})).await;
    assert!(edit.text("detail").contains("cancel the step and add it anew"), "{}", edit.text("detail"));
    world
        .patch(&cast.at("participants/bob"), &cast.alice, json!({"role": null}))
        .await
        .refused(422, "invalid");
    assert_eq!(world.get(&cast.at("steps/1"), &cast.alice).await.ok(200).text("title"), "one");
}

#[tokio::test]
async fn the_clock_moves_to_the_end_of_time_and_no_further() {
    let world = World::with_test_clock().await;
    let alice = world.agent("alice").await;
    let before = world.manager.now();
    let end = arena_core::Timestamp::from_millis(u64::MAX);
    let left = end.since(before).get();
    for wrong in [u64::MAX, 1 << 53, (1 << 53) - 1, left + 1] {
        let answer = world.post("/v1/clock", &world.operator, json!({"advance_ms": wrong})).await;
        assert_eq!(answer.refused(422, "invalid").text("field"), "advance_ms", "{wrong}");
    }
    world.post("/v1/clock", &alice, json!({"advance_ms": left + 1})).await.refused(403, "forbidden");
    assert_eq!(world.manager.now(), before);
    world.advance(left).await;
    assert_eq!(world.manager.now(), end);
}

#[tokio::test]
async fn json_is_read_whatever_the_content_type_says() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let request = || world.request("POST", "/v1/arenas", &alice).body("{\"goal\": \"x\"}");
    request().send().await.ok(201);
    request().header("content-type", "text/plain").send().await.ok(201);
    request().header("content-type", "application/json; charset=utf-8").send().await.ok(201);
}

#[tokio::test]
async fn a_post_without_fields_accepts_nothing_and_an_empty_object_and_no_more() {
    let world = World::start().await;
    let cast = world.created(json!([])).await;
    world.post(&cast.at("activate"), &cast.alice, json!({"now": true})).await.refused(422, "invalid");
    world.post(&cast.at("activate"), &cast.alice, json!({})).await.ok(200);
    world.poke(&cast.at("settle"), &cast.alice).await.ok(200);
}

#[tokio::test]
async fn a_huge_body_is_too_large_announced_or_not() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let huge = vec![b'x'; 17 << 20];
    let announced = world.request("PUT", &cast.at("goal"), &cast.alice).body(huge.clone()).send().await;
    announced.refused(413, "too_large");
    let chunks = futures::stream::iter(
        huge.chunks(1 << 20).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>(),
    );
    let streamed = world
        .request("PUT", &cast.at("goal"), &cast.alice)
        .body(reqwest::Body::wrap_stream(chunks))
        .send()
        .await;
    streamed.refused(413, "too_large");
    let artifact = world.request("PUT", &cast.at("artifacts/big"), &cast.alice).body(huge).send().await;
    artifact.refused(413, "too_large");
    let largest =
        world.request("PUT", &cast.at("artifacts/big"), &cast.alice).body(vec![7; 16 << 20]).send().await;
    assert_eq!(largest.ok(200).field("size"), 16 << 20);
    assert_eq!(world.get(&cast.at("artifacts/big"), &cast.bob).await.ok(200).bytes.len(), 16 << 20);
}

#[tokio::test]
async fn a_json_body_has_16_mib_and_no_byte_more() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let mut body = b"{\"body\": \"x\"}".to_vec();
    body.resize(16 << 20, b' ');
    let send = |body: Vec<u8>| world.request("POST", &cast.at("messages"), &cast.bob).body(body).send();
    send(body.clone()).await.ok(201);
    body.push(b' ');
    assert_eq!(send(body).await.refused(413, "too_large").field("limit"), 16 << 20);
}
