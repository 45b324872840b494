//! Contests at the edges: free ones, ties, agents that are gone, seeds, long runs of pages.

use serde_json::{Value, json};

use super::cup::{Cup, WALLET, books, instant, terms};

async fn obligations(cup: &Cup) -> Value {
    cup.get("obligations", "zoe").await.ok(200).field("items")
}

#[tokio::test]
async fn a_free_contest_owes_nothing_and_counts_all_the_same() {
    let cup = Cup::full(|terms| {
        terms["entry_fee"] = json!(0);
        terms["bond"] = json!(0);
    })
    .await;
    let contest = cup.contest("host").await;
    let end = cup.world.manager.now().as_millis() + 3 * 86_400_000;
    assert_eq!(
        (&contest["exit_action"], &contest["exit_at"]),
        (&json!("refund"), &json!(instant(end))),
        "no bond, nothing to cancel for"
    );
    cup.poke("start", "judge").await.ok(200);
    cup.play().await;
    cup.poke("finalize", "judge").await.ok(200);
    assert_eq!(obligations(&cup).await, json!([]));
    for (kind, who) in [("prize", "ann"), ("bond", "host"), ("creator_fee", "host"), ("protocol_fee", "zoe")]
    {
        cup.payout(kind, who).await.refused(409, "nothing_owed");
    }
    assert_eq!(cup.books().await, books(json!({})));
    let transfers = cup.world.get("/v1/ledger/transfers", &cup.world.operator).await.ok(200).field("items");
    assert_eq!(transfers.as_array().unwrap().len(), 6, "the deposits; nothing of nothing was moved");
    assert_eq!(cup.world.get("/v1/agents/ann", cup.token("zoe")).await.field("wins"), 1);
    assert!(cup.contest("ann").await.get("exit_at").is_none());
    cup.audited().await;
}

#[tokio::test]
async fn all_that_tie_share_and_the_odd_units_go_in_entry_order() {
    let cup = Cup::with(|terms| {
        terms["entry_fee"] = json!(67);
        terms["creator_fee_bps"] = json!(0);
    })
    .await;
    for name in ["cat", "ann", "ben"] {
        cup.enter(name).await.ok(201);
    }
    cup.poke("start", "judge").await.ok(200);
    cup.post("eliminations", "judge", json!({"round": 1})).await.ok(200);
    cup.poke("finalize", "judge").await.ok(200);
    // 201: 2 to the treasury; 199 among three: 67, 66, 66.
    let prizes: Vec<Value> = obligations(&cup)
        .await
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "prize")
        .map(|one| json!([one["payee"], one["amount"]]))
        .collect();
    assert_eq!(prizes, [json!(["cat", 67]), json!(["ann", 66]), json!(["ben", 66])]);
    let standings = cup.get("standings", "zoe").await.ok(200).field("items");
    assert!(standings.as_array().unwrap().iter().all(|one| one["standing"] == 1));
    for (kind, agent) in
        [("prize", "ann"), ("prize", "ben"), ("prize", "cat"), ("bond", "host"), ("protocol_fee", "treasury")]
    {
        cup.payout_to(kind, agent, "zoe").await.ok(200);
    }
    assert_eq!(
        cup.books().await,
        books(json!({"cat": WALLET, "ann": WALLET - 1, "ben": WALLET - 1, "treasury": 2}))
    );
}

#[tokio::test]
async fn an_agent_that_was_removed_is_paid_still_and_its_money_can_go_out() {
    let cup = Cup::finished().await;
    for name in ["ann", "judge", "host"] {
        cup.world.delete(&format!("/v1/agents/{name}"), &cup.world.operator).await.ok(200);
    }
    for (kind, agent) in [("prize", "ann"), ("prize", "ben"), ("bond", "host"), ("creator_fee", "host")] {
        cup.payout_to(kind, agent, "zoe").await.ok(200);
    }
    cup.payout("protocol_fee", "zoe").await.ok(200);
    assert_eq!(cup.balance("wallet:ann").await, 1_035);
    let out = json!({"agent_id": "ann", "amount": 1_035, "reference": "all of it"});
    cup.world.post("/v1/ledger/withdrawals", &cup.world.operator, out).await.ok(201);
    let more = json!({"agent_id": "ann", "amount": 1, "reference": "more"});
    cup.world.post("/v1/ledger/deposits", &cup.world.operator, more).await.refused(404, "not_found");
    assert_eq!(cup.balance(&format!("escrow:{}", cup.id)).await, 0);
    cup.audited().await;
}

#[tokio::test]
async fn a_payee_that_is_not_paid_delays_only_itself() {
    let cup = Cup::full(|_| ()).await;
    cup.poke("cancel", "host").await.ok(200);
    cup.payout("refund", "cat").await.ok(200);
    cup.payout("bond", "host").await.ok(200);
    cup.world.advance(365 * 86_400_000).await;
    // Claims never expire.
    cup.payout("refund", "ann").await.ok(200);
    cup.payout("refund", "ben").await.ok(200);
    assert_eq!(cup.books().await, books(json!({})));
}

