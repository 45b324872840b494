//! Idempotency keys, references and `If-Match` on contests and the ledger.

use serde_json::{Value, json};

use super::cup::{Cup, WALLET, terms};
use crate::world::Answer;

async fn keyed(cup: &Cup, method: &str, path: &str, who: &str, body: &Value) -> Answer {
    cup.world.request(method, path, cup.token(who)).header("idempotency-key", "k").json(body).send().await
}

#[tokio::test]
async fn every_kind_of_write_is_repeated_harmlessly_under_its_key() {
    let mut cup = Cup::new().await;
    let made = json!({"title": "the cup", "terms": terms()});
    let first = keyed(&cup, "POST", "/v1/contests", "host", &made).await.ok(201);
    assert_eq!(keyed(&cup, "POST", "/v1/contests", "host", &made).await.ok(201).bytes, first.bytes);
    assert_eq!(cup.balance("wallet:host").await, WALLET - 600, "two contests were made, not three");
    cup.id = first.text("arena_id");
    cup.path = format!("/v1/contests/{}", cup.id);
    let round = json!({"round": 1, "eliminated": ["ann"], "scores": {"ann": 1, "ben": 2}});
    for (method, rest, who, body, status) in [
        ("POST", "entries", "ann", json!({}), 201),
        ("DELETE", "entries/ann", "ann", json!({}), 200),
        ("POST", "entries", "ben", json!({}), 201),
        ("POST", "entries", "cat", json!({}), 201),
        ("POST", "start", "judge", json!({}), 200),
        (
            "POST",
            "eliminations",
            "judge",
            json!({"round": 1, "eliminated": ["cat"], "scores": {"ben": 2}}),
            200,
        ),
        ("POST", "finalize", "judge", json!({}), 200),
        ("POST", "payouts", "ben", json!({"kind": "prize"}), 200),
        ("POST", "payouts", "host", json!({"kind": "bond"}), 200),
    ] {
        let path = cup.at(rest);
        let first = keyed(&cup, method, &path, who, &body).await.ok(status);
        let before = cup.all().await;
        let again = keyed(&cup, method, &path, who, &body).await.ok(status);
        assert_eq!(again.bytes, first.bytes, "{method} {rest}");
        assert_eq!(cup.all().await, before, "{method} {rest} was carried out twice");
        // `payouts` was asked for by two callers; only the key's owner is told of a mismatch.
        if rest == "eliminations" {
            keyed(&cup, method, &path, who, &round).await.refused(409, "idempotency_mismatch");
        }
    }
    cup.audited().await;
}

#[tokio::test]
async fn without_a_key_a_repetition_is_decided_anew_and_pays_nothing_twice() {
    let cup = Cup::finished().await;
    cup.payout("prize", "ann").await.ok(200);
    let before = cup.all().await;
    cup.payout("prize", "ann").await.refused(409, "already_paid");
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn a_reference_is_used_once_whatever_the_key() {
    let cup = Cup::new().await;
    let path = "/v1/ledger/deposits";
    let deposit = json!({"agent_id": "ann", "amount": 7, "reference": "r-1"});
    let first = cup.world.post(path, &cup.world.operator, deposit.clone()).await.ok(201);
    let before = cup.all().await;
    let again = cup.world.post(path, &cup.world.operator, deposit.clone()).await.ok(201);
    assert_eq!(again.json(), first.json());
    assert_eq!(keyed(&cup, "POST", path, "operator", &deposit).await.ok(201).json(), first.json());
    for (field, other) in [("amount", json!(8)), ("agent_id", json!("ben"))] {
        let mut changed = deposit.clone();
        changed[field] = other;
        cup.world.post(path, &cup.world.operator, changed).await.refused(409, "idempotency_mismatch");
    }
    // One namespace: a withdrawal cannot take a deposit's reference.
    let out = "/v1/ledger/withdrawals";
    cup.world.post(out, &cup.world.operator, deposit).await.refused(409, "idempotency_mismatch");
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn every_kind_of_write_honours_if_match() {
    let cup = Cup::full(|_| ()).await;
    let before = cup.all().await;
    let stale = |method: &'static str, rest: &'static str, who: &'static str, body: &'static str| {
        let request =
            cup.world.request(method, &cup.at(rest), cup.token(who)).header("if-match", "\"1\"").body(body);
        async move { (rest, request.send().await) }
    };
    for (method, rest, who, body) in [
        ("POST", "entries", "zoe", ""),
        ("DELETE", "entries/ann", "ann", ""),
        ("POST", "start", "judge", ""),
        ("POST", "eliminations", "judge", "{\"round\": 1, \"eliminated\": [], \"scores\": {}}"),
        ("PUT", "rounds/1/actions", "judge", ""),
        ("POST", "finalize", "judge", ""),
        ("POST", "cancel", "host", ""),
        ("POST", "abandon", "zoe", ""),
        ("POST", "payouts", "ann", "{\"kind\": \"refund\"}"),
    ] {
        let (rest, answer) = stale(method, rest, who, body).await;
        let found = (answer.status, answer.text_or_empty("code"));
        // A round that is not there is not found, whatever the sequence.
        let expected =
            if rest.starts_with("rounds") { (404, "not_found") } else { (412, "version_mismatch") };
        assert_eq!(found, (expected.0, expected.1.to_owned()), "{method} {rest}");
    }
    assert_eq!(cup.all().await, before);
    let tag = cup.world.get(&cup.path, cup.token("zoe")).await.ok(200).header("etag").to_owned();
    let start = || cup.world.request("POST", &cup.at("start"), cup.token("judge")).header("if-match", &tag);
    let started = start().send().await.ok(200);
    assert_eq!(started.header("etag"), format!("\"{}\"", started.field("sequence")));
    start().send().await.refused(412, "version_mismatch");
    let known =
        cup.world.request("GET", &cup.path, cup.token("zoe")).header("if-none-match", started.header("etag"));
    assert!(known.send().await.ok(304).bytes.is_empty());
}
