//! Schemas: what a tool says it takes it takes, and what it says it answers it answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::terms;
use crate::world::World;

/// Whether a value is as a schema says, as far as the tools' schemas go.
#[track_caller]
fn check(schema: &Value, value: &Value, at: &str) {
    for word in schema.as_object().into_iter().flat_map(|schema| schema.keys()) {
        let known = [
            "type",
            "properties",
            "required",
            "items",
            "enum",
            "const",
            "description",
            "minimum",
            "maximum",
            "additionalProperties",
        ];
        assert!(known.contains(&word.as_str()), "{at}: {word} is not checked here");
    }
    let is_right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    assert!(is_right, "{at} is no {}: {value}", schema["type"]);
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value} is none of {words:?}");
    }
    if let Some(only) = schema.get("const") {
        assert_eq!(only, value, "{at}");
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at} has no {name}: {value}");
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => check(schema, field, &format!("{at}.{name}")),
            None => assert_ne!(schema["additionalProperties"], false, "{at} knows no {name}"),
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        if let Some(schema) = schema.get("items") {
            check(schema, item, &format!("{at}[{index}]"));
        }
    }
}

async fn all_tools(world: &World) -> BTreeMap<String, Value> {
    let listed = world.tools(&world.operator).await.into_iter();
    listed.map(|tool| (tool["name"].as_str().unwrap().to_owned(), tool)).collect()
}

#[tokio::test]
async fn each_tool_takes_exactly_what_its_schema_says() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    for (name, tool) in all_tools(&world).await {
        let arguments = json!({"arena": cast.id, "zzz": 1});
        let problem = world.tool(&cast.alice, &name, arguments).await.refused("invalid");
        assert_eq!(problem["field"], "zzz", "{name}: {problem}");
        let detail = problem["detail"].as_str().unwrap();
        let (_, expected) = detail.split_once("unknown field `zzz`").unwrap();
        let known: BTreeSet<&str> = expected.split('`').skip(1).step_by(2).collect();
        let schema = &tool["inputSchema"];
        let said: BTreeSet<&str> =
            schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let said: BTreeSet<&str> =
            said.into_iter().filter(|field| !["arena", "key"].contains(field)).collect();
        assert_eq!(known, said, "{name}");
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&json!("object"), &json!(false)),
            "{name}"
        );
        let required = schema["required"].as_array().unwrap();
        for field in required {
            assert!(schema["properties"].get(field.as_str().unwrap()).is_some(), "{name}: {field}");
        }
    }
}

