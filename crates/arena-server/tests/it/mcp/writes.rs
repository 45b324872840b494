//! Writes: repeated under their key they answer as before, and nothing happens twice.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn every_write_repeated_under_its_key_is_done_once() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}, {"title": "three"}])).await;
    let arena = &cast.id;
    let head = async || world.get(&cast.at("events"), &cast.alice).await.ok(200).field("head");
    let twice = async |token: &str, tool: &str, mut arguments: Value| {
        arguments["arena"] = json!(arena);
        arguments["key"] = json!(format!("{tool}-{}", arguments["to"].as_str().unwrap_or_default()));
        let first = world.tool(token, tool, arguments.clone()).await.ok();
        let before = head().await;
        let again = world.tool(token, tool, arguments.clone()).await.ok();
        assert_eq!(head().await, before, "{tool} was done twice");
        assert_eq!(again, first, "{tool}");
        // The same key for something else is a mistake that is told.
        if tool != "step_claim" {
            return first;
        }
        arguments["lease_ms"] = json!(5_000);
        world.tool(token, tool, arguments).await.refused("idempotency_mismatch");
        first
    };
    let claim = twice(&cast.bob, "step_claim", json!({})).await;
    let fence = &claim["fence"];
    twice(&cast.bob, "artifact_put", json!({"name": "a", "text": "x", "step": 1, "fence": fence})).await;
    twice(&cast.bob, "fact_put", json!({"fact": "k", "content": "x"})).await;
    twice(&cast.bob, "message_send", json!({"body": "x"})).await;
    twice(&cast.bob, "step_complete", json!({"step": 1, "fence": fence, "result": "done"})).await;
    twice(&cast.alice, "step_plan", json!({"steps": [{"title": "four", "depends_on": [3]}]})).await;
    twice(&cast.alice, "step_edit", json!({"step": 2, "title": "TWO"})).await;
    twice(&cast.alice, "step_decide", json!({"step": 2, "action": "cancel"})).await;
    twice(&cast.alice, "arena_goal", json!({"goal": "another"})).await;
    twice(&cast.alice, "arena_invite", json!({"agent_id": "carol", "role": "worker"})).await;
    twice(&cast.alice, "arena_remove", json!({"agent_id": "carol"})).await;
    let held = world.tool(&cast.bob, "step_claim", json!({"arena": arena})).await.ok();
    let release = json!({"step": 3, "fence": held["fence"], "action": "release"});
    twice(&cast.bob, "step_update", release).await;
    twice(&cast.alice, "arena_move", json!({"to": "settling"})).await;
    let report = twice(&cast.alice, "arena_move", json!({"to": "archived"})).await["report_hash"].clone();
    let sealed = world.tool(&cast.alice, "arena_report", json!({"arena": arena})).await.ok();
    assert_eq!(sealed["report"]["report_hash"], report);
}

#[tokio::test]
async fn an_arena_is_made_once_under_its_key() {
    let world = World::start().await;
    let alice = world.agent("alice").await;
    let make = json!({"goal": "x", "key": "make-1", "steps": [{"title": "a"}]});
    let first = world.tool(&alice, "arena_create", make.clone()).await.ok();
    assert_eq!(world.tool(&alice, "arena_create", make).await.ok(), first);
    let listed = world.get("/v1/arenas", &alice).await.ok(200).json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(first["status"], "created");
}

#[tokio::test]
async fn without_a_handle_the_arena_must_be_named() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let refused = world.tool(&cast.bob, "step_claim", json!({})).await.refused("invalid");
    assert_eq!(refused["field"], "arena");
    let handle = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    assert_eq!(world.tool(&handle, "step_claim", json!({})).await.ok()["claimed"], true);
    let listed = world.tools(&handle).await;
    let claim = listed.iter().find(|tool| tool["name"] == "step_claim").unwrap();
    assert_eq!(claim["inputSchema"]["required"], json!([]));
    let listed = world.tools(&cast.bob).await;
    let claim = listed.iter().find(|tool| tool["name"] == "step_claim").unwrap();
    assert_eq!(claim["inputSchema"]["required"], json!(["arena"]));
    let other =
        world.post("/v1/arenas", &cast.bob, json!({"goal": "another"})).await.ok(201).text("arena_id");
    world.tool(&handle, "step_claim", json!({"arena": other})).await.refused("not_found");
}

