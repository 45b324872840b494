//! The same key and request get the first answer again; another request under the key is refused.

use arena_api::{artifacts::PutArtifactQuery, client::Client, list::PageQuery};
use arena_core::{ArenaId, Hash, collaboration::ArtifactKind};
use arena_runtime::{Applied, Ask, NewArtifact, Principal, RequestKey};
use serde_json::{Value, json};

use crate::world::{Answer, World};

async fn keyed(world: &World, method: &str, path: &str, token: &str, key: &str, body: &Value) -> Answer {
    world.request(method, path, token).header("idempotency-key", key).json(body).send().await
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_happens_once() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let claim = cast.at("steps/claim");
    let first = keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(200);
    let again = keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(200);
    assert_eq!(again.bytes, first.bytes);
    // The arena may have gone on: the sequence of then is no condition for now.
    assert!(!first.header("etag").is_empty() && again.header("etag").is_empty());
    // The same fields in another spelling are the same request.
    let spelled =
        world.request("POST", &claim, &cast.bob).header("idempotency-key", "k").send().await.ok(200);
    assert_eq!(spelled.bytes, first.bytes);
    keyed(&world, "POST", &claim, &cast.bob, "k", &json!({"step": 2}))
        .await
        .refused(409, "idempotency_mismatch");
    // The key is the caller's, the method's and the path's own.
    let other = keyed(&world, "POST", &claim, &cast.alice, "k", &json!({})).await.ok(200);
    assert_eq!(other.field("step"), 2);
    keyed(&world, "POST", &cast.at("messages"), &cast.bob, "k", &json!({"body": "x"})).await.ok(201);
    let claims = world.get(&cast.at("events?type=step_claimed"), &cast.bob).await.ok(200);
    assert_eq!(claims.field("items").as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_answer_that_was_kept_before_artifacts_named_an_author_is_given_again() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let arena_id: ArenaId = cast.path.rsplit('/').next().unwrap().parse().unwrap();
    let of_before = |applied: &Applied| {
        let (name, one) = applied.state.artifacts().next().unwrap();
        let (version, hash, slot) = (one.version, one.sha256, &one.slot);
        let told = json!({"name": name, "version": version, "sha256": hash, "size": one.size, "kind": "file",
            "media_type": one.media_type, "slot": slot, "updated_at": one.updated_at});
        serde_json::to_vec(&told).unwrap()
    };
    let key = RequestKey {
        id: "k".parse().unwrap(),
        operation: format!("PUT /v1/arenas/{{arena_id}}/artifacts/{{*name}} {arena_id} a"),
        fingerprint: Hash::of(
            &serde_json::to_vec(&(PutArtifactQuery::default(), "text/plain", Hash::of(b"one"))).unwrap(),
        ),
    };
    let ask = Ask { key: Some(key), ..Ask::by(Principal::Agent("bob".parse().unwrap())) };
    let put = NewArtifact {
        name: "a".parse().unwrap(),
        claim: None,
        expected_version: None,
        kind: ArtifactKind::default(),
        media_type: "text/plain".into(),
        bytes: b"one".to_vec().into(),
    };
    world.manager.put_artifact(ask, arena_id, put, of_before).await.unwrap();
    let bob = Client::new(&world.url, &cast.bob).unwrap();
    let name = "a".parse().unwrap();
    let query = PutArtifactQuery::default();
    let again = bob.put_artifact(arena_id, &name, &query, "text/plain", "one").key("k").await.unwrap();
    assert_eq!((again.version, again.author.as_str()), (1, "bob"));
    assert_eq!(bob.artifacts(arena_id, &PageQuery::default()).await.unwrap().items, [again]);
}

#[tokio::test]
async fn a_refusal_is_decided_anew() {
    let world = World::start().await;
    let cast = world.created(json!([{"title": "one"}])).await;
    let claim = cast.at("steps/claim");
    keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.refused(409, "wrong_state");
    world.poke(&cast.at("activate"), &cast.alice).await.ok(200);
    keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(200);
}

#[tokio::test]
async fn a_claim_that_found_nothing_is_not_kept_so_that_its_key_serves_for_the_next_try() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let claim = cast.at("steps/claim");
    keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(204);
    world.post(&cast.at("steps"), &cast.alice, json!({"steps": [{"title": "x"}]})).await.ok(201);
    let first = keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(200);
    let again = keyed(&world, "POST", &claim, &cast.bob, "k", &json!({})).await.ok(200);
    assert_eq!(again.bytes, first.bytes);
}