#[tokio::test]
async fn each_tool_answers_what_its_schema_says() {
    let world = World::start().await;
    let steps = json!([
        {"title": "one", "description": "d", "evidence": {"artifacts": ["a"], "approval": true}},
        {"title": "two", "depends_on": [1]},
        {"title": "three"},
    ]);
    let cast = world.arena(steps).await;
    let deposit = json!({"agent_id": "carol", "amount": 1_000, "reference": "1"});
    world.post("/v1/ledger/deposits", &world.operator, deposit).await.ok(201);
    let deposit = json!({"agent_id": "bob", "amount": 1_000, "reference": "2"});
    world.post("/v1/ledger/deposits", &world.operator, deposit).await.ok(201);
    let made =
        world.post("/v1/contests", &cast.alice, json!({"title": "cup", "terms": terms()})).await.ok(201);
    let off =
        world.post("/v1/contests", &cast.alice, json!({"title": "off", "terms": terms()})).await.ok(201);
    let (cup, off) = (made.text("arena_id"), off.text("arena_id"));
    let open = json!({"goal": "open", "open": true});
    let open = world.post("/v1/arenas", &cast.alice, open).await.ok(201).text("arena_id");
    let tools = all_tools(&world).await;
    let mut called = BTreeSet::new();
    let mut call = async |token: &str, name: &str, arguments: Value| {
        check(&tools[name]["inputSchema"], &arguments, &format!("{name} takes"));
        let answer = world.tool(token, name, arguments).await.ok();
        check(&tools[name]["outputSchema"], &answer, &format!("{name} answers"));
        called.insert(name.to_owned());
        answer
    };
    let (alice, bob, carol, arena) = (&cast.alice, &cast.bob, &cast.carol, &cast.id);
    call(bob, "arena_brief", json!({})).await;
    call(bob, "arena_brief", json!({"arena": arena})).await;
    call(carol, "arena_join", json!({"arena": open, "role": "worker"})).await;
    call(bob, "arena_wait", json!({"arena": arena, "after": 0, "wait_s": 0})).await;
    let claim = call(bob, "step_claim", json!({"arena": arena})).await;
    let (step, fence) = (&claim["step"]["step"], &claim["fence"]);
    call(bob, "step_update", json!({"arena": arena, "step": step, "fence": fence, "action": "renew"})).await;
    call(
        bob,
        "artifact_put",
        json!({"arena": arena, "name": "a", "text": "x", "step": step, "fence": fence}),
    )
    .await;
    call(alice, "step_decide", json!({"arena": arena, "step": 1, "action": "approve"})).await;
    call(bob, "step_complete", json!({"arena": arena, "step": step, "fence": fence, "result": "r"})).await;
    call(bob, "step_claim", json!({"arena": arena, "step": 2})).await;
    call(bob, "step_read", json!({"arena": arena})).await;
    call(bob, "step_read", json!({"arena": arena, "step": 1})).await;
    call(bob, "artifact_get", json!({"arena": arena})).await;
    call(bob, "artifact_get", json!({"arena": arena, "name": "a"})).await;
    call(
        bob,
        "fact_put",
        json!({"arena": arena, "fact": "k", "content": "c", "tags": ["t"], "confidence": 900}),
    )
    .await;
    call(bob, "fact_search", json!({"arena": arena, "q": "c"})).await;
    call(bob, "message_send", json!({"arena": arena, "body": "b", "to": ["alice"]})).await;
    call(alice, "arena_wait", json!({"arena": arena, "after": 0, "wait_s": 0})).await;
    call(alice, "step_plan", json!({"arena": arena, "steps": [{"title": "four", "depends_on": [3]}]})).await;
    call(alice, "step_edit", json!({"arena": arena, "step": 3, "title": "THREE"})).await;
    call(alice, "arena_create", json!({"goal": "g", "steps": [{"title": "t"}]})).await;
    call(alice, "arena_goal", json!({"arena": arena, "goal": "h"})).await;
    call(alice, "arena_invite", json!({"arena": arena, "agent_id": "carol", "role": "observer"})).await;
    call(alice, "arena_remove", json!({"arena": arena, "agent_id": "carol"})).await;
    for to in ["settling", "archived"] {
        if to == "archived" {
            let held = world.get(&cast.at("steps/2"), bob).await.ok(200).field("fence");
            let release = json!({"arena": arena, "step": 2, "fence": held, "action": "release"});
            call(bob, "step_update", release).await;
        }
        call(alice, "arena_move", json!({"arena": arena, "to": to})).await;
    }
    call(alice, "arena_report", json!({"arena": arena})).await;
    call(bob, "contest_list", json!({})).await;
    call(bob, "contest_enter", json!({"arena": cup})).await;
    call(bob, "contest_leave", json!({"arena": cup})).await;
    call(bob, "contest_enter", json!({"arena": cup})).await;
    call(carol, "contest_enter", json!({"arena": cup})).await;
    call(bob, "contest_show", json!({"arena": cup})).await;
    call(alice, "contest_start", json!({"arena": cup})).await;
    call(
        alice,
        "contest_round",
        json!({"arena": cup, "round": 1, "eliminated": ["carol"], "scores": {"bob": 1}}),
    )
    .await;
    call(bob, "contest_standings", json!({"arena": cup})).await;
    call(alice, "contest_finalize", json!({"arena": cup})).await;
    call(bob, "contest_payout", json!({"arena": cup, "kind": "prize"})).await;
    call(alice, "contest_cancel", json!({"arena": off})).await;
    let missed: Vec<&String> = tools.keys().filter(|name| !called.contains(*name)).collect();
    // It answers as `contest_cancel` does; a test with a clock that stands still would have to wait for the timeout.
    assert_eq!(missed, ["contest_abandon"]);
}
