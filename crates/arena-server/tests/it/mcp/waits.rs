//! `arena_wait`: it ends with what concerns the caller, and with nothing else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{Cast, World};

fn kinds(answer: &Value) -> Vec<&str> {
    answer["changes"].as_array().unwrap().iter().map(|change| change["type"].as_str().unwrap()).collect()
}

async fn after(world: &World, cast: &Cast) -> Value {
    world.get(&cast.at("events"), &cast.alice).await.ok(200).field("head")
}

#[tokio::test]
async fn a_free_worker_is_told_at_once_of_a_ready_step() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let told = world.tool(&cast.bob, "arena_wait", json!({"arena": cast.id})).await.ok();
    assert_eq!((&told["ready"][0]["step"], &told["next"]), (&json!(1), &json!("claim the next ready step")));
    // Whoever knows the newest number is told all the same: it is free, and there is work.
    let known = after(&world, &cast).await;
    let told = world.tool(&cast.bob, "arena_wait", json!({"arena": cast.id, "after": known})).await.ok();
    assert_eq!(told["ready"][0]["step"], 1);
}

#[tokio::test]
async fn a_wait_ends_when_a_step_becomes_ready_and_not_before() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two", "depends_on": [1]}])).await;
    let alice = world.tool(&cast.alice, "step_claim", json!({"arena": cast.id})).await.ok();
    let wait = world.tool(&cast.bob, "arena_wait", json!({"arena": cast.id, "wait_s": 20}));
    let work = async {
        // None of these is bob's concern.
        world.put(&cast.at("facts/k"), &cast.alice, json!({"content": "x"})).await.ok(200);
        world.post(&cast.at("messages"), &cast.alice, json!({"body": "x", "to": ["olga"]})).await.ok(201);
        let done = json!({"arena": cast.id, "step": 1, "fence": alice["fence"], "result": "r"});
        world.tool(&cast.alice, "step_complete", done).await.ok();
        after(&world, &cast).await
    };
    let (told, head) = tokio::join!(wait, work);
    let told = told.ok();
    assert_eq!((&told["ready"][0]["step"], &told["after"], kinds(&told)), (&json!(2), &head, Vec::new()));
    let claim = world.tool(&cast.bob, "step_claim", json!({"arena": cast.id})).await.ok();
    assert_eq!(claim["inputs"][0]["text"], "r");
    assert_eq!(claim["inputs"][0]["from"], json!({"agent_id": "alice", "role": "coordinator"}));
}

#[tokio::test]
async fn a_holder_is_woken_by_what_is_new_only() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    world.tool(&cast.bob, "step_claim", json!({"arena": cast.id})).await.ok();
    let known = after(&world, &cast).await;
    let quiet = json!({"arena": cast.id, "after": known, "wait_s": 0});
    let told = world.tool(&cast.bob, "arena_wait", quiet.clone()).await.ok();
    assert_eq!(
        (kinds(&told), &told["after"]),
        (Vec::new(), &known),
        "step 2 was ready before: nothing is new"
    );
    assert!(told["next"].as_str().unwrap().starts_with("nothing yet"), "{told}");
    world.post(&cast.at("messages"), &cast.alice, json!({"body": "hi", "to": ["bob"]})).await.ok(201);
    world.post(&cast.at("messages"), &cast.bob, json!({"body": "to all, from bob"})).await.ok(201);
    let told = world.tool(&cast.bob, "arena_wait", quiet).await.ok();
    assert_eq!(kinds(&told), ["message_sent"], "what bob says is no news to bob");
    assert_eq!((&told["changes"][0]["text"], &told["changes"][0]["untrusted"]), (&json!("hi"), &json!(true)));
    assert_eq!(told["changes"][0]["from"], json!({"agent_id": "alice", "role": "coordinator"}));
}

#[tokio::test]
async fn the_end_of_a_claim_is_told_to_who_held_it() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let claim = json!({"arena": cast.id, "lease_ms": 60_000});
    let claim = world.tool(&cast.bob, "step_claim", claim).await.ok();
    let known = after(&world, &cast).await;
    world.advance(50_000).await;
    let wait = json!({"arena": cast.id, "after": known, "wait_s": 20});
    let told = world.tool(&cast.bob, "arena_wait", wait.clone()).await.ok();
    assert!(told["next"].as_str().unwrap().contains("about to end"), "{told}");
    world.advance(10_000).await;
    let told = world.tool(&cast.bob, "arena_wait", wait).await.ok();
    assert_eq!(kinds(&told), ["lease_expired"]);
    assert_eq!((&told["changes"][0]["step"], &told["changes"][0]["fence"]), (&json!(1), &claim["fence"]));
    assert_eq!(told["claims"], json!([]));
}

