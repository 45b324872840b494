//! Narrowed tokens at this door: each does exactly its part, and the ways to widen one are as shut as at the others.

use arena_api::narrow::{Narrowing, narrow};
use arena_core::{
    HandlePermissions, Millis, StepNumber, Timestamp,
    collaboration::Permission::{Read, Share, Write},
    handles::{Caveat, HandleToken},
};
use serde_json::json;

use crate::world::World;

fn child(token: &str, by: Narrowing) -> String {
    narrow(token, by).unwrap().token
}

/// A child as a program would make it that asks for anything.
fn with(token: &str, caveat: Caveat) -> String {
    token.parse::<HandleToken>().unwrap().narrowed(caveat).unwrap().to_string()
}

#[tokio::test]
async fn a_token_narrowed_three_times_does_exactly_its_part() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let token = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    let working = Some([Read, Write].into_iter().collect());
    let first = child(&token, Narrowing { permissions: working, ..Narrowing::default() });
    let second = child(&first, Narrowing { step: StepNumber::new(2), ..Narrowing::default() });
    let end = Some(world.manager.now().plus(Millis::new(5_000)));
    let third = child(&second, Narrowing { expires_at: end, ..Narrowing::default() });

    // No message can be sent with it, so the tool for that is not listed.
    let names = world.tool_names(&third).await;
    let has = |name: &str| names.iter().any(|other| other == name);
    assert!(
        has("step_claim") && has("arena_brief") && !has("message_send") && !has("step_plan"),
        "{names:?}"
    );
    let refused = world.tool(&third, "message_send", json!({"body": "x"})).await.refused("forbidden");
    assert_eq!(refused["missing"], "share");
    world.tool(&third, "step_claim", json!({"step": 1})).await.refused("forbidden");
    let claimed = world.tool(&third, "step_claim", json!({})).await.ok();
    assert_eq!(claimed["step"]["step"], 2);
    let done = json!({"step": 2, "fence": claimed["fence"]});
    world.tool(&third, "step_complete", done).await.ok();

    world.advance(5_000).await;
    let listing = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
    world.mcp(&third, &listing).await.refused(401, "unauthenticated");
    world.mcp(&second, &listing).await.ok(200);
}

#[tokio::test]
async fn no_way_to_widen_a_child_is_open() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let other = world.post("/v1/arenas", &cast.bob, json!({"goal": "other"})).await.ok(201).text("arena_id");
    let token = world.handle(&cast.path, &cast.bob, json!({"agent_id": "bob"})).await;
    let reading = Some([Read].into_iter().collect());
    let reader =
        child(&token, Narrowing { permissions: reading, step: StepNumber::new(1), ..Narrowing::default() });

    // What a holder can sign changes nothing.
    let everything = with(&reader, Caveat::May(HandlePermissions::ALL));
    let for_ever = with(&everything, Caveat::Until(Timestamp::from_millis(u64::MAX)));
    for token in [&reader, &everything, &for_ever] {
        world.tool(token, "arena_brief", json!({})).await.ok();
        for (tool, arguments) in [
            ("step_claim", json!({"step": 1})),
            ("step_claim", json!({"step": 2})),
            ("message_send", json!({"body": "x"})),
            ("fact_put", json!({"fact": "k", "content": "x"})),
            ("step_plan", json!({"steps": [{"title": "more"}]})),
            ("arena_move", json!({"to": "settling"})),
            ("arena_create", json!({"goal": "mine"})),
            ("contest_list", json!({})),
        ] {
            world.tool(token, tool, arguments).await.refused("forbidden");
        }
        world.tool(token, "arena_brief", json!({"arena": other})).await.refused("not_found");
    }

    // What it cannot sign opens nothing.
    let (head, tag) = reader.rsplit_once('.').unwrap();
    let grant = head.split('.').next().unwrap();
    let sharing = with(&token, Caveat::May([Read, Share].into_iter().collect()));
    let (_, sharing_tag) = sharing.rsplit_once('.').unwrap();
    for forged in [
        format!("{grant}.{tag}"),
        format!("{grant}.may-read.{tag}"),
        format!("{grant}.may-read-write.step-1.{tag}"),
        format!("{head}.{sharing_tag}"),
        format!("{head}.anything-at-all.{tag}"),
        with(&reader, Caveat::Step(StepNumber::new(2).unwrap())),
    ] {
        let listing = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}});
        world.mcp(&forged, &listing).await.refused(401, "unauthenticated");
    }
}
