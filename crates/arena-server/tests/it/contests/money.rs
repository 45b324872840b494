//! Where the money goes: each row of the table, each cent, at the first millisecond that the rules allow and not one before.

use serde_json::{Value, json};

use super::cup::{BOND, Cup, DAY_MS, ENTRANTS, REGISTRATION_MS, TIMEOUT_MS, WALLET, books, instant};

const ENTERED: u64 = WALLET - super::cup::FEE;

/// Fails unless the caller's exit is this one, or none.
async fn exit(cup: &Cup, who: &str, expected: Option<(u64, &str)>) {
    let contest = cup.contest(who).await;
    match expected {
        Some((at, action)) => {
            assert_eq!(
                (&contest["exit_at"], &contest["exit_action"]),
                (&json!(instant(at)), &json!(action)),
                "{who}"
            );
        }
        None => assert!(
            contest.get("exit_at").is_none() && contest.get("exit_action").is_none(),
            "{who}: {contest}"
        ),
    }
}

fn now(cup: &Cup) -> u64 {
    cup.world.manager.now().as_millis()
}

#[tokio::test]
async fn a_finished_contest_pays_prizes_creator_fee_bond_and_protocol_fee() {
    let cup = Cup::full(|_| ()).await;
    let locked = json!({"host": WALLET - BOND, "ann": ENTERED, "ben": ENTERED, "cat": ENTERED, "escrow": 150, "bond": BOND});
    assert_eq!(cup.books().await, books(locked.clone()));
    cup.poke("start", "judge").await.ok(200);
    cup.play().await;
    assert_eq!(cup.books().await, books(locked.clone()));
    cup.world.advance(1_000).await;
    let finished = cup.poke("finalize", "judge").await.ok(200);
    assert_eq!(finished.text("status"), "finished");
    let ended = now(&cup);
    assert_eq!(finished.text("ended_at"), instant(ended));
    assert_eq!(cup.books().await, books(locked), "finalizing opens obligations and moves nothing");

    let standings = cup.get("standings", "zoe").await.ok(200).json();
    let places: Vec<Value> = standings["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            json!([one["agent_id"], one["standing"], one["prize"], one["alive"], one["eliminated_round"]])
        })
        .collect();
    assert_eq!(
        places,
        [json!(["ann", 1, 85, true, null]), json!(["ben", 2, 57, false, 2]), json!(["cat", 3, 0, false, 1])]
    );
    // 150: 1 to the treasury, 7 to the creator, 142 in prizes of which the odd unit goes to the larger remainder.
    let owed = |status: &str| {
        json!([
            {"kind": "prize", "payee": "ann", "amount": 85, "status": status},
            {"kind": "prize", "payee": "ben", "amount": 57, "status": status},
            {"kind": "creator_fee", "payee": "host", "amount": 7, "status": status},
            {"kind": "bond", "payee": "host", "amount": BOND, "status": status},
            {"kind": "protocol_fee", "payee": "treasury", "amount": 1, "status": status},
        ])
    };
    assert_eq!(obligations(&cup).await, sorted(owed("open")));
    exit(&cup, "ann", Some((ended, "prize"))).await;
    exit(&cup, "host", Some((ended, "bond"))).await;
    exit(&cup, "cat", None).await;
    exit(&cup, "judge", None).await;

    // The winner itself, a stranger on a winner's behalf, the creator, a stranger for creator and treasury.
    let paid = cup.payout("prize", "ann").await.ok(200).json();
    assert_eq!(
        (&paid["kind"], &paid["payee"], &paid["amount"]),
        (&json!("prize"), &json!("ann"), &json!(85))
    );
    let ben = cup.payout_to("prize", "ben", "zoe").await.ok(200).json();
    assert_eq!((&ben["payee"], &ben["amount"]), (&json!("ben"), &json!(57)));
    cup.payout("creator_fee", "host").await.ok(200);
    cup.payout_to("bond", "host", "zoe").await.ok(200);
    let fee = cup.payout("protocol_fee", "zoe").await.ok(200);
    assert_eq!((fee.text("payee"), fee.field("amount")), ("treasury".into(), json!(1)));
    let after =
        json!({"host": WALLET + 7, "ann": ENTERED + 85, "ben": ENTERED + 57, "cat": ENTERED, "treasury": 1});
    assert_eq!(cup.books().await, books(after));
    assert_eq!(obligations(&cup).await, sorted(owed("paid")));
    for who in ["ann", "ben", "cat", "host"] {
        exit(&cup, who, None).await;
    }
    // The transfer that was answered is there, under that number.
    let number = paid["transfer"].as_u64().unwrap();
    let path = format!("/v1/ledger/transfers?account=wallet:ann&after={}", number - 1);
    let transfer = cup.world.get(&path, cup.token("ann")).await.ok(200).field("items")[0].clone();
    let expected = json!({"transfer": number, "position": number, "debit": format!("escrow:{}", cup.id), "credit": "wallet:ann",
        "amount": 85, "reason": "prize", "arena_id": cup.id});
    assert_eq!(transfer, expected);
    cup.audited().await;
}

