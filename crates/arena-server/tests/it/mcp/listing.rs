//! Who is shown which tools.

use serde_json::json;

use super::terms;
use crate::world::World;

/// What every worker has.
const WORKER: [&str; 12] = [
    "arena_brief",
    "arena_join",
    "arena_wait",
    "step_read",
    "step_claim",
    "step_update",
    "step_complete",
    "artifact_put",
    "artifact_get",
    "fact_put",
    "fact_search",
    "message_send",
];

#[tokio::test]
async fn tools_are_listed_by_what_a_caller_may_do() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    assert_eq!(world.tool_names(&cast.bob).await, WORKER, "a worker");
    let reading = ["arena_brief", "arena_join", "arena_wait", "step_read", "artifact_get", "fact_search"];
    assert_eq!(world.tool_names(&cast.olga).await, reading, "an observer");
    let alice = world.tool_names(&cast.alice).await;
    assert!(alice.starts_with(&WORKER.map(str::to_owned)), "{alice:?}");
    let leading = [
        "step_plan",
        "step_edit",
        "step_decide",
        "arena_create",
        "arena_move",
        "arena_goal",
        "arena_invite",
        "arena_remove",
        "arena_report",
    ];
    assert_eq!(alice[WORKER.len()..], leading, "a coordinator");
    assert_eq!(world.tool_names(&cast.carol).await, alice, "whoever has no arena yet may make one");
}

#[tokio::test]
async fn a_handle_lists_what_is_left_of_its_role() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let bob = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    let names = world.tool_names(&bob).await;
    assert_eq!(names.len(), 11, "{names:?}");
    assert!(!names.contains(&"arena_join".to_owned()));
    let reader = json!({"agent_id": "alice", "permissions": ["read"]});
    let reader = world.handle(&cast.path, &cast.alice, reader).await;
    let reading = ["arena_brief", "arena_wait", "step_read", "artifact_get", "fact_search"];
    assert_eq!(world.tool_names(&reader).await, reading);
    let alice = world.handle(&cast.path, &cast.alice, json!({"agent_id": "alice"})).await;
    let names = world.tool_names(&alice).await;
    assert!(names.contains(&"step_plan".to_owned()) && !names.contains(&"arena_create".to_owned()));
    // The role is looked up live: a handle shrinks with it.
    world.patch(&cast.at("participants/bob"), &cast.alice, json!({"role": "observer"})).await.ok(200);
    assert_eq!(world.tool_names(&bob).await, reading);
}

#[tokio::test]
async fn contest_tools_are_for_agents_and_only_where_there_are_contests() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let has = async |token: &str, name: &str| world.tool_names(token).await.iter().any(|one| one == name);
    assert!(!has(&cast.bob, "contest_list").await);
    assert!(has(&world.operator, "contest_enter").await);
    let body = json!({"title": "cup", "terms": terms()});
    world.post("/v1/contests", &cast.carol, body).await.ok(201);
    assert!(has(&cast.bob, "contest_enter").await && !has(&cast.bob, "contest_start").await);
    assert!(has(&cast.carol, "contest_start").await, "its creator is its oracle");
    let handle = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    assert!(!has(&handle, "contest_list").await);
    world.tool(&handle, "contest_list", json!({})).await.refused("forbidden");
}

#[tokio::test]
async fn what_is_not_listed_is_refused_by_the_rules() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let arena = &cast.id;
    let plan = json!({"arena": arena, "steps": [{"title": "two"}]});
    let refused = world.tool(&cast.bob, "step_plan", plan).await.refused("forbidden");
    assert_eq!(refused["missing"], "coordinate");
    world.tool(&cast.olga, "step_claim", json!({"arena": arena})).await.refused("forbidden");
    world.tool(&cast.carol, "arena_brief", json!({"arena": arena})).await.refused("not_found");
    let narrow = json!({"agent_id": "bob", "permissions": ["read", "share"]});
    let narrow = world.handle(&cast.path, &cast.bob, narrow).await;
    let refused = world.tool(&narrow, "step_claim", json!({})).await.refused("forbidden");
    assert_eq!(refused["missing"], "write");
    world.tool(&narrow, "message_send", json!({"body": "hello"})).await.ok();
}

#[tokio::test]
async fn marks_say_what_a_call_does() {
    let world = World::start().await;
    world.post("/v1/contests", &world.operator, json!({"title": "cup", "terms": terms()})).await;
    for tool in world.tools(&world.operator).await {
        let (name, marks) = (tool["name"].as_str().unwrap(), &tool["annotations"]);
        let reads = ["brief", "wait", "read", "get", "search", "report", "list", "show", "standings"];
        let reads = reads.iter().any(|word| name.ends_with(word));
        assert_eq!(marks["readOnlyHint"], reads, "{name}");
        assert_eq!(marks["openWorldHint"], false, "{name}");
        let takes_key = tool["inputSchema"]["properties"].get("key").is_some();
        assert_eq!(takes_key, !reads, "{name}: every write takes a key");
        if !reads {
            assert!(marks["destructiveHint"].is_boolean() && marks["idempotentHint"].is_boolean(), "{name}");
        }
        assert!(tool["outputSchema"]["properties"].is_object(), "{name}");
    }
    let destructive = |tools: &[serde_json::Value], name: &str| {
        tools.iter().find(|tool| tool["name"] == name).unwrap()["annotations"]["destructiveHint"].clone()
    };
    let tools = world.tools(&world.operator).await;
    assert_eq!(destructive(&tools, "arena_move"), true);
    assert_eq!(destructive(&tools, "step_claim"), false);
}
