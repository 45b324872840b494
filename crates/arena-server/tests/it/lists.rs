//! Lists come in pages, sorted, complete, and without an end that is a page of nothing.

use serde_json::{Value, json};

use crate::world::World;

/// Walks a list and answers the ids of its items, page by page.
async fn walk(world: &World, token: &str, path: &str, id: &str, cursor: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut at = String::new();
    loop {
        let page = world.get(&format!("{path}{at}"), token).await.ok(200).json();
        pages.push(page["items"].as_array().unwrap().iter().map(|one| one[id].clone()).collect());
        match page.get("next_cursor") {
            Some(next) => at = format!("&{cursor}={}", next.as_str().unwrap()),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn every_list_is_walked_in_pages() {
    let world = World::start().await;
    let steps: Vec<Value> = (1..=4).map(|n| json!({"title": format!("step {n}")})).collect();
    let cast = world.arena(json!(steps)).await;
    for name in ["d", "a", "c/x", "b"] {
        world
            .request("PUT", &cast.at(&format!("artifacts/{name}")), &cast.bob)
            .body("x")
            .send()
            .await
            .ok(200);
        world.put(&cast.at(&format!("facts/{name}")), &cast.bob, json!({"content": "x"})).await.ok(200);
        world.post(&cast.at("messages"), &cast.bob, json!({"body": name})).await.ok(201);
    }
    let names = [vec![json!("a"), json!("b")], vec![json!("c/x"), json!("d")]];
    assert_eq!(walk(&world, &cast.bob, &cast.at("artifacts?limit=2"), "name", "cursor").await, names);
    assert_eq!(walk(&world, &cast.bob, &cast.at("facts?limit=2"), "key", "cursor").await, names);
    let steps = walk(&world, &cast.bob, &cast.at("steps?limit=3"), "step", "cursor").await;
    assert_eq!(steps, [vec![json!(1), json!(2), json!(3)], vec![json!(4)]]);
    let messages = walk(&world, &cast.bob, &cast.at("messages?limit=3"), "body", "cursor").await;
    let same = walk(&world, &cast.bob, &cast.at("messages?limit=3"), "body", "after").await;
    assert_eq!(same, messages);
    assert_eq!(messages, [vec![json!("d"), json!("a"), json!("c/x")], vec![json!("b")]]);
    let agents = walk(&world, &cast.bob, "/v1/agents?limit=2", "agent_id", "cursor").await;
    assert_eq!(agents.concat(), ["alice", "bob", "carol", "olga", "operator"]);
}

#[tokio::test]
async fn steps_are_listed_by_status() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "a"}, {"title": "b", "depends_on": [1]}, {"title": "c"}])).await;
    world.post(&cast.at("steps/claim"), &cast.bob, json!({"step": 3})).await.ok(200);
    for (status, step) in [("ready", 1), ("waiting", 2), ("claimed", 3)] {
        let items =
            world.get(&cast.at(&format!("steps?status={status}")), &cast.olga).await.ok(200).field("items");
        assert_eq!(
            items.as_array().unwrap().iter().map(|one| one["step"].clone()).collect::<Vec<_>>(),
            [step]
        );
    }
}

#[tokio::test]
async fn an_agent_lists_its_own_and_open_arenas_and_the_operator_all() {
    let world = World::start().await;
    let (alice, bob) = (world.agent("alice").await, world.agent("bob").await);
    for (token, body) in [
        (&alice, json!({"goal": "alice's"})),
        (&alice, json!({"goal": "open", "open": true})),
        (&bob, json!({"goal": "bob's"})),
    ] {
        world.post("/v1/arenas", token, body).await.ok(201);
    }
    let goals = |token: String, path: &'static str| {
        let world = &world;
        async move { walk(world, &token, path, "goal", "cursor").await.concat() }
    };
    assert_eq!(goals(alice.clone(), "/v1/arenas?limit=1").await, ["alice's", "open"]);
    assert_eq!(goals(bob.clone(), "/v1/arenas?limit=1").await, ["open", "bob's"]);
    assert_eq!(goals(world.operator.clone(), "/v1/arenas?limit=2").await, ["alice's", "open", "bob's"]);
    assert_eq!(goals(world.operator.clone(), "/v1/arenas?agent=bob").await, ["bob's"]);
    assert_eq!(goals(bob, "/v1/arenas?status=active").await, Vec::<Value>::new());
}

#[tokio::test]
async fn facts_are_found_by_words_and_tags() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    for (key, content, tag) in
        [("a", "the build is green", "ci"), ("b", "the build is red", "ci"), ("c", "grün", "farbe")]
    {
        let body = json!({"content": content, "tags": [tag]});
        world.put(&cast.at(&format!("facts/{key}")), &cast.bob, body).await.ok(200);
    }
    for (query, keys) in [
        ("q=build", vec!["a", "b"]),
        ("q=red%20build", vec!["b"]),
        ("tag=farbe", vec!["c"]),
        ("q=gr%C3%BCn", vec!["c"]),
        ("q=%22%27%28*", vec!["a", "b", "c"]),
    ] {
        let items = world.get(&cast.at(&format!("facts?{query}")), &cast.olga).await.ok(200).field("items");
        let found: Vec<_> =
            items.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap().to_owned()).collect();
        assert_eq!(found, keys, "{query}");
    }
}

#[tokio::test]
async fn events_come_without_gaps_filtered_and_from_anywhere() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let all = world.get(&cast.at("events"), &cast.olga).await.ok(200).json();
    let items = all["items"].as_array().unwrap();
    let sequences: Vec<_> = items.iter().map(|one| one["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=sequences.len() as u64).collect::<Vec<_>>());
    assert_eq!(all["head"], json!(sequences.len()));
    assert_eq!(items[0]["type"], "arena_created");
    assert_eq!(items[0]["data"]["goal"], "ship it");
    for (before, after) in items.iter().zip(items.iter().skip(1)) {
        assert_eq!(before["hash"], after["previous_hash"]);
    }
    let page = world.get(&cast.at("events?after=2&limit=1"), &cast.olga).await.ok(200).json();
    assert_eq!(page["items"][0], items[2]);
    let joined =
        world.get(&cast.at("events?type=agent_joined,arena_activated&actor=alice"), &cast.olga).await.ok(200);
    let kinds: Vec<_> =
        joined.field("items").as_array().unwrap().iter().map(|one| one["type"].clone()).collect();
    assert_eq!(kinds, ["agent_joined", "agent_joined", "agent_joined", "arena_activated"]);
    let ahead = world.get(&cast.at("events?after=999"), &cast.olga).await.ok(200).json();
    assert_eq!((&ahead["items"], &ahead["head"]), (&json!([]), &all["head"]));
}
