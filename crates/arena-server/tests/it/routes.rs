//! Every route does what it says, in one life of an arena.

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn agents_are_registered_listed_read_and_removed() {
    let world = World::start().await;
    let made = world
        .post("/v1/agents", &world.operator, json!({"agent_id": "alice", "name": "Alice"}))
        .await
        .ok(201);
    assert_eq!(made.text("agent_id"), "alice");
    let token = made.text("token");
    let profile = world.get("/v1/agents/alice", &token).await.ok(200);
    assert_eq!(profile.text("name"), "Alice");
    assert!(profile.text("registered_at").ends_with('Z'));
    let list = world.get("/v1/agents", &token).await.ok(200).json();
    let ids: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| one["agent_id"].clone()).collect();
    assert_eq!(ids, ["alice", "operator"]);
    assert!(list.get("next_cursor").is_none());
    let removed = world.delete("/v1/agents/alice", &world.operator).await.ok(200);
    assert_eq!(removed.text("agent_id"), "alice");
    world.get("/v1/agents", &token).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_whole_life_from_creation_to_the_sealed_report() {
    let world = World::start().await;
    let steps = json!([
        {"title": "build", "evidence": {"artifacts": ["out/bin"]}},
        {"title": "ship", "depends_on": [1], "description": "to the moon", "evidence": {"approval": true}},
    ]);
    let cast = world.created(steps).await;
    let arena = world.get(&cast.path, &cast.bob).await.ok(200).json();
    assert_eq!(arena["kind"], "shared");
    assert_eq!((&arena["status"], &arena["strategy"]), (&json!("created"), &json!("peer")));
    assert_eq!((&arena["completed_steps"], &arena["total_steps"]), (&json!(0), &json!(2)));
    assert_eq!(arena["participants"].as_array().unwrap().len(), 3);
    assert_eq!(arena["created_by"], "alice");
    assert!(arena.get("budget").is_none(), "absent fields are left out");

    let renamed = world.put(&cast.at("goal"), &cast.alice, json!({"goal": "ship it well"})).await.ok(200);
    assert_eq!(renamed.text("goal"), "ship it well");
    assert_eq!(world.poke(&cast.at("activate"), &cast.alice).await.ok(200).text("status"), "active");

    let carol = json!({"agent_id": "carol", "role": "worker"});
    let joined = world.post(&cast.at("participants"), &cast.alice, carol).await.ok(201);
    assert_eq!(joined.text("role"), "worker");
    let changed =
        world.patch(&cast.at("participants/carol"), &cast.alice, json!({"role": "observer"})).await.ok(200);
    assert_eq!((changed.text("agent_id"), changed.text("role")), ("carol".into(), "observer".into()));
    let left = world.delete(&cast.at("participants/carol"), &cast.carol).await.ok(200);
    assert_eq!(left.field("participants").as_array().unwrap().len(), 3);

    let added =
        world.post(&cast.at("steps"), &cast.alice, json!({"steps": [{"title": "boast"}]})).await.ok(201);
    assert_eq!(added.field("steps")[0]["step"], 3);
    let edited =
        world.patch(&cast.at("steps/3"), &cast.alice, json!({"title": "boast a little"})).await.ok(200);
    assert_eq!(edited.text("title"), "boast a little");
    assert_eq!(world.poke(&cast.at("steps/3/cancel"), &cast.alice).await.ok(200).text("status"), "cancelled");

    let claim = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    assert_eq!((claim.field("step"), claim.text("title")), (json!(1), "build".into()));
    assert!(claim.text("expires_at").ends_with('Z'));
    let fence = claim.field("fence");
    world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(204);
    let renewed =
        world.post(&cast.at("steps/1/renew"), &cast.bob, json!({"fence": fence, "lease_ms": 90_000})).await;
    assert_eq!((renewed.status, renewed.text("holder")), (200, "bob".into()));
    let put = world.request(
        "PUT",
        &cast.at(&format!("artifacts/out/bin?step=1&fence={fence}&kind=code")),
        &cast.bob,
    );
    let put = put.header("content-type", "application/wasm").body("bytes").send().await.ok(200);
    assert_eq!(
        (put.field("version"), put.text("kind"), put.text("slot")),
        (json!(1), "code".into(), "bob".into())
    );
    let done = json!({"fence": fence, "result": "it builds", "cost": 7});
    let done = world.post(&cast.at("steps/1/complete"), &cast.bob, done).await.ok(200);
    assert_eq!((done.text("status"), done.text("completed_by")), ("completed".into(), "bob".into()));
    assert_eq!(done.text("result"), "it builds");
    let step = world.get(&cast.at("steps/1"), &cast.olga).await.ok(200);
    assert_eq!((step.text("result"), step.field("cost")), ("it builds".into(), json!(7)));

    let claim =
        world.post(&cast.at("steps/claim"), &cast.bob, json!({"step": 2, "lease_ms": 5_000})).await.ok(200);
    assert_eq!(claim.text("description"), "to the moon");
    let released = json!({"fence": claim.field("fence"), "reason": "lunch"});
    let released = world.post(&cast.at("steps/2/release"), &cast.bob, released).await.ok(200);
    assert_eq!((released.text("status"), released.field("attempts")), ("ready".into(), json!(0)));
    let fence = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200).field("fence");
    let failed = json!({"fence": fence, "reason": "no fuel", "cost": 1});
    let failed = world.post(&cast.at("steps/2/fail"), &cast.bob, failed).await.ok(200);
    assert_eq!((failed.text("status"), failed.text("last_failure")), ("ready".into(), "no fuel".into()));
    let approved = world.poke(&cast.at("steps/2/approve"), &cast.alice).await.ok(200);
    assert_eq!(approved.text("approved_by"), "alice");
    let again = world.poke(&cast.at("steps/2/approve"), &cast.alice).await.ok(200);
    assert_eq!(again.json(), approved.json(), "approving twice answers the same");
    let fence = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200).field("fence");
    world.post(&cast.at("steps/2/complete"), &cast.bob, json!({"fence": fence})).await.ok(200);
    assert_eq!(world.poke(&cast.at("steps/2/reopen"), &cast.alice).await.ok(200).text("status"), "ready");

    let fact =
        json!({"content": "the moon is far", "confidence": 990, "tags": ["space", "distance", "space"]});
    let fact = world.put(&cast.at("facts/moon.distance"), &cast.bob, fact).await.ok(200);
    assert_eq!((fact.field("version"), fact.text("author")), (json!(1), "bob".into()));
    assert_eq!(fact.field("tags"), json!(["distance", "space"]));
    assert_eq!(world.get(&cast.at("facts/moon.distance"), &cast.olga).await.ok(200).json(), fact.json());
    let said =
        world.post(&cast.at("messages"), &cast.bob, json!({"to": ["alice"], "body": "done"})).await.ok(201);
    assert_eq!((said.text("agent_id"), said.field("to")), ("bob".into(), json!(["alice"])));
    let messages = world.get(&cast.at("messages"), &cast.olga).await.ok(200);
    assert_eq!(messages.field("items"), json!([said.json()]));

    world.get(&cast.at("report"), &cast.alice).await.refused(409, "wrong_state");
    assert_eq!(world.poke(&cast.at("settle"), &cast.alice).await.ok(200).text("status"), "settling");
    let archived = world.poke(&cast.at("archive"), &cast.alice).await.ok(200);
    assert_eq!(archived.text("status"), "archived");
    let report = world.get(&cast.at("report"), &cast.olga).await.ok(200);
    assert_eq!(report.text("report_hash"), archived.text("report_hash"));
    let again = world.get(&cast.at("report"), &world.operator).await.ok(200);
    assert_eq!(again.bytes, report.bytes, "the report is the same for ever");
    let head = report.field("head")["sequence"].as_u64().unwrap();
    assert_eq!(archived.field("sequence").as_u64(), Some(head + 1));
    let typed: arena_api::report::Report = serde_json::from_slice(&report.bytes).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), report.json(), "the wire type holds every field");
    let verified = world.get(&cast.at("verify"), &cast.olga).await.ok(200);
    assert_eq!(verified.json(), json!({"ok": true, "checked": head + 1}));
    let bytes = world.get(&cast.at("artifacts/out/bin"), &cast.olga).await.ok(200);
    assert_eq!((bytes.bytes.as_slice(), bytes.header("content-type")), (&b"bytes"[..], "application/wasm"));
}

