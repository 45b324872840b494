//! When several things are wrong with a contest's command, the first in the stated order is the answer.

use serde_json::{Value, json};

use super::cup::{Cup, REGISTRATION_MS, TIMEOUT_MS};
use crate::world::Answer;

async fn ask(cup: &Cup, rest: &str, token: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = cup.world.request("POST", &cup.at(rest), token).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await
}

/// Each row is wrong in one way more than the row before it, and that way comes first.
#[tokio::test]
async fn what_is_wrong_first_is_answered_first() {
    let cup = Cup::started().await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": ["cat"], "scores": {}})).await.ok(200);
    let judge = cup.token("judge");
    let page = |round: u32, page: u32, out: &str| {
        json!({"round": round, "page": page, "eliminated": [out], "scores": {}}).to_string()
    };
    let rest = "eliminations";
    ask(&cup, rest, judge, &[], &page(2, 1, "nobody")).await.refused(422, "invalid");
    // The page before the names, the round before the page.
    ask(&cup, rest, judge, &[], &page(2, 2, "nobody")).await.refused(409, "wrong_page");
    ask(&cup, rest, judge, &[], &page(3, 2, "nobody")).await.refused(409, "wrong_round");
    // The timeout before the round.
    cup.world.advance(TIMEOUT_MS).await;
    ask(&cup, rest, judge, &[], &page(3, 2, "nobody")).await.refused(409, "oracle_timed_out");
    // Who asks before the timeout.
    let ann = cup.token("ann");
    ask(&cup, rest, ann, &[], &page(3, 2, "nobody")).await.refused(403, "forbidden");
    // The status before who asks.
    cup.poke("abandon", "ann").await.ok(200);
    ask(&cup, rest, ann, &[], &page(3, 2, "nobody")).await.refused(409, "wrong_state");
    // If-Match before the status.
    ask(&cup, rest, ann, &[("if-match", "\"1\"")], &page(3, 2, "nobody"))
        .await
        .refused(412, "version_mismatch");
    // Existence before If-Match.
    let nowhere = "/v1/contests/019a9b3c-5f00-7abc-8def-0123456789ab/eliminations";
    let request =
        cup.world.request("POST", nowhere, ann).header("if-match", "\"1\"").body(page(3, 2, "nobody"));
    request.send().await.refused(404, "not_found");
    // A value's own bounds before existence.
    let request = cup.world.request("POST", nowhere, ann).body("{\"round\": -1}");
    request.send().await.refused(422, "invalid");
    let early_root =
        json!({"round": 1, "eliminated": [], "scores": {}, "last": false, "actions_root": "0".repeat(64)});
    let request = cup.world.request("POST", nowhere, ann).json(&early_root);
    assert_eq!(request.send().await.refused(422, "invalid").text("field"), "actions_root");
    // What is no JSON before what is in it, and the token before everything.
    ask(&cup, rest, ann, &[], "{\"round\": -1").await.refused(400, "malformed");
    ask(&cup, rest, ann, &[("if-match", "x")], "{}").await.refused(400, "malformed");
    ask(&cup, rest, "nonsense", &[("if-match", "x")], "{").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn entering_is_checked_in_the_order_of_its_row() {
    let cup = Cup::with(|terms| {
        terms["max_agents"] = json!(2);
        terms["entry_fee"] = json!(600);
        terms["gates"] = json!({"min_wins": 1});
    })
    .await;
    // Nobody has won anything, so that nobody can enter: gates are looked at before the wallet.
    let spent = json!({"agent_id": "ann", "amount": 900, "reference": "spent"});
    cup.world.post("/v1/ledger/withdrawals", &cup.world.operator, spent).await.ok(201);
    cup.enter("ann").await.refused(409, "gate_not_met");
    // Who asks, before what the row checks.
    cup.enter("judge").await.refused(403, "forbidden");
    cup.world.advance(REGISTRATION_MS).await;
    cup.enter("judge").await.refused(403, "forbidden");
    cup.enter("ann").await.refused(409, "registration_expired");
    // The status before who asks.
    cup.poke("cancel", "host").await.ok(200);
    cup.enter("judge").await.refused(409, "wrong_state");

    let full = Cup::with(|terms| {
        terms["max_agents"] = json!(2);
        terms["gates"] = json!({"min_age_s": 0});
    })
    .await;
    for name in ["ann", "ben"] {
        full.enter(name).await.ok(201);
    }
    // Full before entered already; expired before full.
    full.enter("ann").await.refused(409, "contest_full");
    full.world.advance(REGISTRATION_MS).await;
    full.enter("ann").await.refused(409, "registration_expired");
}

#[tokio::test]
async fn starting_and_finalizing_are_checked_in_the_order_of_their_rows() {
    let cup = Cup::new().await;
    cup.poke("start", "judge").await.refused(409, "not_enough_entrants");
    cup.poke("start", "ann").await.refused(403, "forbidden");
    cup.world.advance(REGISTRATION_MS).await;
    cup.poke("start", "judge").await.refused(409, "registration_expired");
    cup.poke("start", "ann").await.refused(403, "forbidden");

    let hash = arena_core::Hash::of(b"dice").to_string();
    let cup = Cup::full(|terms| terms["seed_commitment"] = json!(hash)).await;
    cup.poke("start", "judge").await.ok(200);
    let wrong = json!({"seed": "cards"});
    cup.post("finalize", "judge", wrong.clone()).await.refused(409, "wrong_round");
    cup.post("finalize", "ann", wrong.clone()).await.refused(403, "forbidden");
    cup.play().await;
    for body in [wrong, json!({})] {
        let refused = cup.post("finalize", "judge", body).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), "seed");
    }
    let finished = cup.post("finalize", "judge", json!({"seed": "dice"})).await.ok(200);
    assert_eq!(finished.text("seed"), "dice");
}

#[tokio::test]
async fn the_stored_answer_comes_before_the_state_and_after_the_bounds() {
    let cup = Cup::new().await;
    let keyed = |who: &'static str, rest: &'static str, body: Value| {
        let request = cup.world.request("POST", &cup.at(rest), cup.token(who)).header("idempotency-key", "k");
        async move { request.json(&body).send().await }
    };
    let entered = keyed("ann", "entries", json!({})).await.ok(201);
    cup.poke("cancel", "host").await.ok(200);
    assert_eq!(keyed("ann", "entries", json!({})).await.ok(201).json(), entered.json());
    keyed("ben", "entries", json!({})).await.refused(409, "wrong_state");
    keyed("ann", "entries", json!({"x": 1})).await.refused(422, "invalid");
}
