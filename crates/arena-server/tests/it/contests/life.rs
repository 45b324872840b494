//! One life of a contest, as its routes show it.

use serde_json::{Value, json};

use super::cup::{BOND, Cup, FEE, terms};

#[tokio::test]
async fn a_contest_is_made_entered_played_and_settled() {
    let cup = Cup::new().await;
    let made = cup.contest("host").await;
    let now = cup.world.manager.now();
    let mut terms = terms();
    terms["prize_split_bps"] = json!([6000, 4000]);
    terms["creator_may_enter"] = json!(false);
    terms["gates"] = json!({"min_completed": 0, "min_wins": 0, "min_age_s": 0});
    let mut expected = json!({
        "arena_id": cup.id, "kind": "contest", "status": "registration", "title": "the cup", "terms": terms,
        "terms_hash": made["terms_hash"], "creator": "host", "oracle": "judge", "entrants": 0, "alive": 0, "round": 0, "pot": 0,
        "sequence": 1, "created_at": now, "registration_ends_at": now.plus(arena_core::Millis::from_secs(3 * 86_400)),
        "exit_at": now, "exit_action": "cancel",
    });
    assert_eq!(made, expected);
    let listed = cup.world.get("/v1/contests?status=registration", cup.token("host")).await.ok(200);
    assert_eq!(listed.field("items"), json!([made]));

    for (number, name) in ["ben", "ann", "cat"].iter().zip(1..).map(|(name, number)| (number, *name)) {
        let entered = cup.enter(name).await.ok(201);
        let entry = json!({"agent_id": name, "number": number, "alive": true, "score": 0, "amount": FEE,
            "terms_hash": made["terms_hash"], "entered_at": now, "exit_at": now, "exit_action": "leave"});
        assert_eq!(entered.json(), entry);
        assert_eq!(entered.header("etag"), format!("\"{}\"", number + 1));
    }
    let entries = cup.get("entries", "zoe").await.ok(200).json();
    let names: Vec<&Value> =
        entries["items"].as_array().unwrap().iter().map(|one| &one["agent_id"]).collect();
    assert_eq!(names, ["ben", "ann", "cat"]);
    assert!(entries.get("next_cursor").is_none());

    cup.world.advance(1_000).await;
    let started = cup.poke("start", "judge").await.ok(200).json();
    let now = cup.world.manager.now();
    let play = json!({"status": "active", "entrants": 3, "alive": 3, "pot": 3 * FEE, "sequence": 5, "started_at": now,
        "last_submission_at": now, "times_out_at": now.plus(arena_core::Millis::from_secs(120)),
        "exit_at": now.plus(arena_core::Millis::from_secs(120)), "exit_action": "abandon"});
    expected.as_object_mut().unwrap().extend(play.as_object().unwrap().clone());
    assert_eq!(started, expected);

    cup.world.advance(10_000).await;
    let page = json!({"round": 1, "page": 1, "eliminated": ["ben"], "scores": {"ann": 7}, "last": false});
    let open = cup.post("eliminations", "judge", page).await.ok(200).json();
    assert_eq!(
        (&open["status"], &open["alive"], &open["round"]),
        (&json!("eliminating"), &json!(2), &json!(0))
    );
    assert_eq!(open["last_submission_at"], json!(now), "an open page does not reset the clock");
    let page = json!({"round": 1, "page": 2, "eliminated": [], "scores": {"cat": 7}});
    let closed = cup.post("eliminations", "judge", page).await.ok(200).json();
    assert_eq!(
        (&closed["status"], &closed["alive"], &closed["round"]),
        (&json!("active"), &json!(2), &json!(1))
    );
    assert_eq!(closed["last_submission_at"], json!(cup.world.manager.now()));
    let rounds = cup.get("rounds", "zoe").await.ok(200).json();
    let one = json!({"round": 1, "pages": 2, "eliminated": 1, "completed_at": cup.world.manager.now()});
    assert_eq!(rounds["items"], json!([one]));
    let live = standings(&cup).await;
    assert_eq!(live, json!([["ann", 1, null], ["cat", 1, null], ["ben", 3, null]]), "equals share a place");

    let finished = cup.post("finalize", "judge", json!({})).await.ok(200).json();
    assert_eq!(
        (&finished["status"], &finished["ended_at"]),
        (&json!("finished"), &json!(cup.world.manager.now()))
    );
    assert!(finished.get("times_out_at").is_none());
    // 142 in prizes, shared by two: 71 each.
    assert_eq!(standings(&cup).await, json!([["ann", 1, 71], ["cat", 1, 71], ["ben", 3, 0]]));
    let cat = cup.get("entries", "zoe").await.ok(200).field("items")[2].clone();
    assert_eq!((&cat["standing"], &cat["prize"]), (&json!(1), &json!(71)));

    let events = cup.get("events", "zoe").await.ok(200).json();
    let kinds: Vec<&str> =
        events["items"].as_array().unwrap().iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = [
        "contest_created",
        "agent_entered",
        "agent_entered",
        "agent_entered",
        "contest_started",
        "round_page_submitted",
        "round_page_submitted",
        "round_completed",
        "contest_finalized",
    ];
    assert_eq!(kinds, expected);
    let sequences: Vec<u64> =
        events["items"].as_array().unwrap().iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=9).collect::<Vec<_>>());
    assert_eq!(events["items"][5]["data"]["scores"], json!({"ann": 7}));
    assert_eq!(events["items"][1]["actor"], "ben");
    assert_eq!(cup.balance(&format!("bond:{}", cup.id)).await, BOND);
    let page = cup.get("events?after=3&limit=2&actor=judge", "zoe").await.ok(200).json();
    assert_eq!((&page["items"][0]["type"], &page["head"]), (&json!("contest_started"), &json!(9)));
}

