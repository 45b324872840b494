//! What is refused, with its code, its facts, and nothing moved.

use serde_json::{Value, json};

use super::cup::{CAST, Cup, terms};

/// One request in each way that it is refused.
async fn refused(cup: &Cup, rows: &[(&str, &str, &str, Value, u16, &str)]) {
    let before = cup.all().await;
    for (method, rest, who, body, status, code) in rows {
        let mut request = cup.world.request(method, &cup.at(rest), cup.token(who));
        if !body.is_null() {
            request = request.json(body);
        }
        let answer = request.send().await;
        assert_eq!(
            (answer.status, answer.text_or_empty("code")),
            (*status, (*code).to_owned()),
            "{method} {rest} by {who} with {body}: {}",
            answer.json()
        );
        assert_eq!(cup.all().await, before, "{method} {rest} by {who} moved something");
    }
}

fn round(number: u32) -> Value {
    json!({"round": number, "eliminated": [], "scores": {}})
}

fn kind(kind: &str) -> Value {
    json!({"kind": kind})
}

fn to(kind: &str, agent: &str) -> Value {
    json!({"kind": kind, "agent": agent})
}

#[tokio::test]
async fn registration_refuses_by_name() {
    let cup = Cup::with(|terms| terms["max_agents"] = json!(2)).await;
    cup.enter("ann").await.ok(201);
    let none = Value::Null;
    refused(
        &cup,
        &[
            ("POST", "entries", "ann", none.clone(), 409, "already_entered"),
            ("POST", "entries", "host", none.clone(), 403, "forbidden"),
            ("POST", "entries", "judge", none.clone(), 403, "forbidden"),
            ("POST", "start", "host", none.clone(), 403, "forbidden"),
            ("POST", "start", "ann", none.clone(), 403, "forbidden"),
            ("POST", "start", "judge", none.clone(), 409, "not_enough_entrants"),
            ("POST", "eliminations", "judge", round(1), 409, "wrong_state"),
            ("POST", "finalize", "judge", none.clone(), 409, "wrong_state"),
            ("POST", "abandon", "zoe", none.clone(), 409, "wrong_state"),
            ("POST", "cancel", "judge", none.clone(), 403, "forbidden"),
            ("POST", "cancel", "operator", none.clone(), 403, "forbidden"),
            ("POST", "payouts", "ann", kind("refund"), 409, "wrong_state"),
            ("POST", "payouts", "ann", kind("prize"), 409, "wrong_state"),
            ("POST", "payouts", "host", kind("bond"), 409, "wrong_state"),
            ("POST", "payouts", "host", kind("creator_fee"), 409, "wrong_state"),
            ("POST", "payouts", "zoe", kind("protocol_fee"), 409, "wrong_state"),
            ("DELETE", "entries/ben", "ben", none.clone(), 404, "not_found"),
            ("DELETE", "entries/ann", "ben", none.clone(), 403, "forbidden"),
            ("DELETE", "entries/ann", "host", none.clone(), 403, "forbidden"),
            ("DELETE", "entries/ann", "operator", none.clone(), 403, "forbidden"),
            ("GET", "receipt", "zoe", none.clone(), 409, "wrong_state"),
            ("GET", "rounds/1/actions", "zoe", none.clone(), 404, "not_found"),
        ],
    )
    .await;
    let few = cup.poke("start", "judge").await;
    assert_eq!((few.field("current"), few.field("required")), (json!(1), json!(2)));
    cup.enter("ben").await.ok(201);
    refused(&cup, &[("POST", "entries", "cat", Value::Null, 409, "contest_full")]).await;
    assert_eq!(cup.enter("cat").await.field("limit"), 2);
}

