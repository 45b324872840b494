//! Answers hold the fields that the document names, and no others.

use serde_json::{Value, json};

use super::cup::{Cup, terms};
use crate::openapi::known;

#[tokio::test]
async fn answers_hold_only_fields_that_the_document_names() {
    let cup = Cup::finished().await;
    let document = cup.world.get("/openapi.json", "").await.ok(200).json();
    let check = |template: &str, verb: &str, status: &str, answer: &Value| {
        let content = &document["paths"][template][verb]["responses"][status]["content"]["application/json"];
        assert!(content["schema"].is_object(), "{verb} {template} {status} has no schema");
        known(answer, &content["schema"], &document, template);
    };
    for rest in ["", "/entries", "/standings", "/obligations", "/rounds", "/events", "/receipt"] {
        let answer = cup.world.get(&format!("{}{rest}", cup.path), cup.token("ann")).await.ok(200).json();
        check(&format!("/v1/contests/{{arena_id}}{rest}"), "get", "200", &answer);
    }
    for path in ["/v1/contests", "/v1/ledger/transfers", "/v1/ledger/audit", "/readyz"] {
        check(path, "get", "200", &cup.world.get(path, &cup.world.operator).await.ok(200).json());
    }
    let account = cup.world.get("/v1/ledger/accounts/treasury", cup.token("ann")).await.ok(200).json();
    check("/v1/ledger/accounts/{account}", "get", "200", &account);
    let profile = cup.world.get("/v1/agents/ann", cup.token("ann")).await.ok(200).json();
    check("/v1/agents/{agent}", "get", "200", &profile);
    let paid = cup.payout("prize", "ann").await.ok(200).json();
    check("/v1/contests/{arena_id}/payouts", "post", "200", &paid);
    let made = json!({"title": "another", "terms": terms()});
    let made = cup.world.post("/v1/contests", cup.token("host"), made).await.ok(201).json();
    check("/v1/contests", "post", "201", &made);
    let path = format!("/v1/contests/{}/entries", made["arena_id"].as_str().unwrap());
    let entered = cup.world.poke(&path, cup.token("ann")).await.ok(201).json();
    check("/v1/contests/{arena_id}/entries", "post", "201", &entered);
    let money = json!({"agent_id": "ann", "amount": 1, "reference": "x"});
    let moved = cup.world.post("/v1/ledger/deposits", &cup.world.operator, money).await.ok(201).json();
    check("/v1/ledger/deposits", "post", "201", &moved);
}

#[tokio::test]
async fn every_refusal_is_a_problem_that_the_document_names() {
    let cup = Cup::started().await;
    let document = cup.world.get("/openapi.json", "").await.ok(200).json();
    let problem = &document["components"]["schemas"]["Problem"];
    let refusals = [
        cup.poke("abandon", "ann").await,
        cup.poke("start", "judge").await,
        cup.poke("finalize", "judge").await,
        cup.payout("prize", "ann").await,
        cup.post("eliminations", "judge", json!({"round": 7})).await,
        cup.post("eliminations", "judge", json!({"round": 1, "page": 9})).await,
        cup.post("eliminations", "judge", json!({"round": 1, "eliminated": ["zoe"]})).await,
    ];
    for refusal in refusals {
        assert!(refusal.status >= 400);
        let answer = refusal.json();
        known(&answer, problem, &document, "problem");
        assert_eq!(answer["status"], refusal.status);
        let codes = problem["properties"]["code"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        let codes = document["components"]["schemas"][codes]["enum"].as_array().unwrap();
        assert!(codes.contains(&answer["code"]), "{answer}");
    }
}
