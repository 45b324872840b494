//! Tokens that their holders narrowed: each does exactly its part, and no way to widen one is open.

use arena_api::narrow::{Narrowing, narrow};
use arena_core::{
    HandlePermissions, StepNumber, Timestamp,
    collaboration::Permission::{self, Read, Share, Write},
    handles::{Caveat, HandleToken},
};
use serde_json::{Value, json};

use crate::world::{Cast, World};

async fn issue(world: &World, cast: &Cast, body: Value) -> (String, String) {
    let issued = world.post(&cast.at("handles"), &cast.bob, body).await.ok(201);
    (issued.text("token"), issued.text("handle"))
}

/// A child that the holder's own program would make.
fn child(token: &str, permissions: &[Permission]) -> String {
    let permissions = Some(permissions.iter().copied().collect());
    narrow(token, Narrowing { permissions, ..Narrowing::default() }).unwrap().token
}

fn of_step(token: &str, step: u32) -> String {
    narrow(token, Narrowing { step: StepNumber::new(step), ..Narrowing::default() }).unwrap().token
}

/// A child as a program would make it that asks for anything.
fn with(token: &str, caveat: Caveat) -> String {
    token.parse::<HandleToken>().unwrap().narrowed(caveat).unwrap().to_string()
}

#[tokio::test]
async fn a_token_narrowed_three_times_does_exactly_its_part() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let (token, _) = issue(&world, &cast, json!({"agent_id": "bob"})).await;
    let first = child(&token, &[Read, Write]);
    let second = of_step(&first, 2);
    let end = world.manager.now().plus(arena_core::Millis::new(5_000));
    let third = narrow(&second, Narrowing { expires_at: Some(end), ..Narrowing::default() }).unwrap().token;

    world.get(&cast.path, &third).await.ok(200);
    world.post(&cast.at("messages"), &third, json!({"body": "x"})).await.refused(403, "forbidden");
    world.post(&cast.at("messages"), &token, json!({"body": "x"})).await.ok(201);
    world.post(&cast.at("steps/claim"), &third, json!({"step": 1})).await.refused(403, "forbidden");
    let claim = world.poke(&cast.at("steps/claim"), &third).await.ok(200);
    assert_eq!(claim.field("step"), 2);
    world.post(&cast.at("steps/2/complete"), &third, json!({"fence": claim.field("fence")})).await.ok(200);

    world.advance(5_000).await;
    world.get(&cast.path, &third).await.refused(401, "unauthenticated");
    world.get(&cast.path, &second).await.ok(200);
}

#[tokio::test]
async fn revoking_a_handle_ends_its_children_and_theirs() {
    let world = World::start().await;
    let cast = world.arena(json!([])).await;
    let (token, id) = issue(&world, &cast, json!({"agent_id": "bob"})).await;
    let first = child(&token, &[Read, Share]);
    let second = child(&first, &[Read]);
    for token in [&first, &second] {
        world.get(&cast.path, token).await.ok(200);
        world.delete(&cast.at(&format!("handles/{id}")), token).await.refused(403, "forbidden");
    }
    world.delete(&cast.at(&format!("handles/{id}")), &cast.bob).await.ok(200);
    for token in [&token, &first, &second] {
        world.get(&cast.path, token).await.refused(401, "unauthenticated");
        world.post(&cast.at("messages"), token, json!({"body": "x"})).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_child_ends_with_its_parent_whatever_it_says() {
    let world = World::with_test_clock().await;
    let cast = world.arena(json!([])).await;
    let (token, _) = issue(&world, &cast, json!({"agent_id": "bob", "ttl_ms": 1_000})).await;
    let later = world.manager.now().plus(arena_core::Millis::new(60_000));
    let child = with(&child(&token, &[Read]), Caveat::Until(later));
    world.get(&cast.path, &child).await.ok(200);
    world.advance(1_000).await;
    world.get(&cast.path, &child).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn no_way_to_widen_a_child_is_open() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}, {"title": "two"}])).await;
    let other = world.post("/v1/arenas", &cast.bob, json!({"goal": "other"})).await.ok(201).text("arena_id");
    let (token, id) = issue(&world, &cast, json!({"agent_id": "bob"})).await;
    let reader = of_step(&child(&token, &[Read]), 1);
    world.get(&cast.path, &reader).await.ok(200);

    // What a holder can sign changes nothing: a caveat only takes away.
    let all = with(
        &with(&reader, Caveat::May(HandlePermissions::ALL)),
        Caveat::Until(Timestamp::from_millis(u64::MAX)),
    );
    for token in [&reader, &all] {
        world.get(&cast.path, token).await.ok(200);
        world.post(&cast.at("messages"), token, json!({"body": "x"})).await.refused(403, "forbidden");
        world.poke(&cast.at("steps/claim"), token).await.refused(403, "forbidden");
        world.post(&cast.at("handles"), token, json!({"agent_id": "bob"})).await.refused(403, "forbidden");
        world.delete(&cast.at(&format!("handles/{id}")), token).await.refused(403, "forbidden");
        world.poke("/v1/agents/bob/token", token).await.refused(403, "forbidden");
        world.get(&format!("/v1/arenas/{other}"), token).await.refused(404, "not_found");
        world.get("/v1/contests", token).await.refused(403, "forbidden");
    }

    // What he cannot sign opens nothing.
    let (head, tag) = reader.rsplit_once('.').unwrap();
    let (_, parent_tag) = token.rsplit_once('.').unwrap();
    let grant = head.split('.').next().unwrap();
    for forged in [
        format!("{grant}.{tag}"),
        format!("{grant}.may-read.{tag}"),
        format!("{grant}.step-1.may-read.{tag}"),
        format!("{grant}.may-read-write.step-1.{tag}"),
        format!("{grant}.may-read.step-2.{tag}"),
        format!("{head}.may-read-write-share-coordinate.{tag}"),
        format!("{head}.{parent_tag}"),
        format!("{head}.anything-at-all.{tag}"),
        format!("{head}..{tag}"),
        head.to_owned(),
        with(&reader, Caveat::Step(StepNumber::new(2).unwrap())),
    ] {
        world.get(&cast.path, &forged).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_child_is_not_given_answers_that_it_could_not_ask_for() {
    let world = World::start().await;
    let cast = world.arena(json!([{"title": "one"}])).await;
    let (token, _) = issue(&world, &cast, json!({"agent_id": "bob"})).await;
    let say = async |token: &str| {
        let request = world.request("POST", &cast.at("messages"), token).header("idempotency-key", "k");
        request.json(&json!({"body": "secret"})).send().await
    };
    say(&token).await.ok(201);
    say(&token).await.ok(201);
    say(&child(&token, &[Read])).await.refused(403, "forbidden");
    // What was asked with the agent's own token in another arena is not answered to a handle for this one.
    let create = async |token: &str| {
        let request = world.request("POST", "/v1/arenas", token).header("idempotency-key", "c");
        request.json(&json!({"goal": "mine"})).send().await
    };
    create(&cast.bob).await.ok(201);
    create(&token).await.refused(403, "forbidden");
    let messages = world.get(&cast.at("messages"), &cast.bob).await.ok(200).field("items");
    assert_eq!(messages.as_array().unwrap().len(), 1);
}