#[tokio::test]
async fn play_refuses_by_name() {
    let cup = Cup::started().await;
    let none = Value::Null;
    refused(
        &cup,
        &[
            ("POST", "entries", "zoe", none.clone(), 409, "wrong_state"),
            ("DELETE", "entries/ann", "ann", none.clone(), 409, "wrong_state"),
            ("POST", "start", "judge", none.clone(), 409, "wrong_state"),
            ("POST", "cancel", "host", none.clone(), 409, "wrong_state"),
            ("POST", "abandon", "zoe", none.clone(), 409, "not_timed_out"),
            ("POST", "finalize", "ann", none.clone(), 403, "forbidden"),
            ("POST", "finalize", "judge", none.clone(), 409, "wrong_round"),
            ("POST", "eliminations", "host", round(1), 403, "forbidden"),
            ("POST", "eliminations", "operator", round(1), 403, "forbidden"),
            ("POST", "eliminations", "judge", round(2), 409, "wrong_round"),
            ("POST", "eliminations", "judge", round(0), 409, "wrong_round"),
            (
                "POST",
                "eliminations",
                "judge",
                json!({"round": 1, "page": 2, "eliminated": [], "scores": {}}),
                409,
                "wrong_page",
            ),
            ("POST", "payouts", "ann", kind("refund"), 409, "wrong_state"),
            ("POST", "payouts", "host", kind("bond"), 409, "wrong_state"),
            ("POST", "payouts", "ann", kind("prize"), 409, "wrong_state"),
            ("GET", "receipt", "zoe", none.clone(), 409, "wrong_state"),
        ],
    )
    .await;
    let early = cup.poke("finalize", "judge").await;
    assert_eq!((early.field("current"), early.field("expected")), (json!(0), json!(1)));
}

