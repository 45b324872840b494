//! The actions of a round: stored when their root is the recorded one, and read as they were stored.

use serde_json::{Value, json};

use super::cup::Cup;
use crate::world::Answer;

fn lines(cup: &Cup, round: u32, agents: &[&str]) -> String {
    let line = |agent: &&str| {
        json!({"arena_id": cup.id, "round": round, "agent_id": agent, "move": "paper"}).to_string()
    };
    agents.iter().map(line).map(|line| line + "\n").collect()
}

fn root(text: &str) -> String {
    arena_core::contest::merkle::root_of(text.lines().map(str::as_bytes)).to_string()
}

async fn put(cup: &Cup, round: &str, who: &str, body: impl Into<reqwest::Body>) -> Answer {
    let path = cup.at(&format!("rounds/{round}/actions"));
    cup.world
        .request("PUT", &path, cup.token(who))
        .header("content-type", "application/x-ndjson")
        .body(body)
        .send()
        .await
}

/// A started contest whose first round has recorded the root of these lines.
async fn recorded(agents: &[&str]) -> (Cup, String) {
    let cup = Cup::started().await;
    let text = lines(&cup, 1, agents);
    let body = json!({"round": 1, "eliminated": [], "scores": {}, "actions_root": root(&text)});
    cup.post("eliminations", "judge", body).await.ok(200);
    (cup, text)
}

#[tokio::test]
async fn actions_are_stored_once_their_root_is_the_recorded_one() {
    let (cup, text) = recorded(&["ann", "ben", "cat"]).await;
    cup.get("rounds/1/actions", "zoe").await.refused(404, "not_found");
    let before = cup.all().await;
    for wrong in [lines(&cup, 1, &["ben", "ann", "cat"]), lines(&cup, 1, &["ann", "ben"]), String::new()] {
        put(&cup, "1", "judge", wrong).await.refused(422, "invalid");
    }
    put(&cup, "1", "host", text.clone()).await.refused(403, "forbidden");
    put(&cup, "2", "judge", text.clone()).await.refused(404, "not_found");
    put(&cup, "x", "judge", text.clone()).await.refused(404, "not_found");
    put(&cup, "1", "judge", vec![b'x'; (16 << 20) + 1]).await.refused(413, "too_large");
    assert_eq!(cup.all().await, before);
    let stored = put(&cup, "1", "judge", text.clone()).await.ok(200).json();
    assert_eq!((&stored["round"], &stored["actions_root"]), (&json!(1), &json!(root(&text))));
    assert_eq!(stored["actions_sha256"], arena_core::Hash::of(text.as_bytes()).to_string());
    let read = cup.get("rounds/1/actions", "zoe").await.ok(200);
    assert_eq!(
        (read.header("content-type"), read.bytes.as_slice()),
        ("application/x-ndjson", text.as_bytes())
    );
    // Storing them again changes nothing and is answered the same.
    let sequence = cup.contest("zoe").await["sequence"].clone();
    assert_eq!(put(&cup, "1", "judge", text).await.ok(200).json(), stored);
    assert_eq!(cup.contest("zoe").await["sequence"], sequence);
    let rounds = cup.get("rounds", "zoe").await.ok(200).field("items");
    assert_eq!(rounds, json!([stored]));
}

#[tokio::test]
async fn lines_that_are_not_of_this_contest_round_and_its_entrants_are_refused_though_the_root_fits() {
    for change in [
        |line: &mut Value| line["arena_id"] = json!("019a9b3c-5f00-7abc-8def-0123456789ab"),
        |line: &mut Value| line["round"] = json!(2),
        |line: &mut Value| line["agent_id"] = json!("zoe"),
        |line: &mut Value| {
            line.as_object_mut().unwrap().remove("agent_id");
        },
        |line: &mut Value| *line = json!([1]),
    ] {
        let cup = Cup::started().await;
        let mut line: Value = serde_json::from_str(lines(&cup, 1, &["ann"]).trim()).unwrap();
        change(&mut line);
        let text = format!("{line}\n");
        let body = json!({"round": 1, "eliminated": [], "scores": {}, "actions_root": root(&text)});
        cup.post("eliminations", "judge", body).await.ok(200);
        put(&cup, "1", "judge", text).await.refused(422, "invalid");
    }
}

#[tokio::test]
async fn a_round_without_a_root_has_no_actions() {
    let cup = Cup::started().await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": [], "scores": {}})).await.ok(200);
    let refused = put(&cup, "1", "judge", lines(&cup, 1, &["ann"])).await;
    assert!([409, 422].contains(&refused.status), "{refused:?}");
    cup.get("rounds/1/actions", "zoe").await.refused(404, "not_found");
}

#[tokio::test]
async fn the_same_bytes_under_a_key_are_the_same_request() {
    let (cup, text) = recorded(&["ann"]).await;
    let keyed = async |body: String| {
        let path = cup.at("rounds/1/actions");
        let request = cup.world.request("PUT", &path, cup.token("judge")).header("idempotency-key", "k");
        request.body(body).send().await
    };
    let first = keyed(text.clone()).await.ok(200);
    assert_eq!(keyed(text.clone()).await.ok(200).bytes, first.bytes);
    keyed(text + "\n").await.refused(409, "idempotency_mismatch");
}
