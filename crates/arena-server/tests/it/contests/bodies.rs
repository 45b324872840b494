//! Bodies of contests and the ledger that are not what they should be: always refused with the path, never anything moved.

use serde_json::{Value, json};

use super::cup::{Cup, terms};

const TOO_LARGE: u64 = 1 << 53;

/// Values that no integer field takes.
fn wrong_numbers() -> [Value; 10] {
    [
        json!(-1),
        json!(1.5),
        json!(1.0),
        json!(1e300),
        json!("1"),
        json!(true),
        json!([1]),
        json!({}),
        json!(u64::MAX),
        json!(i64::MIN),
    ]
}

async fn create(cup: &Cup, terms: &Value) -> crate::world::Answer {
    let body = json!({"title": "x", "terms": terms});
    cup.world.post("/v1/contests", cup.token("host"), body).await
}

#[tokio::test]
async fn every_number_of_the_terms_is_bounded_and_named() {
    let cup = Cup::new().await;
    let before = cup.all().await;
    let check = async |terms: Value, field: &str| {
        let refused = create(&cup, &terms).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), format!("terms.{field}"), "{terms}");
    };
    for field in [
        "entry_fee",
        "bond",
        "min_agents",
        "max_agents",
        "creator_fee_bps",
        "elimination_interval_s",
        "duration_s",
    ] {
        for wrong in wrong_numbers() {
            let mut asked = terms();
            asked[field] = wrong;
            check(asked, field).await;
        }
        let mut asked = terms();
        asked.as_object_mut().unwrap().remove(field);
        check(asked, field).await;
        let mut asked = terms();
        asked[field] = Value::Null;
        check(asked, field).await;
    }
    for (field, wrong) in [
        ("entry_fee", json!(TOO_LARGE)),
        ("entry_fee", json!((TOO_LARGE - 1) / 3 + 1)),
        ("bond", json!(TOO_LARGE)),
        ("min_agents", json!(1)),
        ("min_agents", json!(4)),
        ("max_agents", json!(1)),
        ("max_agents", json!(10_001)),
        ("creator_fee_bps", json!(2_001)),
        ("elimination_interval_s", json!(9)),
        ("elimination_interval_s", json!(86_401)),
        ("duration_s", json!(0)),
        ("duration_s", json!(2_592_001)),
        ("action_schema", json!("x".repeat(257))),
        ("action_schema", json!(5)),
        ("rules_hash", json!("abc")),
        ("rules_hash", json!("g".repeat(64))),
        ("seed_commitment", json!("0".repeat(63))),
        ("oracle", json!("Judge")),
        ("creator_may_enter", json!("yes")),
        ("gates", json!([])),
        ("gates", json!(3)),
        ("colour", json!("red")),
    ] {
        let mut asked = terms();
        asked[field] = wrong;
        check(asked, field).await;
    }
    for (field, wrong) in [
        ("min_completed", json!(-1)),
        ("min_wins", json!(1.5)),
        ("min_age_s", json!(TOO_LARGE)),
        ("min_losses", json!(1)),
    ] {
        let mut asked = terms();
        asked["gates"] = json!({field: wrong});
        check(asked, &format!("gates.{field}")).await;
    }
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn the_split_is_whole_and_given_once() {
    let mut cup = Cup::new().await;
    let before = cup.all().await;
    for (percents, bps, field) in [
        (Value::Null, Value::Null, "prize_split"),
        (json!([100]), json!([10_000]), "prize_split_bps"),
        (json!([]), Value::Null, "prize_split"),
        (json!([60, 39]), Value::Null, "prize_split"),
        (json!([60, 41]), Value::Null, "prize_split"),
        (json!(vec![10; 11]), Value::Null, "prize_split"),
        (json!([60, 40.0]), Value::Null, "prize_split[1]"),
        (json!([-60, 160]), Value::Null, "prize_split[0]"),
        (json!([50, 656]), Value::Null, "prize_split[1]"),
        (json!(100), Value::Null, "prize_split"),
        (Value::Null, json!([9_999]), "prize_split_bps"),
        (Value::Null, json!([5_000, 5_001]), "prize_split_bps"),
        (Value::Null, json!([65_536]), "prize_split_bps[0]"),
        (Value::Null, json!([]), "prize_split_bps"),
    ] {
        let mut asked = terms();
        asked["prize_split"] = percents;
        asked["prize_split_bps"] = bps;
        let refused = create(&cup, &asked).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), format!("terms.{field}"), "{asked}");
    }
    assert_eq!(cup.all().await, before);
    let mut asked = terms();
    asked["prize_split"] = json!([55, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    cup.remake(asked).await;
    let shown = &cup.contest("zoe").await["terms"];
    assert_eq!(shown["prize_split"], json!([55, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
    assert_eq!(shown["prize_split_bps"], json!([5500, 900, 800, 700, 600, 500, 400, 300, 200, 100]));
    let mut asked = terms();
    asked.as_object_mut().unwrap().remove("prize_split");
    asked["prize_split_bps"] = json!([9_999, 1]);
    cup.remake(asked).await;
    let shown = &cup.contest("zoe").await["terms"];
    assert!(shown.get("prize_split").is_none());
    assert_eq!(shown["prize_split_bps"], json!([9_999, 1]));
}

#[tokio::test]
async fn titles_have_1_to_128_bytes() {
    let cup = Cup::new().await;
    let before = cup.all().await;
    for wrong in [json!(""), json!("x".repeat(129)), json!("ä".repeat(65)), json!(5), Value::Null] {
        let body = json!({"title": wrong, "terms": terms()});
        let refused = cup.world.post("/v1/contests", cup.token("host"), body.clone()).await;
        assert!([413, 422].contains(&refused.status), "{body}: {refused:?}");
        assert_eq!(refused.text("field"), "title");
    }
    assert_eq!(cup.all().await, before);
    let body = json!({"title": "ä".repeat(64), "terms": terms()});
    cup.world.post("/v1/contests", cup.token("host"), body).await.ok(201);
}

#[tokio::test]
async fn every_field_of_a_round_is_named_when_it_is_wrong() {
    let cup = Cup::started().await;
    let before = cup.all().await;
    let post = async |body: Value, field: &str| {
        let refused = cup.post("eliminations", "judge", body.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{body}");
    };
    for wrong in wrong_numbers() {
        post(json!({"round": wrong, "eliminated": [], "scores": {}}), "round").await;
        post(json!({"round": 1, "page": wrong, "eliminated": [], "scores": {}}), "page").await;
        if ![json!(-1)].contains(&wrong) {
            post(json!({"round": 1, "eliminated": [], "scores": {"ann": wrong}}), "scores.ann").await;
        }
    }
    for (body, field) in [
        (json!({"eliminated": [], "scores": {}}), "round"),
        (json!({"round": 1, "eliminated": [], "scores": {"ann": TOO_LARGE}}), "scores.ann"),
        (json!({"round": 1, "eliminated": [], "scores": {"ann": -(TOO_LARGE as i64)}}), "scores.ann"),
        (json!({"round": 1, "eliminated": [], "scores": {"ann": null}}), "scores.ann"),
        (json!({"round": 1, "eliminated": [], "scores": {"Ann": 1}}), "scores.Ann"),
        (json!({"round": 1, "eliminated": [], "scores": []}), "scores"),
        (json!({"round": 1, "eliminated": "ann", "scores": {}}), "eliminated"),
        (json!({"round": 1, "eliminated": ["ann", 5], "scores": {}}), "eliminated[1]"),
        (json!({"round": 1, "eliminated": ["ANN"], "scores": {}}), "eliminated[0]"),
        (json!({"round": 1, "eliminated": [], "scores": {}, "last": 1}), "last"),
        (json!({"round": 1, "eliminated": [], "scores": {}, "actions_root": "x"}), "actions_root"),
        (json!({"round": 1, "eliminated": [], "scores": {}, "winner": "ann"}), "winner"),
    ] {
        post(body, field).await;
    }
    let twice = "{\"round\": 1, \"eliminated\": [], \"scores\": {\"ann\": 1, \"ann\": 2}}";
    let twice =
        cup.world.request("POST", &cup.at("eliminations"), cup.token("judge")).body(twice).send().await;
    assert_eq!(twice.refused(422, "invalid").text("field"), "scores.ann");
    assert_eq!(cup.all().await, before);
}

#[tokio::test]
async fn commands_without_fields_take_nothing_and_an_empty_object_and_no_more() {
    let cup = Cup::new().await;
    let extra = json!({"agent_id": "ben"});
    for (rest, who) in [("entries", "ann"), ("start", "judge"), ("cancel", "host"), ("abandon", "zoe")] {
        let refused = cup.post(rest, who, extra.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), "agent_id", "{rest}: who acts is in the token, never in the body");
    }
    cup.post("entries", "ann", json!({})).await.ok(201);
    for (body, field) in [
        (json!({}), "kind"),
        (json!({"kind": "everything"}), "kind"),
        (json!({"kind": 5}), "kind"),
        (json!({"kind": "refund", "agent": "Ann"}), "agent"),
        (json!({"kind": "refund", "agent": 5}), "agent"),
        (json!({"kind": "refund", "agent_id": "ann"}), "agent_id"),
        (json!({"kind": "refund", "amount": 5}), "amount"),
    ] {
        let refused = cup.post("payouts", "ann", body.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{body}");
    }
    for (body, field) in
        [(json!({"seed": 5}), "seed"), (json!({"seed": ""}), "seed"), (json!({"seeds": "x"}), "seeds")]
    {
        let refused = cup.post("finalize", "judge", body.clone()).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{body}");
    }
    let long = json!({"seed": "x".repeat(129)});
    cup.post("finalize", "judge", long).await.refused(422, "invalid");
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let cup = Cup::new().await;
    for (path, field) in [
        ("/v1/contests?limit=0", "limit"),
        ("/v1/contests?limit=1001", "limit"),
        ("/v1/contests?status=open", "status"),
        ("/v1/contests?cursor=x", "cursor"),
        ("/v1/contests?creator=host", "creator"),
        ("/v1/ledger/transfers?after=-1", "after"),
        ("/v1/ledger/transfers?limit=1001", "limit"),
        ("/v1/ledger/transfers?reason=prize", "reason"),
    ] {
        let refused = cup.world.get(path, &cup.world.operator).await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{path}");
    }
    for (rest, field) in [
        ("entries?limit=0", "limit"),
        ("entries?cursor=x", "cursor"),
        ("standings?cursor=-1", "cursor"),
        ("obligations?cursor=x", "cursor"),
        ("rounds?cursor=x", "cursor"),
        ("events?type=step_claimed", "type"),
        ("events?wait_ms=60001", "wait_ms"),
        ("receipt?format=pdf", "format"),
    ] {
        let refused = cup.get(rest, "zoe").await.refused(422, "invalid");
        assert_eq!(refused.text("field"), field, "{rest}");
    }
}