#[tokio::test]
async fn pages_name_entrants_that_are_alive_and_each_once() {
    let cup = Cup::started().await;
    cup.post("eliminations", "judge", json!({"round": 1, "eliminated": ["cat"], "scores": {}})).await.ok(200);
    let before = cup.all().await;
    for (body, field) in [
        (json!({"round": 2, "eliminated": ["zoe"], "scores": {}}), "eliminated[0]"),
        (json!({"round": 2, "eliminated": ["ann", "nobody"], "scores": {}}), "eliminated[1]"),
        (json!({"round": 2, "eliminated": ["cat"], "scores": {}}), "eliminated[0]"),
        (json!({"round": 2, "eliminated": ["ann", "ann"], "scores": {}}), "eliminated[1]"),
        (json!({"round": 2, "eliminated": [], "scores": {"cat": 1}}), "scores.cat"),
        (json!({"round": 2, "eliminated": [], "scores": {"ann": 1, "zoe": 1}}), "scores.zoe"),
        (json!({"round": 2, "eliminated": ["ann", "ben"], "scores": {}}), "eliminated"),
    ] {
        let refused = cup.post("eliminations", "judge", body.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{body}");
        assert_eq!(cup.all().await, before);
    }
    // Over all pages of the round: ann is out by the first, ben cannot be by the second.
    let page = |page: u32, out: &str, last: bool| json!({"round": 2, "page": page, "eliminated": [out], "scores": {}, "last": last});
    cup.post("eliminations", "judge", page(1, "ann", false)).await.ok(200);
    let all = cup.post("eliminations", "judge", page(2, "ben", true)).await.refused(422, "invalid");
    assert_eq!(all.text("field"), "eliminated");
    let twice = cup.post("eliminations", "judge", page(2, "ann", true)).await.refused(422, "invalid");
    assert_eq!(twice.text("field"), "eliminated[0]");
}

#[tokio::test]
async fn a_page_repeated_is_answered_and_another_in_its_place_refused() {
    let cup = Cup::started().await;
    let first = json!({"round": 1, "page": 1, "eliminated": ["cat"], "scores": {"ann": 5}, "last": false});
    let answer = cup.post("eliminations", "judge", first.clone()).await.ok(200).json();
    let before = cup.all().await;
    assert_eq!(cup.post("eliminations", "judge", first.clone()).await.ok(200).json(), answer);
    let mut other = first.clone();
    other["scores"] = json!({"ann": 6});
    cup.post("eliminations", "judge", other.clone()).await.refused(409, "wrong_page");
    let skipped = json!({"round": 1, "page": 3, "eliminated": [], "scores": {}});
    let skipped = cup.post("eliminations", "judge", skipped).await.refused(409, "wrong_page");
    assert_eq!((skipped.field("current"), skipped.field("expected")), (json!(1), json!(2)));
    cup.poke("finalize", "judge").await.refused(409, "wrong_state");
    assert_eq!(cup.all().await, before);
    let last = json!({"round": 1, "page": 2, "eliminated": [], "scores": {}});
    cup.post("eliminations", "judge", last.clone()).await.ok(200);
    let before = cup.all().await;
    cup.post("eliminations", "judge", first).await.ok(200);
    cup.post("eliminations", "judge", last).await.ok(200);
    cup.post("eliminations", "judge", other).await.refused(409, "wrong_page");
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn a_finished_contest_refuses_by_name() {
    let cup = Cup::finished().await;
    for (kind, agent) in [("prize", "ann"), ("bond", "host")] {
        cup.payout_to(kind, agent, "zoe").await.ok(200);
    }
    let none = Value::Null;
    refused(
        &cup,
        &[
            ("POST", "entries", "zoe", none.clone(), 409, "wrong_state"),
            ("DELETE", "entries/cat", "cat", none.clone(), 409, "wrong_state"),
            ("POST", "start", "judge", none.clone(), 409, "wrong_state"),
            ("POST", "eliminations", "judge", round(3), 409, "wrong_state"),
            ("POST", "finalize", "judge", none.clone(), 409, "wrong_state"),
            ("POST", "cancel", "host", none.clone(), 409, "wrong_state"),
            ("POST", "abandon", "zoe", none.clone(), 409, "wrong_state"),
            ("POST", "payouts", "ann", kind("prize"), 409, "already_paid"),
            ("POST", "payouts", "zoe", to("prize", "ann"), 409, "already_paid"),
            ("POST", "payouts", "zoe", kind("prize"), 409, "nothing_owed"),
            ("POST", "payouts", "cat", kind("prize"), 409, "nothing_owed"),
            ("POST", "payouts", "zoe", to("prize", "treasury"), 409, "nothing_owed"),
            ("POST", "payouts", "zoe", to("creator_fee", "zoe"), 409, "nothing_owed"),
            ("POST", "payouts", "zoe", to("protocol_fee", "zoe"), 409, "nothing_owed"),
            ("POST", "payouts", "host", kind("bond"), 409, "already_paid"),
            ("POST", "payouts", "ann", to("bond", "ann"), 409, "nothing_owed"),
            ("POST", "payouts", "ann", kind("refund"), 409, "wrong_state"),
            ("POST", "payouts", "operator", to("prize", "operator"), 409, "nothing_owed"),
        ],
    )
    .await;
}

#[tokio::test]
async fn ended_contests_refuse_what_is_not_theirs() {
    let cup = Cup::full(|_| ()).await;
    cup.poke("cancel", "host").await.ok(200);
    cup.payout("refund", "ann").await.ok(200);
    let none = Value::Null;
    refused(
        &cup,
        &[
            ("POST", "entries", "zoe", none.clone(), 409, "wrong_state"),
            ("DELETE", "entries/ben", "ben", none.clone(), 409, "wrong_state"),
            ("POST", "start", "judge", none.clone(), 409, "wrong_state"),
            ("POST", "cancel", "host", none.clone(), 409, "wrong_state"),
            ("POST", "abandon", "zoe", none.clone(), 409, "wrong_state"),
            ("POST", "payouts", "ann", kind("refund"), 409, "already_paid"),
            ("POST", "payouts", "zoe", kind("refund"), 409, "nothing_owed"),
            ("POST", "payouts", "ann", kind("prize"), 409, "wrong_state"),
            ("POST", "payouts", "zoe", kind("protocol_fee"), 409, "wrong_state"),
        ],
    )
    .await;
}

#[tokio::test]
async fn money_that_is_not_there_is_not_spent() {
    let cup = Cup::with(|terms| terms["entry_fee"] = json!(1_001)).await;
    let before = cup.all().await;
    let poor = cup.enter("ann").await.refused(409, "insufficient_funds");
    assert_eq!((poor.field("current"), poor.field("required")), (json!(1_000), json!(1_001)));
    let mut asked = terms();
    asked["bond"] = json!(701);
    let body = json!({"title": "too dear", "terms": asked});
    let poor =
        cup.world.post("/v1/contests", cup.token("host"), body).await.refused(409, "insufficient_funds");
    assert_eq!((poor.field("current"), poor.field("required")), (json!(700), json!(701)));
    let more = json!({"agent_id": "ann", "amount": 1_001, "reference": "out"});
    let operator = &cup.world.operator;
    cup.world.post("/v1/ledger/withdrawals", operator, more).await.refused(409, "insufficient_funds");
    assert_eq!(cup.all().await, before);
    let listed = cup.world.get("/v1/contests", operator).await.ok(200);
    assert_eq!(listed.field("items").as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn gates_ask_for_what_settlements_have_counted() {
    let mut cup = Cup::finished().await;
    for (name, expected) in [
        ("ann", json!([1, 1, 1, 1, 0, 0])),
        ("ben", json!([1, 1, 0, 1, 1, 0])),
        ("cat", json!([1, 1, 0, 1, 1, 0])),
        ("zoe", json!([0, 0, 0, 0, 0, 0])),
    ] {
        assert_eq!(counters(&cup, name).await, expected, "{name}");
    }
    cup.payout("prize", "ann").await.ok(200);
    assert_eq!(counters(&cup, "ann").await, json!([1, 1, 1, 1, 0, 85]));
    for (gates, name, gate, current) in [
        (json!({"min_completed": 1}), "zoe", "min_completed", 0),
        (json!({"min_completed": 2}), "ben", "min_completed", 1),
        (json!({"min_wins": 1}), "ben", "min_wins", 0),
        (json!({"min_age_s": 10}), "ann", "min_age_s", 9),
    ] {
        let mut asked = terms();
        asked["gates"] = gates.clone();
        cup.remake(asked).await;
        if gate == "min_age_s" {
            let registered =
                cup.world.get("/v1/agents/ann", cup.token("ann")).await.ok(200).text("registered_at");
            let registered: arena_core::Timestamp = serde_json::from_value(json!(registered)).unwrap();
            let old = cup.world.manager.now().since(registered).get();
            cup.world.advance(9_999 - old).await;
        }
        let before = cup.all().await;
        let refused = cup.enter(name).await.refused(409, "gate_not_met");
        assert_eq!(
            (refused.text("gate"), refused.field("current")),
            (gate.to_owned(), json!(current)),
            "{gates}"
        );
        assert_eq!(refused.field("required"), gates[gate]);
        assert_eq!(cup.all().await, before);
        cup.world.advance(u64::from(gate == "min_age_s")).await;
        match gate {
            "min_age_s" => cup.enter("ann").await.ok(201),
            "min_completed" if name == "zoe" => cup.enter("ben").await.ok(201),
            "min_wins" => cup.enter("ann").await.ok(201),
            _ => continue,
        };
        // Free the money again for the next contest.
        cup.poke("cancel", "host").await.ok(200);
        cup.payout("bond", "host").await.ok(200);
    }
}

async fn counters(cup: &Cup, name: &str) -> Value {
    let profile = cup.world.get(&format!("/v1/agents/{name}"), cup.token("zoe")).await.ok(200).json();
    let of = |counter: &str| profile[counter].clone();
    json!([of("entered"), of("completed"), of("wins"), of("top_three"), of("eliminations"), of("earnings")])
}

#[tokio::test]
async fn the_creator_enters_where_the_terms_say_so() {
    let cup = Cup::with(|terms| terms["creator_may_enter"] = json!(true)).await;
    cup.enter("host").await.ok(201);
    cup.enter("judge").await.ok(201);
}

#[tokio::test]
async fn a_stranger_reads_every_contest_and_nobody_without_a_token() {
    let cup = Cup::finished().await;
    for rest in ["", "/entries", "/standings", "/obligations", "/rounds", "/events", "/receipt"] {
        let path = format!("{}{rest}", cup.path);
        for who in CAST {
            cup.world.get(&path, cup.token(who)).await.ok(200);
        }
        cup.world.get(&path, "").await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_handle_is_good_for_no_contest_and_no_ledger() {
    let cup = Cup::full(|_| ()).await;
    let arena =
        cup.world.post("/v1/arenas", cup.token("ann"), json!({"goal": "x"})).await.ok(201).text("arena_id");
    let path = format!("/v1/arenas/{arena}/handles");
    let handle =
        cup.world.post(&path, cup.token("ann"), json!({"agent_id": "ann"})).await.ok(201).text("token");
    let before = cup.all().await;
    for (method, path) in [
        ("GET", cup.path.clone()),
        ("GET", "/v1/contests".to_owned()),
        ("GET", cup.at("entries")),
        ("GET", cup.at("standings")),
        ("GET", cup.at("obligations")),
        ("GET", cup.at("rounds")),
        ("GET", cup.at("events")),
        ("GET", cup.at("receipt")),
        ("POST", cup.at("entries")),
        ("DELETE", cup.at("entries/ann")),
        ("GET", "/v1/ledger/accounts/wallet:ann".to_owned()),
        ("GET", "/v1/ledger/transfers".to_owned()),
        ("GET", "/v1/ledger/audit".to_owned()),
    ] {
        let answer = cup.world.request(method, &path, &handle).send().await;
        assert_eq!(
            (answer.status, answer.text_or_empty("code")),
            (403, "forbidden".into()),
            "{method} {path}"
        );
    }
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn what_is_no_contest_is_not_found() {
    let cup = Cup::new().await;
    let arena =
        cup.world.post("/v1/arenas", cup.token("ann"), json!({"goal": "x"})).await.ok(201).text("arena_id");
    let nil = "00000000-0000-0000-0000-000000000000";
    for id in [arena.as_str(), nil, "019a9b3c-5f00-7abc-8def-0123456789ab", "nonsense", "..%2f..", "%00"] {
        for (method, rest, body) in [
            ("GET", "", Value::Null),
            ("POST", "/entries", Value::Null),
            ("GET", "/entries", Value::Null),
            ("DELETE", "/entries/ann", Value::Null),
            ("POST", "/start", Value::Null),
            ("POST", "/cancel", Value::Null),
            ("POST", "/abandon", Value::Null),
            ("POST", "/finalize", Value::Null),
            ("POST", "/eliminations", round(1)),
            ("PUT", "/rounds/1/actions", Value::Null),
            ("GET", "/rounds/1/actions", Value::Null),
            ("GET", "/rounds", Value::Null),
            ("POST", "/payouts", kind("prize")),
            ("GET", "/standings", Value::Null),
            ("GET", "/obligations", Value::Null),
            ("GET", "/events", Value::Null),
            ("GET", "/receipt", Value::Null),
        ] {
            let mut request =
                cup.world.request(method, &format!("/v1/contests/{id}{rest}"), cup.token("ann"));
            if !body.is_null() {
                request = request.json(&body);
            }
            let answer = request.send().await;
            assert_eq!(
                (answer.status, answer.text_or_empty("code")),
                (404, "not_found".into()),
                "{method} {id} {rest}"
            );
        }
    }
    // And a contest is no shared arena.
    for rest in ["", "/steps", "/events", "/brief"] {
        let path = format!("/v1/arenas/{}{rest}", cup.id);
        cup.world.get(&path, &cup.world.operator).await.refused(404, "not_found");
    }
}