async fn standings(cup: &Cup) -> Value {
    let items = cup.get("standings", "zoe").await.ok(200).field("items");
    let one = |entry: &Value| json!([entry["agent_id"], entry["standing"], entry["prize"]]);
    items.as_array().unwrap().iter().map(one).collect()
}

#[tokio::test]
async fn a_reader_that_waits_is_given_the_next_event() {
    let cup = Cup::new().await;
    let head = cup.contest("zoe").await["sequence"].as_u64().unwrap();
    let rest = format!("events?after={head}&wait_ms=20000");
    let (page, entered) = tokio::join!(cup.get(&rest, "zoe"), cup.enter("ann"));
    entered.ok(201);
    let page = page.ok(200).json();
    assert_eq!((&page["items"][0]["type"], &page["head"]), (&json!("agent_entered"), &json!(head + 1)));
}

#[tokio::test]
async fn every_list_of_a_contest_is_walked_in_pages() {
    let mut cup = Cup::finished().await;
    for (rest, whole) in [("entries", 3), ("standings", 3), ("obligations", 5), ("rounds", 2)] {
        let all = cup.get(rest, "zoe").await.ok(200).json();
        let items = all["items"].as_array().unwrap();
        assert_eq!(items.len(), whole, "{rest}");
        assert!(all.get("next_cursor").is_none());
        for limit in 1..=whole {
            let (mut met, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = cup.get(&format!("{rest}?limit={limit}{cursor}"), "zoe").await.ok(200).json();
                let part = page["items"].as_array().unwrap();
                assert!(!part.is_empty(), "{rest}: a page of nothing");
                met.extend(part.iter().cloned());
                match page.get("next_cursor") {
                    Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                    None => break,
                }
            }
            assert_eq!(&met, items, "{rest} in pages of {limit}");
        }
    }
    let first = cup.id.clone();
    let mut free = terms();
    free["bond"] = json!(0);
    cup.remake(free).await;
    let page = cup.world.get("/v1/contests?limit=1", cup.token("zoe")).await.ok(200).json();
    assert_eq!(page["items"][0]["arena_id"], first);
    let rest = format!("/v1/contests?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let page = cup.world.get(&rest, cup.token("zoe")).await.ok(200).json();
    assert_eq!(page["items"][0]["arena_id"], cup.id);
    assert!(page.get("next_cursor").is_none());
    let finished =
        cup.world.get("/v1/contests?status=finished", cup.token("zoe")).await.ok(200).field("items");
    assert_eq!(finished.as_array().unwrap().len(), 1);
    let running = cup.world.get("/v1/contests?status=active", cup.token("zoe")).await.ok(200).field("items");
    assert_eq!(running, json!([]));
    // Contests are no shared arenas.
    let arenas = cup.world.get("/v1/arenas", &cup.world.operator).await.ok(200).field("items");
    assert_eq!(arenas, json!([]));
}