/// The obligations without what is beside the design, sorted.
async fn obligations(cup: &Cup) -> Value {
    let mut items = cup.get("obligations", "zoe").await.ok(200).field("items");
    for item in items.as_array_mut().unwrap() {
        let fields = item.as_object_mut().unwrap();
        fields.retain(|name, _| ["kind", "payee", "amount", "status"].contains(&name.as_str()));
    }
    sorted(items)
}

fn sorted(mut items: Value) -> Value {
    items.as_array_mut().unwrap().sort_by_key(Value::to_string);
    items
}

#[tokio::test]
async fn a_cancelled_contest_refunds_and_returns_the_bond() {
    let cup = Cup::full(|_| ()).await;
    exit(&cup, "ann", Some((now(&cup), "leave"))).await;
    exit(&cup, "host", Some((now(&cup), "cancel"))).await;
    cup.world.advance(5).await;
    assert_eq!(cup.poke("cancel", "host").await.ok(200).text("status"), "cancelled");
    for name in ENTRANTS {
        exit(&cup, name, Some((now(&cup), "refund"))).await;
    }
    exit(&cup, "host", Some((now(&cup), "bond"))).await;
    cup.payout("refund", "ann").await.ok(200);
    cup.payout_to("refund", "ben", "zoe").await.ok(200);
    cup.payout_to("refund", "cat", "host").await.ok(200);
    cup.payout("bond", "zoe").await.ok(200);
    assert_eq!(cup.books().await, books(json!({})));
    for who in ["ann", "ben", "cat", "host"] {
        exit(&cup, who, None).await;
    }
    cup.audited().await;
}

#[tokio::test]
async fn a_silent_oracle_is_abandoned_at_the_first_millisecond_of_its_timeout() {
    let cup = Cup::started().await;
    cup.world.advance(1_234).await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": ["cat"], "scores": {}})).await.ok(200);
    let timeout = now(&cup) + TIMEOUT_MS;
    for who in ["ann", "cat", "host"] {
        exit(&cup, who, Some((timeout, "abandon"))).await;
    }
    assert_eq!(cup.contest("zoe").await["times_out_at"], instant(timeout));
    // An open page does not reset the clock.
    cup.world.advance(60_000).await;
    let page = json!({"round": 2, "page": 1, "eliminated": [], "scores": {"ann": 3}, "last": false});
    assert_eq!(cup.post("eliminations", "judge", page).await.ok(200).text("status"), "eliminating");
    cup.world.advance(TIMEOUT_MS - 60_001).await;
    let refused = cup.poke("abandon", "zoe").await.refused(409, "not_timed_out");
    assert_eq!(refused.text("until"), instant(timeout));
    assert_eq!(cup.status().await, "eliminating");
    cup.world.advance(1).await;
    // From this millisecond on the oracle can do nothing more.
    let page = json!({"round": 2, "page": 2, "eliminated": [], "scores": {}});
    cup.post("eliminations", "judge", page).await.refused(409, "oracle_timed_out");
    assert_eq!(cup.poke("abandon", "zoe").await.ok(200).text("status"), "abandoned");
    let slashed = json!({"host": WALLET - BOND, "ann": ENTERED, "ben": ENTERED, "cat": ENTERED, "escrow": 150, "treasury": BOND});
    assert_eq!(cup.books().await, books(slashed));
    exit(&cup, "host", None).await;
    exit(&cup, "cat", Some((now(&cup), "refund"))).await;
    // Refunds are owed to all that paid, eliminated or not.
    for name in ENTRANTS {
        cup.payout_to("refund", name, "zoe").await.ok(200);
    }
    assert_eq!(cup.books().await, books(json!({"host": WALLET - BOND, "treasury": BOND})));
    cup.payout("bond", "host").await.refused(409, "wrong_state");
    cup.audited().await;
}

#[tokio::test]
async fn the_oracle_has_its_last_millisecond() {
    let cup = Cup::started().await;
    cup.world.advance(TIMEOUT_MS - 1).await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": [], "scores": {}})).await.ok(200);
    cup.world.advance(TIMEOUT_MS - 1).await;
    cup.poke("finalize", "judge").await.ok(200);
}

#[tokio::test]
async fn a_timed_out_oracle_cannot_finalize() {
    let cup = Cup::started().await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": [], "scores": {}})).await.ok(200);
    cup.world.advance(TIMEOUT_MS).await;
    let refused = cup.poke("finalize", "judge").await.refused(409, "oracle_timed_out");
    assert_eq!(refused.text("until"), instant(now(&cup)));
    assert_eq!(cup.status().await, "active", "nothing happens by itself");
    cup.poke("abandon", "ann").await.ok(200);
}