#[tokio::test]
async fn a_late_result_is_kept_and_adopted() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([{"title": "slow"}])).await;
    let fence = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200).field("fence");
    world.advance(60_000).await;
    let late =
        world.post(&cast.at("steps/1/complete"), &cast.bob, json!({"fence": fence, "result": "late"})).await;
    assert_eq!(late.refused(409, "stale_fence").field("orphan"), true);
    let step = world.get(&cast.at("steps/1"), &cast.alice).await.ok(200);
    let held = world.get(&cast.at("events?type=result_orphaned"), &cast.alice).await.ok(200);
    let event = &held.field("items")[0];
    assert_eq!(event["data"]["result"], "late");
    let orphan = |adopted| json!([{"fence": fence, "agent_id": "bob", "sequence": event["sequence"], "adopted": adopted}]);
    assert_eq!(step.field("orphans"), orphan(false));
    let adopted = world.post(&cast.at("steps/1/adopt"), &cast.alice, json!({"fence": fence})).await.ok(200);
    assert_eq!((adopted.text("status"), adopted.text("completed_by")), ("completed".into(), "bob".into()));
    assert_eq!(adopted.field("orphans"), orphan(true));
    assert_eq!(world.get(&cast.at("steps/1"), &cast.alice).await.ok(200).text("result"), "late");
}

#[tokio::test]
async fn a_past_state_is_as_it_stood() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let before = world.get(&cast.at("state"), &cast.olga).await.ok(200).json();
    let at = before["sequence"].as_u64().unwrap();
    world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    world.put(&cast.at("goal"), &cast.alice, json!({"goal": "other"})).await.ok(200);
    assert_eq!(world.get(&cast.at(&format!("state?at={at}")), &cast.olga).await.ok(200).json(), before);
    let now = world.get(&cast.at("state"), &cast.olga).await.ok(200).json();
    assert_eq!((&now["goal"], &now["steps"][0]["status"]), (&json!("other"), &json!("claimed")));
    world.get(&cast.at("state?at=9999"), &cast.olga).await.refused(404, "not_found");
}

#[tokio::test]
async fn an_open_arena_is_joined_by_anyone_who_is_registered() {
    let world = World::start().await;
    let (alice, bob) = (world.agent("alice").await, world.agent("bob").await);
    let open = world.post("/v1/arenas", &alice, json!({"goal": "come in", "open": true})).await.ok(201);
    let path = format!("/v1/arenas/{}", open.text("arena_id"));
    world.get(&path, &bob).await.ok(200);
    let join = |role: &str| json!({"agent_id": "bob", "role": role});
    world.post(&format!("{path}/participants"), &bob, join("coordinator")).await.refused(403, "forbidden");
    world.post(&format!("{path}/participants"), &bob, join("worker")).await.ok(201);
    world.post(&format!("{path}/participants"), &bob, join("worker")).await.refused(409, "already_joined");
    let listed = world.get("/v1/arenas?agent=bob&status=created", &bob).await.ok(200);
    assert_eq!(listed.field("items").as_array().unwrap().len(), 1);
}
