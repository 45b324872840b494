//! A contest from the entrants' and the oracle's side, with tools alone.

use serde_json::json;

use super::terms;
use crate::world::World;

#[tokio::test]
async fn a_contest_is_entered_played_and_paid_out() {
    let world = World::start().await;
    let (ann, ben, host) = (world.agent("ann").await, world.agent("ben").await, world.agent("host").await);
    for agent in ["ann", "ben", "host"] {
        let deposit = json!({"agent_id": agent, "amount": 10_000, "reference": agent});
        world.post("/v1/ledger/deposits", &world.operator, deposit).await.ok(201);
    }
    let made = world.post("/v1/contests", &host, json!({"title": "cup", "terms": terms()})).await.ok(201);
    let id = made.text("arena_id");
    let listed = world.tool(&ann, "contest_list", json!({})).await.ok();
    assert_eq!(
        (&listed["items"][0]["title"], &listed["items"][0]["untrusted"]),
        (&json!("cup"), &json!(true))
    );
    assert_eq!(listed["items"][0]["from"], json!({"agent_id": "host", "role": "creator"}));
    for (token, key) in [(&ann, "a"), (&ben, "b"), (&ann, "a")] {
        world.tool(token, "contest_enter", json!({"arena": id, "key": key})).await.ok();
    }
    world.tool(&ben, "contest_enter", json!({"arena": id})).await.refused("already_entered");
    let shown = world.tool(&ann, "contest_show", json!({"arena": id})).await.ok();
    assert_eq!((&shown["exit_action"], &shown["entry"]["agent_id"]), (&json!("leave"), &json!("ann")));
    world.tool(&ben, "contest_leave", json!({"arena": id})).await.ok();
    world.tool(&ben, "contest_enter", json!({"arena": id})).await.ok();
    world.tool(&ann, "contest_start", json!({"arena": id})).await.refused("forbidden");
    world.tool(&host, "contest_start", json!({"arena": id})).await.ok();
    world.tool(&ann, "contest_abandon", json!({"arena": id})).await.refused("not_timed_out");
    let round = json!({"arena": id, "round": 1, "eliminated": ["ben"], "scores": {"ann": 3}});
    world.tool(&host, "contest_round", round).await.ok();
    let standings = world.tool(&ben, "contest_standings", json!({"arena": id})).await.ok();
    assert_eq!(standings["items"][0]["agent_id"], "ann");
    let ended = world.tool(&host, "contest_finalize", json!({"arena": id})).await.ok();
    assert_eq!(ended["status"], "finished");
    let claim = json!({"arena": id, "kind": "prize", "key": "p"});
    let paid = world.tool(&ann, "contest_payout", claim.clone()).await.ok();
    assert_eq!(world.tool(&ann, "contest_payout", claim).await.ok(), paid, "paid once");
    world.tool(&ann, "contest_payout", json!({"arena": id, "kind": "prize"})).await.refused("already_paid");
}
