//! The brief tells each caller what it needs, and stays short.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_brief_is_told_from_the_callers_place() {
    let world = World::start().await;
    let body = json!([{"title": "one"}, {"title": "alice's", "assignee": "alice"}, {"title": "later", "depends_on": [1]}]);
    let cast = world.arena(body).await;
    let brief = |token: String| {
        let (world, path) = (&world, cast.at("brief"));
        async move { world.get(&path, &token).await.ok(200).json() }
    };
    let worker = brief(cast.bob.clone()).await;
    assert_eq!(
        worker["you"],
        json!({"agent_id": "bob", "role": "worker", "permissions": ["read", "write", "share"]})
    );
    assert_eq!(worker["ready"], json!([{"step": 1, "title": "one"}]));
    assert_eq!(worker["goal"], "ship it");
    let observer = brief(cast.olga.clone()).await;
    assert_eq!((&observer["ready"], &observer["you"]["permissions"]), (&json!([]), &json!(["read"])));
    let claim = world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    let worker = brief(cast.bob.clone()).await;
    assert_eq!(
        (&worker["claims"][0]["step"], &worker["claims"][0]["fence"]),
        (&json!(1), &claim.field("fence"))
    );
    assert!(worker["next"].as_str().unwrap().contains("step 1"));
    assert!(
        worker["stuck"].as_array().unwrap().iter().any(|why| why.as_str().unwrap().contains("step 3 waits"))
    );
    assert_eq!(worker["events"].as_array().unwrap().last().unwrap()["type"], "step_claimed");
    let operator = brief(world.operator.clone()).await;
    assert!(operator["you"].get("role").is_none());
}

#[tokio::test]
async fn a_brief_says_what_is_left_of_the_budget() {
    let world = World::with_test_clock().await;
    let alice = world.agent("alice").await;
    let body = json!({"goal": "x", "steps": [{"title": "a"}], "budget": {"attempts": 1, "cost": 10, "duration_ms": 60_000}});
    let id = world.post("/v1/arenas", &alice, body).await.ok(201).text("arena_id");
    let path = format!("/v1/arenas/{id}");
    world.poke(&format!("{path}/activate"), &alice).await.ok(200);
    let fence = world.poke(&format!("{path}/steps/claim"), &alice).await.ok(200).field("fence");
    let failed = json!({"fence": fence, "cost": 4});
    world.post(&format!("{path}/steps/1/fail"), &alice, failed).await.ok(200);
    let brief = world.get(&format!("{path}/brief"), &alice).await.ok(200).json();
    assert_eq!((&brief["budget_left"]["attempts"], &brief["budget_left"]["cost"]), (&json!(0), &json!(6)));
    assert!(brief["stuck"][0].as_str().unwrap().contains("budget attempts is spent"), "{}", brief["stuck"]);
    assert_eq!(brief["ready"], json!([]), "a step is open, and nobody may claim it");
    let next = brief["next"].as_str().unwrap();
    assert!(next.starts_with("settle the arena") && next.contains("attempts"), "{next}");
    let refused = world.poke(&format!("{path}/steps/claim"), &alice).await.refused(409, "budget_spent");
    assert_eq!((refused.field("missing"), refused.field("limit")), (json!("attempts"), json!(1)));
}

#[tokio::test]
async fn a_brief_is_short_whatever_the_arena_holds() {
    let world = World::start().await;
    let long = "\"\\ schön \u{1f600} ".repeat(60);
    let steps: Vec<Value> = (0..200).map(|_| json!({"title": long, "description": long})).collect();
    let cast = world.arena(json!(steps)).await;
    world.put(&cast.at("goal"), &cast.alice, json!({"goal": long.repeat(10)})).await.ok(200);
    for n in 0..20 {
        world
            .put(&cast.at(&format!("facts/{n}{}", "k".repeat(200))), &cast.bob, json!({"content": long}))
            .await
            .ok(200);
        world.post(&cast.at("messages"), &cast.bob, json!({"body": long})).await.ok(201);
        world.poke(&cast.at("steps/claim"), &cast.bob).await.ok(200);
    }
    let brief = world.get(&cast.at("brief"), &cast.bob).await.ok(200);
    assert!(brief.bytes.len() <= 4_800, "{} bytes", brief.bytes.len());
    let brief = brief.json();
    assert!(!brief["claims"].as_array().unwrap().is_empty());
    assert!(brief["ready_more"].as_u64().unwrap() > 100);
    assert!(brief["facts_more"].as_u64().unwrap() >= 14);
}