#[tokio::test]
async fn registration_expires_at_its_first_millisecond_and_the_first_refund_cancels() {
    let cup = Cup::with(|terms| terms["max_agents"] = json!(4)).await;
    cup.enter("ann").await.ok(201);
    let end = now(&cup) + REGISTRATION_MS;
    assert_eq!(cup.contest("zoe").await["registration_ends_at"], instant(end));
    cup.world.advance(REGISTRATION_MS - 1).await;
    cup.enter("ben").await.ok(201);
    cup.payout("refund", "ann").await.refused(409, "wrong_state");
    cup.payout("bond", "host").await.refused(409, "wrong_state");
    exit(&cup, "ben", Some((now(&cup), "leave"))).await;
    exit(&cup, "zoe", Some((end, "refund"))).await;
    cup.world.advance(1).await;
    let before = cup.all().await;
    assert_eq!(cup.enter("cat").await.refused(409, "registration_expired").text("until"), instant(end));
    cup.poke("start", "judge").await.refused(409, "registration_expired");
    assert_eq!(cup.all().await, before);
    assert_eq!(cup.status().await, "registration", "nothing happens by itself");
    cup.payout_to("refund", "ben", "zoe").await.ok(200);
    assert_eq!(cup.status().await, "cancelled");
    cup.payout("refund", "ann").await.ok(200);
    cup.payout("bond", "host").await.ok(200);
    assert_eq!(cup.books().await, books(json!({})));
    let kinds: Vec<Value> = cup
        .get("events?type=contest_cancelled,obligation_paid", "zoe")
        .await
        .ok(200)
        .field("items")
        .as_array()
        .unwrap()
        .iter()
        .map(|event| json!([event["type"], event["data"]["reason"]]))
        .collect();
    assert_eq!(kinds[0], json!(["contest_cancelled", "registration_expired"]));
    assert_eq!(kinds.len(), 4);
    cup.audited().await;
}

#[tokio::test]
async fn a_heartbeat_cannot_hold_funds_beyond_the_hard_stop() {
    let cup = Cup::full(|terms| {
        terms["elimination_interval_s"] = json!(86_400);
        terms["duration_s"] = json!(1);
    })
    .await;
    cup.poke("start", "judge").await.ok(200);
    let stop = now(&cup) + 30 * DAY_MS;
    for round in 1..30 {
        cup.world.advance(DAY_MS).await;
        cup.post("eliminations", "judge", json!({"round": round, "eliminated": [], "scores": {}}))
            .await
            .ok(200);
    }
    exit(&cup, "ann", Some((stop, "abandon"))).await;
    cup.world.advance(DAY_MS - 1).await;
    cup.poke("abandon", "ann").await.refused(409, "not_timed_out");
    cup.post("eliminations", "judge", json!({"round": 30, "eliminated": [], "scores": {}})).await.ok(200);
    cup.world.advance(1).await;
    assert_eq!(now(&cup), stop);
    let beat = json!({"round": 31, "eliminated": [], "scores": {}});
    cup.post("eliminations", "judge", beat).await.refused(409, "oracle_timed_out");
    cup.poke("finalize", "judge").await.refused(409, "oracle_timed_out");
    cup.poke("abandon", "ann").await.ok(200);
    cup.audited().await;
}

#[tokio::test]
async fn leaving_gives_the_fee_back_at_once_and_entering_again_costs_it_again() {
    let cup = Cup::with(|_| ()).await;
    assert_eq!(cup.enter("ann").await.ok(201).field("amount"), 50);
    assert_eq!(cup.balance("wallet:ann").await, ENTERED);
    cup.world.advance(REGISTRATION_MS).await;
    // Leaving stays possible when registration is over.
    let left = cup.leave("ann", "ann").await.ok(200);
    assert_eq!((left.field("entrants"), left.field("pot")), (json!(0), json!(0)));
    assert_eq!(cup.books().await, books(json!({"host": WALLET - BOND, "bond": BOND})));
    cup.leave("ann", "ann").await.refused(404, "not_found");
    cup.poke("cancel", "host").await.ok(200);
    cup.payout("refund", "ann").await.refused(409, "nothing_owed");
    cup.payout("bond", "host").await.ok(200);
    cup.audited().await;
    let mut again = cup;
    again.remake(super::cup::terms()).await;
    for _ in 0..3 {
        again.enter("ann").await.ok(201);
        again.leave("ann", "ann").await.ok(200);
    }
    again.enter("ann").await.ok(201);
    assert_eq!(again.balance("wallet:ann").await, ENTERED);
    assert_eq!(again.get("entries", "zoe").await.ok(200).field("items").as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_entry_and_a_payment_say_when_the_callers_money_can_next_move() {
    let cup = Cup::finished().await;
    let way_out = |answer: Value| json!([answer.get("exit_at"), answer.get("exit_action")]);
    let ended = json!(instant(now(&cup)));
    // What is left to whoever asked, whoever was paid.
    let of_another = cup.payout_to("prize", "ann", "host").await.ok(200);
    assert_eq!(way_out(of_another.json()), json!([ended, "bond"]));
    let bond = cup.payout("bond", "host").await.ok(200);
    assert_eq!(way_out(bond.json()), json!([ended, "creator_fee"]));
    let fee = cup.payout("creator_fee", "host").await.ok(200);
    assert_eq!(way_out(fee.json()), json!([null, null]), "nothing is left for the creator");
}
