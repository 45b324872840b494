//! Artifacts: names in paths, versions, bytes and their headers.

use std::time::Duration;

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn an_escaped_slash_is_a_slash() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let put =
        |path: &str, bytes: &'static str| world.request("PUT", &cast.at(path), &cast.bob).body(bytes).send();
    assert_eq!(put("artifacts/a%2Fb%2fc", "one").await.ok(200).text("name"), "a/b/c");
    assert_eq!(put("artifacts/a/b/c", "two").await.ok(200).field("version"), 2);
    assert_eq!(world.get(&cast.at("artifacts/a/b%2Fc"), &cast.bob).await.ok(200).bytes, b"two");
    assert_eq!(put("artifacts/%C3%A4%20b", "x").await.ok(200).text("name"), "ä b");
    world.put(&cast.at("facts/a%2Fb"), &cast.bob, json!({"content": "x"})).await.ok(200);
    assert_eq!(world.get(&cast.at("facts/a/b"), &cast.bob).await.ok(200).text("key"), "a/b");
    assert_eq!(put("artifacts/%ff", "x").await.refused(400, "malformed").status, 400);
    put("artifacts/a%2F..%2Fb", "x").await.refused(422, "invalid");
}

#[tokio::test]
async fn versions_are_kept_and_bear_their_headers() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let put = |media_type: &str, bytes: &'static str| {
        let request = world.request("PUT", &cast.at("artifacts/notes?kind=text"), &cast.bob);
        request.header("content-type", media_type).body(bytes).send()
    };
    put("text/plain; charset=utf-8", "one").await.ok(200);
    let second = put("text/markdown", "two").await.ok(200);
    let first = world.get(&cast.at("artifacts/notes?version=1"), &cast.olga).await.ok(200);
    assert_eq!(
        (first.bytes.as_slice(), first.header("content-type")),
        (&b"one"[..], "text/plain; charset=utf-8")
    );
    assert_eq!((first.header("artifact-version"), first.header("artifact-kind")), ("1", "text"));
    let last = world.get(&cast.at("artifacts/notes"), &cast.olga).await.ok(200);
    assert_eq!(last.bytes, b"two");
    assert_eq!(last.header("artifact-sha256"), second.text("sha256"));
    assert_eq!(last.header("x-content-type-options"), "nosniff");
    assert!(last.header("content-security-policy").contains("sandbox"));
    let empty = world.request("PUT", &cast.at("artifacts/empty"), &cast.bob).send().await.ok(200);
    assert_eq!(
        (empty.field("size"), empty.text("media_type")),
        (json!(0), "application/octet-stream".into())
    );
    assert!(world.get(&cast.at("artifacts/empty"), &cast.bob).await.ok(200).bytes.is_empty());
}

#[tokio::test]
async fn nobody_overwrites_anothers_artifact_blindly() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let put = |token: &str, query: &str| {
        let request = world.request("PUT", &cast.at(&format!("artifacts/plan{query}")), token).body("x");
        async move { request.send().await }
    };
    put(&cast.bob, "").await.ok(200);
    let blind = put(&cast.alice, "").await.refused(412, "version_mismatch");
    assert_eq!(blind.field("current"), 1);
    put(&cast.alice, "?expected_version=0").await.refused(412, "version_mismatch");
    let second = put(&cast.alice, "?expected_version=1").await.ok(200);
    assert_eq!((second.field("version"), second.text("slot")), (json!(2), "bob".into()));
}

#[tokio::test]
async fn an_upload_without_a_place_is_given_up_and_nothing_else_is() {
    let short = Duration::from_millis(500);
    let world = World::with(|_| (), |config| (config.max_uploads, config.request_timeout) = (0, short)).await;
    let cast = world.arena(json!([])).await;
    let upload = world.request("PUT", &cast.at("artifacts/a"), &cast.bob).body("x").send().await;
    upload.refused(504, "timeout");
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "x"})).await.ok(201);
}

#[tokio::test]
async fn an_upload_that_is_given_up_leaves_its_place() {
    let short = Duration::from_millis(500);
    let world = World::with(|_| (), |config| (config.max_uploads, config.request_timeout) = (1, short)).await;
    let cast = world.arena(json!([])).await;
    let put =
        |body: reqwest::Body| world.request("PUT", &cast.at("artifacts/a"), &cast.bob).body(body).send();
    let never = futures::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    put(reqwest::Body::wrap_stream(never)).await.refused(504, "timeout");
    put("x".into()).await.ok(200);
}
