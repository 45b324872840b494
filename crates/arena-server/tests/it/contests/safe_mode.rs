//! When the ledger does not add up after a commit, no new money is taken, and every exit stays open.

use serde_json::json;

use super::cup::{Cup, terms};

#[tokio::test]
async fn a_breach_refuses_new_money_and_keeps_exits_open() {
    let cup = Cup::full(|_| ()).await;
    cup.world.damage("UPDATE accounts SET balance = balance + 1 WHERE account = 'wallet:zoe'");
    let audit = cup.world.get("/v1/ledger/audit", &cup.world.operator).await.ok(200).json();
    assert_eq!(audit["ok"], false);
    assert!(audit["first_divergence"]["reason"].as_str().unwrap().contains("wallet:zoe"), "{audit}");
    // The commit that touches the account finds what it did not leave there.
    let found = json!({"agent_id": "zoe", "amount": 5, "reference": "found"});
    let found = cup.world.post("/v1/ledger/deposits", &cup.world.operator, found).await.ok(201);
    let ready = cup.world.get("/readyz", "").await;
    assert_eq!(ready.field("safe_mode"), true, "{ready:?}");
    let metrics =
        String::from_utf8(cup.world.get("/metrics", &cup.world.operator).await.ok(200).bytes).unwrap();
    assert!(metrics.contains("\narena_safe_mode 1\n"), "{metrics}");

    let more = json!({"agent_id": "ann", "amount": 5, "reference": "more"});
    let refused =
        cup.world.post("/v1/ledger/deposits", &cup.world.operator, more).await.refused(503, "safe_mode");
    assert_eq!(
        (refused.field("position"), refused.field("retryable")),
        (found.field("position"), json!(false))
    );
    assert!(refused.header("retry-after").is_empty(), "it is not over in a second");
    let dear = json!({"title": "x", "terms": terms()});
    cup.world.post("/v1/contests", cup.token("host"), dear).await.refused(503, "safe_mode");
    cup.enter("zoe").await.refused(503, "safe_mode");

    // Exits: leaving, cancelling, refunds, the bond, a withdrawal; and a contest without money.
    cup.leave("cat", "cat").await.ok(200);
    cup.poke("cancel", "host").await.ok(200);
    cup.payout("refund", "ann").await.ok(200);
    cup.payout_to("refund", "ben", "zoe").await.ok(200);
    cup.payout("bond", "host").await.ok(200);
    let out = json!({"agent_id": "ann", "amount": 1_000, "reference": "out"});
    cup.world.post("/v1/ledger/withdrawals", &cup.world.operator, out).await.ok(201);
    let mut free = terms();
    free["bond"] = json!(0);
    cup.world.post("/v1/contests", cup.token("host"), json!({"title": "free", "terms": free})).await.ok(201);
}