#[tokio::test]
async fn every_kind_of_write_is_repeated_harmlessly() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    for (method, path, body, status) in [
        ("PUT", "goal", json!({"goal": "x"}), 200),
        ("POST", "participants", json!({"agent_id": "carol", "role": "worker"}), 201),
        ("PATCH", "participants/carol", json!({"role": "observer"}), 200),
        ("POST", "steps", json!({"steps": [{"title": "x"}]}), 201),
        ("PATCH", "steps/1", json!({"title": "y"}), 200),
        ("POST", "steps/1/approve", json!({}), 200),
        ("PUT", "artifacts/x", json!("bytes"), 200),
        ("PUT", "facts/k", json!({"content": "x"}), 200),
        ("POST", "messages", json!({"body": "x"}), 201),
        ("POST", "settle", json!({}), 200),
        ("POST", "archive", json!({}), 200),
    ] {
        let first = keyed(&world, method, &cast.at(path), &cast.alice, "k", &body).await.ok(status);
        let sequence = world.get(&cast.path, &cast.alice).await.field("sequence");
        let again = keyed(&world, method, &cast.at(path), &cast.alice, "k", &body).await.ok(status);
        assert_eq!(again.json(), first.json(), "{method} {path}");
        assert_eq!(world.get(&cast.path, &cast.alice).await.field("sequence"), sequence, "{method} {path}");
    }
    let arena = keyed(&world, "POST", "/v1/arenas", &cast.alice, "k", &json!({"goal": "x"})).await.ok(201);
    let again = keyed(&world, "POST", "/v1/arenas", &cast.alice, "k", &json!({"goal": "x"})).await.ok(201);
    assert_eq!(again.text("arena_id"), arena.text("arena_id"));
}

#[tokio::test]
async fn an_artifact_is_the_same_request_by_its_bytes_and_its_path() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let put = |path: &str, bytes: &'static str| {
        let request =
            world.request("PUT", &cast.at(path), &cast.bob).header("idempotency-key", "k").body(bytes);
        async move { request.send().await }
    };
    let first = put("artifacts/a/b", "one").await.ok(200);
    assert_eq!(put("artifacts/a%2Fb", "one").await.ok(200).bytes, first.bytes);
    put("artifacts/a/b", "two").await.refused(409, "idempotency_mismatch");
    assert_eq!(put("artifacts/c", "two").await.ok(200).field("version"), 1);
}

#[tokio::test]
async fn a_repeated_registration_gives_a_new_token_and_voids_the_lost_one() {
    let world = World::start().await;
    let body = json!({"agent_id": "alice"});
    let first = keyed(&world, "POST", "/v1/agents", &world.operator, "k", &body).await.ok(201).text("token");
    let again = keyed(&world, "POST", "/v1/agents", &world.operator, "k", &body).await.ok(201).text("token");
    assert_ne!(again, first);
    world.get("/v1/agents", &first).await.refused(401, "unauthenticated");
    world.get("/v1/agents", &again).await.ok(200);
    let other = json!({"agent_id": "bob"});
    keyed(&world, "POST", "/v1/agents", &world.operator, "k", &other)
        .await
        .refused(409, "idempotency_mismatch");
}

#[tokio::test]
async fn a_repeated_handle_is_a_new_one_and_voids_the_lost_one() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let body = json!({"agent_id": "bob"});
    let first = keyed(&world, "POST", &cast.at("handles"), &cast.bob, "k", &body).await.ok(201).text("token");
    let again = keyed(&world, "POST", &cast.at("handles"), &cast.bob, "k", &body).await.ok(201).text("token");
    world.get(&cast.path, &first).await.refused(401, "unauthenticated");
    world.get(&cast.path, &again).await.ok(200);
}

#[tokio::test]
async fn a_key_is_visible_ascii_of_bounded_length() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let longest = "k".repeat(255);
    keyed(&world, "POST", &cast.at("messages"), &cast.bob, &longest, &json!({"body": "x"})).await.ok(201);
    for wrong in ["k".repeat(256), "two words".to_owned(), String::new()] {
        let answer =
            keyed(&world, "POST", &cast.at("messages"), &cast.bob, &wrong, &json!({"body": "x"})).await;
        answer.refused(400, "malformed");
    }
}
