//! Every value of every body replaced by what it should not be: always refused by a named code, never a fault, nothing moved.

use serde_json::{Value, json};

use super::cup::{Cup, terms};

/// What a value may be replaced with.
fn junk() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1e308),
        json!(1_u64 << 53),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(""),
        json!(" "),
        json!("\u{0}"),
        json!("wallet:ann"),
        json!("x".repeat(3_000)),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null, 1]),
        json!({"agent_id": "ann"}),
    ]
}

/// The paths of all values in a body.
fn paths(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| paths(field, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| paths(item, &format!("{at}/{index}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The body with each of its values replaced by each piece of junk, and with a field too many in each of its objects.
fn spoiled(body: &Value) -> Vec<Value> {
    let mut places = Vec::new();
    paths(body, "", &mut places);
    let mut bodies = Vec::new();
    for place in &places {
        for piece in junk() {
            let mut other = body.clone();
            *other.pointer_mut(place).unwrap() = piece;
            bodies.push(other);
        }
        let mut other = body.clone();
        if let Some(fields) = other.pointer_mut(place).unwrap().as_object_mut() {
            fields.insert("Zusatz".to_owned(), json!(1));
            bodies.push(other);
        }
    }
    bodies
}

#[tokio::test]
async fn no_body_is_a_fault_or_moves_anything() {
    let cup = Cup::started().await;
    let mut whole = terms();
    whole["action_schema"] = json!("move");
    whole["rules_hash"] = json!("0".repeat(64));
    whole["seed_commitment"] = json!("0".repeat(64));
    whole["creator_may_enter"] = json!(true);
    whole["gates"] = json!({"min_completed": 1, "min_wins": 1, "min_age_s": 1});
    whole["bond"] = json!(1_001);
    let mut in_bps = whole.clone();
    in_bps.as_object_mut().unwrap().remove("prize_split");
    in_bps["prize_split_bps"] = json!([6_000, 4_000]);
    let round = json!({"round": 1, "page": 1, "eliminated": ["ann"], "scores": {"ben": 1}, "actions_root": "0".repeat(64),
        "last": true});
    let money = json!({"agent_id": "ann", "amount": 1, "reference": "r"});
    // Each is refused also when its body is right, so that nothing may ever move.
    let routes = [
        ("/v1/contests".to_owned(), json!({"title": "x", "terms": whole}), "zoe", "insufficient_funds"),
        ("/v1/contests".to_owned(), json!({"title": "x", "terms": in_bps}), "zoe", "insufficient_funds"),
        (cup.at("eliminations"), round, "zoe", "forbidden"),
        (cup.at("finalize"), json!({"seed": "x"}), "zoe", "forbidden"),
        (cup.at("payouts"), json!({"kind": "refund", "agent": "ann"}), "zoe", "wrong_state"),
        ("/v1/ledger/deposits".to_owned(), money.clone(), "ann", "forbidden"),
        ("/v1/ledger/withdrawals".to_owned(), money, "ann", "forbidden"),
        (cup.at("entries"), json!({}), "zoe", "wrong_state"),
        (cup.at("start"), json!({}), "zoe", "wrong_state"),
        (cup.at("cancel"), json!({}), "zoe", "wrong_state"),
        (cup.at("abandon"), json!({}), "zoe", "not_timed_out"),
    ];
    let before = cup.all().await;
    for (path, body, who, when_right) in routes {
        cup.world.post(&path, cup.token(who), body.clone()).await;
        for spoiled in spoiled(&body) {
            let answer = cup.world.post(&path, cup.token(who), spoiled.clone()).await;
            let code = answer.text_or_empty("code");
            let named = code == "invalid" && answer.field("field").is_string();
            // Some junk is right after all, or names what is not there.
            let as_when_right = code == when_right || (code == "not_found" && path.contains("ledger"));
            // What is no object at all has no field to name.
            let is_whole = code == "invalid" && !spoiled.is_object();
            // A contest without a bond, or with one that zoe can pay, is made.
            let is_made = answer.status == 201 && path == "/v1/contests" && answer.field("creator") == who;
            assert!(
                named || as_when_right || is_whole || is_made,
                "{path}: {} answered {} {}",
                &spoiled.to_string().chars().take(400).collect::<String>(),
                answer.status,
                answer.json()
            );
            if is_made {
                let id = answer.text("arena_id");
                cup.world.poke(&format!("/v1/contests/{id}/cancel"), cup.token("zoe")).await.ok(200);
                let bond = json!({"kind": "bond"});
                cup.world.post(&format!("/v1/contests/{id}/payouts"), cup.token("zoe"), bond).await;
            }
        }
        cup.world.post(&path, cup.token(who), body).await.refused_as(when_right);
    }
    let after = cup.all().await;
    assert_eq!((&after[0], &after[1]), (&before[0], &before[1]));
    cup.audited().await;
}

#[tokio::test]
async fn what_is_no_json_is_malformed_on_every_route() {
    let cup = Cup::new().await;
    let before = cup.all().await;
    for path in [
        "/v1/contests".to_owned(),
        "/v1/ledger/deposits".to_owned(),
        "/v1/ledger/withdrawals".to_owned(),
        cup.at("entries"),
        cup.at("start"),
        cup.at("cancel"),
        cup.at("abandon"),
        cup.at("finalize"),
        cup.at("eliminations"),
        cup.at("payouts"),
    ] {
        for body in ["{", "{} {}", "seed=x", "{\"a\": 1e}", "\u{feff}{}", "{\"a\": 1", "[", "NaN"] {
            let answer = cup.world.request("POST", &path, cup.token("host")).body(body).send().await;
            assert_eq!(
                (answer.status, answer.text_or_empty("code")),
                (400, "malformed".into()),
                "{path} {body:?}"
            );
        }
        let answer = cup
            .world
            .request("POST", &path, cup.token("host"))
            .body(b"{\"a\": \"\xff\"}".to_vec())
            .send()
            .await;
        answer.refused(400, "malformed");
    }
    assert_eq!(cup.all().await, before);
}