#[tokio::test]
async fn a_refusal_names_what_is_wrong_and_what_to_do() {
    let world = World::start().await;
    let steps = json!([{"title": "one", "evidence": {"artifacts": ["out.md"]}}]);
    let cast = world.arena(steps).await;
    let arena = &cast.id;
    let claim = world.tool(&cast.bob, "step_claim", json!({"arena": arena})).await.ok();
    assert_eq!(claim["step"]["evidence"]["artifacts"], json!(["out.md"]));
    let done = json!({"arena": arena, "step": 1, "fence": claim["fence"]});
    let refused = world.tool(&cast.bob, "step_complete", done.clone()).await.refused("evidence_missing");
    assert_eq!(refused["missing"], json!(["out.md"]));
    let unknown = json!({"arena": arena, "step": 1, "fence": 1, "colour": "red"});
    assert_eq!(world.tool(&cast.bob, "step_complete", unknown).await.refused("invalid")["field"], "colour");
    let both = json!({"arena": arena, "name": "a", "text": "x", "base64": "eA=="});
    world.tool(&cast.bob, "artifact_put", both).await.refused("invalid");
    let half = json!({"arena": arena, "name": "a", "text": "x", "step": 1});
    assert_eq!(world.tool(&cast.bob, "artifact_put", half).await.refused("invalid")["field"], "fence");
    let stale = json!({"arena": arena, "step": 1, "fence": 99});
    world.tool(&cast.bob, "step_complete", stale).await.refused("stale_fence");
    let bytes =
        json!({"arena": arena, "name": "out.md", "base64": "AP8=", "step": 1, "fence": claim["fence"]});
    world.tool(&cast.bob, "artifact_put", bytes).await.ok();
    let read = world.tool(&cast.bob, "artifact_get", json!({"arena": arena, "name": "out.md"})).await.ok();
    assert_eq!((&read["items"][0]["base64"], read["items"][0].get("text")), (&json!("AP8="), None));
    world.tool(&cast.bob, "step_complete", done).await.ok();
}

#[tokio::test]
async fn a_long_artifact_is_read_in_parts() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let text = "schön ".repeat(100);
    let put = json!({"arena": cast.id, "name": "long", "text": text});
    world.tool(&cast.bob, "artifact_put", put).await.ok();
    let (mut read, mut offset) = (String::new(), json!(0));
    while !offset.is_null() {
        let get = json!({"arena": cast.id, "name": "long", "offset": offset, "bytes": 51});
        let part = world.tool(&cast.bob, "artifact_get", get).await.ok()["items"][0].clone();
        read.push_str(part["text"].as_str().unwrap());
        offset = part["next_offset"].clone();
    }
    assert_eq!(read, text);
}

#[tokio::test]
async fn a_key_belongs_to_one_tool_and_one_arena() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let other = world.post("/v1/arenas", &cast.bob, json!({"goal": "other"})).await.ok(201).text("arena_id");
    for arena in [&cast.id, &other] {
        let said = json!({"arena": arena, "body": "x", "key": "k"});
        world.tool(&cast.bob, "message_send", said).await.ok();
        let messages = world.get(&format!("/v1/arenas/{arena}/messages"), &cast.bob).await.ok(200);
        assert_eq!(messages.field("items").as_array().unwrap().len(), 1, "it was said in each");
    }
    world
        .tool(&cast.bob, "fact_put", json!({"arena": cast.id, "fact": "f", "content": "x", "key": "k"}))
        .await
        .ok();
    world.get(&cast.at("facts/f"), &cast.bob).await.ok(200);
}