#[tokio::test]
async fn a_seed_is_asked_for_where_one_was_committed_and_refused_where_none_was() {
    let seed = "00ff10";
    let bytes = arena_core::Hash::of(&[0x00, 0xff, 0x10]).to_string();
    let cup = Cup::full(|terms| terms["seed_commitment"] = json!(bytes)).await;
    cup.poke("start", "judge").await.ok(200);
    cup.play().await;
    cup.poke("finalize", "judge").await.refused(422, "invalid");
    let wrong = cup.post("finalize", "judge", json!({"seed": "00ff11"})).await.refused(422, "invalid");
    assert_eq!(wrong.text("field"), "seed");
    assert_eq!(cup.status().await, "active");
    let done = cup.post("finalize", "judge", json!({"seed": seed})).await.ok(200);
    assert_eq!(done.text("seed"), seed, "as the oracle has spelled it");
    let cup = Cup::started().await;
    cup.play().await;
    let none = cup.post("finalize", "judge", json!({"seed": seed})).await.refused(422, "invalid");
    assert_eq!(none.text("field"), "seed");
    cup.post("finalize", "judge", json!({})).await.ok(200);
}

#[tokio::test]
async fn the_oracle_is_the_creator_unless_the_terms_name_another_who_is_registered() {
    let mut cup = Cup::new().await;
    let mut asked = terms();
    asked["oracle"] = json!("nobody");
    let body = json!({"title": "x", "terms": asked});
    let refused = cup.world.post("/v1/contests", cup.token("host"), body).await.refused(422, "invalid");
    assert_eq!(refused.text("field"), "terms.oracle");
    asked.as_object_mut().unwrap().remove("oracle");
    cup.remake(asked).await;
    assert_eq!(cup.contest("zoe").await["oracle"], "host");
    cup.enter("ann").await.ok(201);
    cup.enter("ben").await.ok(201);
    cup.poke("start", "judge").await.refused(403, "forbidden");
    cup.poke("start", "host").await.ok(200);
}

#[tokio::test]
async fn the_operator_cannot_move_a_contests_money_against_the_rules() {
    let cup = Cup::started().await;
    let before = cup.all().await;
    for rest in ["cancel", "start", "finalize", "abandon"] {
        let answer = cup.poke(rest, "operator").await;
        assert!([403, 409].contains(&answer.status), "{rest}: {answer:?}");
    }
    cup.post("eliminations", "operator", json!({"round": 1})).await.refused(403, "forbidden");
    for kind in ["prize", "creator_fee", "bond", "protocol_fee", "refund"] {
        cup.payout_to(kind, "operator", "operator").await.refused(409, "wrong_state");
    }
    cup.leave("ann", "operator").await.refused(409, "wrong_state");
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn the_operator_takes_part_as_the_agent_of_that_name() {
    let cup = Cup::new().await;
    let money = json!({"agent_id": "operator", "amount": 50, "reference": "mine"});
    cup.world.post("/v1/ledger/deposits", &cup.world.operator, money).await.ok(201);
    assert_eq!(cup.enter("operator").await.ok(201).text("agent_id"), "operator");
    let contest = cup.contest("operator").await;
    assert_eq!(contest["exit_action"], "leave");
    cup.leave("operator", "operator").await.ok(200);
    assert_eq!(cup.balance("wallet:operator").await, 50);
}

#[tokio::test]
async fn more_entrants_than_a_page_are_listed_in_pages() {
    let cup = Cup::with(|terms| {
        terms["max_agents"] = json!(150);
        terms["entry_fee"] = json!(1);
    })
    .await;
    for number in 0..120 {
        let name = format!("bot-{number:03}");
        let token = cup.world.agent(&name).await;
        let deposit = json!({"agent_id": name, "amount": 1, "reference": name});
        cup.world.post("/v1/ledger/deposits", &cup.world.operator, deposit).await.ok(201);
        cup.world.poke(&cup.at("entries"), &token).await.ok(201);
    }
    let page = cup.get("entries", "zoe").await.ok(200).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 100);
    let rest = format!("entries?cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = cup.get(&rest, "zoe").await.ok(200).json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 20);
    assert!(rest.get("next_cursor").is_none());
    cup.poke("start", "judge").await.ok(200);
    // Eliminated in pages, ten at a time.
    for page in 1..=10 {
        let out: Vec<String> = (0..10).map(|one| format!("bot-{:03}", (page - 1) * 10 + one)).collect();
        let body = json!({"round": 1, "page": page, "eliminated": out, "scores": {}, "last": page == 10});
        cup.post("eliminations", "judge", body).await.ok(200);
    }
    assert_eq!(cup.contest("zoe").await["alive"], 20);
    cup.poke("finalize", "judge").await.ok(200);
    let whole = cup.get("standings?limit=1000", "zoe").await.ok(200).field("items");
    let places: Vec<u64> =
        whole.as_array().unwrap().iter().map(|one| one["standing"].as_u64().unwrap()).collect();
    assert_eq!((places[0], places[19], places[20], places[119]), (1, 1, 21, 21));
}