#[tokio::test]
async fn a_coordinator_is_told_of_failures_late_results_and_the_end_of_the_plan() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([{"title": "one", "max_attempts": 1}, {"title": "two"}])).await;
    let claim = world.tool(&cast.bob, "step_claim", json!({"arena": cast.id})).await.ok();
    let second =
        world.tool(&cast.alice, "step_claim", json!({"arena": cast.id, "lease_ms": 3_600_000})).await.ok();
    let known = after(&world, &cast).await;
    let fail = json!({"arena": cast.id, "step": 1, "fence": claim["fence"], "action": "fail"});
    world.tool(&cast.bob, "step_update", fail).await.ok();
    let wait = async |after: &Value| {
        world
            .tool(&cast.alice, "arena_wait", json!({"arena": cast.id, "after": after, "wait_s": 0}))
            .await
            .ok()
    };
    let told = wait(&known).await;
    assert_eq!(kinds(&told), ["step_failed"]);
    world
        .tool(&cast.alice, "step_decide", json!({"arena": cast.id, "step": 1, "action": "reopen"}))
        .await
        .ok();
    let claim = world.tool(&cast.bob, "step_claim", json!({"arena": cast.id, "lease_ms": 1_000})).await.ok();
    let known = after(&world, &cast).await;
    world.advance(2_000).await;
    let late = json!({"arena": cast.id, "step": 1, "fence": claim["fence"], "result": "late"});
    let refused = world.tool(&cast.bob, "step_complete", late).await.refused("stale_fence");
    assert_eq!(refused["orphan"], true);
    let told = wait(&known).await;
    assert_eq!(kinds(&told), ["result_orphaned"]);
    let adopt = json!({"arena": cast.id, "step": 1, "action": "adopt", "fence": claim["fence"]});
    let adopted = world.tool(&cast.alice, "step_decide", adopt).await.ok();
    assert_eq!((&adopted["status"], &adopted["completed_by"]), (&json!("completed"), &json!("bob")));
    let done = json!({"arena": cast.id, "step": 2, "fence": second["fence"]});
    world.tool(&cast.alice, "step_complete", done).await.ok();
    let told = wait(&after(&world, &cast).await).await;
    assert_eq!(
        told["next"],
        "nothing yet: call arena_wait with after ".to_owned() + &told["after"].to_string() + " again"
    );
}

#[tokio::test]
async fn everybody_is_told_of_settling_and_sealing() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let wait = async |after: Value| {
        world
            .tool(&cast.bob, "arena_wait", json!({"arena": cast.id, "after": after, "wait_s": 20}))
            .await
            .ok()
    };
    let move_to = async |to: &str| {
        world.tool(&cast.alice, "arena_move", json!({"arena": cast.id, "to": to})).await.ok();
    };
    let known = after(&world, &cast).await;
    let (told, ()) = tokio::join!(wait(known), move_to("settling"));
    assert_eq!((kinds(&told), &told["status"]), (vec!["settling_started"], &json!("settling")));
    let (told, ()) = tokio::join!(wait(told["after"].clone()), move_to("archived"));
    assert_eq!((kinds(&told), &told["status"]), (vec!["arena_archived"], &json!("archived")));
    // Nothing comes any more: nobody is kept waiting.
    let told = wait(told["after"].clone()).await;
    assert_eq!((kinds(&told), &told["status"]), (Vec::new(), &json!("archived")));
}

#[tokio::test]
async fn a_number_ahead_of_the_arena_is_told_and_so_is_too_long_a_wait() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let wait = async |arguments: Value| world.tool(&cast.bob, "arena_wait", arguments).await;
    let refused = wait(json!({"arena": cast.id, "after": 9_999})).await.refused("invalid");
    assert_eq!(refused["field"], "after");
    assert_eq!(wait(json!({"arena": cast.id, "wait_s": 51})).await.refused("invalid")["field"], "wait_s");
}

#[tokio::test]
async fn much_news_comes_in_parts_and_none_is_lost() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let known = after(&world, &cast).await;
    for number in 0..45 {
        world.post(&cast.at("messages"), &cast.alice, json!({"body": number.to_string()})).await.ok(201);
    }
    let (mut said, mut after) = (Vec::new(), known);
    loop {
        let wait = json!({"arena": cast.id, "after": after, "wait_s": 0});
        let told = world.tool(&cast.bob, "arena_wait", wait).await.ok();
        said.extend(
            told["changes"]
                .as_array()
                .unwrap()
                .iter()
                .map(|change| change["text"].as_str().unwrap().to_owned()),
        );
        after = told["after"].clone();
        if told["more"] == false {
            break;
        }
    }
    assert_eq!(said, (0..45).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn draining_ends_a_wait_with_an_answer() {
    let mut world = World::start().await;
    let cast = world.arena(json!([])).await;
    let wait = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "arena_wait", "arguments": {"arena": cast.id, "wait_s": 50}}});
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("{}/mcp", world.url))
        .bearer_auth(&cast.bob)
        .header("accept", "application/json, text/event-stream")
        .header("content-type", "application/json")
        .body(wait.to_string());
    let waiting = tokio::spawn(async move { request.send().await.unwrap().bytes().await.unwrap() });
    // A beat for the wait to begin; were it not begun, it would be refused instead and the test would fail.
    tokio::time::sleep(Duration::from_millis(150)).await;
    world.stop();
    let answer = tokio::time::timeout(Duration::from_secs(5), waiting).await.expect("the wait ends").unwrap();
    let told: Value = serde_json::from_slice(&answer).unwrap();
    let next = told["result"]["structuredContent"]["next"].as_str().unwrap_or_else(|| panic!("{told}"));
    assert!(next.starts_with("the server restarts"), "{next}");
    tokio::time::timeout(Duration::from_secs(5), world.drained()).await.expect("the server drains");
}
